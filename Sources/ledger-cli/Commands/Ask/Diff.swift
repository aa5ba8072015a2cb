import ArgumentParser
import Ledger

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
        let changes = FactChanges(from: try facts(from), to: try facts(to))
        if format == .json { return try Output.json(["changes": changes.json]) }
        try Output.lines(changes.lines)
        try Output.line("\(changes.changes.count) changes")
    }

    private func facts(_ point: String) throws -> [String: String] {
        if let sequence = Int(point), sequence > 0 {
            return try FactChanges.facts(global, knownAt: sequence)
        }
        guard let time = Timestamp(point) else {
            throw CLIError.usage(
                "\"\(point)\": expected a sequence or a time", hint: "ledger-cli diff 10 40")
        }
        return try FactChanges.facts(global, at: time)
    }
}
