import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct ReportTests {
    private static let golden = PlanningTests.root + "/Examples/snapshot-migration.report.md"

    /// A ledger that holds the example migration.
    private func migration() async throws -> Prompt {
        let prompt = try await Prompt.withLedger(at: "2017-05-05T09:00:00Z")
        let example = PlanningTests.root + "/Examples/snapshot-migration.transcript"
        let result = await prompt.run("import", example)
        try #require(result.status == 0, "\(result.errors)")
        return prompt
    }

    /// Hashes, signatures and digests, which cover what is random in every ledger.
    private func masked(_ text: String) -> String {
        text.replacing(/[A-Za-z0-9+\/]{43}=/, with: "HASH")
            .replacing(/(?m)^    \u{2014} .*$/, with: "    SIGNATURE")
            .replacing(/\+[0-9a-f]{8}\+[A-Za-z0-9+\/]{40,}=*/, with: "+KEY")
    }

    @Test func `the report of the example says what the one beside it says`() async throws {
        let prompt = try await migration()
        let result = await prompt.run("report", "plan-move", "--format", "markdown")
        #expect(result.status == 0, "\(result.errors)")
        let text = masked(result.output)
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try text.write(toFile: Self.golden, atomically: true, encoding: .utf8)
            Issue.record("the report was written anew; run again without RECORD")
        }
        let written = try String(contentsOfFile: Self.golden, encoding: .utf8)
        #expect(written == text, "run: RECORD=1 scripts/test --filter ReportTests")
    }

    @Test(arguments: ["html", "markdown", "json", "csv"])
    func `the same ledger gives the same bytes whenever it is asked`(_ format: String) async throws
    {
        let prompt = try await migration()
        let first = await prompt.run("report", "--format", format)
        try prompt.setClock("2019-01-01T00:00:00Z")
        #expect(await prompt.run("report", "--format", format) == first)
        let past = await prompt.run(
            "report", "--format", format, "--at", "2017-05-03T22:23:00Z")
        #expect(past.status == 0)
        #expect(past.output != first.output)
    }

    @Test func `the page stands alone and is well formed`() async throws {
        let prompt = try await migration()
        let result = await prompt.run("report", "--output", "report.html")
        #expect(result.status == 0 && result.output.isEmpty)
        let page = try String(contentsOfFile: prompt.path("report.html"), encoding: .utf8)
        let check = PageChecker(page)
        #expect(check.faults.isEmpty, "\(check.faults.prefix(5))")
        #expect(check.fragments.isSubset(of: check.ids))
        #expect(check.elements["svg"] == 1)
        #expect(check.elements["table"] == check.elements["caption"])
        #expect(check.elements["desc"] == 1 && check.elements["main"] == 1)
        // A heading for each part, and every part in the contents.
        #expect(check.elements["h2"] == check.elements["section"])
        #expect(check.fragments.contains("integrity") && check.fragments.contains("event-59"))
    }

    @Test func `what people and platforms write is never markup`() async throws {
        let corpus = [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onload='x", "<!--",
            "</style><svg/onload=alert(1)>", "]]>", "&lt;b&gt;", "javascript:alert(1)", "{{7*7}}",
            "\u{202E}evil", "</td></tr></table><h1>x", "<a href=\"http://evil.example\">x</a>",
        ]
        let prompt = try await Prompt.withLedger(at: "2017-05-05T09:00:00Z")
        var transcript = "# at 2017-05-03T10:00:00Z\n"
        for text in corpus {
            transcript += "# actor \(text)\n$ fleet env maintenance prod ON\n\(text)\n# +1m\n"
        }
        try prompt.write(transcript, to: "evil.transcript")
        #expect(await prompt.run("import", "evil.transcript").status == 0)
        _ = await prompt.run(
            "migration", "open", "<b>m", "--from", "prod", "--to", "\"><script>", "--method",
            "snapshot", "--at", "2017-05-03T09:00:00Z")
        for text in corpus {
            _ = await prompt.run("record", "note", text, "--actor", text, "--migration", "<b>m")
            _ = await prompt.run("record", "decision", "go", "--reason", text)
            _ = await prompt.run(
                "record", "hold", "environment/prod", "--reason", text, "--actor", text)
        }
        let page = await prompt.run("report", "<b>m")
        #expect(page.status == 0, "\(page.errors)")
        let check = PageChecker(page.output)
        #expect(check.faults.isEmpty, "\(check.faults.prefix(5))")
        #expect(check.elements["script"] == nil && check.elements["img"] == nil)
        #expect(page.output.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!page.output.contains("\u{202E}"))
        let markdown = await prompt.run("report", "<b>m", "--format", "markdown").output
        #expect(!markdown.contains("<script") && !markdown.contains("<img"))
        #expect(!markdown.contains("\u{202E}"))
    }

    @Test func `cells of CSV neither run nor break the table`() async throws {
        let prompt = try await Prompt.withLedger(at: "2017-05-05T09:00:00Z")
        _ = await prompt.run("record", "note", "a\n\"b\",c", "--actor", "=cmd|' /C calc'!A0")
        _ = await prompt.run("record", "note", "x", "--actor", "＝1+1")
        let result = await prompt.run("report", "--format", "csv")
        #expect(result.lines[0] == CSVReport.columns.joined(separator: ","))
        #expect(result.output.contains(",'=cmd|' /C calc'!A0,"))
        #expect(result.output.contains(",'＝1+1,"))
        #expect(result.output.contains("\"text: a\n\"\"b\"\",c\""))
    }

    @Test func `the JSON names its parts and cites events that it holds`() async throws {
        let prompt = try await migration()
        let json = try await prompt.run("report", "--format", "json").json
        for name in [
            "report", "origin", "head", "now", "partial", "migration", "milestones", "stretches",
            "downtime", "upkeep", "plans", "cleanup", "rollback", "destroyed", "holds", "erasures",
            "policies", "events", "otherEvents", "integrity",
        ] {
            #expect(json[name] != nil, "\(name)")
        }
        #expect(json["downtime"]?.object?["seconds"]?.integer == 3300)
        let events = Set(
            (json["events"]?.array ?? []).compactMap {
                $0.object?["event"]?.object?["sequence"]?.string.flatMap { Int($0) }
            })
        for part in ["milestones", "stretches", "upkeep", "destroyed"] {
            for entry in json[part]?.array ?? [] {
                let evidence = (entry.object?["evidence"]?.array ?? []).compactMap(\.integer)
                #expect(!evidence.isEmpty && events.isSuperset(of: evidence), "\(part)")
            }
        }
        let said = (json["destroyed"]?.array ?? []).map {
            $0.object?["said"]?.object?["verdict"]?.string
        }
        #expect(said == ["safe", "safe"])
        let proofs = json["integrity"]?.object?["proofs"]?.array ?? []
        #expect(!proofs.isEmpty)
        for proof in proofs {
            let record = try #require(proof.object?["record"]?.string)
            #expect(
                MerkleTree.leafHash(Array(record.utf8)).base64 == proof.object?["leaf"]?.string)
        }
    }

    @Test func `whoever pays reads what stands idle and since when`() async throws {
        let prompt = try await migration()
        let result = await prompt.run(
            "report", "--format", "markdown", "--known-at", "54", "--now", "2017-05-06T22:30:00Z")
        #expect(
            result.output.contains(
                "prod, f1-large, HA, idle for 3 days since the drain"), "\(result.errors)")
        // The dump route's temporary environment is idle from the dump on.
        let other = try await Prompt.withLedger(at: "2017-05-05T09:00:00Z")
        _ = await other.run("import", PlanningTests.root + "/Examples/dump-migration.transcript")
        let dump = await other.run("report", "--format", "markdown")
        #expect(dump.status == 0, "\(dump.errors)")
    }

    @Test func `a report of the past leaves out what came later`() async throws {
        let prompt = try await migration()
        let json = try await prompt.run(
            "report", "--format", "json", "--at", "2017-05-03T21:40:00Z"
        ).json
        #expect(json["partial"]?.bool == true)
        #expect(json["downtime"]?.object?["over"]?.bool == false)
        #expect(json["downtime"]?.object?["seconds"]?.integer == 600)
        #expect(json["destroyed"]?.array?.isEmpty == true)
        let points = (json["milestones"]?.array ?? []).compactMap { $0.object?["point"]?.string }
        #expect(points == ["opened", "closed", "copy-point"])
    }

    @Test func `erased words are told as erased, and held and voided things are told`()
        async throws
    {
        let prompt = try await Prompt.withLedger(at: "2017-05-05T09:00:00Z")
        _ = await prompt.run(
            "migration", "open", "m", "--from", "prod", "--to", "prod2", "--method", "dump",
            "--reason", "prod is too small for May")
        _ = await prompt.run("record", "hold", "environment/prod", "--reason", "audit in June")
        _ = await prompt.run("record", "note", "a slip", "--migration", "m")
        _ = await prompt.run("record", "decision", "go")
        let history = await prompt.run("history", "--type", "decision.go", "--format", "csv")
        let go = try #require(history.lines.last?.split(separator: ",").first.flatMap { Int($0) })
        _ = await prompt.run("record", "void", "\(go)", "--reason", "too early")
        let text = await prompt.run("report", "--format", "markdown").output
        #expect(text.contains("prod is too small for May"))
        #expect(text.contains("audit in June") && text.contains("**stands**"))
        #expect(text.contains("too early") && text.contains("**voided**"))
    }

    @Test func `a ledger without a migration has a report too`() async throws {
        let prompt = try await Prompt.withLedger()
        let page = await prompt.run("report")
        #expect(page.status == 0)
        #expect(PageChecker(page.output).faults.isEmpty)
        let unknown = await prompt.run("report", "nothing")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("ledger: hint: ledger-cli migration list"))
        #expect(await prompt.run("report", "--format", "sh").status == 64)
    }
}
