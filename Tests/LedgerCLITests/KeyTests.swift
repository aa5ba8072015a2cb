import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct KeyTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require((attributes[.posixPermissions] as? NSNumber)?.intValue)
    }

    @Test func `init makes a key that only its owner can read and a public half`() async throws {
        let prompt = try await Prompt.withLedger()
        #expect(try mode(prompt.path("ledger.sqlite.key")) == 0o600)
        let secret = try String(contentsOfFile: prompt.path("ledger.sqlite.key"), encoding: .utf8)
        let key = try SignerKey.parse(secret.trimmingSpaces.split(separator: "\n").joined())
        let vkey = try String(contentsOfFile: prompt.path("ledger.sqlite.vkey"), encoding: .utf8)
        #expect(vkey == key.verifier.text + "\n")
        #expect(await prompt.run("key", "show").output == vkey)
        #expect(key.verifier.name.text == "ledger.test/fleet")
    }

    @Test func `the private key is in no output and not in the ledger`() async throws {
        let prompt = try await Prompt.withLedger()
        let secret = try String(contentsOfFile: prompt.path("ledger.sqlite.key"), encoding: .utf8)
            .split(separator: "\n").joined()
        // Base64 may hold the sign that separates the parts before it.
        let seed = try #require(secret.split(separator: "+", maxSplits: 4).last)
        try #require(seed.utf8.count == 44)
        var said = ""
        for words in [
            ["key", "show"], ["key", "list"], ["key", "show", "--format", "json"], ["key", "add"],
            ["key", "list", "--format", "json"], ["record", "note", "x"], ["checkpoint"],
            ["verify", "--format", "json"], ["record", "note", "x", "--format", "json"],
            ["verify", "--key", "ledger.sqlite.key"], ["checkpoint", "--format", "json"],
        ] {
            let result = await prompt.run(words)
            said += result.output + result.errors
        }
        #expect(!said.contains("PRIVATE+KEY"))
        #expect(!said.contains(seed))
        let file = try Data(contentsOf: URL(fileURLWithPath: prompt.path("ledger.sqlite")))
        #expect(file.range(of: Data(seed.utf8)) == nil)
        #expect(file.range(of: Data("PRIVATE+KEY".utf8)) == nil)
    }

    @Test func `a private key on a command line is refused and not repeated`() async throws {
        let prompt = try await Prompt.withLedger()
        let secret = try String(contentsOfFile: prompt.path("ledger.sqlite.key"), encoding: .utf8)
            .split(separator: "\n").joined()
        for words in [
            ["record", "note", "x", "--key", secret], ["verify", "--key", secret],
            ["key", "add", secret],
        ] {
            let result = await prompt.run(words)
            #expect(result.status == 64, "\(words.prefix(2))")
            #expect(!(result.output + result.errors).contains("PRIVATE+KEY"))
        }
    }

    @Test func `every recording command signs one head and prints it`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("record", "note", "x")
        let line = try #require(result.lines.last)
        let checkpoint = await prompt.run("checkpoint", "--format", "json")
        let size = try #require(try checkpoint.json["size"]?.integer)
        let root = try #require(try checkpoint.json["root"]?.string)
        #expect(line == "head: \(size) \(root)")
        #expect(size == 2)
        let json = await prompt.run("record", "note", "y", "--format", "json")
        #expect(try json.json["head"]?.object?["size"] == 3)
        _ = await prompt.run("import", PlanningTests.root + "/Examples/dump-migration.transcript")
        // One head for the creation, one a note, one for the whole import.
        #expect(try await prompt.run("verify", "--format", "json").json["heads"] == 4)
    }

    @Test func `without a key everything works and the ledger is called unsigned`() async throws {
        let prompt = try Prompt()
        #expect(await prompt.run("init", "--origin", "ledger.test/fleet", "--no-key").status == 0)
        let note = await prompt.run("record", "note", "x")
        #expect(note.status == 0)
        #expect(!note.output.contains("head:"))
        #expect(note.errors.isEmpty)
        let verify = await prompt.run("verify")
        #expect(verify.status == 0)
        #expect(verify.lines.first?.contains("unsigned") == true)
        #expect(await prompt.run("checkpoint").status == 12)
        #expect(await prompt.run("prove", "1").status == 12)
        #expect(await prompt.run("prove", "--from", "1").status == 0)
        #expect(await prompt.run("key", "add").status == 0)
        #expect(await prompt.run("verify").output.contains("signed up to event 3"))
    }

    @Test func `LEDGER_KEY is a file or the text of a key`() async throws {
        let prompt = try await Prompt.withLedger()
        try FileManager.default.moveItem(
            atPath: prompt.path("ledger.sqlite.key"), toPath: prompt.path("elsewhere"))
        let unsigned = await prompt.run("record", "note", "x")
        #expect(unsigned.errors.contains("not signed"))
        prompt.set("LEDGER_KEY", "elsewhere")
        #expect(await prompt.run("record", "note", "x").output.contains("head: 3 "))
        let text = try String(contentsOfFile: prompt.path("elsewhere"), encoding: .utf8)
        prompt.set("LEDGER_KEY", text.split(separator: "\n").joined())
        #expect(await prompt.run("record", "note", "x").output.contains("head: 4 "))
        prompt.set("LEDGER_KEY", "nowhere")
        let lost = await prompt.run("record", "note", "x")
        #expect(lost.status == 12)
        #expect(await prompt.run("record", "note", "x", "--key", "elsewhere").status == 0)
        prompt.set("LEDGER_KEY", "")
        #expect(await prompt.run("history").lines.last == "5 events")
    }

    @Test func `a key file that others can read is spoken of`() async throws {
        let prompt = try await Prompt.withLedger()
        chmod(prompt.path("ledger.sqlite.key"), 0o644)
        let result = await prompt.run("record", "note", "x")
        #expect(result.status == 0)
        #expect(result.errors.contains("chmod 600 ledger.sqlite.key"))
    }

    @Test func `a stranger's key signs nothing`() async throws {
        let prompt = try await Prompt.withLedger()
        #expect(
            await prompt.run(
                "--ledger", "other.sqlite", "init", "--origin", "other.test/fleet"
            ).status == 0)
        let result = await prompt.run("record", "note", "x", "--key", "other.sqlite.key")
        #expect(result.status == 12)
        #expect(result.errors.contains("is not one of this ledger's"))
        #expect(await prompt.run("history").lines.last?.hasPrefix("1 event") == true)
    }

    @Test func `an existing key is never overwritten by init`() async throws {
        let prompt = try Prompt()
        try prompt.write("precious\n", to: "ledger.sqlite.key")
        let result = await prompt.run("init", "--origin", "ledger.test/fleet")
        #expect(result.status == 1)
        #expect(
            try String(contentsOfFile: prompt.path("ledger.sqlite.key"), encoding: .utf8)
                == "precious\n")
        #expect(!FileManager.default.fileExists(atPath: prompt.path("ledger.sqlite")))
    }

    @Test func `a rotation signs with old and new, and either key follows it`() async throws {
        let prompt = try await Prompt.withLedger()
        let old = try #require(await prompt.run("key", "show").lines.first)
        let id = try #require(old.split(separator: "+").dropFirst().first.map(String.init))
        #expect(await prompt.run("key", "retire", id).status == 12)
        #expect(await prompt.run("key", "add").status == 0)
        let new = try #require(await prompt.run("key", "show").lines.last)
        #expect(old != new)
        _ = await prompt.run("record", "note", "both")
        let both = try SignedNote.parse(await prompt.run("checkpoint").output)
        #expect(both.signatures.count == 2)
        #expect(await prompt.run("key", "retire", id).status == 0)
        let last = try SignedNote.parse(await prompt.run("checkpoint").output)
        #expect(last.signatures.count == 2)
        _ = await prompt.run("record", "note", "new only")
        let after = try SignedNote.parse(await prompt.run("checkpoint").output)
        #expect(
            after.signatures.map(\.id.description) == [try VerifierKey.parse(new).id.description])
        for key in [old, new] {
            let result = await prompt.run("verify", "--key", key)
            #expect(result.status == 0, "\(result)")
            #expect(result.output.contains("signed up to event 5"))
        }
        let list = try await prompt.run("key", "list", "--format", "json").json["keys"]?.array
        #expect(list?.map { $0.object?["active"] } == [false, true])
        #expect(await prompt.run("key", "show").output == new + "\n")
        #expect(
            try await prompt.types() == ["key.added", "note.added", "key.retired", "note.added"])
    }

    @Test func `a retired key signs nothing any more`() async throws {
        let prompt = try await Prompt.withLedger()
        let secret = try String(contentsOfFile: prompt.path("ledger.sqlite.key"), encoding: .utf8)
        try prompt.write(secret, to: "old.key")
        let id = try #require(
            await prompt.run("key", "show").output.split(separator: "+").dropFirst().first)
        _ = await prompt.run("key", "add")
        _ = await prompt.run("key", "retire", String(id))
        let result = await prompt.run("record", "note", "x", "--key", "old.key")
        #expect(result.status == 12)
        #expect(result.errors.contains("is retired"))
    }

    @Test func `a colleague's key is named without being at hand`() async throws {
        let prompt = try await Prompt.withLedger()
        var random = SystemRandomNumberGenerator()
        let colleague = try SignerKey.generate(name: KeyName("ledger.test/fleet"), using: &random)
        #expect(await prompt.run("key", "add", colleague.verifier.text).status == 0)
        #expect(await prompt.run("key", "add", colleague.verifier.text).status == 12)
        try prompt.write(colleague.privateText + "\n", to: "colleague.key")
        chmod(prompt.path("colleague.key"), 0o600)
        let result = await prompt.run("record", "note", "x", "--key", "colleague.key")
        #expect(result.output.contains("head: 3 "))
        #expect(await prompt.run("verify").status == 0)
        let stranger = try SignerKey.generate(name: KeyName("else"), using: &random)
        #expect(await prompt.run("key", "add", stranger.verifier.text).status == 12)
    }
}
