import ArgumentParser
import Fleet
import Ledger

/// The command `policy` and those under it.
struct PolicyGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Set and list what the rules leave to you.",
        subcommands: [PolicySet.self, PolicyList.self])
}

/// The command `policy set`.
struct PolicySet: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set a policy.",
        discussion: RecordingHelp.text(
            """
            \(PolicyKey.allCases.map { "\($0.rawValue): \($0.expected)" }
                .joined(separator: " · ")). Each change is an event.
            """,
            examples: "policy set soak 24h", "policy set cleanup-order strict",
            "policy set redaction 'token=[a-z0-9]+'"))

    @Argument(help: "The policy.", completion: .list(PolicyKey.allCases.map(\.rawValue)))
    var key: String

    @Argument(help: "The value.")
    var value: String

    @OptionGroup var recording: RecordingOptions

    mutating func run() throws {
        try Recorder(recording).record(self)
        let digits = value.filter { $0 != " " }
        guard PolicyKey(rawValue: key)?.isDuration == true, let count = Int(digits), count != 0
        else { return }
        try Output.note(
            "ledger: note: \(key): \(count) without a unit is \(count) seconds; write \(count)m or "
                + "\(count)h for minutes or hours")
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        guard let policy = PolicyKey(rawValue: key) else {
            throw CLIError.unknownPolicy(
                key,
                nearest: Suggestion.nearest(to: key, among: PolicyKey.allCases.map(\.rawValue)))
        }
        return [
            .decision(
                .policySet(key: policy.rawValue, value: try policy.checked(value)),
                migration: try context.optionalMigration(recording.migration))
        ]
    }
}

/// The command `policy list`.
struct PolicyList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the policies and their values.",
        discussion: """
            EXAMPLES
              $ ledger-cli policy list

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let settings = try Settings(global.open())
        if format == .json {
            return try Output.json([
                "policies": .array(
                    PolicyKey.allCases.map { key in
                        .object(
                            JSONObject([
                                ("key", .string(key.rawValue)),
                                ("value", .string(settings.value(key))),
                                ("default", .string(key.standard)),
                                (
                                    "event",
                                    settings.sources[key.rawValue].map { .integer($0.number) }
                                ),
                            ]))
                    })
            ])
        }
        var table = Table("policy", "value", "set by", "meaning")
        for key in PolicyKey.allCases {
            let value = settings.value(key)
            table.add(
                key.rawValue, value.isEmpty ? "-" : value,
                settings.sources[key.rawValue].map { "event \($0)" } ?? "default", key.meaning)
        }
        try Output.table(table)
    }
}
