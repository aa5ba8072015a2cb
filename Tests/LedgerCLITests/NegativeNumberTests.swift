import Testing

@testable import ledger_cli

/// A negative number is not taken for something that is missing.
@Suite struct NegativeNumberTests {
    @Test(arguments: [
        (["history", "--limit", "-1"], "--limit"),
        (["record", "dns", "h.example", "--to", "prod", "--ttl", "-300"], "--ttl"),
        (["record", "command", "--exit", "-1", "--", "fleet", "env", "list"], "--exit"),
    ])
    func `the option is named with the number`(_ words: [String], _ option: String) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(words)
        #expect(result.status == 64)
        #expect(
            result.errors.hasPrefix("ledger: error: \(option): \"-"), "\(result.errors)")
        #expect(result.errors.contains("numbers are not negative here"))
        #expect(!result.errors.contains("missing"))
    }

    @Test func `a negative argument is named, and a missing one stays missing`() async throws {
        let prompt = try await Prompt.withLedger()
        let shown = await prompt.run("show", "-1")
        #expect(shown.errors.hasPrefix("ledger: error: \"-1\" is taken for an option"))
        #expect((await prompt.run("show")).errors.contains("missing expected argument"))
        #expect((await prompt.run("history", "--limit")).errors.contains("missing value"))
    }
}
