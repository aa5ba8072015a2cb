import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct VerifyTests {
    @Test func `an untouched ledger is intact and says what it cannot see`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        let result = await prompt.run("verify")
        #expect(result.status == 0, "\(result)")
        #expect(result.output.hasPrefix("intact, not anchored"))
        #expect(
            result.lines.first?.contains("key from ledger.sqlite.vkey beside the ledger") == true)
        #expect(result.output.contains("not seen without a checkpoint from elsewhere"))
        #expect(try await prompt.run("verify", "--format", "json").json["findings"] == [])
        #expect(await prompt.run("verify", "--require-anchor").status == 6)
    }

    @Test func `a name changed in the file is named by its event`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one", "--actor", "carol")
        _ = await prompt.run("record", "note", "two", "--actor", "alice")
        let url = URL(fileURLWithPath: prompt.path("ledger.sqlite"))
        var bytes = Array(try Data(contentsOf: url))
        let name = Array("\"carol\"".utf8)
        let place = try #require(
            bytes.indices.first { bytes[$0...].starts(with: name) })
        bytes.replaceSubrange(place..<place + name.count, with: Array("\"carla\"".utf8))
        try Data(bytes).write(to: url)
        let result = await prompt.run("verify")
        #expect(result.status == 3)
        #expect(result.lines.first?.hasPrefix("does not verify") == true)
        #expect(result.output.contains("event 2: edited"))
        #expect(!result.output.contains("event 3: edited"))
        let json = try await prompt.run("verify", "--format", "json").json
        #expect(json["findings"]?.array?.first?.object?["sequence"] == 2)
        // The tree over the records as they are now is not the one that was signed.
        #expect(result.output.contains("event 2: forked: the first 2 events no longer give"))
    }

    @Test func `a ledger at rest is one file`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: prompt.directory)
                .filter { $0.hasPrefix("ledger.sqlite-") } == [])
    }

    @Test func `a checkpoint from elsewhere anchors what it covers`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        let key = try #require(await prompt.run("key", "show").lines.first)
        _ = await prompt.run("checkpoint", "--output", "monday")
        let head = try #require(await prompt.run("record", "note", "two").lines.last)
        _ = await prompt.run("record", "note", "three")
        let result = await prompt.run(
            "verify", "--against", "monday", "--against", head, "--key", key, "--require-anchor")
        #expect(result.status == 0, "\(result)")
        #expect(result.output.hasPrefix("intact and anchored"))
        #expect(result.output.contains("agrees with monday, a head of 2 events"))
        #expect(result.output.contains("events after 3 cut off or rewritten"))
        let json = try await prompt.run("verify", "--against", "monday", "--format", "json").json
        #expect(json["anchoredSize"] == 2)
        #expect(await prompt.run("verify", "--against", "nothing").status == 1)
        #expect(await prompt.run("verify", "--against", "ledger.sqlite.vkey").status == 1)
    }

    @Test func `the newest events cut off with their heads are seen by a checkpoint`() async throws
    {
        let prompt = try await Prompt.withLedger()
        try copy(prompt, "ledger.sqlite", to: "early.sqlite")
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run("checkpoint", "--output", "kept")
        try copy(prompt, "ledger.sqlite.vkey", to: "early.sqlite.vkey")
        #expect(await prompt.run("--ledger", "early.sqlite", "verify").status == 0)
        let result = await prompt.run(
            "--ledger", "early.sqlite", "verify", "--against", "kept")
        #expect(result.status == 3)
        #expect(result.output.contains("event 2: truncated: kept is a head of 2 events"))
    }

    @Test func `a ledger made anew under the same name is seen by key and by checkpoint`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run("checkpoint", "--output", "kept")
        try copy(prompt, "ledger.sqlite.vkey", to: "mine.vkey")
        #expect(
            await prompt.run("--ledger", "new.sqlite", "init", "--origin", "ledger.test/fleet")
                .status == 0)
        _ = await prompt.run("--ledger", "new.sqlite", "record", "note", "another")
        #expect(await prompt.run("--ledger", "new.sqlite", "verify").status == 0)
        let byKey = await prompt.run("--ledger", "new.sqlite", "verify", "--key", "mine.vkey")
        #expect(byKey.status == 3)
        #expect(byKey.output.contains("wrong signer: the head of 1 events is signed by no trusted"))
        let byHead = await prompt.run("--ledger", "new.sqlite", "verify", "--against", "kept")
        #expect(byHead.status == 3)
        #expect(byHead.output.contains("forked: the first 2 events do not give the root of kept"))
        let other = await prompt.run(
            "--ledger", "other.sqlite", "init", "--origin", "other.test/fleet")
        #expect(other.status == 0)
        #expect(
            await prompt.run("--ledger", "other.sqlite", "verify", "--against", "kept").output
                .contains("kept is a head of another log"))
    }

    @Test func `an event without a signature is named, and a failure when that is wanted`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let key = try #require(await prompt.run("key", "show").lines.first)
        try prompt.write("log \(key)\nquorum none\n", to: "trust.policy")
        #expect(await prompt.run("verify", "--policy", "trust.policy").status == 0)
        try FileManager.default.moveItem(
            atPath: prompt.path("ledger.sqlite.key"), toPath: prompt.path("k"))
        _ = await prompt.run("record", "note", "unsigned")
        let result = await prompt.run("verify", "--key", key)
        #expect(result.status == 0)
        #expect(
            result.output.contains(
                "event 2: unsigned: event 2 is an unsigned tail, under no signed head"))
        #expect(await prompt.run("verify", "--require-signed").status == 3)
        #expect(await prompt.run("verify", "--policy", "trust.policy").status == 3)
        _ = await prompt.run("record", "note", "x", "--key", "k")
        #expect(await prompt.run("verify", "--require-signed").status == 0)
        _ = await prompt.run("policy", "set", "signatures", "required")
        #expect(await prompt.run("verify").status == 3)
    }

    @Test func `an unsigned ledger fails whoever brings a key`() async throws {
        let prompt = try Prompt()
        _ = await prompt.run("init", "--origin", "ledger.test/fleet", "--no-key")
        var random = SystemRandomNumberGenerator()
        let key = try SignerKey.generate(name: KeyName("ledger.test/fleet"), using: &random)
        #expect(await prompt.run("verify").status == 0)
        #expect(await prompt.run("verify", "--key", key.verifier.text).status == 3)
    }

    @Test func `trust comes from the policy, else the key, else the variable, else the file`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let key = try #require(await prompt.run("key", "show").lines.first)
        try prompt.write("log \(key)\nquorum none\n", to: "trust.policy")
        func trust(_ words: String...) async throws -> JSONValue? {
            try await prompt.run(["verify", "--format", "json"] + words).json["trust"]
        }
        #expect(try await trust() == "vkey-file")
        prompt.set("LEDGER_TRUST", "trust.policy")
        #expect(try await trust() == "LEDGER_TRUST")
        #expect(try await trust("--key", key) == "key")
        #expect(try await trust("--key", key, "--policy", "trust.policy") == "policy")
        prompt.set("LEDGER_TRUST", "")
        try FileManager.default.removeItem(atPath: prompt.path("ledger.sqlite.vkey"))
        #expect(try await trust() == "none")
        #expect(await prompt.run("verify").lines.first?.contains("signatures not checked") == true)
        try prompt.write("log nonsense\n", to: "bad.policy")
        let bad = await prompt.run("verify", "--policy", "bad.policy")
        #expect(bad.status == 1)
        #expect(bad.errors.contains("bad.policy: policy line 1"))
        #expect(await prompt.run("verify", "--key", "junk").status == 64)
    }

    private func copy(_ prompt: Prompt, _ from: String, to: String) throws {
        try FileManager.default.copyItem(atPath: prompt.path(from), toPath: prompt.path(to))
    }
}
