import Ledger
import Testing

@testable import ledger_cli

@Suite struct ImportTests {
    private static let evening = """
        # at 2017-05-01T08:00:00Z
        # actor alice
        $ ledger-cli migration open plan-move --from prod --to prod2 --method snapshot --hostname www.x.com
        $ fleet env maintenance prod ON
        Maintenance Mode for Environment prod is now being turned ON
        # +90s
        $ fleet snapshot create prod --name plan-migration
        Snapshot plan-migration is now being created
        # +8m
        $ ledger-cli record test prod2 passed
        $ ledger-cli record decision go --reason "all fine"
        $ ledger-cli record dns www.x.com --to prod2 --ttl 300
        $ ledger-cli status
        something that status printed
        $ uptime
        # +1m
        $ ledger-cli migration close plan-move

        """

    private static let types = [
        "migration.opened", "env.maintenance.accepted", "snapshot.create.accepted", "test.passed",
        "decision.go", "dns.switch.accepted", "note.added", "note.added", "migration.closed",
    ]

    @Test func `a transcript becomes events and is imported once`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.evening, to: "evening.transcript")
        let first = await prompt.run("import", "evening.transcript")
        #expect(first == .init(status: 0, output: "added 9 events, 2 to 10\n", errors: ""))
        #expect(try await prompt.types() == Self.types)
        let again = await prompt.run("import", "evening.transcript")
        #expect(
            again
                == .init(
                    status: 0, output: "nothing to add: all 9 events were imported before\n",
                    errors: ""))
        #expect(try await prompt.event(6)["correlationid"] == "plan-move")
        #expect(try await prompt.event(6)["authid"] == "alice")
        #expect(try await prompt.event(6)["basis"] == "imported")
    }

    @Test func `a second part of an evening is imported once, too`() async throws {
        let prompt = try await Prompt.withLedger()
        let lines = Self.evening.split(separator: "\n", omittingEmptySubsequences: false)
        try prompt.write(lines.prefix(5).joined(separator: "\n"), to: "1.transcript")
        try prompt.write(
            "# at 2017-05-01T08:01:30Z\n" + lines.dropFirst(6).joined(separator: "\n"),
            to: "2.transcript")
        #expect(await prompt.run("import", "1.transcript").status == 0)
        for _ in 1...2 {
            let second = await prompt.run("import", "2.transcript")
            #expect(second.status == 0, "\(second.errors)")
        }
        #expect(try await prompt.types() == Self.types)
        let both = await prompt.run("import", "1.transcript", "2.transcript")
        #expect(both.output.hasPrefix("nothing to add: all 9"))
    }

    @Test func `a session that took no time is imported once, too`() async throws {
        let prompt = try await Prompt.withLedger()
        let text = Self.evening.split(separator: "\n").filter { !$0.hasPrefix("# +") }
            .joined(separator: "\n")
        try prompt.write(text, to: "a.transcript")
        #expect(await prompt.run("import", "a.transcript").output.hasPrefix("added 9"))
        let again = await prompt.run("import", "a.transcript")
        #expect(again.output.hasPrefix("nothing to add"), "\(again.errors)")
    }

    @Test func `an import from a terminal with Windows line ends reads the same`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.evening.replacing("\n", with: "\r\n"), to: "a.transcript")
        let result = await prompt.run("import", "a.transcript")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await prompt.types() == Self.types)
    }

    @Test func `a transcript is read from standard input`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("import", "-", input: Self.evening)
        #expect(result.output == "added 9 events, 2 to 10\n")
    }

    @Test func `a mistake in the second file writes nothing of the first`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.evening, to: "a.transcript")
        try prompt.write("# at 2017-05-01T09:00:00Z\n$ fleet env wat prod\n", to: "b.transcript")
        let result = await prompt.run("import", "a.transcript", "b.transcript")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("ledger: error: b.transcript:2:13: expected one of"))
        #expect(try await prompt.types().isEmpty)
    }

    @Test(arguments: [
        ("record tset prod2 passed", "unknown command"),
        ("record test prod2 pased", "expected passed or failed"),
        ("record dns www.x.com --too prod2", "--too"),
        ("migration close other", "not open"),
    ])
    func `a ledger command in a transcript has the syntax of the real one`(
        _ line: String, _ complaint: String
    ) async throws {
        let prompt = try await Prompt.withLedger()
        let text = "# at 2017-05-01T08:00:00Z\n$ ledger-cli \(line)\n"
        try prompt.write(text, to: "a.transcript")
        let result = await prompt.run("import", "a.transcript")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("ledger: error: a.transcript:2:"), "\(result.errors)")
        #expect(result.errors.contains(complaint), "\(result.errors)")
        #expect(try await prompt.types().isEmpty)
    }

    @Test func `a dry run says what each line is taken for and writes nothing`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.evening, to: "a.transcript")
        let result = await prompt.run("import", "--dry-run", "a.transcript")
        #expect(result.status == 0)
        #expect(result.output.contains("   4  env.maintenance.accepted   $ fleet env maint"))
        #expect(result.output.hasSuffix("9 events; nothing was written\n"))
        #expect(try await prompt.types().isEmpty)
    }

    @Test func `an evidence file that is at hand is read, and one that is not is a note`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        try prompt.write("x\n-- Dump completed\n", to: "here.sql")
        let text = """
            # at 2017-05-01T08:00:00Z
            $ ledger-cli record file here.sql --role dump
            $ ledger-cli record file gone.sql --role dump

            """
        _ = await prompt.run("import", "-", input: text)
        #expect(try await prompt.types() == ["observed.file", "note.added"])
    }

    @Test func `a policy in a transcript holds from its line on`() async throws {
        let prompt = try await Prompt.withLedger()
        let text =
            "# at 2017-05-01T08:00:00Z\n$ ledger-cli policy set soak 2h\n$ ledger-cli policy list\n"
        #expect(await prompt.run("import", "-", input: text).status == 0)
        #expect(try await prompt.types() == ["policy.set", "note.added"])
        let wrong = await prompt.run(
            "import", "-", input: "# at 2017-05-01T09:00:00Z\n$ ledger-cli policy set soak long\n")
        #expect(wrong.status == 1)
        #expect(wrong.errors.hasPrefix("ledger: error: -:2:"), "\(wrong.errors)")
    }

    @Test func `a command that run started is the platform's own`() async throws {
        let prompt = try await Prompt.withLedger()
        let text = """
            # at 2017-05-01T08:00:00Z
            $ ledger-cli run -- fleet env maintenance prod ON
            Maintenance Mode for Environment prod is now being turned ON
            $ ledger-cli --ledger x.sqlite run --output a.sql -- fleet database dump prod
            $ ledger-cli run --input=a.sql -- fleet database connect prod2
            $ ledger-cli run -- fleet env destroy prod
            # exit 255

            """
        let result = await prompt.run("import", "-", input: text)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            try await prompt.types() == [
                "env.maintenance.accepted", "database.dump.accepted", "database.load.accepted",
                "env.destroy.unknown",
            ])
        #expect(try await prompt.event(3)["data"]?.object?["path"] == "a.sql")
        let wrong = await prompt.run(
            "import", "-", input: "# at 2017-05-01T09:00:00Z\n$ ledger-cli run -- fleet env wat x\n"
        )
        #expect(wrong.errors.hasPrefix("ledger: error: -:2:"), "\(wrong.errors)")
    }

    @Test func `a transcript reports late and for others in the words of the command`() async throws
    {
        let prompt = try await Prompt.withLedger()
        let text = """
            # at 2017-05-01T08:00:00Z
            # actor alice
            $ ledger-cli record command --at 2017-05-01T07:00:00Z --actor bob -- fleet env maintenance prod ON
            $ fleet env maintenance prod OFF

            """
        #expect(await prompt.run("import", "-", input: text).status == 0)
        let late = try await prompt.event(2)
        #expect(late["time"] == "2017-05-01T07:00:00.000Z")
        #expect(late["authid"] == "bob")
        #expect(try await prompt.event(3)["authid"] == "alice")
        #expect(await prompt.run("import", "-", input: text).output.hasPrefix("nothing to add"))
    }

    @Test func `a transcript takes back what stands before it`() async throws {
        let prompt = try await Prompt.withLedger()
        let text = """
            # at 2017-05-01T08:00:00Z
            $ fleet env maintenance prod ON
            $ ledger-cli record void 2 --reason 'another shop'

            """
        #expect(await prompt.run("import", "-", input: text).output == "added 2 events, 2 to 3\n")
        #expect(try await prompt.types() == ["env.maintenance.accepted", "event.voided"])
        #expect(await prompt.run("import", "-", input: text).output.hasPrefix("nothing to add"))
        for (number, complaint) in [("1", "cannot be voided"), ("9", "9")] {
            let wrong = await prompt.run(
                "import", "-",
                input:
                    "# at 2017-05-01T09:00:00Z\n$ ledger-cli record void \(number) --reason x\n")
            #expect(wrong.status == 1)
            #expect(wrong.errors.contains(complaint), "\(wrong.errors)")
        }
        #expect(try await prompt.types().count == 2)
    }

    @Test func `events of another ledger keep their ids and come in once`() async throws {
        let source = try await Prompt.withLedger()
        try source.write(Self.evening, to: "a.transcript")
        _ = await source.run("import", "a.transcript")
        let lines = await source.run("history", "--format", "jsonl").lines
        let target = try await Prompt.withLedger()
        try target.write(lines.dropFirst().joined(separator: "\n"), to: "a.jsonl")
        #expect(await target.run("import", "a.jsonl").output == "added 9 events, 2 to 10\n")
        let again = await target.run("import", "a.jsonl")
        #expect(again.output.hasPrefix("nothing to add"))
        #expect(try await target.event(5)["id"] == source.event(5)["id"])
        #expect(try await target.event(5)["basis"] == "imported")
    }

    @Test func `events that steer decisions do not come in as JSONL`() async throws {
        let source = try await Prompt.withLedger()
        _ = await source.run("policy", "set", "soak", "1h")
        _ = await source.run("record", "hold", "environment/prod", "--reason", "x")
        _ = await source.run("record", "release-hold", "environment/prod")
        _ = await source.run("record", "void", "3", "--reason", "x")
        let lines = await source.run("history", "--format", "jsonl").lines
        for (index, line) in lines.enumerated() {
            let target = try await Prompt.withLedger()
            let result = await target.run("import", "--jsonl", "-", input: line + "\n")
            #expect((result.status == 0) == (index == 2), "\(line)")
        }
    }

    @Test(arguments: [
        "{", "[]", "{}", "nonsense", "{\"specversion\":\"1.0\"}", "null", "\u{0}",
        "{\"a\":1,\"a\":2}",
    ])
    func `a line that is no event is named and nothing is written`(_ line: String) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("import", "--jsonl", "-", input: "\n\n" + line + "\n")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("ledger: error: -:3: "), "\(result.errors)")
        #expect(try await prompt.types().isEmpty)
    }

    @Test func `a year that is mistyped is remarked upon`() async throws {
        let prompt = try await Prompt.withLedger()
        let text = "# at 2071-05-01T08:00:00Z\n$ fleet env cache flush prod\n"
        let result = await prompt.run("import", "-", input: text)
        #expect(result.status == 0)
        #expect(result.errors.contains("1 event lies in the future"))
    }

    @Test func `a transcript without a command says so`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write("# at 2017-05-01T08:00:00Z\n", to: "a.transcript")
        let result = await prompt.run("import", "a.transcript")
        #expect(result.status == 1)
        #expect(result.errors.contains("nothing to import"))
    }
}
