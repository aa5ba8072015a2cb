import Foundation
import Ledger
import Projector
import Testing

@testable import ledger_cli

@Suite struct MigrationPageTests {
    /// The text of a page between two marks, without its tags.
    private static func words(_ page: String, from start: String, to end: String) throws -> String {
        let open = try #require(page.range(of: start), "\(start)")
        let close = try #require(page[open.upperBound...].range(of: end), "\(end)")
        return String(page[open.lowerBound..<close.lowerBound])
            .replacing(/<[^>]*>/, with: " ").replacing(/\s+/, with: " ")
    }

    @Test func `the runbook has what was done in its phase, and what is due where it stands`()
        async throws
    {
        let fixture = try await SiteFixture.example()
        let page = try await fixture.text("/migrations/plan-move?at=2017-05-03T21:50:00Z")
        let runbook = try Self.words(page, from: "<ol class=\"runbook\">", to: "</ol>")
        let order = [
            "prepare , done", "migration plan-move opened", "close the source , done",
            "prod closed to customers", "copy , done", "copy point: snapshot plan-migration",
            "create the destination", "creation of prod2 ordered", "fleet env", "release", "test",
            "protect", "switch", "open", "default", "drain", "clean up", "done",
        ]
        var rest = runbook[...]
        for words in order {
            let found = try #require(rest.range(of: words), "\(words) in \(rest)")
            rest = rest[found.upperBound...]
        }
        #expect(page.contains("aria-current=\"step\""))
        #expect(!runbook.contains("release , done"))
    }

    @Test func `a closed migration is done to the end`() async throws {
        let fixture = try await SiteFixture.example()
        let page = try await fixture.text("/migrations/plan-move")
        let runbook = try Self.words(page, from: "<ol class=\"runbook\">", to: "</ol>")
        for name in Runbook.names(.snapshot).dropLast() {
            #expect(runbook.contains("\(name) , done"), "\(name): \(runbook)")
        }
        #expect(runbook.contains("prod is gone"))
    }

    @Test func `the downtime is the one that the report and the conformance tell`() async throws {
        let fixture = try await SiteFixture.example()
        let page = try await fixture.text("/migrations/plan-move")
        let figures = try Self.words(page, from: "<dl class=\"figures\">", to: "</dl>")
        #expect(
            figures.contains(
                "Customers without a shop 55 min 5 min of the documented hour not used"))
        let report = await fixture.prompt.run("report", "plan-move", "--format", "markdown")
        #expect(report.output.contains("Customers without a shop: **55 min**"))
        let midway = try await fixture.text("/migrations/plan-move?at=2017-05-03T21:50:00Z")
        #expect(
            try Self.words(midway, from: "<dl class=\"figures\">", to: "</dl>").contains(
                "20 min so far 40 min of the documented hour left"))
    }

    @Test func `the exposure is told with its beginning and while it goes on`() async throws {
        let fixture = try await SiteFixture.example()
        let page = try await fixture.text("/migrations/plan-move?at=2017-05-03T22:55:00Z")
        let figures = try Self.words(page, from: "<dl class=\"figures\">", to: "</dl>")
        #expect(figures.contains("Exposure 30 min, goes on prod2 may hold customer writes"))
    }

    @Test func `every point of the procedure has its phase in both methods`() async throws {
        let fixture = try await SiteFixture.example()
        let evaluation = try await fixture.site.archive.evaluate(.now) { $0 }
        let planner = try evaluation.planner()
        var chronicle = planner.chronicle(of: try #require(planner.migrations.first))
        let sample = try #require(chronicle.milestones.first)
        chronicle.milestones = Chronicle.Point.allCases.map { point in
            var milestone = sample
            milestone.point = point
            return milestone
        }
        let runbook = Runbook(chronicle, phase: "roll back")
        #expect(
            runbook.phases.flatMap(\.milestones).count == Chronicle.Point.allCases.count)
        #expect(runbook.aside == "roll back")
        #expect(!runbook.phases.contains { $0.isDone || $0.isCurrent })
        // The phases that plans speak of are those of the runbook, or stand beside it.
        for method in [MigrationMethod.snapshot, .dump] {
            #expect(Set(Runbook.names(method)).count == Runbook.names(method).count)
        }
    }
}
