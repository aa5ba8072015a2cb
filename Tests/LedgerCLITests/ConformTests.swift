import Ledger
import Testing

@testable import ledger_cli

/// The command `conform`.
@Suite struct ConformTests {
    private static func imported(_ example: String) async throws -> Prompt {
        let prompt = try await Prompt.withLedger(at: "2017-06-01T12:00:00Z")
        let result = await prompt.run(
            "import", PlanningTests.root + "/Examples/\(example)-migration.transcript")
        try #require(result.status == 0, "\(result.errors)")
        return prompt
    }

    @Test(arguments: ["snapshot", "dump"]) func `the examples are by the book`(
        example: String
    ) async throws {
        let prompt = try await Self.imported(example)
        let result = await prompt.run("conform", "--strict", "--format", "json")
        #expect(result.status == 0, "\(result.output)")
        let answer = try result.json
        #expect(answer["migration"] == "plan-move")
        #expect(answer["fitness"]?.object?["value"] == 1)
        #expect(answer["method"]?.object?["declared"]?.string == example)
        #expect(answer["method"]?.object?["guessed"]?.string == example)
        #expect(answer["unknown"]?.array?.isEmpty == true)
        #expect(answer["orphans"]?.array?.isEmpty == true)
        #expect(answer["downtime"]?.object?["seconds"] == 3300)
        let phases = answer["phases"]?.array?.compactMap { $0.object?["phase"]?.string }
        #expect(
            phases == [
                "close", "copy", "create", "release", "test", "switch", "drain", "clean-up",
            ])
    }

    @Test func `a deviation says what, when, the procedure and the page, and is strict's business`()
        async throws
    {
        let prompt = try await Self.imported("snapshot")
        _ = await prompt.run(
            "record", "command", "--at", "2017-05-03T23:50:00Z", "--", "fleet", "env",
            "maintenance", "prod", "OFF")
        let loose = await prompt.run("conform", "plan-move")
        #expect(loose.status == 0, "\(loose.errors)")
        let lines = loose.lines
        let index = try #require(
            lines.firstIndex { $0.hasPrefix("E C03 source-stays-closed: prod was opened at") })
        #expect(lines[index].hasSuffix("[20 65]"), "\(lines[index])")
        #expect(lines[index + 1].hasSuffix("(migrate-between-plans.md)"))
        #expect(await prompt.run("conform", "plan-move", "--strict").status == 4)
        // What was not known then was no deviation then.
        let then = await prompt.run("conform", "plan-move", "--strict", "--known-at", "64")
        #expect(then.status == 0, "\(then.output)")
        let before = await prompt.run("conform", "--strict", "--at", "2017-05-03T23:45:00Z")
        #expect(before.status == 0, "\(before.output)")
    }

    @Test func `notes are not deviations`() async throws {
        let prompt = try await Self.imported("dump")
        let result = await prompt.run("conform", "--strict")
        #expect(result.status == 0)
        #expect(result.output.contains("I C23 temporary-destroy-unconfirmed"))
    }

    @Test func `of several migrations one must be named`() async throws {
        let prompt = try await Self.imported("snapshot")
        _ = await prompt.run(
            "migration", "open", "second", "--from", "prod2", "--to", "prod3", "--method", "dump")
        let result = await prompt.run("conform")
        #expect(result.status == 1)
        #expect(result.errors.contains("plan-move, second"), "\(result.errors)")
        #expect(await prompt.run("conform", "second").status == 0)
        let unknown = await prompt.run("conform", "third")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("known: plan-move, second"), "\(unknown.errors)")
    }

    @Test func `without a migration there is a next step, and the list needs no ledger`()
        async throws
    {
        let empty = try await Prompt.withLedger()
        let result = await empty.run("conform")
        #expect(result.status == 1)
        #expect(result.errors.contains("ledger: hint: ledger-cli migration open"))
        let nowhere = try Prompt()
        #expect(await nowhere.run("conform").status == 10)
        let list = await nowhere.run("conform", "--list", "--format", "json")
        #expect(list.status == 0)
        let ids = try list.json["checks"]?.array?.compactMap { $0.object?["check"]?.string } ?? []
        #expect(Set(ids).count == 32)
        #expect(await nowhere.run("conform", "--list", "--strict").status == 64)
    }
}
