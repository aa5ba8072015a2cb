import ArgumentParser
import Ledger
import Projector

/// The command `diff`.
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what changed between two points.",
        discussion: """
            A point is a sequence (what was known then) or a time (what was true then).

            EXAMPLES
              $ ledger-cli diff 10 40
              $ ledger-cli diff 2017-05-03T21:00:00Z 2017-05-03T23:00:00Z

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)
    @Argument(help: "The earlier point.") var from: String
    @Argument(help: "The later point.") var to: String
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let before = try facts(from)
        let after = try facts(to)
        let names = Set(before.keys).union(after.keys).sorted()
        let changes = names.filter { before[$0] != after[$0] }
        if format == .json {
            return try Output.json([
                "changes": .array(
                    changes.map {
                        [
                            "fact": .string($0), "from": before[$0].map { .string($0) } ?? .null,
                            "to": after[$0].map { .string($0) } ?? .null,
                        ]
                    })
            ])
        }
        var table = Table("fact", "from", "to")
        for name in changes { table.add(name, before[name] ?? "-", after[name] ?? "-") }
        if !changes.isEmpty { try Output.lines(table.lines) }
        try Output.line("\(changes.count) changes")
    }

    private func facts(_ point: String) throws -> [String: String] {
        var options = EvaluationOptions()
        options.at = nil
        options.knownAt = nil
        if let sequence = Int(point), sequence > 0 {
            options.knownAt = sequence
        } else if let time = Timestamp(point) {
            options.at = time
        } else {
            throw CLIError.usage(
                "\"\(point)\": expected a sequence or a time", hint: "ledger-cli diff 10 40")
        }
        var facts: [String: String] = [:]
        for row in try Evaluation(global, options).planner().overview().rows {
            for (name, cell) in row.cells { facts["\(row.resource) \(name)"] = cell.text }
        }
        return facts
    }
}
