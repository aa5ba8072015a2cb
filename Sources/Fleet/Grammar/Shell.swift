/// The little shell syntax that a recorded command may have: words, quotes, `< FILE` and `> FILE`.
public enum Shell {
    /// A word and where it starts.
    public struct Word: Sendable, Hashable {
        /// The word, quotes and backslashes resolved.
        public var text: String
        /// The column of its first character, from 1.
        public var column: Int
    }

    /// A piece of a line.
    struct Token: Equatable {
        enum Kind: Equatable {
            case word
            /// `|`, `&&`, `;`, `<`, `>>`, `2>` …
            case sign
        }

        var kind: Kind
        var text: String
        var column: Int
        /// What the shell would replace, and where it starts: `$HOME`, a backtick.
        var expansion: (text: String, column: Int)?

        static func == (a: Token, b: Token) -> Bool {
            a.kind == b.kind && a.text == b.text && a.column == b.column
        }
    }

    /// The words of a line and its redirections.
    ///
    /// - Throws: `GrammarError.shell` with the column of what is not understood and a hint.
    public static func split(
        _ line: String
    ) throws(GrammarError) -> (words: [Word], input: String?, output: String?) {
        try split(try tokens(line))
    }

    /// The words and redirections of a line in its tokens.
    ///
    /// - Throws: `GrammarError.shell` with the column of what is not understood and a hint.
    static func split(
        _ tokens: [Token]
    ) throws(GrammarError) -> (words: [Word], input: String?, output: String?) {
        var words: [Word] = []
        words.reserveCapacity(tokens.count)
        var files: [String: String] = [:]
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            index += 1
            if let expansion = token.expansion {
                throw .shell(
                    expansion.text, column: expansion.column,
                    hint: "write the value itself, or put it in single quotes")
            }
            guard token.kind == .sign else {
                words.append(Word(text: token.text, column: token.column))
                continue
            }
            guard token.text == "<" || token.text == ">" else {
                throw .shell(token.text, column: token.column, hint: hint(token.text))
            }
            guard index < tokens.count, tokens[index].kind == .word,
                tokens[index].expansion == nil, !tokens[index].text.isEmpty
            else {
                throw .shell(token.text, column: token.column, hint: "a file name must follow")
            }
            guard files[token.text] == nil else {
                throw .shell(token.text, column: token.column, hint: "it is redirected twice")
            }
            files[token.text] = tokens[index].text
            index += 1
        }
        return (words, files["<"], files[">"])
    }

    /// The words as one line for a shell; a word is quoted when it needs to be.
    public static func quote(_ words: [String]) -> String {
        words.map { word in
            let isPlain = !word.isEmpty && word.utf8.allSatisfy(isPlain)
            return isPlain
                ? word
                // Byte by byte, as a shell reads: in a quote with an accent on it, Swift sees one
                // character that is no quote, and the rest of the word would be run.
                : "'"
                    + word.utf8.split(
                        separator: UInt8(ascii: "'"), omittingEmptySubsequences: false
                    ).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "'\\''")
                    + "'"
        }.joined(separator: " ")
    }

    /// True for the characters that mean nothing to a shell wherever they stand.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        // Digits with `:`, letters, and `-_./=@,+%^`.
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A: true
        case 0x2D, 0x5F, 0x2E, 0x2F, 0x3D, 0x40, 0x2C, 0x2B, 0x25, 0x5E: true
        default: false
        }
    }

    /// The tokens of a line of plain words, as nearly every one is; nil for any other.
    private static func plainTokens(_ line: String) -> [Token]? {
        var line = line
        return line.withUTF8 { bytes in
            var tokens: [Token] = []
            tokens.reserveCapacity(8)
            var start = 0
            for index in 0...bytes.count {
                if index == bytes.count || bytes[index] == 0x20 || bytes[index] == 0x09 {
                    if start < index {
                        tokens.append(
                            Token(
                                kind: .word,
                                text: String(decoding: bytes[start..<index], as: UTF8.self),
                                column: start + 1))
                    }
                    start = index + 1
                } else if !isPlain(bytes[index]) {
                    return nil
                }
            }
            return tokens
        }
    }

    private static func hint(_ sign: String) -> String {
        switch sign {
        case "|", "|&": "a pipe hides the outcome of a command; write the command alone"
        case "&&", "||", ";", "&", "(", ")": "write one command a line"
        case ">>", ">|": "only \"> FILE\" is understood, which writes the file anew"
        case "<<", "<<<", "<(", "<>": "only \"< FILE\" is understood"
        case "#": "put the comment on a line of its own: \"# -- …\""
        default: "of redirections only \"< FILE\" and \"> FILE\" are understood"
        }
    }

    /// The tokens of a line, operators included.
    ///
    /// - Throws: `GrammarError.shell` for a quote that is not closed or a final backslash.
    static func tokens(_ line: String) throws(GrammarError) -> [Token] {
        if let tokens = plainTokens(line) { return tokens }
        var scanner = ShellScanner(line)
        var tokens: [Token] = []
        while let token = try scanner.next() { tokens.append(token) }
        return tokens
    }
}

/// Reads one token after the other.
private struct ShellScanner {
    private let characters: [Character]
    private var index = 0

    init(_ line: String) {
        // To a shell, a sign is a sign whatever accent follows and whatever stands before it that
        // Swift takes for a part of the same character, as U+0600.
        characters = line.flatMap { character -> [Character] in
            let scalars = character.unicodeScalars
            guard scalars.count > 1, scalars.contains(where: \.isASCII) else {
                return [character]
            }
            return scalars.map { Character($0) }
        }
    }

    private var current: Character? { index < characters.count ? characters[index] : nil }
    private var following: Character? {
        index + 1 < characters.count ? characters[index + 1] : nil
    }

    mutating func next() throws(GrammarError) -> Shell.Token? {
        while let character = current, character.isWhitespace { index += 1 }
        guard let first = current else { return nil }
        if first == "#" { return sign("#") }
        for text in [
            "<<<", "&>>", "&&", "||", "|&", ">>", "<<", ">&", "<&", "&>", ">|", "<(", "<>",
        ]
        where matches(text) { return sign(text) }
        if "|&;<>()".contains(first) { return sign(String(first)) }
        return try word()
    }

    private func matches(_ text: String) -> Bool {
        characters[index...].starts(with: text)
    }

    private mutating func sign(_ text: String) -> Shell.Token {
        defer { index += text.count }
        return Shell.Token(kind: .sign, text: text, column: index + 1)
    }

    private mutating func word() throws(GrammarError) -> Shell.Token {
        var token = Shell.Token(kind: .word, text: "", column: index + 1)
        while let character = current, !character.isWhitespace, !"|&;<>()".contains(character) {
            switch character {
            case "'":
                try quoted(into: &token)
            case "\"":
                try doublyQuoted(into: &token)
            case "\\":
                guard let escaped = following else {
                    throw .shell(
                        "\\", column: index + 1, hint: "write the whole command on one line")
                }
                token.text.append(escaped)
                index += 2
            default:
                note(expansionAt: character, in: &token)
                token.text.append(character)
                index += 1
            }
        }
        // A number right before a redirection names a stream, as in `2>&1`.
        if let character = current, character == "<" || character == ">",
            !token.text.isEmpty, token.text.allSatisfy({ $0.isASCII && $0.isNumber }),
            token.text.count == index + 1 - token.column
        {
            var redirection = try next() ?? token
            redirection.text = token.text + redirection.text
            redirection.column = token.column
            return redirection
        }
        return token
    }

    private mutating func quoted(into token: inout Shell.Token) throws(GrammarError) {
        let start = index
        index += 1
        while let character = current, character != "'" {
            token.text.append(character)
            index += 1
        }
        guard current != nil else {
            throw .shell("'", column: start + 1, hint: "the quote is not closed")
        }
        index += 1
    }

    private mutating func doublyQuoted(into token: inout Shell.Token) throws(GrammarError) {
        let start = index
        index += 1
        while let character = current, character != "\"" {
            if character == "\\", let escaped = following, "\"\\$`".contains(escaped) {
                token.text.append(escaped)
                index += 2
                continue
            }
            note(expansionAt: character, in: &token)
            token.text.append(character)
            index += 1
        }
        guard current != nil else {
            throw .shell("\"", column: start + 1, hint: "the quote is not closed")
        }
        index += 1
    }

    private func note(expansionAt character: Character, in token: inout Shell.Token) {
        guard token.expansion == nil else { return }
        if character == "`" { token.expansion = ("`", index + 1) }
        guard character == "$", let next = following,
            next.isLetter || next.isNumber || "_({'\"?!@*#$-".contains(next)
        else { return }
        let name = characters[(index + 1)...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        token.expansion = ("$" + (name.isEmpty ? String(next) : String(name)), index + 1)
    }
}
