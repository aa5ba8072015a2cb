import Foundation
import HTTPTypes
import HummingbirdCore
import Ledger
import NIOCore
import Testing

@testable import ledger_cli

/// Two teams, each with a ledger and with a witness for the ledger of the other.
@Suite struct MutualWitnessTests {
    private struct Team {
        let prompt: Prompt
        /// The key that signs its ledger.
        let log: VerifierKey
        /// The key of its witness.
        let vkey: String

        init(_ name: String) async throws {
            prompt = try Prompt()
            let made = await prompt.run("init", "--origin", "ledger.\(name)/fleet")
            try #require(made.status == 0, "\(made.errors)")
            log = try VerifierKey.parse(
                try #require(await prompt.run("key", "show").lines.first))
            let witness = await prompt.run("witness", "init", "w", "--name", "witness.\(name)/w")
            try #require(witness.status == 0, "\(witness.errors)")
            vkey = try #require(witness.lines.first)
        }

        /// The team's witness, which knows one log.
        func witness(for log: VerifierKey) throws -> Witness {
            let key = try String(contentsOfFile: prompt.path("w/key"), encoding: .utf8)
            return Witness(
                logs: try TrustedLogs("\(log.text)\n", file: "logs"),
                key: try SignerKey.parse(String(key.dropLast())),
                record: try WitnessRecord(folder: prompt.path("w"), name: "w"),
                clock: { Timestamp(milliseconds: 1_493_632_800_000) })
        }

        /// Publishes the newest head to the witness of the other team.
        func publish(to other: Team) async -> Prompt.Result {
            await prompt.run("checkpoint", "--publish", "https://w.test \(other.vkey)")
        }

        /// Verifies that the witness of the other team has signed.
        func verify(with other: Team) async throws -> Prompt.Result {
            try prompt.write(
                "log \(log.text)\nwitness other \(other.vkey) https://w.test\nquorum other\n",
                to: "trust.policy")
            return await prompt.run("verify", "--policy", "trust.policy")
        }
    }

    private static func connect(_ team: Team, to witness: Witness) {
        team.prompt.connect { address, bytes in
            guard address == "https://w.test/add-checkpoint" else { return (404, []) }
            let request = Request(
                head: HTTPRequest(
                    method: .post, scheme: "https", authority: "w.test", path: "/add-checkpoint"),
                body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
            let answer = await witness.answer(
                request, body: BodyReader(body: request.body, limit: witness.bodyLimit))
            guard case .bytes(let body) = answer.body else { return (500, []) }
            return (answer.status.code, body)
        }
    }

    @Test func `two teams witness each other, and each sees that the other wrote its ledger anew`()
        async throws
    {
        let (a, b) = (try await Team("a.example"), try await Team("b.example"))
        let (ofA, ofB) = (try a.witness(for: b.log), try b.witness(for: a.log))
        Self.connect(a, to: ofB)
        Self.connect(b, to: ofA)
        for round in 1...3 {
            for (team, other) in [(a, b), (b, a)] {
                // Who publishes anew is signed anew, whatever the other did in between.
                _ = await team.prompt.run("record", "note", "round \(round)")
                let published = await team.publish(to: other)
                #expect(published.status == 0, "\(published)")
                #expect(published.output == "head \(round + 1) cosigned by https://w.test\n")
                let verified = try await team.verify(with: other)
                #expect(verified.status == 0, "\(verified)")
                #expect(verified.output.hasPrefix("intact and anchored"))
            }
        }
        // Team A goes back to what it had before and writes something else.
        let backup = await a.prompt.run("export", "--bundle", "kept")
        try #require(backup.status == 0, "\(backup.errors)")
        _ = await a.prompt.run("record", "note", "what is to be forgotten")
        #expect(await a.publish(to: b).status == 0)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: a.prompt.path("ledger.sqlite" + suffix))
        }
        let restored = await a.prompt.run("import", "--bundle", "kept")
        try #require(restored.status == 0, "\(restored.errors)")
        _ = await a.prompt.run("record", "note", "what is told instead")
        let rewritten = await a.publish(to: b)
        #expect(rewritten.status == 3, "\(rewritten)")
        #expect(rewritten.errors.contains("rewritten"), "\(rewritten)")
        // The other direction is as good as before.
        _ = await b.prompt.run("record", "note", "unmoved")
        #expect(await b.publish(to: a).status == 0)
        #expect(try await b.verify(with: a).status == 0)
    }

    @Test func `a stranger's log is not signed`() async throws {
        let (a, b) = (try await Team("a.example"), try await Team("b.example"))
        Self.connect(a, to: try b.witness(for: b.log))
        let refused = await a.publish(to: b)
        #expect(refused.status != 0)
        #expect(try await a.verify(with: b).status == 6)
    }
}
