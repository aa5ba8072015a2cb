public import Ledger

/// What a terminal showed, with a few directives: the way in for people.
///
/// ```
/// # at 2017-05-01T10:00:00Z
/// # actor alice
/// $ fleet env maintenance prod ON
/// Maintenance Mode for Environment prod is now being turned ON
/// # +5m
/// $ fleet env destroy prod
/// # exit 255
/// ```
///
/// `$ ` starts a command; what follows is its output until the next line that starts with `$ ` or
/// `# `. A comment (`# -- …`) may stand anywhere and changes nothing. An output line that itself
/// starts with `# ` or `$ ` has a backslash before it. `# exit N`, `# timeout` and `# no output` speak
/// of the command above them.
public enum Transcript {
    /// The events of a transcript.
    ///
    /// One pass over the bytes; only the output of the current command is held.
    ///
    /// - Parameters:
    ///   - text: the bytes of the file: UTF-8, lines ended by LF or CRLF.
    ///   - file: the name that errors give.
    ///   - source: the ledger's origin, which the event ids derive from.
    ///   - actor: who acts before the first `# actor`.
    ///   - openMigrations: the migrations that are open beside those of the file.
    ///   - patterns: what is taken out of commands and output beside the usual secrets.
    ///   - ledgerCommand: reads the `ledger-cli` commands.
    /// - Returns: the events and what each line was taken for.
    /// - Throws: `TranscriptError` with file, line, column and what was expected there.
    public static func read(
        _ text: [UInt8], file: String, source: String,
        actor: Actor = Actor(id: "unknown", type: "user"),
        openMigrations: OpenMigrations = OpenMigrations([]),
        patterns: [RedactionPattern] = [], ledgerCommand: @escaping LedgerCommandReader
    ) throws(TranscriptError) -> TranscriptReading {
        var lines = TranscriptLines(text, file: file)
        var reader = TranscriptReader(
            file: file, actor: actor,
            drafter: TranscriptDrafter(
                file: file, source: source, openMigrations: openMigrations, patterns: patterns,
                ledgerCommand: ledgerCommand))
        while let line = try lines.next() { try reader.take(line) }
        return try reader.finish()
    }
}
