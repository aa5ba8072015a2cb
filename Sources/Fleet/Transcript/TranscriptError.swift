/// A character of a transcript.
public struct TranscriptPlace: Sendable, Hashable, CustomStringConvertible {
    /// The file's name as given.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, counted in characters from 1.
    public var column: Int

    /// A character of a file.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The place as `FILE:LINE:COLUMN`.
    public var description: String { "\(file):\(line):\(column)" }
}

/// Why a transcript cannot be imported; nothing of it is.
public enum TranscriptError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no command in the file.
    case nothingToImport(file: String)
    /// A line is not UTF-8.
    case notUTF8(TranscriptPlace)
    /// A command comes before the first `# at TIME`.
    case timeMissing(TranscriptPlace)
    /// The clock would go back; the times as text.
    case timeGoesBack(TranscriptPlace, from: String, to: String)
    /// A line that starts with `# ` is no directive, or its value is wrong.
    case directive(TranscriptPlace, found: String, expected: String)
    /// Output that belongs to no command.
    case strayOutput(TranscriptPlace, expected: String)
    /// A `fleet` command is not understood.
    case command(TranscriptPlace, GrammarError)
    /// A command that hides a `fleet` command in a wrapper or says nothing.
    case wrapped(TranscriptPlace, found: String, hint: String)
    /// A `ledger-cli` command is not understood; the reader's own words.
    case ledgerCommand(TranscriptPlace, message: String)

    /// Where it is; nil when it is about the whole file.
    public var place: TranscriptPlace? {
        switch self {
        case .nothingToImport: nil
        case .notUTF8(let place), .timeMissing(let place), .timeGoesBack(let place, _, _),
            .directive(let place, _, _), .strayOutput(let place, _), .command(let place, _),
            .wrapped(let place, _, _), .ledgerCommand(let place, _):
            place
        }
    }

    /// The error in words, its place first.
    public var description: String {
        switch self {
        case .nothingToImport(let file):
            "\(file): nothing to import: expected a line such as \"$ fleet env list\""
        case .notUTF8(let place): "\(place): expected UTF-8 text"
        case .timeMissing(let place):
            "\(place): expected \"# at 2017-05-01T10:00:00Z\" before the first command"
        case .timeGoesBack(let place, let from, let to):
            "\(place): time goes back from \(from) to \(to): expected a time at or after \(from)"
        case .directive(let place, let found, let expected):
            "\(place): expected \(expected), found \"\(found)\""
        case .strayOutput(let place, let expected):
            "\(place): output that belongs to no command: expected \(expected)"
        case .command(let place, let error): "\(place): \(error)"
        case .wrapped(let place, let found, let hint):
            "\(place): \"\(found)\" is not understood; \(hint)"
        case .ledgerCommand(let place, let message): "\(place): \(message)"
        }
    }
}
