import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// Small answers that somebody acts upon.
@Suite struct ToldRightTests {
    @Test func `a receipt is checked with the key beside the ledger, which it says`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("prove", "1", "--output", "one.tlog-proof")
        let record = try #require(
            try FileManager.default.contentsOfDirectory(atPath: prompt.directory)
                .first { $0.hasSuffix(".json") })
        let words = ["verify", "--receipt", "one.tlog-proof", "--record", record]
        let checked = await prompt.run(words)
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(checked.output.contains("key from ledger.sqlite.vkey beside the ledger"))
        #expect(checked.output.contains("the key beside the ledger replaced"))
        #expect(try await prompt.run(words + ["--format", "json"]).json["trust"] == "vkey-file")
        let elsewhere = await prompt.run(words + ["--ledger", "other.sqlite"])
        #expect(elsewhere.status == 12)
    }

    @Test(arguments: [
        (["run", "--format", "json", "--", "fleet", "env", "list"], 127),
        (["observe", "--until", "environment/prod is gone", "--format", "json"], 1),
    ])
    func `an error as JSON tells the status that the process ends with`(
        _ words: [String], _ status: Int
    ) async throws {
        let prompt = try await Prompt.withLedger()
        prompt.set("PATH", prompt.directory)
        let result = await prompt.run(words)
        #expect(Int(result.status) == status)
        let error = try #require(try JSONReader.parse(Array(result.errors.utf8)).object)
        #expect(error["status"]?.integer == status)
    }

    @Test(arguments: [
        "environment/nosuch", "snapshot/database/nosuch", "release/nosuch",
        "environment/prod@2017-01-01T00:00:00Z",
    ])
    func `what no event speaks of is unknown with an advice, and no failure`(
        _ resource: String
    ) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("check", resource)
        #expect(result.status == 5)
        #expect(result.output.contains("unknown"))
        #expect(result.output.contains("ledger-cli observe"))
        let json = try await prompt.run("check", resource, "--format", "json").json
        #expect(json["verdict"] == "unknown")
        #expect(json["hypothetical"] == false)
        #expect(json["reasons"]?.array?.first?.object?["rule"] == "existence")
        #expect(await prompt.run("check", "dns/www.bestpants.com").status == 1)
    }

    @Test func `hints name what the command takes`() async throws {
        let prompt = try await Prompt.withLedger()
        let directory = await prompt.run("import", ".")
        #expect(directory.status == 1)
        #expect(directory.errors.contains("export --bundle"), "\(directory.errors)")
        #expect(!directory.errors.contains("new or empty"))
        let long = await prompt.run(
            "init", "--ledger", "b.sqlite", "--origin", String(repeating: "a", count: 300))
        #expect(long.status == 64)
        #expect(long.errors.contains("300 bytes are too long"), "\(long.errors)")
    }

    @Test func `a release of a hold that is not there is an error that names those that are`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        #expect(await prompt.run("record", "release-hold", "environment/prod").status == 1)
        _ = await prompt.run("record", "hold", "environment/prod", "--reason", "audit")
        let typo = await prompt.run("record", "release-hold", "environment/prd")
        #expect(typo.status == 1)
        #expect(typo.errors.contains("environment/prd is not held; held: environment/prod"))
        #expect(try await prompt.types() == ["hold.placed"])
        #expect(await prompt.run("record", "release-hold", "environment/prod").status == 0)
        #expect(await prompt.run("record", "release-hold", "environment/prod").status == 1)
        let imported = await prompt.run(
            "import", "-",
            input:
                "# at 2017-05-01T08:00:00Z\n$ ledger-cli record release-hold environment/zzz\n")
        #expect(imported.status == 0, "\(imported.errors)")
    }

    @Test func `a hold on a name that no event speaks of is recorded with a warning`() async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run(
            "import", "-",
            input: """
                # at 2017-05-01T08:00:00Z
                $ fleet env create prod
                Environment created
                """)
        let known = await prompt.run("record", "hold", "environment/prod", "--reason", "audit")
        #expect(known.status == 0)
        #expect(!known.errors.contains("warning"), "\(known.errors)")
        for name in ["environment/prdo", "snapshot/database/pm", "release/c34", "migration/move"] {
            let typo = await prompt.run("record", "hold", name, "--reason", "audit")
            #expect(typo.status == 0)
            #expect(
                typo.errors.contains("no event speaks of \(name): the hold forbids nothing"),
                "\(typo.errors)")
        }
        for name in ["fleet", "ledger"] {
            let all = await prompt.run("record", "hold", name, "--reason", "audit")
            #expect(all.status == 0)
            #expect(!all.errors.contains("warning"), "\(all.errors)")
        }
    }
}
