import Foundation
import GRDB
import Ledger
import Testing

@testable import ledger_cli

/// What is derived from the records is only ever a help: wrong, it changes no answer.
@Suite struct WrongDerivedTests {
    /// A signed ledger of three hundred events, then a void of one of them, then as many again.
    private func prompt() async throws -> Prompt {
        let prompt = try await Prompt.withLedger()
        try append(1...300, prompt)
        #expect(await prompt.run("record", "void", "7", "--reason", "a mistake").status == 0)
        try append(301...600, prompt)
        #expect(await prompt.run("checkpoint", "--sign").status == 0)
        return prompt
    }

    private func append(_ numbers: ClosedRange<Int>, _ prompt: Prompt) throws {
        let path = prompt.path("ledger.sqlite")
        let store = try LedgerStore.open(path: path)
        let start = try #require(Timestamp("2017-05-01T09:00:00Z"))
        let drafts = numbers.map { number in
            let time = start + .seconds(number)
            // Each event is the newest word of an environment of its own.
            let action = Action.envMaintenance(environment: "shop-\(number)", state: .on)
            return EventDraft(
                id: EventID(
                    time: time,
                    entropy: (0..<10).map { UInt8(truncatingIfNeeded: number >> ($0 * 8 % 32)) }),
                payload: .action(action, .accepted, ActionReport()), time: time,
                actor: Actor(id: "alice"), basis: .imported)
        }
        _ = try store.append(drafts, recordedTime: start + .seconds(1000))
        try store.close()
    }

    private func change(_ prompt: Prompt, _ sql: String) throws {
        try Attacker(path: prompt.path("ledger.sqlite")).sql { database in
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
    }

    @Test(arguments: [
        "DELETE FROM posting WHERE value = 'event.voided'",
        "UPDATE posting SET value = 'event.other' WHERE value = 'event.voided'",
        "DELETE FROM posting WHERE block = 1 AND attribute = 'type' AND value = 'event.voided'",
    ])
    func `what was voided stays void without its posting`(sql: String) async throws {
        let prompt = try await prompt()
        let before = await prompt.run("status", "--format", "json")
        #expect(before.status == 0)
        #expect(before.output.contains("shop-6"))
        try change(prompt, sql)
        #expect(await prompt.run("status", "--format", "json") == before)
        #expect(await prompt.run("verify").status == 3)
    }

    @Test func `plans and proofs have the root that was signed, whatever a node says`() async throws
    {
        let prompt = try await prompt()
        let before = await prompt.run("plan", "cleanup", "--format", "json")
        #expect(before.status == 0)
        try change(prompt, "UPDATE node SET hash = zeroblob(32) WHERE level = 8")
        #expect(await prompt.run("plan", "cleanup", "--format", "json") == before)
        for sequence in ["3", "300", "601"] {
            let file = sequence + ".tlog-proof"
            #expect(await prompt.run("prove", sequence, "--output", file).status == 0)
        }
        #expect(await prompt.run("prove", "--from", "300").status == 0)
        #expect(await prompt.run("export", "--bundle", "bundle").status == 0)
        #expect(await prompt.run("verify", "--bundle", "bundle").status == 0)
    }
}
