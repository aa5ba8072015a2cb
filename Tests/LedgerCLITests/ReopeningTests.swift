import Testing

@testable import ledger_cli

/// The name of a migration that has ended is taken.
@Suite struct ReopeningTests {
    private static let first = """
        # at 2017-05-01T08:00:00Z
        $ ledger-cli migration open pm --from prod --to prod2 --method snapshot --hostname www.x.com
        # +1h
        $ ledger-cli migration close pm --abandoned

        """
    private static let second = """
        # at 2017-05-08T08:00:00Z
        $ ledger-cli migration open pm --from prod --to prod2 --method snapshot --hostname www.x.com

        """

    @Test(arguments: [["1.transcript", "2.transcript"], ["both.transcript"]])
    func `a transcript opens none under the name of one that was closed`(
        files: [String]
    ) async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.first, to: "1.transcript")
        try prompt.write(Self.second, to: "2.transcript")
        try prompt.write(Self.first + Self.second, to: "both.transcript")
        let result = await prompt.run(["import"] + files)
        #expect(result.status == 1)
        #expect(
            result.errors.contains(
                "migration \"pm\" was closed at 2017-05-01T09:00:00Z; choose another name"),
            "\(result.errors)")
        #expect(try await prompt.types().isEmpty)
    }

    @Test func `what was opened and closed is imported once more without a word`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.first, to: "1.transcript")
        for _ in 1...2 {
            let result = await prompt.run("import", "1.transcript")
            #expect(result.status == 0, "\(result.errors)")
        }
        let other = Self.second.replacing("open pm ", with: "open pm2 ")
        try prompt.write(other, to: "2.transcript")
        #expect(await prompt.run("import", "2.transcript").status == 0)
    }
}
