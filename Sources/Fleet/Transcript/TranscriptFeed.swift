public import Ledger

/// A transcript whose bytes come piece by piece, for files that need not fit into memory.
///
/// It gives the very events and errors of `Transcript.read`; only what has not ended is held.
public struct TranscriptFeed {
    private var lines: TranscriptLines
    private var reader: TranscriptReader

    /// A transcript that has not begun; the parameters are those of `Transcript.read`.
    public init(
        file: String, source: String, actor: Actor = Actor(id: "unknown", type: "user"),
        openMigrations: OpenMigrations = OpenMigrations([]), patterns: [RedactionPattern] = [],
        ledgerCommand: @escaping LedgerCommandReader
    ) {
        lines = TranscriptLines(file: file)
        reader = TranscriptReader(
            file: file, actor: actor,
            drafter: TranscriptDrafter(
                file: file, source: source, openMigrations: openMigrations, patterns: patterns,
                ledgerCommand: ledgerCommand),
            keepsLines: false)
    }

    /// Takes the next bytes.
    ///
    /// - Returns: the events of the commands whose output has ended with them.
    /// - Throws: `TranscriptError`; the transcript cannot be gone on with then.
    public mutating func take(_ bytes: [UInt8]) throws(TranscriptError) -> [EventDraft] {
        lines.add(bytes)
        while let line = try lines.next() { try reader.take(line) }
        return reader.takeDrafts()
    }

    /// Ends the transcript.
    ///
    /// - Returns: the events of the last commands.
    /// - Throws: `TranscriptError`.
    public mutating func finish() throws(TranscriptError) -> [EventDraft] {
        lines.end()
        while let line = try lines.next() { try reader.take(line) }
        return try reader.finish().drafts
    }
}
