/// The operands and options of one command, taken apart once its verb is known.
///
/// Options may stand anywhere after the verb, as `--size f1-large` or `--size=f1-large`.
struct CommandLine {
    /// A word that is no option, and its number.
    struct Operand {
        let text: String
        let word: Int
    }

    private(set) var operands: [Operand] = []
    private var values: [String: String] = [:]
    private let end: Int

    /// Takes the words after a verb apart.
    ///
    /// - Parameters:
    ///   - words: all words after `fleet`.
    ///   - verb: how many of them are the verb.
    ///   - flags: the options without a value.
    ///   - valued: the options with one.
    /// - Throws: `GrammarError` at the word that is no option of the command or lacks its value.
    init(
        _ words: [String], verb: Int, flags: [String] = [], valued: [String] = []
    ) throws(GrammarError) {
        end = words.count + 1
        var index = verb
        while index < words.count {
            let text = words[index]
            let number = index + 1
            index += 1
            guard CommandLine.isOption(text) else {
                guard !text.isEmpty else {
                    throw .expected("a name", word: number, found: "")
                }
                operands.append(Operand(text: text, word: number))
                continue
            }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if values[name] != nil { throw .conflict(name, name, word: number) }
            if valued.contains(name) {
                if parts.count == 2 {
                    values[name] = String(parts[1])
                } else {
                    guard index < words.count, !CommandLine.isOption(words[index]) else {
                        throw .expected(
                            "a value of \(name)", word: number + 1,
                            found: index < words.count ? words[index] : nil)
                    }
                    values[name] = words[index]
                    index += 1
                }
                if values[name]?.isEmpty != false {
                    throw .expected("a value of \(name)", word: index, found: "")
                }
            } else if flags.contains(name), parts.count == 1 {
                values[name] = ""
            } else if flags.contains(name) {
                throw .expected("\(name) without a value", word: number, found: text)
            } else {
                throw .unknownOption(name, word: number, known: flags + valued)
            }
        }
    }

    /// True when the flag was given.
    func has(_ flag: String) -> Bool { values[flag] != nil }

    /// The value of an option, nil when it was not given.
    func value(_ option: String) -> String? { values[option] }

    /// Refuses two options that exclude each other.
    func refuse(_ option: String, with other: String) throws(GrammarError) {
        if has(option), has(other) { throw .conflict(option, other, word: end - 1) }
    }

    /// Demands exactly the named operands, in this order.
    func exactly(_ names: String...) throws(GrammarError) -> [String] {
        try between(names.count, names)
    }

    /// Demands the first `least` of the named operands and admits the rest.
    func between(_ least: Int, _ names: [String]) throws(GrammarError) -> [String] {
        if operands.count < least {
            throw .expected(names[operands.count], word: end, found: nil)
        }
        if operands.count > names.count {
            let extra = operands[names.count]
            throw .expected("the end of the command", word: extra.word, found: extra.text)
        }
        return operands.map(\.text)
    }

    /// A number with a sign, such as a scaling rate, is an operand.
    static func isOption(_ text: String) -> Bool {
        var bytes = text.utf8.makeIterator()
        guard bytes.next() == UInt8(ascii: "-") else { return false }
        return bytes.next().map { !(0x30...0x39 ~= $0) } ?? true
    }
}
