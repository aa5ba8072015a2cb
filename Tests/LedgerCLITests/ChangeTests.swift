import Testing

@Suite struct ChangeTests {
    @Test func `an event shows what it changed, and diff shows the same between its neighbours`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        for state in ["OFF", "ON"] {
            let result = await prompt.run(
                "record", "observation", "environment", "prod", "--nfs", state)
            try #require(result.status == 0, "\(result.errors)")
        }
        let shown = await prompt.run("show", "3")
        #expect(shown.output.contains("environment/prod nfs  OFF   ON"), "\(shown.output)")
        let diff = await prompt.run("diff", "2", "3")
        #expect(diff.lines.last == "1 changes")
        #expect(diff.output.contains("environment/prod nfs  OFF   ON"), "\(diff.output)")
    }
}
