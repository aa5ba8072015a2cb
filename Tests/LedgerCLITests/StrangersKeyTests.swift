import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// Nobody becomes a signer of a ledger without a key that signs it, and what was recorded without a key
/// is signed by nobody unawares.
@Suite struct StrangersKeyTests {
    /// A prompt with a ledger whose key is put away, and the file of a stranger's key of its name.
    private func withoutKey() async throws -> Prompt {
        let prompt = try await Prompt.withLedger()
        try FileManager.default.moveItem(
            atPath: prompt.path("ledger.sqlite.key"), toPath: prompt.path("own.key"))
        var random = SystemRandomNumberGenerator()
        let stranger = try SignerKey.generate(name: KeyName("ledger.test/fleet"), using: &random)
        try prompt.write(stranger.privateText + "\n", to: "stranger.key")
        chmod(prompt.path("stranger.key"), 0o600)
        return prompt
    }

    @Test func `a stranger adds and retires no key`() async throws {
        let prompt = try await withoutKey()
        let vkey = try String(contentsOfFile: prompt.path("ledger.sqlite.vkey"), encoding: .utf8)
        let own = try VerifierKey.parse(vkey.trimmingSpaces.split(separator: "\n").joined())
        for name in ["", "stranger.key"] {
            prompt.set("LEDGER_KEY", name)
            for words in [["key", "add"], ["key", "retire", own.id.description]] {
                let result = await prompt.run(words)
                #expect(result.status == 12, "\(name) \(words): \(result)")
                #expect(result.errors.contains("hint:"))
            }
        }
        let record = await prompt.run("record", "note", "x")
        #expect(record.status == 12)
        #expect(!record.errors.contains("key add"))
        #expect(try await prompt.types().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: prompt.path("ledger.sqlite.key")))
        #expect(
            try String(contentsOfFile: prompt.path("ledger.sqlite.vkey"), encoding: .utf8) == vkey)
    }

    @Test func `a checkpoint that only a stranger signed is refused wherever the key comes from`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        let head = try SignedNote.parse(await prompt.run("checkpoint").output)
        var random = SystemRandomNumberGenerator()
        let stranger = try SignerKey.generate(name: KeyName("x.example"), using: &random)
        let note = try SignedNote.sign(text: head.text, with: [stranger], time: 0)
        try prompt.write(String(decoding: note.format(), as: UTF8.self), to: "kept")
        for words in [[], ["--key", "ledger.sqlite.vkey"]] {
            let result = await prompt.run(["verify", "--against", "kept"] + words)
            #expect(result.status == 3, "\(words): \(result)")
            #expect(result.output.contains("wrong signer"))
        }
        // While no key is known whoever kept it vouches for it.
        try FileManager.default.removeItem(atPath: prompt.path("ledger.sqlite.vkey"))
        let unknown = await prompt.run("verify", "--against", "kept")
        #expect(unknown.status == 0, "\(unknown)")
        #expect(unknown.output.contains("its signature not checked"))
    }

    @Test func `the key beside the ledger vouches for the one that LEDGER_KEY names`() async throws
    {
        let prompt = try await withoutKey()
        try FileManager.default.moveItem(
            atPath: prompt.path("own.key"), toPath: prompt.path("ledger.sqlite.key"))
        let first = try #require(await prompt.run("key", "show").lines.first)
        prompt.set("LEDGER_KEY", "stranger.key")
        let added = await prompt.run("key", "add")
        #expect(added.status == 0, "\(added)")
        let head = try SignedNote.parse(await prompt.run("checkpoint").output)
        #expect(head.signatures.count == 2)
        #expect(await prompt.run("record", "note", "x").status == 0)
        let result = await prompt.run("verify", "--key", first)
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("signed up to event 3"))
    }

    @Test func `whoever signs events that were recorded without a key is told`() async throws {
        let prompt = try await withoutKey()
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run("record", "note", "two")
        let signed = await prompt.run("record", "note", "three", "--key", "own.key")
        #expect(
            signed.errors
                == "ledger: note: the head also signs events 2 to 3, which were recorded without a key\n"
        )
        let next = await prompt.run("record", "note", "four", "--key", "own.key")
        #expect(next.errors.isEmpty)
    }

    @Test func `a restore names the unsigned tail and that no signature was checked`() async throws
    {
        let prompt = try await withoutKey()
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run("export", "--bundle", "b")
        let dry = await prompt.run("import", "--bundle", "b", "--dry-run", "--ledger", "x.sqlite")
        let bare = await prompt.run("import", "--bundle", "b", "--ledger", "x.sqlite")
        for said in [dry, bare] {
            #expect(said.status == 0, "\(said)")
            #expect(said.output.contains("signatures not checked, no key to check them with"))
            #expect(said.output.contains("event 2: unsigned: event 2 is an unsigned tail"))
        }
        prompt.set("LEDGER_TRUST", "ledger.sqlite.vkey")
        let known = await prompt.run(
            "import", "--bundle", "b", "--ledger", "y.sqlite", "--format", "json")
        let json = try known.json
        #expect(json["restored"] == 2)
        #expect(json["unsigned"] == .object(["from": 2, "to": 2]))
        #expect(json["trust"] == "LEDGER_TRUST")
        #expect(json["findings"]?.array?.first?.object?["class"] == "unsigned")
        let text = await prompt.run("import", "--bundle", "b", "--ledger", "z.sqlite")
        #expect(!text.output.contains("not checked"))
        #expect(text.output.contains("event 2: unsigned"))
    }

    @Test func `a policy that names no log and a key file that is not there are mistakes`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        try prompt.write("quorum none\n", to: "trust.policy")
        let policy = await prompt.run("verify", "--policy", "trust.policy")
        #expect(policy.status == 1, "\(policy)")
        #expect(policy.errors.contains("trust.policy: no log line"))
        prompt.set("LEDGER_TRUST", "trust.policy")
        #expect(await prompt.run("verify").status == 1)
        prompt.set("LEDGER_TRUST", "")
        let key = await prompt.run("verify", "--key", "missing.vkey")
        #expect(key.status == 64)
        #expect(key.errors.contains("missing.vkey: there is no such file"))
        let output = await prompt.run("checkpoint", "--output", "nowhere/x")
        #expect(output.status != 0)
        #expect(output.errors.contains("checkpoint --output tries again"), "\(output)")
    }
}
