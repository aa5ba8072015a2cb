import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct StatusTests {
    private static func evening(at time: String, until: String? = nil) async throws -> Prompt {
        let prompt = try await Prompt.withLedger(at: time)
        let path = PlanningTests.root + "/Examples/snapshot-migration.transcript"
        var text = try String(contentsOfFile: path, encoding: .utf8)
        if let until, let range = text.range(of: "# at \(until)\n") {
            text = String(text[..<range.lowerBound])
        }
        try prompt.write(text, to: "evening.transcript")
        let imported = await prompt.run("import", "evening.transcript")
        try #require(imported.status == 0, "\(imported.errors)")
        return prompt
    }

    @Test func `who pays reads what is idle, how large it is and since when`() async throws {
        let prompt = try await Self.evening(
            at: "2017-05-06T22:30:00Z", until: "2017-05-04T08:05:00Z")
        let status = await prompt.run("status")
        #expect(
            status.lines.contains {
                $0.hasPrefix("prod, f1-large, HA, idle for 3 days since the drain [")
            }, "\(status.output)")
        #expect(
            status.lines.contains {
                $0.hasPrefix("prod2") && $0.contains("f1-xlarge, HA")
                    && $0.contains("destination")
            }, "\(status.output)")
        let upkeep = try #require(
            await prompt.run("status", "--format", "json").json["upkeep"]?.array)
        let prod = try #require(
            upkeep.compactMap(\.object).first { $0["resource"]?.string == "environment/prod" })
        #expect(prod["size"]?.string == "f1-large")
        #expect(prod["ha"] == .bool(true))
        #expect(prod["idleSince"]?.string == "2017-05-03T22:30:00.000Z")
        #expect(prod["idleSeconds"]?.integer == 3 * 86_400)
        let page = try await SiteFixture(prompt, clock: "2017-05-06T22:30:00Z").text("/")
        #expect(page.contains("3 days since the drain"))
        #expect(page.contains("f1-large, HA"))
    }

    @Test func `what is gone is paid for no more`() async throws {
        let prompt = try await Self.evening(at: "2017-05-06T22:30:00Z")
        let upkeep = try #require(
            await prompt.run("status", "--format", "json").json["upkeep"]?.array)
        #expect(
            upkeep.compactMap { $0.object?["resource"]?.string } == ["environment/prod2"])
    }

    @Test func `a shop that is closed for longer than the hour is told in days, not in minutes`()
        async throws
    {
        let prompt = try await Self.evening(
            at: "2017-05-05T23:30:00Z", until: "2017-05-03T21:42:00Z")
        let status = await prompt.run("status")
        #expect(
            status.output.contains(
                "prod is in maintenance for 2 days 2 h, longer than the documented hour"),
            "\(status.output)")
    }

    @Test func `a shop whose customers have moved is closed no more, however old that look is`()
        async throws
    {
        let prompt = try await Self.evening(
            at: "2019-01-01T00:00:00Z", until: "2017-05-04T08:05:00Z")
        #expect(!(await prompt.run("status").output.contains("documented hour")))
    }

    @Test func `the look that is due stands there as a command`() async throws {
        let prompt = try await Self.evening(
            at: "2017-05-06T22:30:00Z", until: "2017-05-04T08:05:00Z")
        #expect(await prompt.run("status").lines.contains("  fleet env describe prod2"))
    }

    @Test func `of several open migrations each says what is due`() async throws {
        let prompt = try await Prompt.withLedger()
        for name in ["north", "south"] {
            let opened = await prompt.run(
                "migration", "open", name, "--from", "\(name)-old", "--to", "\(name)-new",
                "--method", "snapshot")
            try #require(opened.status == 0, "\(opened.errors)")
        }
        let status = await prompt.run("status")
        #expect(status.output.contains("next in north: phase "), "\(status.output)")
        #expect(status.output.contains("next in south: phase "), "\(status.output)")
        let page = try await SiteFixture(prompt).text("/")
        #expect(page.contains("href=\"/plans/next?migration=north\""))
        #expect(page.contains("href=\"/plans/next?migration=south\""))
    }

    @Test func `the interface for programs says what the command says`() async throws {
        let fixture = try await SiteFixture.example()
        let command = await fixture.prompt.run("status", "--format", "json")
        #expect(try await fixture.text("/api/v1/state") == command.output)
    }

    @Test func `names stay apart on a narrow terminal`() async throws {
        let prompt = try await Self.evening(
            at: "2017-05-06T22:30:00Z", until: "2017-05-04T08:05:00Z")
        let child = try Child(["status"], in: prompt.directory, columns: 80)
        let text = try child.read(until: "rows from")
        _ = child.end()
        let plain = text.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
        let rows = plain.components(separatedBy: "\r\n")
        #expect(rows.contains { $0.hasPrefix("prod ") }, "\(plain)")
        #expect(rows.contains { $0.hasPrefix("prod2 ") }, "\(plain)")
        for line in rows where !line.contains(": ") && !line.hasPrefix("prod, ") {
            #expect(TextWidth.columns(line) <= 80, "\(line)")
        }
    }

    @Test func `names that no table has room for are told in full, each on its line`() async throws
    {
        let prompt = try await Prompt.withLedger()
        let names = (1...3).map {
            "customer-\($0)-of-the-international-production-of-bestpants-east"
        }
        for name in names {
            _ = await prompt.run("record", "observation", "environment", name, "--nfs", "off")
        }
        let child = try Child(["status"], in: prompt.directory, columns: 80)
        let text = try child.read(until: "rows from")
        _ = child.end()
        let rows = text.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
            .components(separatedBy: "\r\n")
        for name in names { #expect(rows.contains(name), "\(rows)") }
        let facts = rows.filter {
            $0 == "  nfs OFF; unknown: there, status, release, maintenance, protected, solr"
        }
        #expect(facts.count == 3, "\(rows)")
    }
}
