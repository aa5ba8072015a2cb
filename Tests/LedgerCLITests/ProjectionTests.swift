import Foundation
import Ledger
import Projector
import Testing

@testable import ledger_cli

/// The state that is kept beside a ledger: the same answers, or it is as if it were not there.
@Suite struct ProjectionTests {
    private static let evening = """
        # at 2017-05-01T10:00:00Z
        # actor alice
        $ ledger-cli migration open plan-move --from prod --to prod2 --method snapshot --hostname www.bestpants.com
        $ fleet env maintenance prod ON
        Maintenance Mode for Environment prod is now being turned ON
        # +5m
        $ fleet snapshot create prod plan-migration
        Snapshot plan-migration is now being created
        # +5m
        $ ledger-cli record dns www.bestpants.com --to prod2 --ttl 300

        """

    private func prompt() async throws -> Prompt {
        let prompt = try await Prompt.withLedger()
        try prompt.setClock("2017-05-01T12:00:00Z")
        #expect(
            await prompt.run("import", "--transcript", "-", input: Self.evening).status == 0)
        return prompt
    }

    private func cache(_ prompt: Prompt) -> ProjectionCache {
        ProjectionCache(ledger: prompt.path("ledger.sqlite"))
    }

    @discardableResult
    private func keep(_ prompt: Prompt, knownAt: Int? = nil) throws -> Projection {
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        let projection = try store.read { try ProjectedLedger($0, knownAt: knownAt) }.projection
        cache(prompt).keep(projection)
        return projection
    }

    /// How many events a question takes from the cache.
    private func skipped(
        _ prompt: Prompt, at: Timestamp? = nil, knownAt: Int? = nil
    ) throws -> Int {
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        return try store.read {
            try ProjectedLedger($0, at: at, knownAt: knownAt, cache: cache(prompt)).skipped
        }
    }

    private func answers(_ prompt: Prompt) async -> [Prompt.Result] {
        var answers: [Prompt.Result] = []
        for words in [
            ["status"], ["status", "--format", "json"], ["plan", "cleanup", "--format", "json"],
            ["plan", "next", "--format", "json"], ["plan", "rollback", "--format", "json"],
            ["check", "environment/prod"], ["conform"], ["status", "--known-at", "3"],
            ["status", "--at", "2017-05-01T10:05:00Z"],
        ] {
            answers.append(await prompt.run(words))
        }
        return answers
    }

    @Test func `answers are the same with and without`() async throws {
        let prompt = try await prompt()
        let plain = await answers(prompt)
        let size = try keep(prompt).size
        #expect(try skipped(prompt) == size)
        #expect(await answers(prompt) == plain)
        // What comes afterwards, late or not, is folded in.
        for late in ["2017-05-01T11:00:00Z", "2017-05-01T10:02:00Z"] {
            let words = [
                "record", "command", "--at", late, "--", "fleet", "env", "maintenance", "prod",
                "OFF",
            ]
            #expect(await prompt.run(words).status == 0)
        }
        #expect(try skipped(prompt) == size)
        let after = await answers(prompt)
        for path in cache(prompt).paths { try? FileManager.default.removeItem(atPath: path) }
        #expect(await answers(prompt) == after)
    }

    @Test func `a question about less than it holds does without`() async throws {
        let prompt = try await prompt()
        let size = try keep(prompt).size
        #expect(try skipped(prompt, knownAt: size - 1) == 0)
        #expect(try skipped(prompt, knownAt: size) == size)
        #expect(try skipped(prompt, at: Timestamp("2017-05-01T10:05:00Z")) == 0)
        #expect(try skipped(prompt, at: Timestamp("2018-01-01T00:00:00Z")) == size)
    }

    @Test func `the one before is used when a void reaches into the newest`() async throws {
        let prompt = try await prompt()
        try keep(prompt, knownAt: 3)
        let size = try keep(prompt).size
        #expect(try skipped(prompt) == size)
        #expect(await prompt.run("record", "void", "4", "--reason", "a slip").status == 0)
        #expect(try skipped(prompt) == 3)
        let after = await answers(prompt)
        for path in cache(prompt).paths { try FileManager.default.removeItem(atPath: path) }
        #expect(await answers(prompt) == after)
    }

    @Test func `damaged, cut, foreign and strange files are as if they were not there`()
        async throws
    {
        let prompt = try await prompt()
        let plain = await answers(prompt)
        try keep(prompt)
        let path = cache(prompt).paths[0]
        let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
        var wrong: [[UInt8]] = [[], [0], Array(bytes.dropLast()), bytes + [0], Array(bytes[..<90])]
        for index in [0, 9, 33, 50, 100, bytes.count / 2, bytes.count - 1] {
            var damaged = bytes
            damaged[index] ^= 1
            wrong.append(damaged)
        }
        for bytes in wrong {
            try Data(bytes).write(to: URL(filePath: path))
            #expect(try skipped(prompt) == 0)
        }
        #expect(await answers(prompt) == plain)

        // Of another ledger, under whose events the root is another.
        let other = try await self.prompt()
        try keep(other)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: cache(other).paths[0], toPath: path)
        #expect(try skipped(prompt) == 0)
        #expect(await prompt.run("verify", "--projections").status == 0)

        // Of another build of the program.
        try Data(bytes).write(to: URL(filePath: path))
        let strange = try #require(ProgramBuild(path: prompt.path("ledger.sqlite")))
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        let foreign = ProjectionCache(ledger: store.path, program: strange)
        #expect(try store.read { try ProjectedLedger($0, cache: foreign).skipped } == 0)

        // One that others may write.
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: prompt.path("ledger.sqlite"))
        #expect(try skipped(prompt) == 0)

        // A folder in its place.
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(await answers(prompt) == plain)
    }

    @Test func `verify holds it against the log and puts aside what differs`() async throws {
        let prompt = try await prompt()
        var result = await prompt.run("verify", "--projections")
        #expect(result.status == 0)
        #expect(result.output.contains("no projection is kept beside the ledger"))
        let size = try keep(prompt).size
        result = await prompt.run("verify", "--projections")
        #expect(result.status == 0)
        #expect(
            result.output.contains(
                "projection ledger.sqlite-projection of \(size) events: rebuilt from the log, the same"
            ))

        // The state of other events under the right root, as whoever may write files can make it.
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        let honest = try store.read { try ProjectedLedger($0) }.projection
        cache(prompt).keep(
            Projection(
                size: honest.size, root: honest.root, latest: honest.latest, bases: honest.bases,
                state: State()))
        result = await prompt.run("verify", "--projections", "--format", "json")
        #expect(result.status == 3)
        #expect(
            try result.json["projections"]?.array?.first?.object?["outcome"] == "differs")
        #expect(FileManager.default.fileExists(atPath: cache(prompt).paths[0] + ".differs"))
        #expect(await prompt.run("verify", "--projections").status == 0)
    }

    @Test func `a small ledger keeps none`() async throws {
        let prompt = try await prompt()
        _ = await answers(prompt)
        #expect(!FileManager.default.fileExists(atPath: cache(prompt).paths[0]))
    }

    @Test func `nothing fails where none can be written`() async throws {
        let prompt = try await prompt()
        let before = await answers(prompt)
        let path = cache(prompt).paths[0]
        try FileManager.default.createDirectory(
            atPath: path + "/full", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: cache(prompt).paths[1] + "/full", withIntermediateDirectories: true)
        try keep(prompt)
        #expect(await answers(prompt) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: prompt.directory)
        #expect(!names.contains { $0.hasPrefix("ledger.sqlite-projection.") })
    }
}
