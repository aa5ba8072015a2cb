import Breakage
import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct EraseCommandTests {
    private func files(_ prompt: Prompt) -> [UInt8] {
        ["", "-wal", "-shm"].flatMap { suffix in
            [UInt8](
                FileManager.default.contents(atPath: prompt.path("ledger.sqlite") + suffix)
                    ?? Data())
        }
    }

    private func holds(_ text: String, _ prompt: Prompt) -> Bool {
        Data(files(prompt)).range(of: Data(text.utf8)) != nil
    }

    @Test func `an erased note is gone from the file and its place says when, by whom and why`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "call Mrs Miller, 0170 5550100")
        #expect(holds("Mrs Miller", prompt))
        try prompt.setClock("2017-05-02T08:00:00Z")
        let result = await prompt.run(
            "erase", "2", "--reason", "she asked for it", "--actor", "dora")
        #expect(result.status == 0, "\(result)")
        #expect(result.lines.first == "erased text of event 2, recorded as event 3")
        #expect(!holds("Mrs Miller", prompt))
        #expect(!holds("0170 5550100", prompt))
        let words = "erased on 2017-05-02T08:00:00Z, by dora, because she asked for it"
        #expect(await prompt.run("show", "2").output.contains(words))
        #expect(await prompt.run("history").output.contains("(text \(words))"))
        let shown = try await prompt.run("show", "2", "--format", "json").json
        let erasure = shown["attachments"]?.array?.first?.object?["erasure"]?.object
        #expect(erasure?["reason"] == "she asked for it")
        #expect(erasure?["actor"] == "dora")
        #expect(try await prompt.event(3)["type"] == "attachment.erased")
        #expect(try await prompt.event(3)["subject"] == "event/2")
        #expect(await prompt.run("verify").status == 0)
    }

    @Test func `erasing again changes nothing and says when it was done`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run("erase", "2", "--reason", "x")
        let again = await prompt.run("erase", "2", "--reason", "y")
        #expect(again.status == 0)
        #expect(again.output.contains("text of event 2: erased on 2017-05-01T09:00:00Z"))
        #expect(try await prompt.types().count == 2)
    }

    @Test func `where no reason was given, none is spoken of`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run("erase", "2", "--actor", "dora")
        let again = await prompt.run("erase", "2")
        #expect(
            again.output == "text of event 2: erased on 2017-05-01T09:00:00Z, by dora\n", "\(again)"
        )
    }

    @Test func `a disk without room for the ledger written anew is named, and nobody else`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "call Mrs Miller, 0170 5550100, when it is done")
        _ = await prompt.run("erase", "2")
        let disk = try #require(FaultyDisk(folder: prompt.directory))
        // The first write is that of the whole ledger: the journal was emptied before.
        disk.arm(FaultyDisk.Fault(.write, code: 13, isLasting: true))
        let full = await prompt.run("erase", "2")
        #expect(full.status == 1, "\(full)")
        #expect(full.errors.contains("no space left to write the ledger anew"), "\(full)")
        #expect(!full.errors.contains("another process"), "\(full)")
        disk.disarm()
        #expect(await prompt.run("erase", "2").status == 0)
    }

    @Test func `one attachment of several is erased by its name, or all of them`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write("all well", to: "report.txt")
        _ = await prompt.run(
            "migration", "open", "m", "--from", "a", "--to", "b", "--method", "snapshot")
        _ = await prompt.run("record", "test", "b", "passed", "--attach", "report.txt")
        let unknown = await prompt.run("erase", "3", "--attachment", "x", "--reason", "y")
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("it has: report"))
        let done = await prompt.run("erase", "3", "--attachment", "report", "--reason", "y")
        #expect(done.lines.first == "erased report of event 3, recorded as event 4")
        // The reason of an erasure is content as well.
        let reason = await prompt.run("erase", "4", "--reason", "it named somebody")
        #expect(reason.lines.first == "erased reason of event 4, recorded as event 5")
        #expect(await prompt.run("show", "3").output.contains("a reason that is not here"))
    }

    @Test(arguments: ["event/3", "migration/m", "ledger"])
    func `a hold forbids erasing until it is released`(resource: String) async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run(
            "migration", "open", "m", "--from", "a", "--to", "b", "--method", "snapshot")
        _ = await prompt.run("record", "note", "evidence", "--migration", "m")
        _ = await prompt.run("record", "hold", resource, "--reason", "lawsuit")
        let refused = await prompt.run("erase", "3", "--reason", "inconvenient")
        #expect(refused.status == 5)
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains("\(resource) is held by event 4"))
        #expect(holds("evidence", prompt))
        // Neither a void nor another present lifts it.
        _ = await prompt.run("record", "void", "4", "--reason", "x")
        #expect(await prompt.run("erase", "3", "--reason", "y").status == 5)
        let later = await prompt.run(
            "erase", "3", "--reason", "y", "--now", "2027-01-01T00:00:00Z")
        #expect(later.status == 64)
        _ = await prompt.run("record", "release-hold", resource)
        #expect(await prompt.run("erase", "3", "--reason", "z").status == 0)
        #expect(!holds("evidence", prompt))
    }

    @Test func `a hold with an end blocks until then, and another event's hold not at all`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        _ = await prompt.run(
            "record", "hold", "event/2", "--reason", "x", "--until", "2017-05-03T00:00:00Z")
        _ = await prompt.run("record", "hold", "event/22", "--reason", "x")
        #expect(await prompt.run("erase", "2", "--reason", "y").status == 5)
        try prompt.setClock("2017-05-03T00:00:00Z")
        #expect(await prompt.run("erase", "2", "--reason", "y").status == 0)
    }

    @Test func `what cannot be erased is said with the next step`() async throws {
        let prompt = try await Prompt.withLedger()
        #expect(await prompt.run("erase", "1", "--reason", "x").status == 64)
        #expect(await prompt.run("erase", "9", "--reason", "x").status == 1)
        #expect(await prompt.run("erase", "0", "--reason", "x").status == 64)
        #expect(await prompt.run("erase", "1", "--reason", " ").status == 64)
        _ = await prompt.run("record", "note", "one")
        let stale = await prompt.run("erase", "2", "--reason", "x", "--expect-size", "1")
        #expect(stale.status == 1)
        #expect(holds("one", prompt))
    }
}
