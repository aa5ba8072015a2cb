/// The question that the platform asks before it destroys an environment.
///
/// Two wordings are documented ("Enter the environment's name to destroy it, or anything else to
/// abort" and "Enter the environments name to proceed or anything else to abort", with a `> ` after
/// it); any other sentence counts that asks for a name, or for a word, to be typed.
public struct DestroyPrompt: Sendable, Hashable {
    /// The environments that are named up to the question and in it, and the word that it wants when
    /// it says which.
    public let named: [String]

    /// The question that ends what was printed so far; nil while there is none, or it may go on.
    public init?(endOf printed: String) {
        let lines = ConsoleText(printed).lines.filter { !$0.isEmpty }
        guard let index = lines.lastIndex(where: DestroyPrompt.isQuestion) else { return nil }
        var rest = lines[(index + 1)...]
        var isWhole = DestroyPrompt.endsQuestion(lines[index])
        // The sentence "… or anything else to abort" may be broken into two lines.
        if !isWhole, let next = rest.first, DestroyPrompt.endsQuestion(next) {
            isWhole = true
            rest = rest.dropFirst()
        }
        guard isWhole, rest.isEmpty || rest.elementsEqual([">"]) else { return nil }
        named =
            lines[...index].flatMap(DestroyPrompt.names)
            + [DestroyPrompt.wantedWord(lines[index])].compactMap { $0 }
    }

    private static let verbs: Set<String> = [
        "enter", "type", "retype", "re-enter", "input", "confirm", "entering", "typing",
    ]

    /// Words that stand where a name may stand and are none.
    private static let fillers: Set<String> = [
        "", "a", "again", "an", "and", "anything", "by", "called", "here", "in", "is", "it", "its",
        "name", "named", "now", "of", "or", "that", "the", "this", "to", "will", "with", "your",
    ]

    /// True for a line that asks for a name, or for a word that it says, to be typed.
    static func isQuestion(_ line: String) -> Bool {
        let words = line.split(separator: " ").map { plain($0).lowercased() }
        guard words.contains(where: verbs.contains) else { return false }
        return words.contains { $0.hasPrefix("name") } || wantedWord(line) != nil
    }

    /// True when nothing more of a question can come on its line.
    private static func endsQuestion(_ line: String) -> Bool {
        if let last = line.last, ":>?".contains(last) { return true }
        return line.lowercased().contains("abort")
    }

    /// The word of `Type prod to destroy …`; nil when the line says no such word.
    private static func wantedWord(_ line: String) -> String? {
        let words = line.split(separator: " ").map(plain)
        for (index, word) in words.enumerated() where verbs.contains(word.lowercased()) {
            guard index + 2 < words.count, words[index + 2].lowercased() == "to",
                !fillers.contains(words[index + 1].lowercased())
            else { continue }
            return words[index + 1]
        }
        return nil
    }

    /// The environments that a line names: `… DESTROY environment prod!` or `name   prod`.
    private static func names(_ line: String) -> [String] {
        let words = line.split(separator: " ").map(plain)
        let lower = words.map { $0.lowercased() }
        if words.count == 2, lower[0] == "name" { return [words[1]] }
        guard lower.contains(where: { $0.hasPrefix("destroy") || $0.hasPrefix("delet") }) else {
            return []
        }
        return words.indices.dropLast().compactMap { index in
            guard lower[index] == "environment", !fillers.contains(lower[index + 1]) else {
                return nil
            }
            return words[index + 1]
        }
    }

    /// A word without quotes and the signs that end a sentence.
    private static func plain(_ word: Substring) -> String {
        let signs = "!.:,;?'\"`“”‘’()>"
        return String(
            word.drop { signs.contains($0) }.reversed().drop { signs.contains($0) }.reversed())
    }
}
