import ArgumentParser
import Fleet
import Ledger

/// The command `record decision`.
struct RecordDecision: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "decision",
        abstract: "Record go or no-go.",
        discussion: RecordingHelp.text(
            "Go means that customers are to be moved; it counts after a test that passed.",
            examples: "record decision go", "record decision no-go --reason 'checkout is broken'"))

    @Argument(help: "go or no-go.")
    var decision: String

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if !["go", "no-go"].contains(decision) {
            throw ValidationError("expected go or no-go, found \"\(decision)\"")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        [
            .decision(
                decision == "go" ? .go : .noGo,
                migration: try context.migration(recording.migration), reason: reason)
        ]
    }
}

/// The command `record accept-loss`.
struct AcceptLoss: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-loss",
        abstract: "Accept that the destination's writes are lost.",
        discussion: RecordingHelp.text(
            """
            What customers wrote to the destination alone may be lost. Covers what happened \
            before it, not after.
            """,
            examples: "record accept-loss --reason 'three orders, refunded'"))

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @OptionGroup var recording: RecordingOptions

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        [
            .decision(
                .lossAccepted, migration: try context.migration(recording.migration),
                reason: reason)
        ]
    }
}

/// The command `record reconciled`.
struct Reconciled: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconciled",
        abstract: "Record that one side's writes were carried over.",
        discussion: RecordingHelp.text(
            "Covers what happened before it, not after.",
            examples: "record reconciled --reason 'orders 1041 to 1043 entered by hand'"))

    @Option(help: ArgumentHelp("How.", valueName: "text"))
    var reason: String?

    @OptionGroup var recording: RecordingOptions

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        [
            .decision(
                .writesReconciled, migration: try context.migration(recording.migration),
                reason: reason)
        ]
    }
}

/// The command `record acknowledge`.
struct Acknowledge: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Accept a known gap of the copy.",
        discussion: RecordingHelp.text(
            """
            One of solr, sql-scripts, source-writes, nfs, cache. Covers what happened before it, \
            not after.
            """,
            examples: "record acknowledge solr --reason 'index rebuilt on prod2'"))

    @Argument(help: "solr, sql-scripts, source-writes, nfs or cache.")
    var gap: String

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if Gap(rawValue: gap) == nil {
            let known = Gap.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("expected one of \(known), found \"\(gap)\"")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        guard let gap = Gap(rawValue: gap) else { return [] }
        return [
            .decision(
                .gapAcknowledged(gap), migration: try context.migration(recording.migration),
                reason: reason)
        ]
    }
}
