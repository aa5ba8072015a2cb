import HTTPTypes
import Ledger
import Testing

@testable import ledger_cli

@Suite struct TakenBackTests {
    private static let stranger = """
        {"specversion":"1.0","id":"015bcfca-66c0-7b58-828f-000000000001","source":"o/x",\
        "type":"future.thing","subject":"ledger","time":"2017-05-01T08:00:00.000Z",\
        "sequence":"0000000000000007","recordedtime":"2017-05-01T08:00:00.000Z","authid":"bob",\
        "authtype":"user","basis":"reported","datacontenttype":"application/json","data":{}}

        """

    private static let list = """
        # at 2017-05-01T08:30:00Z
        $ fleet env list
        name  status   release
        ----  -------  -------
        prod  RUNNING  037205f

        """

    @Test func `a time in the future that was taken back is not the present any more`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("import", "-", input: Self.list)
        let imported = await prompt.run(
            "import", "-", input: "# at 2062-01-01T00:00:00Z\n$ echo hello\n")
        #expect(imported.status == 0)
        #expect(
            imported.errors.contains("the first at 2062-01-01T00:00:00Z (note.added ledger)"),
            "\(imported.errors)")
        #expect(imported.errors.contains("ledger-cli history --since 2017-05-01T09:00:00Z"))
        for words in [["status"], ["plan", "cleanup"], ["check", "environment/prod"]] {
            let told = await prompt.run(words)
            #expect(
                told.errors.contains("event 3 is of 2062-01-01T00:00:00Z, after the clock"),
                "\(words): \(told.errors)")
            #expect(told.errors.contains("ledger-cli record void 3 --reason"))
        }
        #expect(
            try await prompt.run("plan", "cleanup", "--format", "json").json["now"]
                == "2062-01-01T00:00:00.000Z")
        let before = await prompt.run("plan", "cleanup", "--now", "2017-05-02T00:00:00Z")
        #expect(before.errors.contains("ledger-cli record void 3 --reason"), "\(before.errors)")
        #expect(await prompt.run("record", "void", "3", "--reason", "typo").status == 0)
        let plan = await prompt.run("plan", "cleanup", "--format", "json")
        #expect(try plan.json["now"] == "2017-05-01T09:00:00.000Z")
        #expect(plan.errors.isEmpty, "\(plan.errors)")
        let check = await prompt.run("check", "environment/prod", "--format", "json")
        #expect(try check.json["hypothetical"] == false)
        #expect(check.errors.isEmpty)
    }

    @Test func `a hold of the future, which no void takes back, holds and is no present`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("import", "-", input: Self.list)
        _ = await prompt.run(
            "import", "-",
            input:
                "# at 2062-01-01T00:00:00Z\n$ ledger-cli record hold environment/prod --reason x\n")
        let check = await prompt.run("check", "environment/prod", "--format", "json")
        #expect(try check.json["now"] == "2017-05-01T09:00:00.000Z")
        let reasons = try #require(try check.json["reasons"]?.array).compactMap(\.object)
        #expect(reasons.contains { $0["rule"] == "held" })
    }

    @Test func `a time that the policy allows a clock to be ahead is no remark`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("policy", "set", "clock-skew", "5m")
        _ = await prompt.run("import", "-", input: "# at 2017-05-01T09:04:00Z\n$ echo hello\n")
        #expect(await prompt.run("status").errors.isEmpty)
    }

    @Test func `of an unknown type all is shown that is known, and only planning refuses`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("import", "-", input: Self.list)
        _ = await prompt.run(
            "migration", "open", "m", "--from", "prod", "--to", "prod2", "--method", "snapshot")
        let imported = await prompt.run("import", "--jsonl", "-", input: Self.stranger)
        #expect(imported.status == 0)
        #expect(
            imported.errors.contains("-:1: type \"future.thing\" is not known to this version"),
            "\(imported.errors)")
        let status = await prompt.run("status")
        #expect(status.status == 0, "\(status.errors)")
        #expect(status.output.contains("RUNNING"))
        #expect(status.errors.contains("event 4: type \"future.thing\" is not known"))
        #expect(status.errors.contains("ledger-cli record void 4 --reason"))
        let report = await prompt.run("report", "--format", "markdown")
        #expect(report.status == 0, "\(report.errors)")
        #expect(report.output.contains("future.thing"))
        #expect(report.errors.contains("event 4: type \"future.thing\""))
        #expect(await prompt.run("diff", "2", "4").status == 0)
        for type in ["future.thing", "future"] {
            let history = await prompt.run("history", "--type", type, "--format", "json")
            #expect(try history.json["events"]?.array?.count == 1, "\(history.errors)")
        }
        #expect(await prompt.run("history", "--type", "other.thing").status == 0)
        #expect(await prompt.run("history", "--type", "env.destory").status == 64)
        for words in [
            ["plan", "next"], ["plan", "rollback"], ["plan", "cleanup"], ["conform"],
            ["check", "environment/prod"],
        ] {
            let refused = await prompt.run(words)
            #expect(refused.status == 1, "\(words): \(refused.output)")
            #expect(refused.errors.contains("record void 4"), "\(words): \(refused.errors)")
        }
        let fixture = try SiteFixture(prompt, clock: "2017-05-01T09:00:00Z")
        for page in ["/", "/timeline", "/migrations", "/migrations/m", "/graph"] {
            let text = try await fixture.text(page)
            #expect(text.contains("event 4: type &quot;future.thing&quot;"), "\(page): \(text)")
        }
        #expect(await fixture.ask("/plans/cleanup").status == .conflict)
        #expect(await fixture.ask("/api/v1/state").status == .ok)
        #expect(await prompt.run("record", "void", "4", "--reason", "typo").status == 0)
        for words in [["status"], ["plan", "cleanup"], ["plan", "next"], ["conform"]] {
            let told = await prompt.run(words)
            #expect(told.status == 0 && told.errors.isEmpty, "\(words): \(told.errors)")
        }
    }
}
