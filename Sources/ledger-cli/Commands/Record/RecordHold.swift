import ArgumentParser
import Fleet
import Ledger
import Projector

/// The command `record hold`.
struct RecordHold: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Forbid that a resource is destroyed.",
        discussion: RecordingHelp.text(
            """
            A hold ends by record release-hold or at the time of --until, never by itself. A hold on \
            fleet forbids every destruction; one on an event or the ledger forbids erasing. A name that \
            no event speaks of is a warning: a mistyped hold forbids nothing.
            """,
            examples: "record hold environment/prod --reason 'audit' --until 2017-06-01T00:00:00Z"))

    @Argument(help: "The resource, such as environment/prod.", transform: ArgumentText.resource)
    var resource: Resource

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String

    @Option(
        help: ArgumentHelp("When the hold ends by itself.", valueName: "time"),
        transform: ArgumentText.time)
    var until: Timestamp?

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if reason.isEmpty { throw ValidationError("--reason: expected some words") }
        switch resource {
        case .environment(let name, nil) where name.contains("@"),
            .snapshot(_, let name) where name.contains("@"),
            .release(let name) where name.contains("@"):
            throw ValidationError(
                "\(resource): nothing has such a name, so that a hold would forbid nothing; an environment may have the time of its creation behind an @, as in environment/prod@2015-03-24T23:06:21Z, anything else its name alone"
            )
        case .dns, .file, .plan:
            throw ValidationError(
                "\(resource): nothing destroys it, so that a hold would forbid nothing; hold an environment, a snapshot, a release, a migration or the fleet, or an event or the ledger against erasing"
            )
        case .environment, .snapshot, .release, .migration, .event, .fleet, .ledger: break
        }
    }

    /// Records the hold, and says when nothing of the name is known: it may be needed before the
    /// first look, but whoever mistyped it believes something is held that is not.
    mutating func run() throws {
        let isKnown = isKnown
        try Recorder(recording).record(self)
        guard !isKnown else { return }
        try Output.note(
            "ledger: warning: no event speaks of \(Table.printable(resource.description)): the hold forbids nothing before something has that name; ledger-cli status lists what is known"
        )
    }

    /// True unless the ledger can say that it knows nothing of the name.
    private var isKnown: Bool {
        guard recording.global.now == nil,
            let planner = try? Evaluation(recording.global, .asked()).planner()
        else { return true }
        if case .migration(let name) = resource {
            return planner.migrations.contains { $0.name == name }
        }
        return planner.stranger(resource) == nil || planner.verdict(of: resource) != nil
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        if let until, until <= context.time {
            throw CLIError.usage("--until \(until.short): the hold would be over before it starts")
        }
        return [
            .decision(
                .holdPlaced(resource, until: until),
                migration: try context.optionalMigration(recording.migration), reason: reason)
        ]
    }
}

/// The command `record release-hold`.
struct ReleaseHold: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "release-hold",
        abstract: "End the holds on a resource.",
        discussion: RecordingHelp.text(
            "Every hold that was placed on the resource before ends; where none is, nothing is recorded.",
            examples: "record release-hold environment/prod --reason 'audit done'"))

    @Argument(help: "The resource, such as environment/prod.", transform: ArgumentText.resource)
    var resource: Resource

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @OptionGroup var recording: RecordingOptions

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        if let held = context.held, !held.contains(resource) {
            throw CLIError.notHeld(resource, held: held)
        }
        return [
            .decision(
                .holdReleased(resource),
                migration: try context.optionalMigration(recording.migration), reason: reason)
        ]
    }
}
