import Foundation
import Testing

@testable import ledger_cli

/// Secrets reach the file neither in names nor in the actor, whoever records.
@Suite struct NoSecretNamesTests {
    private func prompt() async throws -> Prompt {
        let prompt = try await Prompt.withLedger()
        let set = await prompt.run("policy", "set", "redaction", "tok-[A-Za-z0-9]+|^literal$")
        try #require(set.status == 0)
        return prompt
    }

    private func holds(_ prompt: Prompt, _ secret: String) -> Bool {
        ["ledger.sqlite", "ledger.sqlite-wal"].contains { name in
            FileManager.default.contents(atPath: prompt.path(name))?
                .range(of: Data(secret.utf8)) != nil
        }
    }

    @Test(arguments: [
        ["record", "dns", "www.x.com", "--to", "tok-Secret1", "--ttl", "5"],
        ["record", "command", "--", "fleet", "env", "load", "prod", "tok-Secret1"],
        ["record", "observation", "environment", "tok-Secret1", "--nfs", "off"],
        ["record", "note", "x", "--actor", "https://u:tok-Secret1@h/"],
        ["record", "note", "tok-Secret1"], ["run", "--actor", "tok-Secret1", "--", "true"],
    ])
    func `what is recorded has no secret in a name`(_ words: [String]) async throws {
        let prompt = try await prompt()
        let result = await prompt.run(words)
        #expect(result.status == 0, "\(result)")
        #expect(!holds(prompt, "tok-Secret1"))
        #expect(!result.output.contains("tok-Secret1"), "\(result)")
        #expect(await prompt.run("verify").status == 0)
    }

    @Test(arguments: [
        ["record", "hold", "environment/tok-Secret1", "--reason", "x"],
        ["record", "file", "tok-Secret1", "--role", "dump"],
        ["migration", "open", "tok-Secret1", "--from", "a", "--to", "b", "--method", "dump"],
        ["migration", "open", "m", "--from", "tok-Secret1", "--to", "b", "--method", "dump"],
    ])
    func `what must be found again by its name is not recorded under another`(
        _ words: [String]
    ) async throws {
        let prompt = try await prompt()
        try prompt.write("-- data\n", to: "tok-Secret1")
        let before = try await prompt.types()
        let result = await prompt.run(words)
        #expect(result.status == 64, "\(result)")
        #expect(result.errors.contains("taken out as a secret"), "\(result)")
        #expect(!result.errors.contains("tok-Secret1"), "\(result)")
        #expect(!holds(prompt, "tok-Secret1"))
        #expect(try await prompt.types() == before)
    }

    @Test func `a password in the actor's address is taken out without any policy`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "x", "--actor", "https://u:hunter22@h/")
        #expect(!holds(prompt, "hunter22"))
        #expect(await prompt.run("history").output.contains("https://u:"))
    }

    @Test func `a pattern that matches itself stays a pattern, and names without secrets stay`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        #expect(await prompt.run("policy", "set", "redaction", "literal").status == 0)
        #expect(await prompt.run("policy", "list").output.contains("literal"))
        #expect(await prompt.run("record", "note", "a literal text").status == 0)
        try prompt.write("-- data\n", to: "d.sql")
        #expect(await prompt.run("record", "file", "d.sql", "--role", "dump").status == 0)
        let opened = await prompt.run(
            "migration", "open", "m", "--from", "a", "--to", "b", "--method", "dump")
        #expect(opened.status == 0, "\(opened)")
        #expect(
            await prompt.run("record", "hold", "environment/a", "--reason", "x").status == 0)
        #expect(!holds(prompt, "a literal text"))
    }
}
