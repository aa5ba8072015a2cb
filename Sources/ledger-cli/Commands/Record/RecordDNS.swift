import ArgumentParser
import Fleet
import Ledger
import Projector

/// The command `record dns`.
struct RecordDNS: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns",
        abstract: "Report that a hostname was switched.",
        discussion: RecordingHelp.text(
            """
            Says that the record of HOST was changed to point at an environment or another \
            target. What would have to come first is a warning. That customers follow is shown by observations only. The old time to live is \
            the last one observed before, unless --old-ttl says it.
            """,
            examples: "record dns www.bestpants.com --to prod2 --ttl 300 --old-ttl 3600"))

    @Argument(help: "The hostname.", transform: ArgumentText.host)
    var host: String

    @Option(
        help: ArgumentHelp("An environment, an endpoint or an address.", valueName: "target"))
    var to: String

    @Option(
        help: ArgumentHelp("Time to live of the new record.", valueName: "seconds"),
        transform: ArgumentText.seconds)
    var ttl: Int?

    @Option(
        help: ArgumentHelp("Time to live of the old record.", valueName: "seconds"),
        transform: ArgumentText.seconds)
    var oldTtl: Int?

    @Option(help: "accepted, refused, unknown or started.")
    var outcome: String = "accepted"

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if Outcome(rawValue: outcome) == nil {
            throw ValidationError("--outcome: expected accepted, refused, unknown or started")
        }
    }

    /// Records the switch, and says what speaks against it: done it is already.
    mutating func run() throws {
        var warnings: [String] = []
        if recording.at == nil, recording.global.now == nil, let action = try? self.action,
            let planner = try? Evaluation(recording.global, .asked()).planner()
        {
            warnings = planner.premature(action)
        }
        try Recorder(recording).record(self)
        for warning in warnings { try Output.note("ledger: warning: too early: \(warning)") }
    }

    private var action: Action {
        get throws {
            let target = try DNSTarget(to)
            return .dnsSwitch(
                DNSSwitch(
                    host: host, target: target.text, environment: target.environment, ttl: ttl,
                    oldTTL: oldTtl))
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        return [
            LedgerEntry(
                payload: .action(
                    try action, Outcome(rawValue: outcome) ?? .unknown, ActionReport()),
                migration: try context.optionalMigration(recording.migration))
        ]
    }
}

/// What a hostname points at.
struct DNSTarget {
    /// The target in lower case, without a final dot.
    let text: String
    /// The environment that it belongs to, when its name tells.
    let environment: String?

    /// A target: an environment's name, an endpoint, another hostname or an address.
    ///
    /// - Throws: `CLIError.usage` when it is empty or has spaces.
    init(_ given: String) throws(CLIError) {
        var name = given
        if name.hasSuffix(".") { name.removeLast() }
        guard !name.isEmpty, !name.contains(where: { $0.isWhitespace || $0 == "/" }) else {
            throw .usage(
                "target \"\(given)\": expected an environment, an endpoint or an address",
                hint: "--to prod2")
        }
        let isName = !name.contains(".") && !name.contains(":")
        text = isName ? name : name.lowercased()
        environment = isName ? name : Endpoint.environment(of: name.lowercased())
    }
}
