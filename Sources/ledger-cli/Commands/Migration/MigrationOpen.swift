import ArgumentParser
import Fleet
import Ledger

/// The command `migration open`.
struct MigrationOpen: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Declare a migration and its roles.",
        discussion: RecordingHelp.text(
            """
            Names the environment that is left, the one that is moved to, how the data travels \
            and the hostnames that customers use. Nothing of an undeclared migration is ever safe \
            to destroy; it may be declared afterwards, with --at.
            """,
            examples: "migration open plan-move --from prod --to prod2 --method snapshot "
                + "--hostname www.bestpants.com"))

    @Argument(help: "The migration's name.", transform: ArgumentText.name)
    var name: String

    @Option(
        help: ArgumentHelp("The environment that is left.", valueName: "env"),
        transform: ArgumentText.name)
    var from: String

    @Option(
        help: ArgumentHelp("The environment that is moved to.", valueName: "env"),
        transform: ArgumentText.name)
    var to: String

    @Option(help: "snapshot or dump.")
    var method: String

    @Option(
        help: ArgumentHelp(
            "The temporary environment that the dump is taken of.", valueName: "env"),
        transform: ArgumentText.name)
    var temp: String?

    @Option(
        name: .customLong("hostname"),
        help: ArgumentHelp("A hostname of the shop; may be repeated.", valueName: "host"),
        transform: ArgumentText.host)
    var hostnames: [String] = []

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if MigrationMethod(rawValue: method) == nil {
            throw ValidationError("--method: expected snapshot or dump, found \"\(method)\"")
        }
        if from == to { throw ValidationError("--from and --to name the same environment") }
        if let temp, temp == from || temp == to {
            throw ValidationError("--temp \(temp): has another role already")
        }
        if temp != nil, method != "dump" {
            throw ValidationError("--temp goes with --method dump")
        }
        if recording.migration != nil {
            throw ValidationError("the migration is named by NAME, not by --migration")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        var unique: [String] = []
        for host in hostnames where !unique.contains(host) { unique.append(host) }
        let roles = MigrationRoles(
            migration: name, source: from, destination: to,
            method: MigrationMethod(rawValue: method) ?? .snapshot, temporary: temp,
            hostnames: unique)
        // A transcript may be imported again; opening a migration as it is open already is no
        // mistake there.
        let isTaken =
            context.knownMigrations?.contains(name)
            ?? context.openMigrations.contains { $0.migration == name && $0 != roles }
        guard !isTaken else { throw CLIError.migrationExists(name) }
        return [.decision(.migrationOpened(roles), migration: name, reason: reason)]
    }
}

/// The command `migration close`.
struct MigrationClose: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "End a migration.",
        discussion: RecordingHelp.text(
            "With --abandoned its destination is not to be used and may go.",
            examples: "migration close plan-move", "migration close plan-move --abandoned"))

    @Argument(help: "The migration's name.")
    var name: String

    @Flag(help: "The destination is not to be used.")
    var abandoned = false

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if recording.migration != nil {
            throw ValidationError("the migration is named by NAME, not by --migration")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        let open = context.openMigrations.map(\.migration)
        guard open.contains(name) else {
            if let known = context.knownMigrations, !known.contains(name) {
                throw CLIError.unknownMigration(name, known: known)
            }
            throw CLIError.closedMigration(name, open: open)
        }
        return [.decision(.migrationClosed(abandoned: abandoned), migration: name, reason: reason)]
    }
}
