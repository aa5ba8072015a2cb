import ArgumentParser

/// The words of a command line before they are parsed.
enum CommandWords {
    private static let globals: Set<String> = ["--ledger", "--format", "--actor", "--now"]

    /// The words with global options that stand before the command, or before one of a group, moved
    /// behind its name, where the parser looks for them: `--ledger x status` becomes
    /// `status --ledger x`, and `plan --ledger x next` becomes `plan next --ledger x`.
    static func withLeadingOptionsMoved(
        _ arguments: [String], root: any ParsableCommand.Type
    ) -> [String] {
        var options: [String] = []
        var names: [String] = []
        var rest = arguments[...]
        var command = root
        while !command.configuration.subcommands.isEmpty {
            while let word = rest.first {
                let name = word.prefix { $0 != "=" }
                guard globals.contains(String(name)) else { break }
                let count = name.count < word.count ? 1 : 2
                options += rest.prefix(count)
                rest = rest.dropFirst(count)
            }
            // `plan --verify DIGEST` is how an auditor asks; the command is `plan verify`.
            if names == ["plan"], let word = rest.first, word.hasPrefix("--verify") {
                let digest = word.hasPrefix("--verify=") ? [String(word.dropFirst(9))] : []
                rest = ["verify"] + digest + rest.dropFirst()
            }
            guard let word = rest.first,
                let child = command.configuration.subcommands.first(where: {
                    $0._commandName == word
                })
            else { break }
            names.append(word)
            rest = rest.dropFirst()
            command = child
        }
        return names.isEmpty && rest.isEmpty ? arguments : names + options + rest
    }

    /// The first long option that the command does not have, and the nearest one that it has.
    ///
    /// The parser complains of what is missing before it looks at what is there.
    static func unknownOption(
        in arguments: [String], root: any ParsableCommand.Type
    ) -> (word: String, nearest: String?)? {
        let words = withLeadingOptionsMoved(arguments, root: root)
        var command = root
        for word in words {
            guard
                let child = command.configuration.subcommands.first(where: {
                    $0._commandName == word
                })
            else { break }
            command = child
        }
        guard command.configuration.subcommands.isEmpty else { return nil }
        let known = options(of: command, root: root)
        for word in words.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
            let name = String(word.prefix { $0 != "=" })
            if known.contains(name) || name.hasPrefix("--generate-completion") { continue }
            return (name, Suggestion.nearest(to: name, among: known))
        }
        return nil
    }

    /// The long options that the help of a command lists.
    private static func options(
        of command: any ParsableCommand.Type, root: any ParsableCommand.Type
    ) -> [String] {
        root.helpMessage(for: command, includeHidden: true, columns: 200)
            .split(separator: "\n").filter { $0.hasPrefix("  -") }
            .flatMap { line in
                line.split(whereSeparator: { " ,/".contains($0) }).prefix { $0.hasPrefix("-") }
                    .map(String.init)
            }
    }
}
