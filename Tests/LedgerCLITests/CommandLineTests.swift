import ArgumentParser
import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct CommandLineTests {
    @Test func `without a ledger every command that needs one says how to make it`() async throws {
        let prompt = try Prompt()
        for words in [["history"], ["show", "1"], ["record", "note", "x"], ["policy", "list"]] {
            let result = await prompt.run(words)
            #expect(result.status == 10)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("ledger: hint: ledger-cli init --origin NAME"))
        }
    }

    @Test func `a mistyped command names the nearest one`() async throws {
        let prompt = try Prompt()
        let result = await prompt.run("histroy")
        #expect(
            result
                == .init(
                    status: 64, output: "",
                    errors: """
                        ledger: error: unknown command "ledger-cli histroy"
                        ledger: hint: did you mean: ledger-cli history

                        """))
        let nested = await prompt.run("record", "decison", "go")
        #expect(nested.errors.contains("did you mean: ledger-cli record decision"))
    }

    @Test(arguments: [
        ["history", "--typ", "x"], ["history", "prod"], ["history", "--since", "yesterday"],
        ["history", "--type", "env.destory"], ["show", "x"], ["show", "0"],
        ["record", "command"], ["record", "command", "--exit", "300", "--", "fleet"],
        ["record", "dns", "a b", "--to", "prod"], ["record", "dns", "a.b", "--to", ""],
        ["record", "dns", "a.b", "--to", "x", "--ttl", "-1"],
        ["record", "observation", "environment", "prod"],
        ["record", "observation", "environment", "prod", "--nfs", "maybe"],
        ["record", "observation", "dns", "a.b"], ["record", "hold", "prod", "--reason", "x"],
        ["record", "acknowledge", "weather"], ["record", "file", "x", "--role", "picture"],
        ["migration", "open", "a/b", "--from", "x", "--to", "y", "--method", "dump"],
        ["migration", "open", "a", "--from", "x", "--to", "x", "--method", "dump"],
        ["migration", "open", "a", "--from", "x", "--to", "y", "--method", "magic"],
        ["init", "--origin", "a b"], ["history", "--format", "yaml"],
        ["history", "--format", "sh"], ["import"],
    ])
    func `a mistake in an argument is a usage error with a next step`(_ words: [String])
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(words)
        #expect(result.status == 64, "\(result)")
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("ledger: error: "))
        #expect(result.errors.contains("ledger: hint: "))
        #expect(try await prompt.types().isEmpty)
    }

    @Test(arguments: [
        (["init", "--orign", "x"], "'--orign'", "--origin"),
        (["record", "dns", "a.b", "--too", "c"], "'--too'", "--to"),
        (["record", "command", "--exti", "1", "--", "fleet", "env", "list"], "'--exti'", "--exit"),
        (["history", "--sinse=2017-05-01T00:00:00Z"], "'--sinse'", "--since"),
    ])
    func `a mistyped option is named before what is missing`(
        _ words: [String], _ found: String, _ meant: String
    ) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(words)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("ledger: error: unknown option \(found)\n"), "\(result)")
        #expect(result.errors.contains("ledger: hint: did you mean: \(meant)\n"), "\(result)")
    }

    @Test func `an error under JSON is one object on standard error`() async throws {
        let prompt = try Prompt()
        for words in [["history", "--format", "json"], ["--format=json", "histroy"]] {
            let result = await prompt.run(words)
            #expect(result.output.isEmpty)
            let object = try #require(JSONReader.parse(Array(result.errors.utf8)).object)
            #expect(object["status"]?.integer == Int(result.status))
            #expect(object["error"]?.string?.isEmpty == false)
        }
    }

    @Test func `global options stand before or after the command`() async throws {
        let prompt = try Prompt()
        #expect(
            await prompt.run("--ledger", "a.sqlite", "init", "--origin", "o/a").status == 0)
        #expect(await prompt.run("history", "--ledger", "a.sqlite").status == 0)
        #expect(await prompt.run("--ledger=a.sqlite", "record", "note", "x").status == 0)
        prompt.set("LEDGER_PATH", "a.sqlite")
        #expect(await prompt.run("history").lines.last == "2 events")
    }

    @Test func `a new ledger takes the place of nothing`() async throws {
        let prompt = try Prompt()
        try prompt.write("precious", to: "ledger.sqlite")
        let result = await prompt.run("init", "--origin", "o/a")
        #expect(result.status == 1)
        #expect(result.errors.contains("exists already"))
        let history = await prompt.run("history")
        #expect(history.status == 10)
        #expect(history.errors.contains("not a ledger"))
        #expect(
            try String(contentsOfFile: prompt.path("ledger.sqlite"), encoding: .utf8) == "precious")
    }

    @Test func `colour is for terminals and NO_COLOR takes it away`() async throws {
        let prompt = try Prompt()
        #expect(!(await prompt.run("history").errors.contains("\u{1B}")))
        #expect(await prompt.run("history", isTerminal: true).errors.contains("\u{1B}["))
        prompt.set("NO_COLOR", "1")
        #expect(!(await prompt.run("history", isTerminal: true).errors.contains("\u{1B}")))
    }

    @Test func `names in any script are recorded and found again`() async throws {
        let prompt = try await Prompt.withLedger()
        let name = "Prüfung-商店-🛒"
        #expect(
            await prompt.run(
                "migration", "open", name, "--from", "prod", "--to", "prod2", "--method", "dump"
            ).status == 0)
        #expect(await prompt.run("record", "decision", "go").status == 0)
        let history = await prompt.run("history", "--migration", name)
        #expect(history.lines.last == "2 events")
        #expect(await prompt.run("history", "migration/\(name)").lines.last == "2 events")
    }

    @Test func `a recorded name cannot drive the terminal that shows it`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "x", "--actor", "eve\u{202E}\u{9B}31m")
        let history = await prompt.run("history")
        #expect(!history.output.unicodeScalars.contains("\u{202E}"))
        #expect(history.output.contains("eve\\u{202e}"))
    }

    @Test func `every command has help with an abstract, an example and its exit statuses`() {
        for (path, command) in Self.leaves(LedgerCLI.self, path: "ledger-cli") {
            let configuration = command.configuration
            #expect(!configuration.abstract.isEmpty, "\(path)")
            #expect(configuration.abstract.count < 60, "\(path)")
            #expect(configuration.discussion.contains("$ "), "\(path): no example")
            #expect(configuration.discussion.contains("EXIT STATUS"), "\(path)")
        }
    }

    @Test func `the JSONL of history is the stored records byte for byte`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "x")
        let lines = await prompt.run("history", "--format", "jsonl").lines
        for (index, line) in lines.enumerated() {
            let shown = await prompt.run("show", "\(index + 1)", "--format", "jsonl")
            #expect(shown.output == line + "\n")
            #expect(try JSONReader.parseCanonical(Array(line.utf8)).object != nil)
        }
    }

    @Test func `CSV quotes what needs it and disarms formulas`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "x", "--actor", "=1+1,\"q\"")
        let line = await prompt.run("history", "--format", "csv").lines.last
        #expect(line?.contains(",\"'=1+1,\"\"q\"\"\",note.added,") == true)
    }

    @Test func `history filters by subject, type, actor, migration and time`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run(
            "record", "command", "--actor", "bob", "--at", "2017-05-01T08:00:00Z", "--", "fleet",
            "env", "maintenance", "prod", "ON")
        _ = await prompt.run("record", "command", "--", "fleet", "env", "destroy", "prod2")
        func count(_ words: String...) async -> Int {
            let result = await prompt.run(["history"] + words + ["--format", "csv"])
            return result.lines.count - 1
        }
        #expect(await count("environment/prod") == 1)
        #expect(await count("environment/") == 2)
        #expect(await count("--type", "env.destroy") == 1)
        #expect(await count("--type", "env.destroy.accepted") == 1)
        #expect(await count("--type", "env") == 2)
        #expect(await count("--actor", "bob") == 1)
        #expect(await count("--until", "2017-05-01T08:00:00Z") == 1)
        #expect(await count("--since", "2017-05-01T08:00:00.001Z") == 2)
        #expect(await count("--migration", "none") == 0)
        #expect(await prompt.run("history", "--limit", "1").output.contains("env.destroy"))
    }

    @Test func `a suggestion counts inserted, lost, changed and swapped letters`() {
        #expect(Suggestion.distance(Array("abcd".utf8), Array("abcd".utf8)) == 0)
        #expect(Suggestion.distance(Array("abdc".utf8), Array("abcd".utf8)) == 1)
        #expect(Suggestion.distance([], Array("abcd".utf8)) == 4)
        #expect(Suggestion.distance(Array("abcd".utf8), []) == 4)
        #expect(Suggestion.nearest(to: "xyzzy", among: ["history", "show"]) == nil)
    }

    /// The commands that do something, with the words that reach them.
    static func leaves(
        _ command: any ParsableCommand.Type, path: String
    ) -> [(String, any ParsableCommand.Type)] {
        let children = command.configuration.subcommands
        guard !children.isEmpty else { return [(path, command)] }
        return children.flatMap { leaves($0, path: "\(path) \($0._commandName)") }
    }
}
