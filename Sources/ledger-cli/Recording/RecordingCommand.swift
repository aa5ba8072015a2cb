import ArgumentParser
import Fleet
import Ledger

/// A command whose whole effect is a few events appended to the ledger.
///
/// The pure part, `entries(in:)`, is all there is to it: a transcript reads the same arguments with
/// it, so that the two syntaxes cannot differ.
protocol RecordingCommand: ParsableCommand {
    /// The options that every recording command takes.
    var recording: RecordingOptions { get }
    /// How the ledger knows.
    var basis: Basis { get }
    /// What the arguments say.
    ///
    /// - Throws: `CLIError`, or what reading a file throws.
    func entries(in context: RecordingContext) throws -> [LedgerEntry]
}

extension RecordingCommand {
    /// Someone said so.
    var basis: Basis { .reported }

    /// Appends the entries and prints where they are.
    mutating func run() throws {
        try Recorder(recording).record(self)
    }
}

/// The size that whoever appends expects of the ledger.
struct ExpectedSize: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Append only while the ledger holds so many events.", valueName: "n"))
    var expectSize: Int?

    func validate() throws {
        if let expectSize, expectSize < 0 {
            throw ValidationError("--expect-size: expected a number of events")
        }
    }

    /// Refuses to begin what appends more than once, or looks before it appends.
    ///
    /// - Throws: `StoreError.sizeDiffers`.
    func check(_ store: LedgerStore) throws {
        let size = try store.size()
        if let expectSize, expectSize != size {
            throw StoreError.sizeDiffers(expected: expectSize, actual: size)
        }
    }
}

/// The options of every recording command.
struct RecordingOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("When it happened (else now).", valueName: "time"),
        transform: ArgumentText.time)
    var at: Timestamp?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The migration it belongs to (else the only open one).", valueName: "name"))
    var migration: String?

    @OptionGroup var expected: ExpectedSize

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The file of the signing key (else LEDGER_KEY, else the ledger's .key file).",
            valueName: "file"), completion: .file())
    var key: String?

    @OptionGroup(title: "Global options")
    var global: GlobalOptions
}

extension LedgerEntry {
    /// A decision, with a reason kept beside the log.
    static func decision(
        _ decision: Decision, migration: String? = nil, reason: String? = nil
    ) -> LedgerEntry {
        LedgerEntry(
            payload: .decision(decision), migration: migration,
            attachments: reason.map { ["reason": AttachmentContent(text: $0)] } ?? [:])
    }
}
