import Ledger
import Testing

@testable import ledger_cli

@Suite struct RecordTests {
    @Test func `a reported command becomes an event of its action`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(
            "record", "command", "--", "fleet", "env", "maintenance", "prod", "ON")
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        #expect(
            result.lines.dropLast() == [
                "2  env.maintenance.accepted  environment/prod  2017-05-01T09:00:00Z",
                "to take it back: ledger-cli record void 2 --reason …",
            ])
        #expect(result.lines.last?.hasPrefix("head: 2 ") == true)
        let event = try await prompt.event(2)
        #expect(event["basis"] == "reported")
        #expect(event["authid"] == "login")
        #expect(event["data"]?.object?["state"] == "ON")
    }

    @Test func `a recording command tells the sequence and how to void it as JSON`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("record", "note", "hello", "--format", "json")
        let appended = try #require(result.json["appended"]?.array?.first?.object)
        #expect(appended["sequence"] == 2)
        #expect(appended["type"] == "note.added")
        let void = try #require(appended["void"]?.array).compactMap(\.string)
        #expect(void.prefix(4) == ["ledger-cli", "record", "void", "2"])
        #expect(await prompt.run(Array(void.dropFirst())).status == 0)
        #expect(await prompt.run("history").output.contains("voided by 3"))
        // What no void takes back names none.
        let hold = await prompt.run(
            "record", "hold", "environment/prod", "--reason", "x", "--format", "json")
        #expect(try hold.json["appended"]?.array?.first?.object?["void"] == nil)
    }

    struct OutcomeCase: Sendable {
        let options: [String]
        let type: String
    }

    @Test(arguments: [
        OutcomeCase(options: [], type: "env.destroy.accepted"),
        OutcomeCase(options: ["--exit", "255"], type: "env.destroy.unknown"),
        OutcomeCase(options: ["--exit", "1"], type: "env.destroy.unknown"),
        OutcomeCase(options: ["--outcome", "refused"], type: "env.destroy.refused"),
        OutcomeCase(options: ["--outcome", "started"], type: "env.destroy.started"),
    ])
    func `the outcome is what is said, else what follows from the exit status`(
        _ example: OutcomeCase
    ) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(
            ["record", "command"] + example.options + ["--", "fleet", "env", "destroy", "prod"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await prompt.types() == [example.type])
    }

    @Test func `what a read command printed becomes an observation`() async throws {
        let prompt = try await Prompt.withLedger()
        let list = """
            name  status    release
            ----  --------  -------
            prod  RUNNING   037205f

            """
        let result = await prompt.run(
            "record", "command", "--printed", "-", "--", "fleet", "env", "list", input: list)
        #expect(result.status == 0, "\(result.errors)")
        let event = try await prompt.event(2)
        #expect(event["type"] == "observed.environments")
        #expect(event["data"]?.object?["complete"] == true)
    }

    @Test func `a read command without its output proves nothing absent`() async throws {
        let prompt = try await Prompt.withLedger()
        await #expect(
            prompt.run("record", "command", "--", "fleet", "snapshot", "list").status == 0)
        #expect(try await prompt.event(2)["data"]?.object?["complete"] == false)
    }

    @Test func `a redirection is given as an option or among the words`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run(
            "record", "command", "--output", "a.sql", "--", "fleet", "database", "dump", "prod")
        _ = await prompt.run(
            "record", "command", "--", "fleet", "database", "connect", "prod2", "<", "a.sql")
        #expect(try await prompt.types() == ["database.dump.accepted", "database.load.accepted"])
        #expect(try await prompt.event(2)["data"]?.object?["path"] == "a.sql")
        #expect(try await prompt.event(3)["data"]?.object?["path"] == "a.sql")
    }

    @Test func `another command is kept as a note and its secrets are not`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(
            "record", "command", "--", "mysql", "-pgeheim", "--password", "geheim", "shop")
        #expect(result.status == 0, "\(result.errors)")
        let shown = await prompt.run("history", "--format", "jsonl")
        #expect(shown.output.contains("note.added"))
        #expect(!shown.output.contains("geheim"))
    }

    @Test func `a fleet command that does not parse is a usage error and writes nothing`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(
            "record", "command", "--", "fleet", "env", "mantenance", "prod", "ON")
        #expect(result.status == 64)
        #expect(result.errors.contains("maintenance"))
        #expect(try await prompt.types().isEmpty)
    }

    @Test func `a decision without an open migration says how to open one`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("record", "decision", "go")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("ledger: error: no migration is open\nledger: hint: "))
    }

    @Test func `a decision takes the only open migration and asks when there are two`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run(
            "migration", "open", "a", "--from", "prod", "--to", "prod2", "--method", "snapshot")
        #expect(await prompt.run("record", "decision", "go").status == 0)
        #expect(try await prompt.event(3)["correlationid"] == "a")
        _ = await prompt.run(
            "migration", "open", "b", "--from", "x", "--to", "y", "--method", "dump")
        let unclear = await prompt.run("record", "decision", "no-go")
        #expect(unclear.status == 1)
        #expect(unclear.errors.contains("several migrations are open: a, b"))
        #expect(await prompt.run("record", "decision", "no-go", "--migration", "b").status == 0)
        let typo = await prompt.run("record", "decision", "no-go", "--migration", "c")
        #expect(typo.errors.contains("unknown migration \"c\"; known: a, b"))
    }

    @Test func `an event that touches the only open migration belongs to it`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run(
            "migration", "open", "a", "--from", "prod", "--to", "prod2", "--method", "snapshot",
            "--hostname", "WWW.x.com.")
        _ = await prompt.run("record", "dns", "www.x.com", "--to", "elsewhere.example.net")
        _ = await prompt.run("record", "command", "--", "fleet", "env", "cache", "flush", "other")
        #expect(try await prompt.event(3)["correlationid"] == "a")
        #expect(try await prompt.event(4)["correlationid"] == nil)
    }

    @Test func `a time ahead of the clock is refused`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("record", "note", "x", "--at", "2017-05-01T09:00:01Z")
        #expect(result.status == 1)
        #expect(result.errors.contains("is in the future; the clock says 2017-05-01T09:00:00Z"))
        _ = await prompt.run("policy", "set", "clock-skew", "5s")
        #expect(
            await prompt.run("record", "note", "x", "--at", "2017-05-01T09:00:01Z").status == 0)
    }

    @Test func `an expected size that the ledger has left writes nothing and names the size`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        #expect(await prompt.run("record", "note", "a", "--expect-size", "1").status == 0)
        let stale = await prompt.run("record", "note", "b", "--expect-size", "1")
        #expect(stale.status == 1)
        #expect(stale.errors.contains("2 events"))
        #expect(try await prompt.types() == ["note.added"])
    }

    @Test func `an event is voided once, and what was never there or made the ledger never`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "a")
        #expect(await prompt.run("record", "void", "2", "--reason", "slip").status == 0)
        #expect(await prompt.run("history").output.contains("voided by 3"))
        let again = await prompt.run("record", "void", "2", "--reason", "slip")
        #expect(again.status == 1)
        #expect(again.errors.contains("voided by event 3 before"))
        let absent = await prompt.run("record", "void", "9", "--reason", "slip")
        #expect(absent.errors.contains("the ledger holds events 1 to 3"))
        let first = await prompt.run("record", "void", "1", "--reason", "slip")
        #expect(first.errors.contains("ledger.created cannot be voided"))
        #expect(await prompt.run("record", "void", "3", "--reason", "slip").status == 0)
        #expect(!(await prompt.run("history").output.contains("voided by 3")))
    }

    @Test func `a dump is looked at for its trailer and for carriage returns`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write("INSERT 1;\n-- Dump completed on 2017-05-01\n", to: "good.sql")
        try prompt.write("INSERT 1;\r\nINSERT", to: "bad.sql")
        _ = await prompt.run("record", "file", "good.sql", "--role", "dump")
        _ = await prompt.run("record", "file", "bad.sql", "--role", "dump")
        _ = await prompt.run("record", "file", "bad.sql", "--role", "other")
        let good = try #require(await prompt.event(2)["data"]?.object)
        let bad = try #require(await prompt.event(3)["data"]?.object)
        let other = try #require(await prompt.event(4)["data"]?.object)
        #expect(try await prompt.event(2)["basis"] == "observed")
        #expect(good["trailer"] == true && good["carriageReturns"] == false)
        #expect(good["bytes"] == 42)
        #expect(bad["trailer"] == false && bad["carriageReturns"] == true)
        #expect(other["trailer"] == nil)
        #expect(await prompt.run("record", "file", "none.sql", "--role", "dump").status == 1)
    }

    @Test func `a report is kept beside the log and shown again`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run(
            "migration", "open", "a", "--from", "prod", "--to", "prod2", "--method", "snapshot")
        try prompt.write("all pages answer\n", to: "report.txt")
        _ = await prompt.run("record", "test", "prod2", "passed", "--attach", "report.txt")
        #expect(!(await prompt.run("history", "--format", "jsonl").output.contains("all pages")))
        #expect(await prompt.run("show", "3").output.contains("all pages answer"))
    }

    @Test func `the actor is the option, else the variable, else the login name`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "a")
        prompt.set("LEDGER_ACTOR", "bob")
        _ = await prompt.run("record", "note", "b")
        _ = await prompt.run("record", "note", "c", "--actor", "carol")
        let names = try await [2, 3, 4].asyncMap { try await prompt.event($0)["authid"]?.string }
        #expect(names == ["login", "bob", "carol"])
    }

    @Test func `the trace context of the caller is kept when it has the form of one`() async throws
    {
        let prompt = try await Prompt.withLedger()
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        prompt.set("TRACEPARENT", trace)
        _ = await prompt.run("record", "note", "a")
        prompt.set("TRACEPARENT", "nonsense")
        _ = await prompt.run("record", "note", "b")
        #expect(try await prompt.event(2)["traceparent"]?.string == trace)
        #expect(try await prompt.event(3)["traceparent"] == nil)
    }
}

extension Sequence {
    /// The results of an asynchronous closure, one after the other.
    func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
