import Ledger
import Testing

@testable import ledger_cli

/// Decisions that other programs wrote count for the migration that they are about, or are refused.
@Suite struct ForeignDecisionTests {
    private static let opened = """
        # at 2017-05-01T08:00:00Z
        $ ledger-cli migration open plan-move --from prod --to prod2 --method snapshot

        """

    private func shop(_ more: String = "") async throws -> Prompt {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("import", "-", input: Self.opened + more)
        try #require(result.status == 0, "\(result.errors)")
        return prompt
    }

    private func line(
        _ type: String, _ subject: String, _ data: String = "{}", migration: String? = nil,
        number: Int = 1
    ) -> String {
        let owner = migration.map { ",\"correlationid\":\"\($0)\"" } ?? ""
        return """
            {"specversion":"1.0","id":"015bcfe6-0510-7abc-9d72-00000000000\(number)",\
            "source":"elsewhere","type":"\(type)","subject":"\(subject)",\
            "time":"2017-05-01T08:30:00Z","data":\(data)\(owner)}

            """
    }

    @Test(arguments: [
        ("decision.no-go", "migration/plan-move", "{}"),
        ("decision.go", "ledger", "{}"),
        ("decision.no-go", "environment/prod2", "{}"),
        ("test.failed", "environment/prod2", "{\"environment\":\"prod2\"}"),
        ("loss.accepted", "migration/plan-move", "{}"),
        ("writes.reconciled", "migration/plan-move", "{}"),
        ("gap.acknowledged", "migration/plan-move", "{\"gap\":\"solr\"}"),
        ("migration.closed", "migration/plan-move", "{\"abandoned\":true}"),
    ])
    func `a decision without a correlationid belongs to its subject or the only open migration`(
        _ type: String, _ subject: String, _ data: String
    ) async throws {
        let prompt = try await shop()
        let text = line(type, subject, data)
        let result = await prompt.run("import", "--jsonl", "-", input: text)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await prompt.event(3)["correlationid"] == "plan-move")
        let again = await prompt.run("import", "--jsonl", "-", input: text)
        #expect(again.output.hasPrefix("nothing to add"), "\(again.errors)")
    }

    @Test func `a closing from elsewhere closes`() async throws {
        let prompt = try await shop()
        let text = line("migration.closed", "migration/plan-move", "{\"abandoned\":true}")
        _ = await prompt.run("import", "--jsonl", "-", input: text)
        #expect(await prompt.run("migration", "list").output.contains("abandoned"))
    }

    @Test func `of several open migrations the subject says which, or the line is refused`()
        async throws
    {
        let prompt = try await shop(
            "$ ledger-cli migration open other --from a --to b --method dump\n")
        let named = await prompt.run(
            "import", "--jsonl", "-", input: line("decision.no-go", "migration/plan-move"))
        #expect(named.status == 0, "\(named.errors)")
        let bare = await prompt.run(
            "import", "--jsonl", "-", input: line("decision.no-go", "ledger", number: 2))
        #expect(bare.status == 1)
        #expect(bare.errors.contains("-:1: decision.no-go: several migrations are open"))
    }

    @Test(arguments: ["plan_move", "nope"])
    func `a decision for a migration that nobody opened is refused`(_ name: String) async throws {
        let prompt = try await shop()
        for text in [
            line("decision.no-go", "migration/plan-move", migration: name),
            line("decision.no-go", "ledger", migration: name),
            line("decision.no-go", "migration/\(name)"),
        ] {
            try prompt.write(text, to: "a.jsonl")
            let result = await prompt.run("import", "a.jsonl")
            #expect(result.status == 1, "\(text)")
            #expect(result.errors.contains("a.jsonl:1: "), "\(result.errors)")
        }
        try prompt.write(
            "# at 2017-05-01T09:00:00Z\n$ ledger-cli record decision no-go --migration \(name)\n",
            to: "a.transcript")
        for more in [[], ["--dry-run"]] {
            let result = await prompt.run(["import", "a.transcript"] + more)
            #expect(result.status == 1)
            #expect(result.errors.contains("a.transcript:2: unknown migration"), "\(result.errors)")
        }
        #expect(try await prompt.types() == ["migration.opened"])
    }

    @Test func `a migration may be opened in the same file`() async throws {
        let prompt = try await Prompt.withLedger()
        let roles = """
            {"migration":"plan-move","source":"prod","destination":"prod2","method":"snapshot",\
            "hostnames":[]}
            """
        let text =
            line("migration.opened", "migration/plan-move", roles)
            + line("decision.no-go", "ledger", number: 2)
        let result = await prompt.run("import", "--jsonl", "-", input: text)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await prompt.event(2)["correlationid"] == "plan-move")
        #expect(try await prompt.event(3)["correlationid"] == "plan-move")
    }

    @Test func `an export comes in again as it is`() async throws {
        let source = try await shop(
            """
            $ ledger-cli record test prod2 passed
            $ ledger-cli record decision go
            $ ledger-cli record accept-loss --migration derived/prod-prod2
            $ ledger-cli migration close plan-move

            """)
        let lines = await source.run("history", "--format", "jsonl").output
        let target = try await Prompt.withLedger()
        let result = await target.run("import", "--jsonl", "-", input: "\u{FEFF}" + lines)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await target.types() == source.types())
        #expect(try await target.event(4)["correlationid"] == "plan-move")
    }

    @Test(arguments: ["ENABLED", "true", "ON ", ""])
    func `a setting that is neither ON nor OFF is refused`(_ value: String) async throws {
        let prompt = try await shop()
        for setting in ["nfs", "Solr"] {
            let data = """
                {"environment":"prod","setting":"\(setting)","value":"\(value)"}
                """
            let result = await prompt.run(
                "import", "--jsonl", "-",
                input: line("env.setting.accepted", "environment/prod", data))
            #expect(result.status == 1)
            #expect(result.errors.contains("ON or OFF"), "\(result.errors)")
        }
    }

    @Test func `a setting in another spelling is the same setting`() async throws {
        let prompt = try await shop()
        let data = "{\"environment\":\"prod\",\"setting\":\"NFS\",\"value\":\"on\"}"
        let result = await prompt.run(
            "import", "--jsonl", "-", input: line("env.setting.accepted", "environment/prod", data))
        #expect(result.status == 0, "\(result.errors)")
        let status = await prompt.run("status", "--at", "2017-05-01T09:00:00Z", "--format", "json")
        let rows = try #require(try status.json["resources"]?.array)
        let prod = rows.first { $0.object?["resource"]?.string == "environment/prod" }
        #expect(prod?.object?["nfs"]?.object?["value"]?.string == "ON")
    }
}
