import Foundation
import Testing

@testable import ledger_cli

/// When the ledger fails, `run` says so with one status of its own, and that nothing was started.
@Suite struct LedgerFailureTests {
    @Test func `a key that is missing, empty or another ledger's starts nothing`() async throws {
        let prompt = try await Prompt.withLedger()
        let other = await prompt.run("init", "--origin", "o/b", "--ledger", "b.sqlite")
        try #require(other.status == 0)
        try prompt.write("", to: "empty")
        for key in ["/nonexistent", prompt.path("empty"), prompt.path("b.sqlite.key")] {
            prompt.set("LEDGER_KEY", key)
            let result = await prompt.run("run", "--", "touch", prompt.path("started"))
            #expect(result.status == 125, "\(key): \(result)")
            #expect(result.errors.contains("nothing was started"), "\(result)")
            #expect(result.errors.contains("ledger: hint: "), "\(result)")
            #expect(await prompt.run("record", "note", "x").status == 12)
        }
        #expect(!FileManager.default.fileExists(atPath: prompt.path("started")))
    }

    @Test func `a guard that cannot ask the ledger starts nothing`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory)
        try prompt.write(
            "{\"authid\":\"a\",\"authtype\":\"user\",\"basis\":\"imported\",\"data\":{},"
                + "\"datacontenttype\":\"application/json\","
                + "\"id\":\"015bc25d-a000-7000-8000-000000000001\","
                + "\"recordedtime\":\"2017-05-01T08:00:00.000Z\","
                + "\"sequence\":\"0000000000000001\",\"source\":\"o/x\",\"specversion\":\"1.0\","
                + "\"subject\":\"environment/prod\",\"time\":\"2017-05-01T08:00:00.000Z\","
                + "\"type\":\"future.thing\"}\n", to: "future.jsonl")
        let imported = await prompt.run("import", "future.jsonl")
        try #require(imported.status == 0, "\(imported)")
        let result = await prompt.run("run", "--", platform.path, "env", "destroy", "prod")
        #expect(result.status == 125, "\(result)")
        #expect(result.errors.contains("nothing was started"), "\(result)")
        #expect(platform.asked.isEmpty)
    }

    @Test func `what is not safe and what is mistyped keep their own status`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory)
        #expect(
            await prompt.run("run", "--", platform.path, "env", "destroy", "prod").status == 5)
        #expect(
            await prompt.run("run", "--actor", "", "--", platform.path, "env", "list").status
                == 64)
        #expect(
            await prompt.run("run", "--resolver", "a:b:c", "--", platform.path, "env", "list")
                .status == 64)
    }
}
