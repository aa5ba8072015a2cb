import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A key file that cannot be used is named together with what to do about it.
@Suite struct KeyFileWordsTests {
    @Test(arguments: ["", "garbled\n", "PRIVATE+KEY+x"])
    func `a damaged key file beside the ledger is to be moved away`(_ text: String) async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(text, to: "ledger.sqlite.key")
        let result = await prompt.run("record", "note", "x")
        #expect(result.status == 12)
        #expect(result.errors.contains("or move ledger.sqlite.key away"), "\(result)")
        #expect(!result.errors.contains("unset"), "\(result)")
        prompt.set("LEDGER_KEY", "ledger.sqlite.key")
        let named = await prompt.run("record", "note", "x")
        #expect(named.errors.contains("LEDGER_KEY, or unset it"), "\(named)")
    }

    @Test(arguments: [" ", "\n", "\"", "key=", "\u{FEFF}"])
    func `a private key in the place of a path is never repeated`(_ before: String) async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("key", "add")
        let key = try String(contentsOfFile: prompt.path("ledger.sqlite.key"), encoding: .utf8)
            .split(separator: "\n").last.map(String.init)
        let text = try #require(key)
        let secret = try #require(text.split(separator: "+").last.map(String.init))
        prompt.set("LEDGER_KEY", before + text)
        let recorded = await prompt.run("record", "note", "x")
        #expect(!recorded.errors.contains(secret), "\(recorded)")
        #expect(recorded.status == (before == " " || before == "\n" ? 0 : 12), "\(recorded)")
        let shown = await prompt.run("key", "add", "--from", before + text)
        #expect(shown.status != 0)
        #expect(!shown.errors.contains(secret), "\(shown)")
    }

    @Test func `key files with carriage returns at the ends of their lines are read`() async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("key", "add")
        for name in ["ledger.sqlite.key", "ledger.sqlite.vkey"] {
            let text = try String(contentsOfFile: prompt.path(name), encoding: .utf8)
            try prompt.write(text.replacingOccurrences(of: "\n", with: "\r\n"), to: name)
        }
        let recorded = await prompt.run("record", "note", "x")
        #expect(recorded.status == 0, "\(recorded)")
        #expect(
            try await prompt.run("key", "show", "--format", "json").json["keys"]?.array?.count == 2)
        #expect(await prompt.run("verify").status == 0)
    }

    @Test func `init removes what an interrupted one left of its key files`() async throws {
        let prompt = try Prompt()
        // No process has so high a number.
        let left = ["ledger.sqlite.key.1999999999.tmp", "ledger.sqlite.vkey.1999999999.tmp"]
        for name in left { try prompt.write("x", to: name) }
        #expect(await prompt.run("init", "--origin", "ledger.test/fleet").status == 0)
        for name in left {
            #expect(!FileManager.default.fileExists(atPath: prompt.path(name)), "\(name)")
        }
    }
}
