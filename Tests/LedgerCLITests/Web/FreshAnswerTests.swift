import Foundation
import HTTPTypes
import Ledger
import Projector
import Testing

@testable import ledger_cli

/// What is kept between two questions must never be seen in an answer.
@Suite struct FreshAnswerTests {
    @Test func `every page shows at once what another process appended`() async throws {
        let fixture = try await SiteFixture.example()
        let prompt = fixture.prompt
        let pages = [
            "/", "/timeline", "/timeline?at=2017-05-03T21:50:00Z", "/events", "/migrations",
            "/migrations/plan-move", "/plans/next", "/plans/rollback", "/plans/cleanup", "/graph",
            "/verify", "/events/20",
        ]
        for number in 65...66 {
            var tags: [String: String] = [:]
            for page in pages { tags[page] = await fixture.ask(page).headers[.eTag] }
            let child = try Child(
                ["record", "hold", "environment/prod2", "--reason", "hold \(number)"],
                in: prompt.directory)
            try #require(child.end() == (0, false))
            for page in pages.shuffled() {
                let known = try #require(tags[page])
                let answer = await fixture.ask(page, headers: [.ifNoneMatch: known])
                #expect(answer.status == .ok, "\(page) said that nothing had changed")
                #expect(answer.text.contains("data-size=\"\(number)\""), "\(page)")
            }
            #expect(try await fixture.text("/events/\(number)").contains("hold \(number)"))
            let plan = try await fixture.json("/api/v1/plans/cleanup")
            #expect(plan.object?["head"]?.object?["size"]?.integer == number)
            let reasons =
                plan.object?["resources"]?.array?
                .first { $0.object?["resource"]?.string == "environment/prod2" }?
                .object?["reasons"]?.array ?? []
            #expect(reasons.contains { $0.object?["rule"]?.string == "held" })
        }
    }

    @Test func `a page about the past is the same until something belongs before it`() async throws
    {
        let fixture = try await SiteFixture.example()
        let target = "/api/v1/state?at=2017-05-03T21:50:00Z"
        func overview() async throws -> JSONValue? {
            try await fixture.json(target).object?["resources"]
        }
        let before = try await overview()
        _ = await fixture.prompt.run("record", "note", "of today")
        #expect(try await overview() == before)
        let late = await fixture.prompt.run(
            "record", "command", "--at", "2017-05-03T21:45:00Z", "--", "fleet", "env",
            "maintenance", "prod2", "ON")
        try #require(late.status == 0, "\(late.errors)")
        let after = await fixture.ask("/timeline?at=2017-05-03T21:50:00Z").text
        #expect(after.contains("env.maintenance.accepted"))
        _ = await fixture.prompt.run("record", "void", "66", "--reason", "mistyped")
        let voided = await fixture.ask("/timeline?at=2017-05-03T21:50:00Z").text
        #expect(voided.contains("env.maintenance.accepted (voided)"))
    }

    @Test func `the present goes on from the projection beside the ledger`() async throws {
        let fixture = try await SiteFixture.example()
        let prompt = fixture.prompt
        let path = prompt.path("ledger.sqlite")
        let plain = try await fixture.text("/api/v1/plans/cleanup")
        let program = try #require(ProgramBuild.running)
        let cache = ProjectionCache(ledger: path, program: program)
        try LedgerStore.open(path: path).read { snapshot in
            cache.keep(try ProjectedLedger(snapshot).projection)
        }
        try #require(FileManager.default.fileExists(atPath: cache.paths[0]))
        let second = try SiteFixture(prompt)
        #expect(try await second.text("/api/v1/plans/cleanup") == plain)
        for words in [
            ["record", "hold", "environment/prod2", "--reason", "audit"],
            ["record", "void", "33", "--reason", "mistyped"],
            ["record", "note", "more"],
        ] {
            let result = await prompt.run(words)
            try #require(result.status == 0, "\(result.errors)")
            // One that was there before, one that begins with the projection, one that has none.
            let old = try await second.text("/api/v1/plans/cleanup")
            let new = try await SiteFixture(prompt).text("/api/v1/plans/cleanup")
            try? FileManager.default.moveItem(atPath: cache.paths[0], toPath: path + "-aside")
            let bare = try await SiteFixture(prompt).text("/api/v1/plans/cleanup")
            try FileManager.default.moveItem(atPath: path + "-aside", toPath: cache.paths[0])
            #expect(old == bare, "\(words)")
            #expect(new == bare, "\(words)")
        }
    }

    @Test func `what an event changed stays what it was, whatever comes later`() async throws {
        let fixture = try await SiteFixture.example()
        let before = try await fixture.text("/api/v1/events/34/changes")
        #expect(before.contains("protected"))
        _ = await fixture.prompt.run("record", "void", "34", "--reason", "mistyped")
        #expect(try await fixture.text("/api/v1/events/34/changes") == before)
        let fresh = try SiteFixture(fixture.prompt)
        #expect(try await fresh.text("/api/v1/events/34/changes") == before)
    }

    @Test func `many who ask at once get the same answer`() async throws {
        // Its folder is there as long as it is.
        let fixture = try await SiteFixture.example()
        let archive = fixture.site.archive
        let roots = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await archive.evaluate(.now) { evaluation in
                        _ = try evaluation.overviews(try evaluation.planner())
                        return try evaluation.cleanup().digest
                    }
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(roots.count == 1)
        withExtendedLifetime(fixture) {}
    }
}

/// Pages that explain themselves.
@Suite struct GuidanceTests {
    @Test func `a ledger of nothing says how to begin`() async throws {
        let fixture = try SiteFixture(await Prompt.withLedger())
        for target in ["/", "/timeline", "/graph", "/plans/cleanup"] {
            let page = try await fixture.text(target)
            #expect(page.contains("Nothing is recorded yet"), "\(target)")
            #expect(page.contains("ledger-cli import"), "\(target)")
        }
        #expect(try await fixture.text("/migrations").contains("ledger-cli migration open"))
    }

    @Test func `the field for a time has no zone and means UTC`() async throws {
        let fixture = try await SiteFixture.example()
        let page = try await fixture.text("/timeline?at=2017-05-03T22:30")
        #expect(page.contains("datetime=\"2017-05-03T22:30:00.000Z\""))
        #expect(page.contains("value=\"2017-05-03T22:30:00\""))
        let wrong = await fixture.ask("/timeline?at=2017-05-03T25:30")
        #expect(wrong.status == .badRequest)
    }

    @Test func `the page for programs names every address`() async throws {
        let fixture = try await SiteFixture.example()
        let page = try await fixture.text("/api")
        for route in Routes.all where route.operation != nil {
            #expect(page.contains("<code>\(route.template)</code>"), "\(route.template)")
        }
    }

    @Test func `a page that is not there leads to those that are`() async throws {
        let fixture = try await SiteFixture.example()
        let page = await fixture.ask("/nothing").text
        for target in ["/timeline", "/events", "/graph"] {
            #expect(page.contains("href=\"\(target)\""))
        }
        #expect(!page.contains("bestpants"), "it tells nothing of the ledger")
    }
}
