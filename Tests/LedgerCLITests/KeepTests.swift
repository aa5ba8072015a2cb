import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct KeepTests {
    @Test func `an export of records goes through an import, once`() async throws {
        let source = try await Prompt.withLedger()
        try source.write(
            "# at 2017-05-01T08:00:00Z\n$ fleet env maintenance prod ON\n"
                + "$ fleet snapshot create prod plan-migration\n", to: "a.transcript")
        _ = await source.run("import", "a.transcript")
        let result = await source.run("export", "--jsonl", "a.jsonl")
        #expect(result.output == "exported 3 events to a.jsonl\n")
        let text = try String(contentsOfFile: source.path("a.jsonl"), encoding: .utf8)
        #expect(text == (await source.run("history", "--format", "jsonl").output))
        #expect(text == (await source.run("export", "--jsonl", "-").output))
        let target = try await Prompt.withLedger()
        try target.write(text, to: "a.jsonl")
        let imported = await target.run("import", "a.jsonl")
        #expect(imported.output == "added 2 events, 2 to 3\n", "\(imported)")
        #expect(imported.errors.contains("a.jsonl:1: ledger.created belongs to another ledger"))
        #expect(await target.run("import", "a.jsonl").output.hasPrefix("nothing to add"))
        #expect(try await target.event(2)["id"] == source.event(2)["id"])
        // Only the creation at the top of an export is left out.
        let lines = text.split(separator: "\n")
        try target.write(lines[1] + "\n" + lines[0] + "\n", to: "b.jsonl")
        #expect(await target.run("import", "b.jsonl").status == 1)
        try target.write(lines[0] + "\n", to: "c.jsonl")
        #expect(await target.run("import", "c.jsonl").status == 1)
    }

    @Test func `an export never writes over a ledger or other files`() async throws {
        let prompt = try await Prompt.withLedger()
        let before = try Data(contentsOf: URL(fileURLWithPath: prompt.path("ledger.sqlite")))
        #expect(await prompt.run("export", "--jsonl", "ledger.sqlite").status == 1)
        #expect(await prompt.run("export", "--bundle", ".").status == 1)
        let after = try Data(contentsOf: URL(fileURLWithPath: prompt.path("ledger.sqlite")))
        #expect(before == after)
        #expect(await prompt.run("export").status == 64)
        #expect(await prompt.run("export", "--tiles", "a", "--bundle", "b").status == 64)
    }

    @Test func `a backup is a ledger of the same root, verified`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        let result = await prompt.run("backup", "copy.sqlite", "--format", "json")
        #expect(result.status == 0, "\(result)")
        #expect(try result.json["verdict"] == "intact, not anchored")
        let original = try await prompt.run("verify", "--format", "json").json
        let copy = try await prompt.run("verify", "--ledger", "copy.sqlite", "--format", "json")
            .json
        #expect(original["root"] == copy["root"])
        #expect(try result.json["root"] == copy["root"])
        #expect(await prompt.run("record", "note", "two", "--ledger", "copy.sqlite").status == 0)
        let again = await prompt.run("backup", "copy.sqlite")
        #expect(again.status == 1)
        #expect(again.errors.contains("exists already"))
    }

    @Test func `a backup of a ledger that was tampered with says so and is kept`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one", "--actor", "carol")
        let url = URL(fileURLWithPath: prompt.path("ledger.sqlite"))
        var bytes = try Data(contentsOf: url)
        let place = try #require(bytes.range(of: Data("\"carol\"".utf8)))
        bytes.replaceSubrange(place, with: Data("\"carla\"".utf8))
        try bytes.write(to: url)
        let result = await prompt.run("backup", "copy.sqlite")
        #expect(result.status == 3)
        #expect(result.output.contains("event 2: edited"))
        #expect(FileManager.default.fileExists(atPath: prompt.path("copy.sqlite")))
    }

    @Test func `a bundle restores a ledger of the same root where none is or an empty one`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run("policy", "set", "soak", "1h")
        _ = await prompt.run("erase", "2", "--reason", "x")
        _ = await prompt.run("export", "--bundle", "b")
        let key = ["--key", "ledger.sqlite.vkey"]
        let bundle = await prompt.run(["verify", "--bundle", "b", "--format", "json"] + key)
        #expect(bundle.status == 0, "\(bundle)")
        let root = try bundle.json["root"]
        #expect(try bundle.json["signedSize"] == 4)
        let dry = await prompt.run("import", "b", "--dry-run", "--ledger", "new.sqlite")
        #expect(dry.output.hasPrefix("4 events would be restored"))
        #expect(!FileManager.default.fileExists(atPath: prompt.path("new.sqlite")))
        _ = await prompt.run("init", "--origin", "ledger.test/fleet", "--ledger", "empty.sqlite")
        for name in ["new.sqlite", "empty.sqlite"] {
            let result = await prompt.run("import", "--bundle", "b", "--ledger", name)
            #expect(result.status == 0, "\(result)")
            let verified = await prompt.run(
                ["verify", "--ledger", name, "--format", "json"] + key)
            #expect(verified.status == 0)
            #expect(try verified.json["root"] == root)
            let again = await prompt.run("import", "--bundle", "b", "--ledger", name)
            #expect(again.status == 1)
            #expect(again.errors.contains("holds 4 events"))
        }
        // With its key, the restored ledger goes on.
        try FileManager.default.copyItem(
            atPath: prompt.path("ledger.sqlite.key"), toPath: prompt.path("new.sqlite.key"))
        #expect(await prompt.run("record", "note", "two", "--ledger", "new.sqlite").status == 0)
        let continued = await prompt.run(["verify", "--ledger", "new.sqlite"] + key)
        #expect(continued.status == 0, "\(continued)")
        let other = try await Prompt.withLedger()
        _ = await other.run("init", "--origin", "elsewhere", "--ledger", "else.sqlite")
        let wrong = await other.run(
            "import", "--bundle", prompt.path("b"), "--ledger", "else.sqlite")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("is the ledger elsewhere"))
    }

    @Test func `a bundle that does not verify restores nothing`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run("export", "--bundle", "b")
        let url = URL(fileURLWithPath: prompt.path("b/attachments.jsonl"))
        var text = try String(contentsOf: url, encoding: .utf8)
        text = text.replacing("b25l", with: "dHdv")
        try text.write(to: url, atomically: true, encoding: .utf8)
        let result = await prompt.run("import", "--bundle", "b", "--ledger", "new.sqlite")
        #expect(result.status == 3)
        #expect(result.output.contains("event 2: attachment altered"))
        #expect(!FileManager.default.fileExists(atPath: prompt.path("new.sqlite")))
        #expect(await prompt.run("verify", "--bundle", "b").status == 3)
        #expect(await prompt.run("verify", "--bundle", "nowhere").status == 1)
        // Signed by a key that the verifier does not believe.
        _ = await prompt.run("export", "--bundle", "c")
        _ = await prompt.run("init", "--origin", "ledger.test/fleet", "--ledger", "other.sqlite")
        let stranger = await prompt.run("verify", "--bundle", "c", "--key", "other.sqlite.vkey")
        #expect(stranger.status == 3)
        prompt.set("LEDGER_TRUST", "other.sqlite.vkey")
        let refused = await prompt.run("import", "--bundle", "c", "--ledger", "new.sqlite")
        #expect(refused.status == 3)
    }
}
