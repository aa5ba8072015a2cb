import Ledger
import Testing

@testable import ledger_cli

/// What the pages say of commands, told in the words of the pages.
@Suite struct PageWordsTests {
    private static let clone = """
        # at 2017-05-01T08:00:00Z
        $ fleet env maintenance prod ON
        Maintenance Mode for Environment prod is now being turned ON
        # +2m
        $ fleet snapshot create prod --name pm
        Snapshot pm is now being created
        # +5m
        $ fleet env create --source-environment prod --snapshot pm prod2
        Environment prod2 is now being created
        $ fleet release list
        name     status     modified                   msg
        -------  ---------  -------------------------  --
        c341606  AVAILABLE  2017-04-26 04:58:12+00:00  Fix

        """

    private func shop() async throws -> Prompt {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("import", "-", input: Self.clone)
        try #require(result.status == 0, "\(result.errors)")
        return prompt
    }

    @Test func `a migration that was never opened is listed as derived`() async throws {
        let prompt = try await shop()
        let text = await prompt.run("migration", "list")
        #expect(text.output.contains("derived/prod-prod2  derived"), "\(text.output)")
        let json = try await prompt.run("migration", "list", "--format", "json").json
        let first = try #require(json["migrations"]?.array?.first?.object)
        #expect(first["state"] == "derived")
        #expect(first["from"] == "prod")
    }

    @Test func `the status has the releases, also of a table whose last header is wide`()
        async throws
    {
        let prompt = try await shop()
        let at = ["--at", "2017-05-01T08:10:00Z"]
        let status = await prompt.run(["status"] + at + ["--format", "json"])
        let rows = try #require(try status.json["resources"]?.array).compactMap(\.object)
        let release = try #require(rows.first { $0["resource"]?.string == "release/c341606" })
        #expect(release["there"]?.object?["value"]?.string == "yes")
        #expect(release["status"]?.object?["value"]?.string == "AVAILABLE")
        #expect(await prompt.run(["status"] + at).output.contains("release/c341606"))
    }

    @Test func `what is erased needs no reason`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "a secret")
        let result = await prompt.run("erase", "2")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await prompt.types() == ["note.added", "attachment.erased"])
        #expect(try await prompt.event(3)["data"]?.object?["reason"] == nil)
    }

    @Test func `a plan of a present that has passed is saved, one of the future is not`()
        async throws
    {
        let prompt = try await shop()
        let future = await prompt.run(
            "plan", "cleanup", "--now", "2017-06-01T00:00:00Z", "--save", "f.json")
        #expect(future.status == 64)
        let past = await prompt.run(
            "plan", "cleanup", "--now", "2017-05-01T08:30:00Z", "--save", "p.json")
        #expect(past.status == 0, "\(past.errors)")
        #expect(try await prompt.types().last == "plan.issued")
    }

    @Test func `a hold says how it is ended`() async throws {
        let prompt = try await Prompt.withLedger()
        let held = await prompt.run("record", "hold", "environment/prod", "--reason", "x")
        #expect(
            held.output.contains(
                "to take it back: ledger-cli record release-hold environment/prod --reason"))
    }

    @Test(arguments: ["environment/prod@x", "snapshot/database/pm@2017-05-01T08:00:00Z"])
    func `a hold that would forbid nothing is refused`(_ resource: String) async throws {
        let prompt = try await Prompt.withLedger()
        let held = await prompt.run("record", "hold", resource, "--reason", "x")
        #expect(held.status == 64)
        let older = await prompt.run(
            "record", "hold", "environment/prod@2016-02-09T23:06:21Z", "--reason", "x")
        #expect(older.status == 0, "\(older.errors)")
    }

    @Test func `evidence of a file that is not at hand is said to be none`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(
            "import", "-",
            input: "# at 2017-05-01T08:00:00Z\n$ ledger-cli record file gone.sql --role dump\n")
        #expect(result.status == 0)
        #expect(result.errors.contains("record file gone.sql --role dump: the file is not at hand"))
    }

    @Test func `names are looked up although the platform's command is not there`() async throws {
        let prompt = try await Prompt.withLedger()
        prompt.set("PATH", "/nowhere")
        _ = await prompt.run(
            "record", "observation", "dns", "www.x.com", "--target", "prod", "--ttl", "60")
        let result = await prompt.run(["observe"]) { host in
            DNSAnswer(host: host, target: "www.prod.x.f.nchr.io", environment: "prod", ttl: 60)
        }
        #expect(result.status == 1)
        #expect(result.errors.contains("no such command"), "\(result.errors)")
        #expect(try await prompt.types().suffix(2) == ["observed.environments", "observed.dns"])
    }

    @Test(arguments: [
        (["plan", "--ledger", "ledger.sqlite", "cleanup"], 0),
        (["record", "--ledger", "ledger.sqlite", "note", "x"], 0),
        (["--format", "json", "plan", "--ledger=ledger.sqlite", "next"], 0),
        (["approve", "gone.json"], 1), (["apply", "gone.json"], 1),
    ])
    func `a command line ends with the status of the page`(_ words: [String], _ status: Int)
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(words)
        #expect(Int(result.status) == status, "\(result.errors)")
    }

    @Test func `a folder that is missing is what init complains of`() async throws {
        let prompt = try Prompt()
        let result = await prompt.run("init", "--origin", "x.y/z", "--ledger", "no/l.sqlite")
        #expect(result.status == 1)
        #expect(result.errors.contains("no/l.sqlite: its folder is not there"))
    }

    @Test func `a duration without a unit is said to be in seconds`() async throws {
        let prompt = try await Prompt.withLedger()
        let bare = await prompt.run("policy", "set", "soak", "24")
        #expect(bare.status == 0)
        #expect(bare.errors.contains("24 without a unit is 24 seconds"))
        #expect(await prompt.run("policy", "set", "soak", "0").errors.isEmpty)
        #expect(await prompt.run("policy", "set", "soak", "24h").errors.isEmpty)
    }

    @Test(arguments: ["e.transcript", "e.jsonl", "n.jsonl"])
    func `a file without anything in it adds nothing and says so`(_ name: String) async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(name.hasPrefix("n") ? "\n" : "", to: name)
        let result = await prompt.run("import", name)
        #expect(result.status == 0)
        #expect(result.output == "nothing to add: there is nothing in it\n")
        #expect(result.errors.contains("\(name): nothing to import"))
    }

    @Test func `an evening of long ago is read beside a migration of today`() async throws {
        let prompt = try await Prompt.withLedger(at: "2026-11-23T12:00:00Z")
        let opened = await prompt.run(
            "migration", "open", "m2", "--from", "a", "--to", "b", "--method", "dump")
        #expect(opened.status == 0)
        let text = """
            # at 2017-05-01T08:00:00Z
            $ ledger-cli migration open plan-move --from prod --to prod2 --method snapshot
            $ ledger-cli record test prod2 passed
            $ ledger-cli record decision go
            $ fleet env maintenance prod ON

            """
        for _ in 1...2 {
            let result = await prompt.run("import", "-", input: text)
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try await prompt.event(5)["correlationid"] == "plan-move")
        #expect(try await prompt.event(6)["correlationid"] == "plan-move")
        #expect(try await prompt.types().count == 5)
    }

    @Test(arguments: ["--nfs-snapshot n", "--snapshot=n"])
    func `files are restored with an option whose name nobody documents`(_ option: String)
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let command = "fleet env nfs prod2 ON \(option)"
        let text = """
            # at 2017-05-01T08:00:00Z
            $ \(command)
            NFS for Environment prod2 is now being turned ON

            """
        let result = await prompt.run("import", "-", input: text)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await prompt.types() == ["env.setting.accepted"])
        #expect(try await prompt.event(2)["data"]?.object?["command"]?.string == command)
        for wrong in [
            "fleet env nfs prod2 OFF --x n", "fleet env nfs prod2 ON --x",
            "fleet env solr prod2 ON --x n",
        ] {
            let refused = await prompt.run(
                "import", "-", input: "# at 2017-05-01T09:00:00Z\n$ \(wrong)\n")
            #expect(refused.status == 1)
        }
    }
}
