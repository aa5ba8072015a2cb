import Testing

@testable import ledger_cli

/// Who acts has a name.
@Suite struct ActorNameTests {
    @Test(arguments: [" ", "\u{A0}", "  \u{2003} "])
    func `a blank name is none, wherever it comes from`(_ name: String) async throws {
        let prompt = try await Prompt.withLedger()
        prompt.set("LEDGER_ACTOR", name)
        let result = await prompt.run("record", "note", "x")
        #expect(result.status == 64)
        #expect(result.errors.contains("actor: expected a name"), "\(result)")
        #expect(await prompt.run("record", "note", "x", "--actor", name).status == 64)
        #expect(await prompt.run("record", "note", "x", "--actor", "Zoë Q").status == 0)
    }

    @Test func `a name that is too long is named, not what it leaves no room for`() async throws {
        let prompt = try await Prompt.withLedger()
        let name = String(repeating: "a", count: 66_000)
        let result = await prompt.run("record", "note", "x", "--actor", name)
        #expect(result.status == 64)
        #expect(result.errors.contains("actor: a name of 66000 bytes"), "\(result)")
    }
}
