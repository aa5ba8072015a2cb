import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A ledger that is long enough for a command to keep its state, and what may befall the file.
@Suite struct KeptStateTests {
    /// A ledger of a few more events than a projection is kept for, over some environments.
    private func prompt() async throws -> Prompt {
        let prompt = try await Prompt.withLedger()
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"))
        let start = try #require(Timestamp("2017-05-01T09:00:00Z"))
        let drafts = (0..<ProjectionCache.interval + 50).map { number in
            let name = "shop-\(number % 7)"
            let time = start + .seconds(number / 10)
            let action: Action =
                switch number % 3 {
                case 0: .envMaintenance(environment: name, state: .on)
                case 1: .envProtected(environment: name, state: .off)
                default: .envMaintenance(environment: name, state: .off)
                }
            return EventDraft(
                id: EventID(
                    time: time,
                    entropy: (0..<10).map { UInt8(truncatingIfNeeded: number >> ($0 * 8 % 32)) }),
                payload: .action(action, number % 11 == 0 ? .unknown : .accepted, ActionReport()),
                time: time, actor: Actor(id: "alice"), basis: .imported)
        }
        _ = try store.append(drafts, recordedTime: start)
        try store.close()
        try prompt.setClock("2017-05-01T12:00:00Z")
        return prompt
    }

    private func answers(_ prompt: Prompt) async -> [Prompt.Result] {
        [
            await prompt.run("status", "--format", "json"), await prompt.run("status"),
            await prompt.run("plan", "cleanup", "--format", "json"),
            await prompt.run("check", "environment/shop-3"),
        ]
    }

    @Test
    func `whatever befalls a kept state, answers stay right and the next one keeps a good one`()
        async throws
    {
        let prompt = try await prompt()
        let path = prompt.path("ledger.sqlite-projection")
        // A question about the past keeps none, so this one is answered from the log.
        let last = ProjectionCache.interval + 51
        let plain = await prompt.run("status", "--known-at", "\(last)", "--format", "json")
        #expect(!FileManager.default.fileExists(atPath: path))
        let good = await answers(prompt)
        #expect(good.map(\.status) == [0, 0, 0, 5])
        #expect(good[0].output == plain.output)
        let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))

        let damages: [(String, (inout [UInt8]) -> Void)] = [
            ("emptied", { $0 = [] }), ("cut", { $0.removeLast($0.count / 3) }),
            ("another file", { $0 = Array("SQLite format 3\0".utf8) + $0 }),
            ("a bit of its head turned", { $0[40] ^= 4 }),
            ("a bit of a history turned", { $0[$0.count - 300] ^= 1 }),
            ("of another program", { $0[12] ^= 1 }),
        ]
        for (name, damage) in damages {
            var damaged = bytes
            damage(&damaged)
            try Data(damaged).write(to: URL(filePath: path))
            // The one before may be as good as the newest; here it shall not help.
            try? FileManager.default.removeItem(atPath: path + "-before")
            let again = await prompt.run("status", "--format", "json")
            #expect(again == good[0], "\(name)")
            let kept = FileManager.default.contents(atPath: path).map { [UInt8]($0) }
            #expect(kept == bytes, "\(name): a good one is kept in its place")
        }
        #expect(await answers(prompt) == good)
        #expect(await prompt.run("verify", "--projections").status == 0)
    }

    @Test(arguments: [
        (999, 999, false), (1_000, 1_000, true), (100_000, 1_999, false), (100_000, 2_000, true),
        (10_000_000, 19_999, false), (10_000_000, 20_000, true),
    ])
    func `a state is kept after a thousand events, or a fiftieth of a long log`(
        _ size: Int, _ replayed: Int, _ isKept: Bool
    ) {
        #expect(ProjectionCache.isWorthKeeping(size: size, replayed: replayed) == isKept)
    }

    @Test func `a kept state does not hold on to a future that was taken back`() async throws {
        let prompt = try await prompt()
        _ = await prompt.run("import", "-", input: "# at 2062-01-01T00:00:00Z\n$ echo hello\n")
        let future = await prompt.run("status", "--format", "json")
        #expect(try future.json["now"] == "2062-01-01T00:00:00.000Z")
        #expect(FileManager.default.fileExists(atPath: prompt.path("ledger.sqlite-projection")))
        let last = ProjectionCache.interval + 52
        #expect(await prompt.run("record", "void", "\(last)", "--reason", "typo").status == 0)
        for _ in 0..<2 {
            let present = await prompt.run("status", "--format", "json")
            #expect(try present.json["now"] == "2017-05-01T12:00:00.000Z")
            #expect(present.errors.isEmpty, "\(present.errors)")
        }
    }
}
