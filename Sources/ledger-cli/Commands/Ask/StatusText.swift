import Fleet
import Ledger
import Projector

/// What `status` says, before it is printed: as lines for people or as JSON.
struct StatusText {
    private let evaluation: Evaluation
    private let overview: Overview
    private let past: Overview
    private let next: Plan?
    private let bases: Bases

    /// The status of an evaluation.
    ///
    /// - Throws: `PlanError`.
    init(_ evaluation: Evaluation) throws {
        self.evaluation = evaluation
        let planner = try evaluation.planner()
        overview = planner.overview()
        past = try evaluation.past().overview()
        next = try? planner.next(migration: nil)
        bases = Bases(evaluation.bases)
    }

    /// The lines for people, tables fitted to so many columns.
    func lines(columns: Int?) -> [String] {
        var lines = inDoubt + closed + due
        for table in tables {
            lines += [""] + table.lines(columns: columns) { StatusText.painted($1, column: $0) }
        }
        return lines + [
            "",
            "\(overview.rows.count) rows from \(evaluation.head.size) events as of \(evaluation.now.short)",
        ]
    }

    /// What the lines say that does not change with the clock alone.
    var essence: [String] { inDoubt + due + tables.flatMap(\.lines) + ["\(evaluation.head)"] }

    private var inDoubt: [String] { doubts + settling }

    /// How to end the first doubt, of actions and of other commands.
    private var settling: [String] {
        let action = overview.inDoubt.first(where: \.isInDoubt).map { first in
            "  settle it: ledger-cli observe, or "
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
        guard let (environment, since) = overview.closedSince else { return [] }
        let minutes = (evaluation.now - since).milliseconds / 60_000
        return [
            "\(environment) is in maintenance for \(minutes) min of the documented hour (since \(since.short))"
        ]
    }

    private var due: [String] {
        guard let next else { return [] }
        return ["next: \(next.summary)"]
            + next.steps.prefix(1).map { "  " + PlanPrinter.command(of: $0, in: next) }
    }

    /// One table for each kind of resource.
    private var tables: [Table] {
        var tables: [Table] = []
        var kind = ""
        for row in overview.rows {
            let newKind = String(row.resource.description.prefix { $0 != "/" })
            if newKind != kind {
                kind = newKind
                tables.append(Table([(kind, .left)] + row.cells.map { ($0.name, .left) }))
            }
            let old = past.rows.first { $0.resource == row.resource }
            tables[tables.count - 1].add(
                [row.resource.description]
                    + row.cells.enumerated().map { index, cell in
                        bases.text(cell.cell, past: old?.cells[index].cell)
                    })
        }
        return tables
    }

    /// A fact that is not known stands out; the word says it too.
    private static func painted(_ cell: String, column: Int) -> String {
        if column > 0, cell.hasPrefix("unknown") || cell.contains("? ") {
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
            "next": next.map { .object($0.json) } ?? .null,
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

/// How the events that a status cites are known.
private struct Bases {
    private let bases: [Basis]

    init(_ bases: [Basis]) { self.bases = bases }

    private subscript(sequence: SequenceNumber) -> Basis? {
        bases.indices.contains(sequence.number - 1) ? bases[sequence.number - 1] : nil
    }

    func names(_ cell: Overview.Cell) -> [String] {
        Set(cell.evidence.compactMap { self[$0]?.rawValue }).sorted()
    }

    func text(_ cell: Overview.Cell, past: Overview.Cell?) -> String {
        var text = cell.text
        if text == "unknown", let old = past?.text, old != text { text = old + "?" }
        guard let last = cell.evidence.max() else { return text }
        let letter =
            switch self[last] {
            case .executed: "x"
            case .observed: "o"
            case .reported: "r"
            case .imported: "i"
            case nil: ""
            }
        return "\(text) \(letter)\(last)"
    }
}
