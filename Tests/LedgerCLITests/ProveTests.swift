import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct ProveTests {
    private func setUp(notes: Int = 9) async throws -> (prompt: Prompt, key: String) {
        let prompt = try await Prompt.withLedger()
        for number in 0..<notes { _ = await prompt.run("record", "note", "\(number)") }
        return (prompt, try #require(await prompt.run("key", "show").lines.first))
    }

    @Test func `every event has a receipt that holds without a ledger`() async throws {
        let (prompt, key) = try await setUp()
        let elsewhere = try Prompt()
        for sequence in 1...10 {
            let name = "\(sequence).tlog-proof"
            #expect(await prompt.run("prove", "\(sequence)", "--output", name).status == 0)
            for file in [name, "\(sequence).json"] {
                try FileManager.default.copyItem(
                    atPath: prompt.path(file), toPath: elsewhere.path(file))
            }
            let result = await elsewhere.run(
                "verify", "--receipt", name, "--record", "\(sequence).json", "--key", key)
            #expect(result.status == 0, "\(result)")
            #expect(result.output.contains("the record is event \(sequence) of ledger.test/fleet"))
            let record = try Data(
                contentsOf: URL(fileURLWithPath: elsewhere.path("\(sequence).json")))
            let shown = await prompt.run("show", "\(sequence)", "--format", "jsonl")
            #expect(shown.output == String(decoding: record, as: UTF8.self) + "\n")
        }
        #expect(!FileManager.default.fileExists(atPath: elsewhere.path("ledger.sqlite")))
    }

    @Test func `a receipt with any byte changed, or for another record, does not verify`()
        async throws
    {
        let (prompt, key) = try await setUp(notes: 3)
        _ = await prompt.run("prove", "2", "--output", "2.tlog-proof")
        _ = await prompt.run("prove", "3", "--output", "3.tlog-proof")
        func status(_ receipt: String, _ record: String) async -> Int32 {
            await prompt.run("verify", "--receipt", receipt, "--record", record, "--key", key)
                .status
        }
        #expect(await status("2.tlog-proof", "2.json") == 0)
        #expect(await status("2.tlog-proof", "3.json") == 3)
        #expect(await status("3.tlog-proof", "2.json") == 3)
        let bytes = Array(
            try Data(contentsOf: URL(fileURLWithPath: prompt.path("2.tlog-proof"))))
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= 1
            try prompt.write(changed, to: "changed")
            #expect(await status("changed", "2.json") == 3, "byte \(offset)")
        }
        let record = Array(try Data(contentsOf: URL(fileURLWithPath: prompt.path("2.json"))))
        try prompt.write(record + [0x0A], to: "line.json")
        #expect(await status("2.tlog-proof", "line.json") == 0)
        try prompt.write(record + [0x0A, 0x0A], to: "lines.json")
        #expect(await status("2.tlog-proof", "lines.json") == 3)
        #expect(await status("none", "2.json") == 1)
    }

    @Test func `a receipt is believed only by somebody's key`() async throws {
        let (prompt, key) = try await setUp(notes: 1)
        _ = await prompt.run("prove", "2", "--output", "2.tlog-proof")
        let words = ["verify", "--receipt", "2.tlog-proof", "--record", "2.json"]
        #expect(await prompt.run(words + ["--ledger", "elsewhere.sqlite"]).status == 12)
        var random = SystemRandomNumberGenerator()
        let stranger = try SignerKey.generate(name: KeyName("ledger.test/fleet"), using: &random)
        #expect(await prompt.run(words + ["--key", stranger.verifier.text]).status == 3)
        try prompt.write("log \(key)\nquorum none\n", to: "trust.policy")
        #expect(await prompt.run(words + ["--policy", "trust.policy"]).status == 0)
        #expect(
            await prompt.run(words + ["--policy", "trust.policy", "--require-anchor"]).status == 6)
        prompt.set("LEDGER_TRUST", "trust.policy")
        #expect(await prompt.run(words).status == 0)
        prompt.set("LEDGER_TRUST", key)
        let json = try await prompt.run(words + ["--format", "json"]).json
        #expect(json["verdict"] == "intact, not anchored")
        #expect(json["sequence"] == 2)
        let witness = try TestWitness(logs: [])
        try prompt.write(
            "log \(key)\nwitness w \(witness.key.verifier.text)\nquorum w\n", to: "strict.policy")
        let strict = await prompt.run(words + ["--policy", "strict.policy"])
        #expect(strict.status == 6)
    }

    @Test func `growth is proved from any size in the form that witnesses take`() async throws {
        let (prompt, _) = try await setUp()
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        for size in 0...10 {
            let result = await prompt.run("prove", "--from", "\(size)")
            let request = try WitnessRequest.parse(Array(result.output.utf8))
            #expect(request.oldSize == size)
            try MerkleTree.verifyConsistency(
                from: size, to: 10, oldRoot: store.root(size: size),
                newRoot: request.checkpoint.root, proof: request.proof)
        }
        for from in 1...10 {
            for to in from...10 {
                let json = try await prompt.run(
                    "prove", "--from", "\(from)", "--to", "\(to)", "--format", "json"
                ).json
                let proof = json["proof"]?.array?.compactMap {
                    $0.string.flatMap { Digest(base64: $0) }
                }
                try MerkleTree.verifyConsistency(
                    from: from, to: to, oldRoot: store.root(size: from),
                    newRoot: store.root(size: to), proof: try #require(proof))
            }
        }
        #expect(await prompt.run("prove", "--from", "11").status == 1)
        #expect(await prompt.run("prove", "11").status == 1)
        #expect(await prompt.run("prove").status == 64)
        #expect(await prompt.run("prove", "3", "--from", "2").status == 64)
    }

    @Test func `growth between two checkpoints is checked without a ledger`() async throws {
        let (prompt, key) = try await setUp(notes: 2)
        _ = await prompt.run("checkpoint", "--output", "old")
        _ = await prompt.run("record", "note", "x")
        let result = await prompt.run("prove", "--from", "3", "--output", "growth")
        #expect(result.status == 0)
        try FileManager.default.removeItem(atPath: prompt.path("ledger.sqlite"))
        let words = ["verify", "--receipt", "growth", "--against", "old"]
        let checked = await prompt.run(words + ["--key", key])
        #expect(checked.status == 0, "\(checked)")
        #expect(checked.output.contains("the head of 4 events of ledger.test/fleet continues"))
        #expect(await prompt.run(words + ["--ledger", "elsewhere.sqlite"]).status == 12)
        #expect(await prompt.run("verify", "--receipt", "growth", "--key", key).status == 64)
        let proof = Array(try Data(contentsOf: URL(fileURLWithPath: prompt.path("growth"))))
        for offset in proof.indices {
            var changed = proof
            changed[offset] ^= 1
            try prompt.write(changed, to: "changed")
            #expect(
                await prompt.run(
                    "verify", "--receipt", "changed", "--against", "old", "--key", key
                ).status == 3, "byte \(offset)")
        }
    }

    @Test func `a proof overwrites no stranger's file`() async throws {
        let (prompt, _) = try await setUp(notes: 1)
        try prompt.write("{}", to: "2.json")
        #expect(await prompt.run("prove", "2", "--output", "2.tlog-proof").status == 1)
        #expect(try String(contentsOfFile: prompt.path("2.json"), encoding: .utf8) == "{}")
        #expect(await prompt.run("prove", "2", "--output", "a.tlog-proof").status == 0)
        #expect(await prompt.run("prove", "2", "--output", "a.tlog-proof").status == 0)
    }

    @Test func `an event under no signed head has no receipt yet`() async throws {
        let (prompt, _) = try await setUp(notes: 1)
        try FileManager.default.moveItem(
            atPath: prompt.path("ledger.sqlite.key"), toPath: prompt.path("k"))
        _ = await prompt.run("record", "note", "x")
        let result = await prompt.run("prove", "3")
        #expect(result.status == 12)
        #expect(result.errors.contains("ledger-cli checkpoint --sign"))
        #expect(await prompt.run("checkpoint", "--sign").status == 12)
        #expect(await prompt.run("checkpoint", "--sign", "--key", "k").status == 0)
        #expect(await prompt.run("prove", "3").status == 0)
    }
}
