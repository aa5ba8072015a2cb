import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct PublishTests {
    private func setUp() async throws -> (prompt: Prompt, witness: TestWitness, key: String) {
        let prompt = try await Prompt.withLedger()
        let line = try #require(await prompt.run("key", "show").lines.first)
        let witness = try TestWitness(logs: [try VerifierKey.parse(line)])
        prompt.connect(to: witness)
        return (prompt, witness, line)
    }

    private let url = "https://witness.test"

    private func policy(_ log: String, _ witnesses: TestWitness...) -> String {
        var text = "log \(log)\n"
        for (number, witness) in witnesses.enumerated() {
            text += "witness w\(number) \(witness.key.verifier.text) \(url)/\(number)\n"
        }
        let names = witnesses.indices.map { "w\($0)" }.joined(separator: " ")
        return text + "group all-of-them all \(names)\nquorum all-of-them\n"
    }

    @Test func `a head is written to a file in one step, and only over an older one`() async throws
    {
        let (prompt, _, _) = try await setUp()
        let first = await prompt.run("checkpoint", "--publish", "out.checkpoint")
        #expect(first.output == "head 1 written to out.checkpoint\n", "\(first)")
        _ = await prompt.run("record", "note", "x")
        #expect(await prompt.run("checkpoint", "--publish", "out.checkpoint").status == 0)
        #expect(
            try String(contentsOfFile: prompt.path("out.checkpoint"), encoding: .utf8)
                == (await prompt.run("checkpoint").output))
        #expect(
            await prompt.run("checkpoint", "--publish", "out.checkpoint").output
                == "head 2 is at out.checkpoint already\n")
        try prompt.write("precious", to: "mine")
        for option in ["--publish", "--output"] {
            #expect(await prompt.run("checkpoint", option, "mine").status == 1)
            #expect(await prompt.run("checkpoint", option, "ledger.sqlite").status == 1)
        }
        #expect(try String(contentsOfFile: prompt.path("mine"), encoding: .utf8) == "precious")
        #expect(await prompt.run("verify").status == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: prompt.directory)
        #expect(!files.contains { $0.hasSuffix(".tmp") })
    }

    @Test func `a file that holds a newer head shows that the ledger was cut short`() async throws {
        let (prompt, _, _) = try await setUp()
        try FileManager.default.copyItem(
            atPath: prompt.path("ledger.sqlite"), toPath: prompt.path("backup.sqlite"))
        _ = await prompt.run("record", "note", "x")
        _ = await prompt.run("checkpoint", "--publish", "out.checkpoint")
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: prompt.path("ledger.sqlite" + suffix))
        }
        try FileManager.default.moveItem(
            atPath: prompt.path("backup.sqlite"), toPath: prompt.path("ledger.sqlite"))
        let cut = await prompt.run("checkpoint", "--publish", "out.checkpoint")
        #expect(cut.status == 3)
        _ = await prompt.run("record", "note", "another")
        #expect(await prompt.run("checkpoint", "--publish", "out.checkpoint").status == 3)
        #expect(await prompt.run("verify", "--against", "out.checkpoint").status == 3)
    }

    @Test func `a witness cosigns, and its signature is kept and verified`() async throws {
        let (prompt, witness, log) = try await setUp()
        let vkey = witness.key.verifier.text
        let result = await prompt.run("checkpoint", "--publish", url + "/", "--witness", vkey)
        #expect(result.output == "head 1 cosigned by \(url)\n", "\(result)")
        _ = await prompt.run("record", "note", "x")
        _ = await prompt.run("record", "note", "y")
        // One request: what the witness signed last is known from its cosignature.
        #expect(
            await prompt.run("checkpoint", "--publish", "\(url) \(vkey)").status == 0)
        #expect(witness.requests == 2)
        #expect(witness.seen("ledger.test/fleet")?.size == 3)
        let note = try SignedNote.parse(await prompt.run("checkpoint").output)
        #expect(note.signatures.count == 2)
        try prompt.write(policy(log, witness), to: "trust.policy")
        let verify = await prompt.run("verify", "--policy", "trust.policy")
        #expect(verify.status == 0)
        #expect(verify.output.hasPrefix("intact and anchored"))
        // Nothing to do is not asked for again.
        _ = await prompt.run("checkpoint", "--publish", "\(url) \(vkey)")
        #expect(witness.requests == 2)
    }

    @Test func `a head that the quorum has not signed is not anchored`() async throws {
        let (prompt, witness, log) = try await setUp()
        let other = try TestWitness(
            name: "witness.test/w2", seed: 9, logs: [try VerifierKey.parse(log)])
        try prompt.write(policy(log, witness, other), to: "trust.policy")
        _ = await prompt.run(
            "checkpoint", "--publish", url + "/0", "--policy", "trust.policy")
        let half = await prompt.run("verify", "--policy", "trust.policy")
        #expect(half.status == 6, "\(half)")
        #expect(half.output.contains("quorum all-of-them is not met, cosigned by w0"))
        prompt.connect(to: other)
        _ = await prompt.run("checkpoint", "--publish", url + "/1", "--policy", "trust.policy")
        #expect(await prompt.run("verify", "--policy", "trust.policy").status == 0)
        _ = await prompt.run("record", "note", "x")
        let late = await prompt.run("verify", "--policy", "trust.policy", "--format", "json")
        #expect(late.status == 6)
        #expect(try late.json["quorum"]?.object?["metAt"] == 1)
        #expect(await prompt.run("prove", "1", "--output", "1.tlog-proof").status == 0)
        let receipt = await prompt.run(
            "verify", "--receipt", "1.tlog-proof", "--record", "1.json", "--policy", "trust.policy")
        #expect(receipt.status == 0, "\(receipt)")
        #expect(receipt.output.hasPrefix("intact and anchored"))
    }

    @Test func `a witness that remembers another size says so and is proved from there`()
        async throws
    {
        let (prompt, witness, _) = try await setUp()
        let vkey = witness.key.verifier.text
        _ = await prompt.run("checkpoint", "--publish", "\(url) \(vkey)")
        for number in 1...5 { _ = await prompt.run("record", "note", "\(number)") }
        // The cosignature of size 4 was given and never arrived.
        let root = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
            .root(size: 4)
        witness.pretend("ledger.test/fleet", .init(size: 4, root: root))
        #expect(await prompt.run("checkpoint", "--publish", "\(url) \(vkey)").status == 0)
        #expect(witness.requests == 3)
        #expect(witness.seen("ledger.test/fleet")?.size == 6)
    }

    @Test func `a witness that has seen more, or something else, is evidence`() async throws {
        let (prompt, witness, _) = try await setUp()
        let place = "\(url) \(witness.key.verifier.text)"
        witness.pretend("ledger.test/fleet", .init(size: 9, root: MerkleTree.emptyRoot))
        let more = await prompt.run("checkpoint", "--publish", place)
        #expect(more.status == 3, "\(more)")
        #expect(more.errors.contains("cut short"))
        witness.pretend("ledger.test/fleet", .init(size: 1, root: MerkleTree.emptyRoot))
        let other = await prompt.run("checkpoint", "--publish", place)
        #expect(other.status == 3)
        #expect(other.errors.contains("rewritten"))
    }

    @Test(arguments: [
        TestWitness.Fault.wrongSignature, .otherKey, .zeroTime, .garbage, .away,
    ])
    func `an answer that does not hold is not kept`(_ fault: TestWitness.Fault) async throws {
        let (prompt, witness, _) = try await setUp()
        witness.set(fault)
        let result = await prompt.run(
            "checkpoint", "--publish", "\(url) \(witness.key.verifier.text)")
        #expect(result.status == 1, "\(result)")
        #expect(try SignedNote.parse(await prompt.run("checkpoint").output).signatures.count == 1)
    }

    @Test func `a witness that does not know the log says what to do`() async throws {
        let prompt = try await Prompt.withLedger()
        let witness = try TestWitness(logs: [])
        prompt.connect(to: witness)
        let result = await prompt.run(
            "checkpoint", "--publish", "\(url) \(witness.key.verifier.text)")
        #expect(result.status == 1)
        #expect(result.errors.contains("hand the witness the origin"))
        #expect(await prompt.run("checkpoint", "--publish", url).status == 12)
        #expect(await prompt.run("checkpoint", "--publish", "https://u:p@w.test").status == 64)
        #expect(await prompt.run("checkpoint", "--publish-all").status == 64)
    }

    @Test func `policy publishes every new head, and what failed stays due`() async throws {
        let (prompt, witness, _) = try await setUp()
        let file = prompt.path("every.checkpoint")
        let places = "\(file)\n\(url) \(witness.key.verifier.text)"
        #expect(await prompt.run("policy", "set", "publish", places).status == 0)
        #expect(witness.seen("ledger.test/fleet")?.size == 2)
        witness.set(.away)
        let away = await prompt.run("record", "note", "x")
        #expect(away.status == 0)
        #expect(away.errors.contains("not published yet: \(url): connection refused"), "\(away)")
        _ = await prompt.run("record", "note", "y")
        #expect(witness.seen("ledger.test/fleet")?.size == 2)
        witness.set(.none)
        _ = await prompt.run("record", "note", "z")
        #expect(witness.seen("ledger.test/fleet")?.size == 5)
        let written = try SignedNote.parse(String(contentsOfFile: file, encoding: .utf8))
        #expect(try Checkpoint.parse(written).size == 5)
        witness.set(.away)
        _ = await prompt.run("record", "note", "last")
        witness.set(.none)
        #expect(await prompt.run("checkpoint", "--publish-all").status == 0)
        #expect(witness.seen("ledger.test/fleet")?.size == 6)
        for bad in ["relative", "https://w.test", "https://w.test junk", "ftp://x"] {
            #expect(await prompt.run("policy", "set", "publish", bad).status == 64, "\(bad)")
        }
    }

    @Test func `an automatic publication shouts when the witness has seen more`() async throws {
        let (prompt, witness, _) = try await setUp()
        _ = await prompt.run(
            "policy", "set", "publish", "\(url) \(witness.key.verifier.text)")
        witness.pretend("ledger.test/fleet", .init(size: 99, root: MerkleTree.emptyRoot))
        let result = await prompt.run("record", "note", "x")
        #expect(result.status == 0)
        #expect(result.errors.contains("THIS LOOKS LIKE TAMPERING"))
    }

    @Test func `a witness behind a real socket is asked with curl`() async throws {
        let prompt = try await Prompt.withLedger()
        let line = try #require(await prompt.run("key", "show").lines.first)
        let witness = try TestWitness(logs: [try VerifierKey.parse(line)])
        try await TestWitnessServer.run(witness) { address in
            let place = "\(address) \(witness.key.verifier.text)"
            let first = await prompt.run("checkpoint", "--publish", place)
            #expect(first.output == "head 1 cosigned by \(address)\n", "\(first)")
            _ = await prompt.run("record", "note", "x")
            let root = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
                .root(size: 2)
            witness.pretend("ledger.test/fleet", .init(size: 2, root: root))
            #expect(await prompt.run("checkpoint", "--publish", place).status == 0)
            #expect(witness.requests == 3)
        }
        let gone = await prompt.run(
            "checkpoint", "--publish", "http://127.0.0.1:1 \(witness.key.verifier.text)")
        #expect(gone.status == 0 || gone.status == 1)
    }
}
