import ArgumentParser
import Fleet
import Ledger

/// The command `record observation` and those under it.
struct RecordObservation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observation",
        abstract: "Report what a console or a look-up showed.",
        subcommands: [ObservedEnvironment.self, ObservedDNS.self])
}

/// The command `record observation environment`.
struct ObservedEnvironment: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "Report settings of an environment as seen.",
        discussion: RecordingHelp.text(
            """
            What a console or support showed. NFS and protection stand in no listing: this is the \
            only way to know them without touching them.
            """,
            examples: "record observation environment prod --nfs off --solr off"))

    @Argument(help: "The environment.", transform: ArgumentText.name)
    var environment: String

    @Option(help: ArgumentHelp("on or off.", valueName: "state"), transform: ArgumentText.state)
    var nfs: Switch?

    @Option(help: ArgumentHelp("on or off.", valueName: "state"), transform: ArgumentText.state)
    var protected: Switch?

    @Option(help: ArgumentHelp("on or off.", valueName: "state"), transform: ArgumentText.state)
    var solr: Switch?

    @Option(help: ArgumentHelp("on or off.", valueName: "state"), transform: ArgumentText.state)
    var maintenance: Switch?

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if [nfs, protected, solr, maintenance].allSatisfy({ $0 == nil }) {
            throw ValidationError(
                "expected at least one of --nfs, --protected, --solr, --maintenance")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        var seen = EnvironmentDescription(environment: environment, isComplete: false)
        seen.nfs = nfs
        seen.protected = protected
        seen.solr = solr
        seen.maintenance = maintenance
        return [
            LedgerEntry(
                payload: .observation(.environment(seen)),
                migration: try context.optionalMigration(recording.migration))
        ]
    }
}

/// The command `record observation dns`.
struct ObservedDNS: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns",
        abstract: "Report what a look-up of a hostname gave.",
        discussion: RecordingHelp.text(
            """
            The target is what the answer points at: an environment, an endpoint or an address. \
            A look-up that gave nothing is recorded with --failed and voids nothing.
            """,
            examples: "record observation dns www.bestpants.com "
                + "--target www.prod2.example.f.nchr.io --ttl 300"))

    @Argument(help: "The hostname.", transform: ArgumentText.host)
    var host: String

    @Option(help: ArgumentHelp("What the answer points at.", valueName: "target"))
    var target: String?

    @Option(
        help: ArgumentHelp("Time to live in the answer.", valueName: "seconds"),
        transform: ArgumentText.seconds)
    var ttl: Int?

    @Option(
        name: .customLong("address"),
        help: ArgumentHelp("An address in the answer; may be repeated.", valueName: "address"))
    var addresses: [String] = []

    @Flag(help: "The time to live comes from a caching resolver: a lower bound.")
    var cached = false

    @Flag(help: "The look-up gave no answer.")
    var failed = false

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if failed, target != nil || ttl != nil || !addresses.isEmpty {
            throw ValidationError("--failed goes with no --target, --ttl or --address")
        }
        if !failed, target == nil, addresses.isEmpty {
            throw ValidationError("expected --target, --address or --failed")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        let seen = try (target ?? addresses.first).map { try DNSTarget($0) }
        let answer = DNSAnswer(
            host: host, target: seen?.text, environment: seen?.environment, ttl: ttl,
            isCached: cached, isFailed: failed, addresses: addresses)
        return [
            LedgerEntry(
                payload: .observation(.dns(answer)),
                migration: try context.optionalMigration(recording.migration))
        ]
    }
}
