import Foundation
import Testing

@testable import ledger_cli

/// No answer is written over a ledger, its key or what lies beside it.
@Suite struct WritingOverTests {
    private static let ways = [
        ["report", "--output"], ["report", "--format", "csv", "--output"],
        ["prove", "1", "--output"], ["prove", "--from", "0", "--output"],
        ["export", "--jsonl"], ["checkpoint", "--output"], ["plan", "cleanup", "--save"],
    ]

    @Test(arguments: ways)
    func `an option that names a file to write never takes a file of the ledger`(
        _ words: [String]
    ) async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        try FileManager.default.createSymbolicLink(
            atPath: prompt.path("alias.sqlite"), withDestinationPath: prompt.path("ledger.sqlite"))
        let places = [
            "ledger.sqlite", "./ledger.sqlite", "alias.sqlite", "ledger.sqlite.key",
            "ledger.sqlite.vkey", "ledger.sqlite-wal", "ledger.sqlite-shm",
            "ledger.sqlite-journal", "ledger.sqlite-turn", "ledger.sqlite-projection",
        ]
        for place in places {
            let there = FileManager.default.contents(atPath: prompt.path(place))
            let result = await prompt.run(words + [place])
            #expect(result.status == 1, "\(place): \(result)")
            #expect(result.errors.contains("\(place): belongs to the ledger"), "\(result)")
            #expect(result.errors.contains("choose another name"))
            #expect(FileManager.default.contents(atPath: prompt.path(place)) == there)
        }
        #expect(await prompt.run("verify").status == 0)
        #expect(await prompt.run("history").lines.last == "2 events")
    }

    @Test func `a ledger and a key elsewhere are not written over either`() async throws {
        let prompt = try await Prompt.withLedger()
        let created = await prompt.run("init", "--origin", "o/b", "--ledger", "other.sqlite")
        try #require(created.status == 0)
        for place in ["other.sqlite", "other.sqlite.key"] {
            let there = FileManager.default.contents(atPath: prompt.path(place))
            let result = await prompt.run("report", "--output", place)
            #expect(result.status == 1, "\(result)")
            #expect(FileManager.default.contents(atPath: prompt.path(place)) == there)
        }
        try prompt.write("# mine\n", to: "signing")
        prompt.set("LEDGER_KEY", "signing")
        #expect(await prompt.run("report", "--output", "signing").status == 1)
    }

    @Test func `what is no file of a ledger is written over as ever`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write("old", to: "report.html")
        #expect(await prompt.run("report", "--output", "report.html").status == 0)
        #expect(FileManager.default.contents(atPath: prompt.path("report.html"))?.count ?? 0 > 100)
    }

    @Test func `a command is not started whose output would go over the ledger`() async throws {
        let prompt = try await Prompt.withLedger()
        for place in ["ledger.sqlite", "ledger.sqlite.key"] {
            let there = FileManager.default.contents(atPath: prompt.path(place))
            let result = await prompt.run(
                "run", "--output", place, "--", "touch", prompt.path("started"))
            #expect(result.status == 125, "\(result)")
            #expect(result.errors.contains("\(place): belongs to the ledger"), "\(result)")
            #expect(result.errors.contains("nothing was started"))
            #expect(!FileManager.default.fileExists(atPath: prompt.path("started")))
            #expect(FileManager.default.contents(atPath: prompt.path(place)) == there)
        }
        #expect(await prompt.run("verify").status == 0)
    }
}
