import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// People who may look at a ledger and not write it, as the system sees them: commands of another
/// user, while the owner records.
@Suite(
    .enabled(
        if: OtherUser.isPossible,
        "only root may become someone else, and the program must be where others may run it"))
struct OnlookerCommandTests {
    private func command(
        _ user: Int, _ words: String..., in prompt: Prompt
    ) throws -> (status: Int32, output: String, errors: String) {
        let session = try Session(
            OtherUser.running(user) + words, in: prompt.directory,
            environment: ["LEDGER_ACTOR": "user \(user)"])
        session.endInput()
        let status = try session.wait()
        return (status, session.text, String(decoding: session.complained, as: UTF8.self))
    }

    /// A ledger of root's in a folder into which nobody else may write.
    private func ledger() async throws -> Prompt {
        let prompt = try await Prompt.withLedger(at: "2017-05-05T09:00:00Z")
        try #require(chmod(prompt.directory, 0o755) == 0)
        try #require(chmod(prompt.path("ledger.sqlite"), 0o644) == 0)
        let imported = await prompt.run(
            "import", PlanningTests.root + "/Examples/snapshot-migration.transcript")
        try #require(imported.status == 0, "\(imported.errors)")
        return prompt
    }

    private func names(_ prompt: Prompt) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: prompt.directory).sorted()
    }

    @Test(arguments: [false, true])
    func `who may only look sees at once what the owner records`(isOpen: Bool) async throws {
        let prompt = try await ledger()
        let store = isOpen ? try LedgerStore.open(path: prompt.path("ledger.sqlite")) : nil
        let follower = try Session(
            OtherUser.running(1001) + ["history", "--follow"], in: prompt.directory)
        follower.endInput()
        try follower.read(until: "migration.closed")
        #expect(try command(1001, "check", "environment/prod2", in: prompt).status == 5)
        let before = try names(prompt)
        let hold = await prompt.run(
            "record", "hold", "environment/prod2", "--reason", "an audit of spring")
        try #require(hold.status == 0, "\(hold.errors)")
        try follower.read(until: "hold.placed")
        let check = try command(1001, "check", "environment/prod2", in: prompt)
        #expect(check.output.contains("held: environment/prod2 is held"), "\(check)")
        let verified = try command(1001, "verify", in: prompt)
        #expect(verified.status == 0, "\(verified)")
        follower.type([])
        kill(follower.process, SIGINT)
        try follower.wait()
        try store?.close()
        if isOpen { #expect(try names(prompt).count <= before.count) }
    }

    @Test func `verify never finds what is not there while others record`() async throws {
        let prompt = try await ledger()
        let writer = try Session(
            [
                "/bin/sh", "-c",
                "for i in 1 2 3 4 5 6 7 8; do \"$0\" record note \"$1\" || exit 1; done",
                Session.binary, String(repeating: "a note of some length ", count: 100),
            ], in: prompt.directory)
        writer.endInput()
        var seen: [Int32: Int] = [:]
        for _ in 0..<6 {
            let verified = try command(1001, "verify", in: prompt)
            seen[verified.status, default: 0] += 1
            #expect([0, 11].contains(verified.status), "\(verified)")
        }
        #expect(try writer.wait() == 0)
        #expect(seen[0, default: 0] > 0)
    }

    /// A folder of a team, a ledger of its member 1001 that only he may write.
    private func teamLedger() throws -> Prompt {
        let prompt = try Prompt(at: "2017-05-05T09:00:00Z")
        try #require(chown(prompt.directory, 0, 2000) == 0)
        try #require(chmod(prompt.directory, 0o2775) == 0)
        let made = try command(1001, "init", "--origin", "ledger.test/team", in: prompt)
        try #require(made.status == 0, "\(made)")
        try #require(chmod(prompt.path("ledger.sqlite"), 0o644) == 0)
        try #require(command(1001, "record", "note", "first", in: prompt).status == 0)
        return prompt
    }

    @Test func `a colleague who only asks leaves nothing that keeps the owner from recording`()
        async throws
    {
        let prompt = try teamLedger()
        let before = try names(prompt)
        for words in ["status", "verify", "history"] {
            let asked = try command(1002, words, in: prompt)
            #expect(asked.status == 0, "\(words): \(asked)")
            #expect(try names(prompt) == before, "\(words)")
        }
        let refused = try command(1002, "record", "note", "mine", in: prompt)
        #expect(refused.status == 1, "\(refused)")
        #expect(refused.errors.contains("cannot be written"))
        #expect(try names(prompt) == before)
        let recorded = try command(1001, "record", "note", "second", in: prompt)
        #expect(recorded.status == 0, "\(recorded)")
    }

    @Test func `files of a stranger beside the ledger are named, with the way out`() async throws {
        let prompt = try teamLedger()
        let path = prompt.path("ledger.sqlite")
        for suffix in ["-wal", "-shm"] {
            try prompt.write("", to: "ledger.sqlite" + suffix)
            try #require(chown(path + suffix, 1002, 2000) == 0)
            try #require(chmod(path + suffix, 0o644) == 0)
        }
        for words in [["record", "note", "x"], ["run", "--", "true"]] {
            let session = try Session(OtherUser.running(1001) + words, in: prompt.directory)
            session.endInput()
            let status = try session.wait()
            let errors = String(decoding: session.complained, as: UTF8.self)
            #expect(status == (words[0] == "run" ? 125 : 1))
            #expect(errors.contains("\(path)-wal: belongs to user 1002"), "\(errors)")
            #expect(errors.contains("chown"), "\(errors)")
        }
        let asked = try command(1001, "verify", in: prompt)
        #expect(asked.status == 0, "\(asked)")
    }
}

/// The program as other users run it.
private enum OtherUser {
    /// Whether it runs so here.
    static let isPossible: Bool = {
        guard geteuid() == 0, let session = try? Session(running(1001) + ["--version"], in: "/")
        else { return false }
        session.endInput()
        return (try? session.wait()) == 0
    }()

    /// The words that run it as a user of the group 2000.
    static func running(_ user: Int) -> [String] {
        [
            "/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--groups", "2000",
            Session.binary,
        ]
    }
}
