import ArgumentParser

/// Finds the command that a mistyped word was meant for.
enum Suggestion {
    /// Stops at a word that names no subcommand where one must stand.
    ///
    /// - Throws: `CLIError.unknownCommand`.
    static func check(_ arguments: [String], root: any ParsableCommand.Type) throws {
        var command = root
        var path = [root._commandName]
        for word in arguments {
            let children = command.configuration.subcommands
            guard !children.isEmpty, !word.hasPrefix("-") else { return }
            if word == "help" { return }
            guard let child = children.first(where: { isNamed($0, word) }) else {
                let parent = path.joined(separator: " ")
                let found = nearest(to: word, among: children.map { $0._commandName })
                throw CLIError.unknownCommand(
                    "\(parent) \(word)", nearest: found.map { "\(parent) \($0)" },
                    parent: parent)
            }
            command = child
            path.append(word)
        }
    }

    private static func isNamed(_ command: any ParsableCommand.Type, _ word: String) -> Bool {
        command._commandName == word || command.configuration.aliases.contains(word)
    }

    /// The candidate that takes the fewest edits, when that is at most a third of its letters.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let best = candidates.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
            .min { $0.1 < $1.1 }
        guard let (candidate, edits) = best, edits <= max(1, candidate.utf8.count / 3) else {
            return candidates.first { $0.hasPrefix(word) && word.utf8.count >= 2 }
        }
        return candidate
    }

    /// The number of insertions, deletions, changes and swaps of neighbours between two words.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var rows = [Array(0...b.count)]
        for i in 1...max(1, a.count) where !a.isEmpty {
            var row = [i] + Array(repeating: 0, count: b.count)
            for j in 1...max(1, b.count) where !b.isEmpty {
                row[j] = min(
                    rows[i - 1][j] + 1, row[j - 1] + 1,
                    rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], rows[i - 2][j - 2] + 1)
                }
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
