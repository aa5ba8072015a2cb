import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A ledger that is named by a symbolic link.
@Suite struct LinkedLedgerTests {
    /// A prompt with a ledger in one folder and a link to it in another; gives the link.
    private func linked() async throws -> (prompt: Prompt, link: String) {
        let prompt = try await Prompt.withLedger()
        try FileManager.default.createDirectory(
            atPath: prompt.path("links"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: prompt.path("links/fleet.sqlite"),
            withDestinationPath: "../ledger.sqlite")
        return (prompt, "links/fleet.sqlite")
    }

    @Test func `the keys beside the file are found by a link to it`() async throws {
        let (prompt, link) = try await linked()
        let recorded = await prompt.run("record", "note", "x", "--ledger", link)
        #expect(recorded.status == 0, "\(recorded.errors)")
        #expect(recorded.errors == "")
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        #expect(try store.newestHead()?.size == 2)
        let verified = await prompt.run("verify", "--ledger", link)
        #expect(verified.output.contains("ledger.sqlite.vkey beside the ledger"), "\(verified)")
        let added = await prompt.run("key", "add", "--ledger", link)
        #expect(added.status == 0, "\(added.errors)")
        let vkeys = try String(contentsOfFile: prompt.path("ledger.sqlite.vkey"), encoding: .utf8)
        #expect(vkeys.split(separator: "\n").count == 2)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: prompt.path("links"))
                == ["fleet.sqlite"])
    }

    @Test func `a key beside the link comes first`() async throws {
        let (prompt, link) = try await linked()
        try FileManager.default.moveItem(
            atPath: prompt.path("ledger.sqlite.key"), toPath: prompt.path("\(link).key"))
        try prompt.write("no key\n", to: "ledger.sqlite.key")
        let recorded = await prompt.run("record", "note", "x", "--ledger", link)
        #expect(recorded.status == 0, "\(recorded.errors)")
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        #expect(try store.newestHead()?.size == 2)
    }

    @Test func `a link that leads nowhere is called one by every command`() async throws {
        let prompt = try Prompt()
        try FileManager.default.createSymbolicLink(
            atPath: prompt.path("ledger.sqlite"), withDestinationPath: "gone/ledger.sqlite")
        for words in [
            ["init", "--origin", "ledger.test/fleet"], ["status"], ["record", "note", "x"],
        ] {
            let result = await prompt.run(words)
            #expect(result.status == (words[0] == "init" ? 1 : 10), "\(words)")
            #expect(
                result.errors.contains("a symbolic link to gone/ledger.sqlite, where nothing is"),
                "\(words): \(result.errors)")
            #expect(result.errors.contains("remove it"), "\(result.errors)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: prompt.directory)
                == ["ledger.sqlite"])
    }
}
