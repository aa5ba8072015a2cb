import Ledger

/// A command of a transcript with all that was said about it.
struct TranscriptCommand {
    /// What a command line is.
    enum Kind {
        /// A command of the platform.
        case fleet(FleetCommand)
        /// A command of the ledger: the words after `ledger-cli`.
        case ledger([String])
        /// Anything else.
        case note
    }

    /// The line as it was typed.
    let text: String
    let kind: Kind
    let place: TranscriptPlace
    let time: Timestamp
    let actor: Actor
    /// Lines, each with its line feed.
    var output = ""
    /// True when the last line of the output had no line feed, as at the end of a file.
    var lacksLineEnd = false
    /// As said; 0 when nothing was said.
    var exitStatus: Int?
    var timedOut = false
    var saidNoOutput = false
    /// True once a directive has ended the output.
    var isClosed = false

    /// The exit status that counts: nil when the command timed out and nothing was said.
    var status: Int? { exitStatus ?? (timedOut ? nil : 0) }
}

extension TranscriptCommand.Kind {
    /// Commands that only start another one; a `fleet` behind them would go unnoticed.
    private static let wrappers: Set<String> = [
        "sudo", "doas", "su", "ssh", "time", "nohup", "env", "exec", "command", "builtin", "eval",
        "nice", "ionice", "watch", "timeout", "xargs", "bash", "sh", "zsh", "script", "setsid",
        "stdbuf", "unbuffer", "parallel", "tmux", "screen", "!", "while", "until", "for", "if",
        "then", "do", "else", "{",
    ]

    /// The kind of a command line.
    ///
    /// - Throws: `TranscriptError` when a `fleet` command in it is not understood or is hidden in a
    ///   pipe, a list or behind another command.
    init(_ text: String, at place: TranscriptPlace) throws(TranscriptError) {
        let tokens: [Shell.Token]
        do {
            tokens = try Shell.tokens(text)
        } catch {
            let words = text.split { $0 == " " || $0 == "\t" }
            guard words.contains(where: { Self.program(String($0)) != nil }) else {
                self = .note
                return
            }
            throw .command(Self.place(place, error, []), error)
        }
        if let first = tokens.first, let program = Self.program(first.text) {
            self = try Self.own(program, tokens, place)
            return
        }
        try Self.refuseHidden(tokens, place)
        self = .note
    }

    private static func own(
        _ program: String, _ tokens: [Shell.Token], _ place: TranscriptPlace
    ) throws(TranscriptError) -> Self {
        var words: [Shell.Word] = []
        do throws(GrammarError) {
            let line = try Shell.split(tokens)
            words = line.words
            let arguments = words.dropFirst().map(\.text)
            guard program == "fleet" else {
                return try passedOn(Array(arguments), line.input, line.output).map(Self.fleet)
                    ?? .ledger(Array(arguments))
            }
            return .fleet(
                try Grammar.parse(arguments, input: line.input, output: line.output))
        } catch {
            throw .command(Self.place(place, error, words), error)
        }
    }

    /// The platform's command that `ledger-cli run` starts: it did what it did, whoever started it.
    ///
    /// - Throws: `GrammarError` for a command of the platform that is not understood.
    private static func passedOn(
        _ arguments: [String], _ input: String?, _ output: String?
    ) throws(GrammarError) -> FleetCommand? {
        guard let start = arguments.firstIndex(where: { program($0) == "fleet" }) else {
            return nil
        }
        let options = arguments[..<start]
        let valued = ["--ledger", "--actor", "--now", "--format"]
        var words = options.makeIterator()
        var verb = words.next()
        while let word = verb, word.hasPrefix("-") {
            if valued.contains(word) { _ = words.next() }
            verb = words.next()
        }
        guard verb == "run" else { return nil }
        func value(_ name: String) -> String? {
            for (index, word) in zip(options.indices, options) {
                if word == name, index + 1 < start { return arguments[index + 1] }
                if word.hasPrefix(name + "=") { return String(word.dropFirst(name.count + 1)) }
            }
            return nil
        }
        return try Grammar.parse(
            Array(arguments[(start + 1)...]), input: value("--input") ?? input,
            output: value("--output") ?? output)
    }

    /// The place of a grammar error in the line of its command.
    private static func place(
        _ start: TranscriptPlace, _ error: GrammarError, _ words: [Shell.Word]
    ) -> TranscriptPlace {
        var place = start
        if let column = error.column {
            place.column += column - 1
        } else if let word = error.word, word < words.count {
            place.column += words[word].column - 1
        } else if let last = words.last {
            place.column += last.column + last.text.count
        }
        return place
    }

    private static func refuseHidden(
        _ tokens: [Shell.Token], _ place: TranscriptPlace
    ) throws(TranscriptError) {
        var isHead = true
        var wrapper: String?
        for token in tokens {
            guard token.kind == .word else {
                if token.text != "<", token.text != ">" {
                    isHead = true
                    wrapper = nil
                }
                continue
            }
            let name = String(token.text.drop { $0 == "`" || $0 == "$" })
            let isAssignment = isHead && name.contains("=") && !name.hasPrefix("=")
            let hides =
                (isHead || wrapper != nil || token.text.hasPrefix("`")) && program(name) != nil
                || token.expansion != nil && mentionsFleet(token.text)
                || wrapper != nil && (mentionsFleet(name) || isPlatformHost(name))
                || isAssignment
                    && name.split(separator: "=").dropFirst().contains {
                        program(String($0.drop { "`$(".contains($0) })) != nil
                    }
            if hides {
                var here = place
                here.column += token.column - 1
                throw .wrapped(
                    here, found: wrapper.map { "\($0) … \(token.text)" } ?? token.text,
                    hint: "write the command alone on its line, as \"$ fleet …\"")
            }
            if isHead, !isAssignment {
                isHead = false
                wrapper = wrappers.contains(basename(name)) ? basename(name) : nil
            }
        }
    }

    /// `fleet` or `ledger-cli` when a word runs one of them.
    private static func program(_ word: String) -> String? {
        let name = basename(word)
        return name == "fleet" || name == "ledger-cli" ? name : nil
    }

    private static func basename(_ word: String) -> String {
        guard word.utf8.contains(UInt8(ascii: "/")) else { return word }
        return String(word.split(separator: "/").last ?? "")
    }

    /// A whole command line in one word, as after `sh -c`.
    private static func mentionsFleet(_ word: String) -> Bool {
        word.contains(" ") && word.split { " ;|&('\"`".contains($0) }.contains("fleet")
    }

    /// The host behind the alias `fleet`: `deploy@aux.FLEET.f.nchr.io`.
    private static func isPlatformHost(_ word: String) -> Bool {
        let host = word.split(separator: "@").last ?? ""
        return host.hasPrefix("aux.") && host.hasSuffix(".f.nchr.io")
    }
}
