/// The question that the platform asks before it destroys an environment.
///
/// Two wordings are documented ("Enter the environment's name to destroy it, or anything else to
/// abort" and "Enter the environments name to proceed or anything else to abort", with a `> ` after
/// it); any other sentence counts that asks for a name, or for a word, to be typed.
public struct DestroyPrompt: Sendable, Hashable {
    /// The environments that are named up to the question and in it, and the word that it wants when
    /// it says which.
    public let named: [String]
    /// The words of the question and of the sentences that announce it.
    private let announced: [String]
    /// The words of every sentence up to the question and of the question.
    private let told: [String]

    /// The question that ends what was printed so far; nil while there is none, or it may go on.
    public init?(endOf printed: String) {
        let lines = ConsoleText(printed).lines.filter { !$0.isEmpty }
        guard let index = lines.lastIndex(where: DestroyPrompt.isQuestion) else { return nil }
        var question = lines[index]
        var rest = lines[(index + 1)...]
        var isWhole = DestroyPrompt.endsQuestion(lines[index])
        // The sentence "… or anything else to abort" may be broken into two lines.
        if !isWhole, let next = rest.first, DestroyPrompt.endsQuestion(next) {
            isWhole = true
            question += " " + next
            rest = rest.dropFirst()
        }
        guard isWhole, rest.isEmpty || rest.elementsEqual([">"]) else { return nil }
        let before = lines[..<index]
        named =
            before.filter(DestroyPrompt.speaksOfEnd).flatMap(DestroyPrompt.environments)
            + before.compactMap(DestroyPrompt.row) + DestroyPrompt.environments(question)
            + [DestroyPrompt.wantedWord(question)].compactMap { $0 }
        let sentences = before.filter(DestroyPrompt.isSentence)
        let announcing =
            sentences.dropLast().filter(DestroyPrompt.speaksOfEnd) + sentences.suffix(1)
        announced = (announcing + [question]).flatMap(DestroyPrompt.words)
        told = (sentences + [question]).flatMap(DestroyPrompt.words)
    }

    /// True when the question is about an environment and about nothing else that is known.
    ///
    /// - Parameters:
    ///   - environment: the environment's name.
    ///   - others: the names of other things.
    /// - Returns: whether the environment's name may be typed.
    public func isAbout(_ environment: String, besides others: Set<String> = []) -> Bool {
        func isIt(_ word: String) -> Bool { word.utf8.elementsEqual(environment.utf8) }
        let isCommon = DestroyPrompt.common.contains(environment.lowercased())
        guard !named.isEmpty || !isCommon && announced.contains(where: isIt) else { return false }
        return named.allSatisfy(isIt) && !told.contains { others.contains($0) && !isIt($0) }
    }

    private static let verbs: Set<String> = [
        "enter", "type", "retype", "re-enter", "input", "confirm", "entering", "typing",
    ]

    /// Words that stand where a name may stand and are none.
    private static let fillers: Set<String> = [
        "", "a", "above", "again", "an", "and", "anything", "as", "at", "before", "being", "below",
        "by", "called", "for", "from", "here", "if", "in", "is", "it", "its", "listed", "name",
        "named", "now", "of", "on", "or", "shown", "that", "the", "this", "to", "which", "will",
        "with", "you", "your",
    ]

    /// Words that a question has whatever it is about: an environment of such a name is only named
    /// where a name stands.
    private static let common = fillers.union(verbs).union([
        "abort", "are", "cannot", "continue", "delete", "destroy", "details", "do", "else",
        "environment", "environments", "permanently", "please", "proceed", "really", "review",
        "sure", "undone", "want", "word", "yes", "no",
    ])

    /// True for a line that asks for a name, or for a word that it says, to be typed.
    static func isQuestion(_ line: String) -> Bool {
        if offersName(line) { return true }
        let words = words(line).map { $0.lowercased() }
        guard words.contains(where: verbs.contains) else { return false }
        return words.contains { $0.hasPrefix("name") } || wantedWord(line) != nil
    }

    /// True when nothing more of a question can come on its line.
    private static func endsQuestion(_ line: String) -> Bool {
        if let last = line.last, ":>?".contains(last) { return true }
        return line.lowercased().contains("abort")
    }

    /// True for `Environment name [prod]:`, which says what is wanted without a verb.
    private static func offersName(_ line: String) -> Bool {
        let tokens = line.split(separator: " ")
        return tokens.indices.dropFirst().contains { index in
            let token = tokens[index]
            return
                (token.hasPrefix("[") && token.hasSuffix("]:")
                || token.hasPrefix("(") && token.hasSuffix("):"))
                && plain(tokens[index - 1]).lowercased() == "name"
        }
    }

    /// The word of `Type prod to destroy …` and of `… by typing prod:`; nil when the line says no
    /// such word.
    private static func wantedWord(_ line: String) -> String? {
        let tokens = line.split(separator: " ")
        let words = words(line)
        for (index, word) in words.enumerated() where verbs.contains(word.lowercased()) {
            guard index + 1 < words.count, !fillers.contains(words[index + 1].lowercased()),
                words[index + 1].lowercased() != "environment"
            else { continue }
            let follower = index + 2 < words.count ? words[index + 2].lowercased() : nil
            let isLast =
                word.lowercased() != "confirm"
                && (tokens[index + 1].last.map { ":>?".contains($0) } ?? false || follower == "")
            if follower == "to" || isLast { return words[index + 1] }
        }
        return nil
    }

    /// True for a line that says that something is to end.
    private static func speaksOfEnd(_ line: String) -> Bool {
        words(line).map { $0.lowercased() }.contains { word in
            ["destroy", "delet", "remov", "terminat"].contains { word.hasPrefix($0) }
        }
    }

    /// The environment of the row `name   prod`.
    private static func row(_ line: String) -> String? {
        let words = words(line)
        return words.count == 2 && words[0].lowercased() == "name" ? words[1] : nil
    }

    /// The environments that a sentence names: `… DESTROY environment prod!`.
    private static func environments(_ line: String) -> [String] {
        let tokens = line.split(separator: " ")
        let words = tokens.map(plain)
        let lower = words.map { $0.lowercased() }
        return words.indices.dropLast().compactMap { index in
            // What follows the end of a sentence is no name that belongs to it.
            guard lower[index] == "environment", !(tokens[index].last.map("?!.".contains) ?? true)
            else { return nil }
            var next = index + 1
            if ["named", "called"].contains(lower[next]), next + 1 < words.count { next += 1 }
            guard !fillers.contains(lower[next]), lower[next].contains(where: \.isLetter) else {
                return nil
            }
            return words[next]
        }
    }

    /// True for words in a row, not in columns.
    private static func isSentence(_ line: String) -> Bool {
        !line.contains("  ") && line.contains(where: \.isLetter)
    }

    private static func words(_ line: String) -> [String] {
        line.split(separator: " ").map(plain)
    }

    /// A word without quotes, brackets, the signs that end a sentence, and the mark of possession.
    private static func plain(_ word: Substring) -> String {
        let signs = "!.:,;?'\"`“”‘’()[]{}<>*"
        var bare = word.drop { signs.contains($0) }
        while let last = bare.last, signs.contains(last) { bare.removeLast() }
        for mark in ["'s", "’s"] where bare.hasSuffix(mark) { bare.removeLast(2) }
        return String(bare)
    }
}
