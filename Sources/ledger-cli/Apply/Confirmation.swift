import Ledger

/// Answers the question that the platform asks before it destroys an environment.
///
/// The name is typed only when the question is about that environment and about no other one;
/// anything else is answered with an empty line, which the platform takes for "abort".
struct Confirmation: Sendable {
    /// The environment that is to be destroyed.
    let environment: String

    /// What to type, given what was printed so far; nil while the question is not complete.
    func answer(to printed: String) -> String? {
        let lines = printed.split(whereSeparator: \.isNewline).map { String($0) }
        guard let question = lines.firstIndex(where: Confirmation.isQuestion) else { return nil }
        // The sentence "… or anything else to abort" may be broken into two lines.
        let isWhole = lines[question...].prefix(2).contains { $0.lowercased().contains("abort") }
        guard isWhole else { return nil }
        let named = lines[...question].compactMap(Confirmation.name)
        return !named.isEmpty && named.allSatisfy { $0 == environment } ? environment : ""
    }

    private static func isQuestion(_ line: String) -> Bool {
        let line = line.lowercased()
        return line.contains("enter the environment") && line.contains("name")
    }

    /// The environment that a line names: `… DESTROY environment prod!` or `name   prod`.
    private static func name(_ line: String) -> String? {
        let words = line.split(separator: " ")
        if words.count == 2, words[0] == "name" { return String(words[1]) }
        let lower = words.map { $0.lowercased() }
        guard lower.contains("destroy"), let index = lower.lastIndex(of: "environment"),
            index + 1 < words.count
        else { return nil }
        return String(words[index + 1].prefix { !"!.:,?'\"".contains($0) })
    }
}
