import ArgumentParser
import Fleet
import Ledger

/// The command `record note`.
struct RecordNote: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Keep a remark.",
        discussion: RecordingHelp.text(
            "The words are kept beside the log, so that they can be erased; - reads stdin.",
            examples: "record note 'support case 4711 opened'"))

    @Argument(help: "The remark; - is stdin.")
    var text: String

    @OptionGroup var recording: RecordingOptions

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        var words = text
        if text == "-", let bytes = try context.bytes(of: "-") {
            words = String(decoding: bytes, as: UTF8.self)
        }
        guard words.contains(where: { !$0.isWhitespace }) else {
            throw CLIError.usage("note: expected some words")
        }
        let only = context.openMigrations.count == 1 ? context.openMigrations.first : nil
        return [
            LedgerEntry(
                payload: .decision(.noteAdded(Note())),
                migration: try context.optionalMigration(recording.migration) ?? only?.migration,
                attachments: ["text": AttachmentContent(text: words)])
        ]
    }
}

/// The command `record void`.
struct RecordVoid: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "void",
        abstract: "Take an event back.",
        discussion: RecordingHelp.text(
            """
            The event stays where it is and counts no more. What a voided action may have changed \
            is unknown until it is observed.
            """,
            examples: "record void 41 --reason 'wrong environment'"))

    @Argument(help: "The sequence of the event.")
    var sequence: Int

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if sequence < 1 { throw ValidationError("expected a sequence from 1") }
        if reason.isEmpty { throw ValidationError("--reason: expected some words") }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        let position = SequenceNumber(sequence)
        try context.voidable(position)
        return [
            .decision(
                .eventVoided(position),
                migration: try context.optionalMigration(recording.migration), reason: reason)
        ]
    }
}
