import ArgumentParser
import Fleet
import Ledger
import Projector

/// The command `status`.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what is true of every resource.",
        discussion: """
            Rebuilt from the events: what is in doubt first, how long the source is closed against \
            the documented hour, the one step that is due, then environments, snapshots, hostnames \
            and migrations. Each fact cites its event and how it is known: x executed, o observed, \
            r reported, i imported. A value with a question mark was seen too long \
            ago to lean on (policy evidence-age).

            EXAMPLES
              $ ledger-cli status
              $ ledger-cli status --at 2017-05-03T21:50:00Z

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)
    @OptionGroup var options: EvaluationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let evaluation = try Evaluation(global, options)
        let planner = try evaluation.planner()
        let overview = planner.overview()
        let past = try evaluation.past().overview()
        let next = try? planner.next(migration: nil)
        let bases = Bases(evaluation.bases)
        if format == .json { return try Output.json(json(evaluation, overview, next, bases)) }
        for attempt in overview.inDoubt {
            let end =
                attempt.isInDoubt ? "was started and has no outcome" : "has an unknown outcome"
            try Output.line(
                Style.output.red("in doubt: ")
                    + "\(Table.printable(attempt.report.command ?? Shell.quote(Grammar.render(attempt.action)))) \(end)\(PlanPrinter.cited(attempt.evidence))"
            )
        }
        if let (environment, since) = overview.closedSince {
            let minutes = (evaluation.now - since).milliseconds / 60_000
            try Output.line(
                "\(environment) is in maintenance for \(minutes) min of the documented hour (since \(since.short))"
            )
        }
        if let next {
            try Output.line("next: \(next.summary)")
            for step in next.steps.prefix(1) {
                try Output.line("  " + PlanPrinter.command(of: step, in: next))
            }
        }
        var kind = ""
        var table = Table()
        for row in overview.rows {
            let newKind = String(row.resource.description.prefix { $0 != "/" })
            if newKind != kind {
                if !table.isEmpty { try Output.lines([""] + table.lines) }
                kind = newKind
                table = Table([(kind, .left)] + row.cells.map { ($0.name, .left) })
            }
            let old = past.rows.first { $0.resource == row.resource }
            table.add(
                [row.resource.description]
                    + row.cells.enumerated().map { index, cell in
                        bases.text(cell.cell, past: old?.cells[index].cell)
                    })
        }
        if !table.isEmpty { try Output.lines([""] + table.lines) }
        try Output.line("")
        try Output.line(
            "\(overview.rows.count) rows from \(evaluation.head.size) events as of \(evaluation.now.short)"
        )
    }

    private func json(_ evaluation: Evaluation, _ overview: Overview, _ next: Plan?, _ bases: Bases)
        -> JSONObject
    {
        [
            "now": .string(evaluation.now.description),
            "head": [
                "size": .integer(evaluation.head.size), "root": .string(evaluation.head.root),
            ],
            "inDoubt": .array(
                overview.inDoubt.map {
                    [
                        "resource": .string($0.action.subject.description),
                        "action": .string($0.action.name.rawValue),
                        "outcome": .string($0.outcome.rawValue),
                        "evidence": .array($0.evidence.map { .integer($0.number) }),
                    ]
                }),
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
