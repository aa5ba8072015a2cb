import Fleet
import Ledger
import Projector

/// What is true of every resource, as `status` and the interface for programs say it: lines for
/// people or JSON.
struct StatusText {
    private let evaluation: Evaluation
    private let overview: Overview
    private let past: Overview
    private let due: DueNext
    private let upkeep: [Chronicle.Upkeep]
    private let bases: Bases
    /// The rows of the past by their resource.
    private let before: [Resource: Overview.Row]

    /// The status of an evaluation.
    ///
    /// - Throws: `PlanError`.
    init(_ evaluation: Evaluation) throws {
        self.evaluation = evaluation
        let planner = try evaluation.reader()
        (overview, past) = try evaluation.overviews(planner)
        before = Dictionary(
            past.rows.map { ($0.resource, $0) }, uniquingKeysWith: { first, _ in first })
        due = DueNext(planner)
        upkeep = planner.upkeep()
        bases = Bases(evaluation.bases)
    }

    /// The lines for people, tables fitted to so many columns.
    func lines(columns: Int?) -> [String] {
        var lines = inDoubt + closed + idle + next
        for group in groups { lines += [""] + self.lines(of: group, columns: columns) }
        if !paid.isEmpty { lines += [""] + paid.lines(columns: columns) }
        return lines + [
            "",
            "\(overview.rows.count) rows from \(evaluation.head.size) events as of \(evaluation.now.short)",
        ]
    }

    /// What the lines say that does not change with the clock alone.
    var essence: [String] {
        inDoubt + next + groups.flatMap { table($0).lines } + ["\(evaluation.head)"]
            + upkeep.map { "\($0.resource) \($0.plan ?? "") \($0.idleSince?.description ?? "")" }
    }

    private var inDoubt: [String] { doubts + settling }

    /// How to end the first doubt, of actions and of other commands.
    private var settling: [String] {
        let action = overview.inDoubt.first(where: \.isInDoubt).map { first in
            "  settle it: " + (first.action.isShownByLooks ? "ledger-cli observe, or " : "")
                + StatusText.report(
                    first.started.sequence,
                    Table.printable(Shell.quote(Grammar.render(first.action))))
        }
        let other = overview.unfinishedNotes.first.map { first in
            "  settle it: "
                + StatusText.report(first.started.sequence, Table.printable(first.command))
        }
        return [action, other].compactMap { $0 }
    }

    /// The command that says how a start ended; without the files of the start, which a shell that
    /// it is pasted into would read or overwrite.
    private static func report(_ start: SequenceNumber, _ command: String) -> String {
        "ledger-cli record command --outcome accepted|refused|unknown --settles \(start) -- "
            + command
    }

    private var doubts: [String] {
        overview.inDoubt.map { attempt in
            let end =
                attempt.isInDoubt ? "was started and has no outcome" : "has an unknown outcome"
            let command =
                attempt.report.command ?? Shell.quote(Grammar.render(attempt.action))
            return Style.output.red("in doubt: ")
                + "\(Table.printable(command)) \(end)\(PlanPrinter.cited(attempt.evidence))"
        }
            + overview.unfinishedNotes.map { note in
                Style.output.red("in doubt: ")
                    + "\(Table.printable(note.command)) was started and has no outcome"
                    + PlanPrinter.cited([note.started.sequence])
            }
    }

    private var closed: [String] {
        ClosedShop.all(overview, past: past, now: evaluation.now).map { shop in
            shop.isOver ? Style.output.red(shop.sentence) : shop.sentence
        }
    }

    /// What is paid for although nobody needs it.
    private var idle: [String] {
        upkeep.filter { $0.idleSince != nil }.map {
            Table.printable($0.sentence(evaluation.now)) + PlanPrinter.cited($0.evidence)
        }
    }

    private var next: [String] {
        var lines = due.plans.flatMap { plan in
            [
                (due.isEach ? "next in \(Table.printable(plan.migration ?? "")): " : "next: ")
                    + Table.printable(plan.summary)
            ] + (DueNext.command(of: plan).map { ["  " + Table.printable($0)] } ?? [])
        }
        if due.omitted > 0 { lines.append("next: \(due.omitted) more migrations are open") }
        if let obstacle = due.obstacle { lines.append("next: " + Table.printable(obstacle)) }
        return lines
    }

    /// The rows of each kind of resource.
    private var groups: [ArraySlice<Overview.Row>] {
        var groups: [ArraySlice<Overview.Row>] = []
        var rows = overview.rows[...]
        while let first = rows.first {
            let kind = StatusText.kind(of: first)
            groups.append(rows.prefix { StatusText.kind(of: $0) == kind })
            rows = rows.dropFirst(groups[groups.count - 1].count)
        }
        return groups
    }

    /// A table as full as the width allows: without the kind in every row, then without the events;
    /// where even that would cut names, each name has a line of its own.
    private func lines(of rows: ArraySlice<Overview.Row>, columns: Int?) -> [String] {
        var table = self.table(rows)
        for isCited in [true, false] {
            guard let columns, table.width > columns else { break }
            table = self.table(rows, isShort: true, isCited: isCited)
        }
        if let columns, table.width > columns {
            return [rows.first.map(StatusText.kind) ?? ""]
                + rows.flatMap { row in
                    let facts = cells(of: row, isCited: false)
                    let known = facts.filter { $0.text != "unknown" }
                        .map { "\($0.name) \($0.text)" }
                    let unknown = facts.filter { $0.text == "unknown" }.map(\.name)
                    let groups =
                        [known.joined(separator: ", ")]
                        + (unknown.isEmpty
                            ? [] : ["unknown: " + unknown.joined(separator: ", ")])
                    let text = groups.filter { !$0.isEmpty }.joined(separator: "; ")
                    return [
                        TextWidth.abridged(name(of: row, isShort: true), to: columns),
                        "  " + TextWidth.fitted(text, to: columns - 2),
                    ]
                }
        }
        return table.lines { StatusText.painted($1, column: $0) }
    }

    private func table(
        _ rows: ArraySlice<Overview.Row>, isShort: Bool = false, isCited: Bool = true
    ) -> Table {
        var table = Table(
            [(rows.first.map(StatusText.kind) ?? "", .name)]
                + (rows.first?.cells ?? []).map { ($0.name, .left) })
        for row in rows {
            table.add(
                [name(of: row, isShort: isShort)] + cells(of: row, isCited: isCited).map(\.text))
        }
        return table
    }

    private func cells(
        of row: Overview.Row, isCited: Bool
    ) -> [(name: String, text: String)] {
        let old = before[row.resource]
        return row.cells.enumerated().map { index, cell in
            (
                cell.name,
                bases.text(cell.cell, past: old?.cells[index].cell, isCited: isCited)
            )
        }
    }

    private func name(of row: Overview.Row, isShort: Bool) -> String {
        let name = Table.printable(row.resource.description)
        let kind = StatusText.kind(of: row)
        return isShort && name != kind ? String(name.dropFirst(kind.count + 1)) : name
    }

    private static func kind(of row: Overview.Row) -> String {
        String(row.resource.description.prefix { $0 != "/" })
    }

    /// What is paid for: environments whose size was seen.
    private var paid: Table {
        var table = Table([
            ("paid for", .name), ("size", .left), ("part", .left), ("since", .whole),
            ("idle", .left),
        ])
        for item in upkeep where item.plan != nil || item.idleSince != nil {
            table.add(
                item.name, item.plan ?? "", item.role, item.since?.short ?? "",
                item.idleness(evaluation.now) ?? "")
        }
        return table
    }

    /// A fact that is not known stands out; the word says it too.
    private static func painted(_ cell: String, column: Int) -> String {
        if column > 0, cell.hasPrefix("unknown") || cell.contains("? ") || cell.hasSuffix("?") {
            return Style.output.yellow(cell)
        }
        return cell
    }

    /// The status as JSON.
    var json: JSONObject {
        [
            "now": .string(evaluation.now.description),
            "head": [
                "size": .integer(evaluation.head.size), "root": .string(evaluation.head.root),
            ],
            "inDoubt": overview.inDoubtJSON,
            "next": due.only.map { .object($0.json) } ?? .null,
            "upkeep": .array(upkeep.map { .object($0.json(evaluation.now)) }),
            "resources": .array(
                overview.rows.map { row in
                    var object: JSONObject = ["resource": .string(row.resource.description)]
                    for (name, cell) in row.cells {
                        object[name] = [
                            "value": .string(cell.text),
                            "evidence": .array(cell.evidence.map { .integer($0.number) }),
                            "basis": .array(bases.names(cell).map { .string($0) }),
                            "confirmed": cell.evidence.confirmed.map {
                                .string($0.description)
                            } ?? .null,
                        ]
                    }
                    return .object(object)
                }),
        ]
    }
}

extension Overview {
    /// What is in doubt, actions first.
    var inDoubtJSON: JSONValue {
        .array(
            inDoubt.map { attempt in
                [
                    "resource": .string(attempt.action.subject.description),
                    "action": .string(attempt.action.name.rawValue),
                    "outcome": .string(attempt.outcome.rawValue),
                    "evidence": .array(attempt.evidence.map { .integer($0.number) }),
                ]
            }
                + unfinishedNotes.map { note in
                    [
                        "resource": "ledger", "action": .string(DecisionName.noteAdded.rawValue),
                        "command": .string(note.command),
                        "outcome": .string(Outcome.started.rawValue),
                        "evidence": [.integer(note.started.sequence.number)],
                    ]
                })
    }
}
