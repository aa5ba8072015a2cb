import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct PlanningTests {
    /// The folder of the package.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// A ledger that was made years after the migration that it was told of, as a file.
    private static let imported = Task {
        let prompt = try await Prompt.withLedger(at: "2026-11-23T12:00:00Z")
        let result = await prompt.run("import", root + "/Examples/snapshot-migration.transcript")
        try #require(result.status == 0, "\(result.errors)")
        // What was imported may still stand in the journal beside the file.
        let copied = await prompt.run("backup", prompt.path("copy.sqlite"))
        try #require(copied.status == 0, "\(copied.errors)")
        return Array(try Data(contentsOf: URL(fileURLWithPath: prompt.path("copy.sqlite"))))
    }

    private static func afterwards() async throws -> Prompt {
        let prompt = try Prompt(at: "2026-11-23T12:00:00Z")
        try prompt.write(try await imported.value, to: "ledger.sqlite")
        return prompt
    }

    @Test func `a migration of long ago is planned as of its own time`() async throws {
        let prompt = try await Self.afterwards()
        for words in [["--at", "2017-05-03T21:50:00Z"], ["--now", "2017-05-04T09:00:00Z"]] {
            let result = await prompt.run(["plan", "rollback"] + words + ["--format", "json"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(try result.json["plan"] == "rollback")
        }
        let before = await prompt.run("plan", "next", "--now", "2017-05-03T21:50:00Z")
        #expect(before.status == 1)
        #expect(before.errors.contains("ledger: hint: --at 2017-05-03T21:50:00Z"))
    }

    @Test func `the same ledger and present give the same bytes`() async throws {
        let prompt = try await Self.afterwards()
        for kind in ["next", "rollback", "cleanup"] {
            let words = ["plan", kind, "--at", "2017-05-04T08:15:00Z", "--format", "json"]
            let first = await prompt.run(words)
            let second = await prompt.run(words)
            #expect(first.status == 0, "\(first.errors)")
            #expect(first == second)
            let plan = try first.json
            var body = plan
            body["digest"] = nil
            #expect(plan["digest"]?.string == Digest(hashing: try CanonicalJSON.encode(body)).hex)
        }
    }

    @Test func `check succeeds only for what is safe now`() async throws {
        let prompt = try await Self.afterwards()
        let at = "2017-05-04T08:15:00Z"
        #expect(await prompt.run("check", "environment/prod", "--at", at).status == 0)
        #expect(await prompt.run("check", "environment/prod2", "--at", at).status == 5)
        #expect(await prompt.run("check", "environment/nowhere", "--at", at).status != 0)
        let later = await prompt.run("check", "environment/prod", "--now", "2027-01-01T00:00:00Z")
        #expect(later.status == 5)
        #expect(later.output.contains("hypothetical"))
    }

    @Test func `a saved plan is a file and an event, and no file is overwritten`() async throws {
        let prompt = try await Self.afterwards()
        let result = await prompt.run("plan", "cleanup", "--save", "plan.json")
        #expect(result.status == 0, "\(result.errors)")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: prompt.path("plan.json")))
        let plan = try #require(JSONReader.parse(Array(bytes)).object)
        let types = try await prompt.types()
        #expect(types.last == "plan.issued")
        let event = try await prompt.event(types.count + 1)
        #expect(event["data"]?.object?["digest"] == plan["digest"])
        #expect(await prompt.run("plan", "cleanup", "--save", "plan.json").status == 1)
        #expect(try await prompt.types() == types)
        let past = await prompt.run(
            "plan", "cleanup", "--save", "b.json", "--at", "2017-05-04T08:15:00Z")
        #expect(past.status == 64)
        #expect(!FileManager.default.fileExists(atPath: prompt.path("b.json")))
    }

    @Test func `a script runs every command through the ledger`() async throws {
        let prompt = try await Self.afterwards()
        for time in ["2017-05-03T21:50:00Z", "2017-05-04T08:15:00Z", "2017-05-04T08:10:00Z"] {
            for kind in ["next", "rollback", "cleanup"] {
                let result = await prompt.run("plan", kind, "--at", time, "--format", "sh")
                #expect(result.status == 0)
                #expect(result.lines.first == "#!/bin/sh")
                #expect(result.lines.contains("set -eu"))
                for line in result.lines {
                    #expect(
                        line.hasPrefix("#") || line == "set -eu" || line.hasPrefix("ledger-cli ")
                            || line.hasPrefix("echo '") || line.hasPrefix("export LEDGER_PATH="),
                        "\(line)")
                }
            }
        }
    }

    @Test func `a name that is recorded cannot break out of a script`() async throws {
        let prompt = try await Prompt.withLedger()
        let name = "x\n; touch broken #$(touch broken)'`touch broken`"
        _ = await prompt.run("record", "command", "--", "fleet", "env", "maintenance", name, "ON")
        let script = await prompt.run("plan", "rollback", "--format", "sh")
        try #require(script.output.contains("touch broken"))
        try prompt.write("#!/bin/sh\n", to: "ledger-cli")
        try prompt.write(script.output, to: "plan.sh")
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "chmod +x ledger-cli; PATH=.:$PATH sh plan.sh 2>/dev/null"]
        shell.currentDirectoryURL = URL(fileURLWithPath: prompt.directory)
        try shell.run()
        shell.waitUntilExit()
        #expect(!FileManager.default.fileExists(atPath: prompt.path("broken")))
    }

    @Test func `status puts what is in doubt first and counts last`() async throws {
        let prompt = try await Self.afterwards()
        _ = await prompt.run(
            "record", "command", "--outcome", "started", "--", "fleet", "env", "destroy", "prod2")
        let result = await prompt.run("status")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.lines.first?.hasPrefix("in doubt: fleet env destroy prod2") == true)
        #expect(result.lines.last?.contains("65 events") == true)
    }

    @Test func `status of a closed shop tells how long against the documented hour`() async throws {
        let prompt = try await Self.afterwards()
        let result = await prompt.run("status", "--at", "2017-05-03T22:00:00Z")
        #expect(result.output.contains("30 min of the documented hour"), "\(result.output)")
    }

    @Test func `what was seen too long ago is marked and not hidden`() async throws {
        let prompt = try await Self.afterwards()
        let status = await prompt.run("status")
        #expect(status.output.contains("RUNNING? i"))
    }

    @Test func `a difference names what was and what became of it`() async throws {
        let prompt = try await Self.afterwards()
        let result = await prompt.run("diff", "2017-05-03T21:00:00Z", "2017-05-03T22:00:00Z")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("environment/prod maintenance"))
        #expect(await prompt.run("diff", "1", "yesterday").status == 64)
        #expect(await prompt.run("diff", "1", "999").status == 1)
    }
}
