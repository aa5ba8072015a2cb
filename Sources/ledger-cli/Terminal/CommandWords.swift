import ArgumentParser

/// The words of a command line before they are parsed.
enum CommandWords {
    private static let globals: Set<String> = ["--ledger", "--format", "--actor", "--now"]

    /// The words with global options that stand before the command moved behind its name, where
    /// the parser looks for them: `--ledger x status` becomes `status --ledger x`.
    static func withLeadingOptionsMoved(
        _ arguments: [String], root: any ParsableCommand.Type
    ) -> [String] {
        var options: [String] = []
        var rest = arguments[...]
        while let word = rest.first {
            let name = word.prefix { $0 != "=" }
            guard globals.contains(String(name)) else { break }
            let count = name.count < word.count ? 1 : 2
            options += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        guard !options.isEmpty, !rest.isEmpty else { return arguments }
        let depth = depth(of: rest, in: root)
        return Array(rest.prefix(depth)) + options + rest.dropFirst(depth)
    }

    /// How many words at the start name commands.
    private static func depth(
        of words: ArraySlice<String>, in root: any ParsableCommand.Type
    ) -> Int {
        var command = root
        var depth = 0
        for word in words {
            guard
                let child = command.configuration.subcommands.first(where: {
                    $0._commandName == word
                })
            else { break }
            command = child
            depth += 1
        }
        return depth
    }
}
