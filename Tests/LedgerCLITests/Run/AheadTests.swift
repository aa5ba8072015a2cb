import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// Nothing is destroyed at a time that has not come, whatever the ledger's own events say.
@Suite struct AheadTests {
    private typealias Morning = GuardTests.Morning

    @Test func `the guard does not act at the time of an event that lies after the clock`()
        async throws
    {
        let morning = try await Morning()
        let prompt = morning.prompt
        let size = try await prompt.types().count
        let imported = await prompt.run(
            "import", "-", input: "# at 2017-05-04T21:00:00Z\n$ echo hello\n")
        #expect(imported.status == 0)
        // The first event of a ledger is not among the types.
        let number = size + 2
        for options in [[], ["--yes"]] {
            let refused = await morning.run(
                "snapshot", "destroy", "plan-migration", options: options)
            #expect(refused.status == 5)
            #expect(
                refused.errors.contains(
                    "event \(number) is of 2017-05-04T21:00:00Z, after the clock"),
                "\(refused.errors)")
            #expect(refused.errors.contains("ledger-cli record void \(number) --reason"))
        }
        #expect(morning.platform.asked.isEmpty)
        let voided = await prompt.run("record", "void", "\(number)", "--reason", "typo")
        #expect(voided.status == 0)
        let result = await morning.run("snapshot", "destroy", "plan-migration")
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func `what was recorded ahead of its time lets nothing go when that time has come`()
        async throws
    {
        let morning = try await Morning()
        let prompt = morning.prompt
        let imported = await prompt.run(
            "import", "-",
            input: "# at 2017-05-04T08:30:00Z\n$ fleet config sql list\n# no output\n")
        #expect(imported.status == 0)
        try prompt.setClock("2017-05-04T08:43:00Z")
        let check = await prompt.run("check", "snapshot/database/plan-migration")
        #expect(check.status == 5)
        #expect(
            check.output.contains("had not come when it was recorded at 2017-05-04T08:03:00Z"),
            "\(check.output)")
        let refused = await morning.run("snapshot", "destroy", "plan-migration")
        #expect(refused.status == 5)
        #expect(morning.platform.asked.isEmpty)
    }
}
