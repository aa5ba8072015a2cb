import ArgumentParser
import Foundation
import Testing

@testable import ledger_cli

/// `docs/cli.md` is made from the commands themselves; `RECORD=1` writes it anew.
@Suite struct CommandDocsTests {
    private static let file = PlanningTests.root + "/docs/cli.md"

    @Test func `the page of commands says what the commands say`() throws {
        let text = Self.page
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try text.write(toFile: Self.file, atomically: true, encoding: .utf8)
            Issue.record("docs/cli.md was written anew; run again without RECORD")
        }
        let written = try String(contentsOfFile: Self.file, encoding: .utf8)
        #expect(written == text, "run: RECORD=1 scripts/test --filter CommandDocsTests")
    }

    private static var page: String {
        var lines = [
            "# Command line", "",
            "Made from the commands' own help by `Tests/LedgerCLITests/CommandDocsTests.swift`.",
            "",
            "Answers go to standard output, everything else to standard error. Every command takes",
            "`--ledger PATH` (else `LEDGER_PATH`, else `ledger.sqlite` here), `--format`, `--actor NAME`",
            "(else `LEDGER_ACTOR`, else the login name) and `--now TIME`; commands that record take",
            "`--at TIME`, `--migration NAME` and `--expect-size N`. Errors read `ledger: error: …` and",
            "`ledger: hint: …`; under `--format json` an error and its hints are one JSON object in the last",
            "line, and what is remarked before it (`ledger: warning: …`) stays text. `NO_COLOR` is honoured.",
            "`ledger-cli --generate-completion-script bash|zsh|fish` prints shell completion.", "",
            "| status | meaning |", "|---|---|",
        ]
        lines += ExitStatus.allCases.map { "| \($0.rawValue) | \($0.meaning) |" }
        for group in LedgerCLI.configuration.groupedSubcommands {
            lines += ["", "## \(group.name)"]
            for command in group.subcommands {
                for (path, leaf) in CommandLineTests.leaves(
                    command, path: "ledger-cli \(command._commandName)")
                {
                    lines += section(path, leaf)
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ path: String, _ command: any ParsableCommand.Type) -> [String] {
        let configuration = command.configuration
        var lines = ["", "### \(path.dropFirst("ledger-cli ".count))", ""]
        var words = configuration.discussion.components(separatedBy: "\n")
        if let end = words.firstIndex(of: "EXIT STATUS") { words.removeSubrange(end...) }
        var paragraph: [String] = []
        var examples: [String] = []
        for line in words where line != "EXAMPLES" {
            if line.hasPrefix("  $ ") {
                examples.append(String(line.dropFirst(4)))
            } else if !line.isEmpty {
                paragraph.append(line)
            }
        }
        lines += wrapped(([configuration.abstract] + paragraph).joined(separator: " "))
        lines += ["", "```sh"] + examples + ["```"]
        let own = options(of: command)
        if !own.isEmpty { lines += [""] + own }
        return lines
    }

    /// The arguments and options that are not every command's, one a line.
    private static func options(of command: any ParsableCommand.Type) -> [String] {
        let shared = [
            "--ledger", "--format", "--actor", "--now", "--at", "--migration", "--expect-size",
            "--version", "-h, --help", "--known-at",
        ]
        let help = LedgerCLI.helpMessage(for: command, includeHidden: false, columns: 1000)
        return help.components(separatedBy: "\n").compactMap { line in
            guard line.hasPrefix("  "), !line.hasPrefix("  $ ") else { return nil }
            let text = line.drop { $0 == " " }
            guard text.hasPrefix("<") || text.hasPrefix("-"),
                !shared.contains(where: { text == $0 || text.hasPrefix($0 + " ") })
            else { return nil }
            guard let gap = text.range(of: "  ") else { return "- `\(text)`" }
            let name = text[..<gap.lowerBound]
            return "- `\(name)` \(text[gap.upperBound...].drop { $0 == " " })"
        }
    }

    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + word.count + 1 > 100 {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + [line]
    }
}
