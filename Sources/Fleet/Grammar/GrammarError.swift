/// Why a command line is not understood.
///
/// Word numbers count from 1 at the word after `fleet`; columns count characters from 1.
public enum GrammarError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Something else was expected at a word, or the line ended there.
    case expected(String, word: Int, found: String?)
    /// The command has no such option.
    case unknownOption(String, word: Int, known: [String])
    /// Two options, or an option twice, exclude each other.
    case conflict(String, String, word: Int)
    /// A piece of shell syntax that a recorded command may not have.
    case shell(String, column: Int, hint: String)

    /// The number of the word that is wrong; nil when the shell syntax is.
    public var word: Int? {
        switch self {
        case .expected(_, let word, _), .unknownOption(_, let word, _),
            .conflict(_, _, let word):
            word
        case .shell: nil
        }
    }

    /// The column that is wrong; nil when a word is.
    public var column: Int? {
        guard case .shell(_, let column, _) = self else { return nil }
        return column
    }

    /// The error in words, without its place.
    public var description: String {
        switch self {
        case .expected(let what, _, let found?): "expected \(what), found \"\(found)\""
        case .expected(let what, _, nil): "expected \(what), found the end of the command"
        case .unknownOption(let option, _, let known) where known.isEmpty:
            "unknown option \"\(option)\"; this command has none"
        case .unknownOption(let option, _, let known):
            "unknown option \"\(option)\"; expected one of \(known.joined(separator: " "))"
        case .conflict(let option, let other, _) where option == other:
            "option \"\(option)\" is given twice"
        case .conflict(let option, let other, _):
            "options \"\(other)\" and \"\(option)\" exclude each other"
        case .shell(let found, _, let hint): "\"\(found)\" is not understood; \(hint)"
        }
    }
}
