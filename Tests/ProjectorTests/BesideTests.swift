import Ledger
import Projector
import Testing

/// What is opened, loaded or turned on beside a copy that is done.
@Suite struct BesideTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    private func phase(_ plan: Plan) -> String? { plan.extra["phase"]?.string }

    /// The source is opened and seen open.
    private func open(_ history: inout CaseHistory) {
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
    }

    @Test func `a source that is opened beside the destination gives nothing up`() throws {
        var history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict(s) == .safe)
        open(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.sourceWrites))
        #expect(!plan.rules(s).contains(.noSuccessor))
        #expect(plan.verdict(d) == .blocked)
        #expect(plan.rules(d) == [.noSuccessor])
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.steps.isEmpty)
        // Customers are served by the destination: nobody closes it.
        let due = try history.next()
        #expect(phase(due) == "copy")
        #expect(due.steps.isEmpty)
        #expect(due.warnings.joined().contains("the destruction of prod"))
    }

    @Test func `a source that is closed again is judged by what it may have taken`() throws {
        var history = Runbook().snapshotMethod()
        open(&history)
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.cleanup().verdict(s) == .blocked)
        history.decide(.gapAcknowledged(.sourceWrites))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `names that were sent back give the migration up once the source is opened`() throws
    {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        history.act(
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: "prod", environment: "prod", ttl: 300)))
        open(&history)
        let plan = try history.cleanup()
        #expect(plan.rules(d).contains(.trafficOffDestination))
        #expect(!plan.rules(d).contains(.noSuccessor))
        #expect(plan.verdict(d) != .safe)
    }

    @Test func `a shop that was closed for a moment before any load is not given up`() throws {
        var history = try DumpRunbook().activated()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        open(&history)
        #expect(try history.cleanup().verdict(d) == .blocked)
        #expect(try history.cleanup().rules(d) == [.noSuccessor])
        #expect(phase(try history.next()) != "abandoned")
        history.decide(.noGo)
        #expect(phase(try history.next()) == "abandoned")
    }

    @Test func `what is loaded beside the copy has nobody close what serves customers`() throws {
        var history = try DumpRunbook().dumpMethod()
        #expect(try history.cleanup().verdict(s) == .safe)
        history.act(.databaseLoad(environment: "prod2", path: "newsletter.sql"))
        let due = try history.next()
        #expect(due.steps.isEmpty)
        #expect(due.warnings.joined().contains("the destruction of prod"))
        #expect(try history.cleanup().verdict(s) == .blocked)
        history.decide(.writesReconciled)
        #expect(try history.cleanup().rules(s) == [.decisionMade])
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `what was never dumped is no copy, whatever was compared`() throws {
        var book = DumpRunbook()
        book.load = .refused
        var history = try book.loaded()
        history.act(.databaseLoad(environment: "prod2", path: "mended.sql"))
        book.finish(&history)
        history.decide(.writesReconciled)
        #expect(try history.cleanup().verdict(s) == .blocked)
    }

    @Test func `a load that went well is not followed by the one that failed`() throws {
        var book = DumpRunbook()
        book.load = .refused
        var history = try book.loaded()
        #expect(
            try history.next().steps.map(\.command) == [
                .action(.databaseLoad(environment: "prod2", path: "prod.sql"))
            ])
        history.act(.databaseLoad(environment: "prod2", path: "mended.sql"))
        let due = try history.next()
        #expect(due.commands.isEmpty)
        #expect(due.warnings.joined().contains("no dump to mended.sql"))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        #expect(
            try history.next().steps.map(\.command) == [
                .action(.envCacheFlush(environment: "prod2"))
            ])
    }

    @Test func `a file of one's own that is loaded beside the copy is settled by a comparison`()
        throws
    {
        var history = Runbook().snapshotCopied()
        let text = Runbook().created(history)
        history.act(.databaseLoad(environment: "prod2", path: "base-urls.sql"))
        history.act(.envCacheFlush(environment: "prod2"))
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        history.moveCustomers(to: "prod2")
        history.describe("prod2", text, maintenance: .off)
        let source = try #require(
            try history.cleanup().resources.first { $0.resource.description == s })
        #expect(source.verdict == .blocked)
        #expect(source.reasons.contains { $0.unblock.hasSuffix("ledger-cli record reconciled") })
        history.decide(.writesReconciled)
        #expect(try history.cleanup().verdict(s) == .safe)
        #expect(try history.cleanup().verdict(pm) == .safe)
        // One that may be a dump of something is no file of one's own.
        history.act(.databaseDump(environment: "staging", path: "base-urls.sql"))
        #expect(try history.cleanup().verdict(s) == .blocked)
    }

    @Test(arguments: ["r", nil])
    func `a newer list that shows no release of the destination counts`(release: String?) throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        let rows = [("prod", "r", Runbook.prodCreated), ("prod2", release, text)]
        history.see(
            .environments(
                Listing(
                    rows: rows.map {
                        EnvironmentRow(
                            environment: $0, status: "RUNNING", release: $1, created: Timestamp($2))
                    }, isComplete: true)))
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == (release == nil ? .blocked : .safe))
        #expect(plan.rules(s).contains(.destinationServing) == (release == nil))
    }

    @Test func `Solr that was turned on by a recorded command is acknowledged before it is seen`()
        throws
    {
        var history = Runbook().snapshotMethod()
        var shown = EnvironmentDescription(environment: "prod", isComplete: false)
        shown.solr = .off
        history.see(.environment(shown))
        history.act(.envSetting(environment: "prod", setting: "solr", value: "ON"))
        #expect(try history.cleanup().verdict(s) != .safe)
        history.decide(.gapAcknowledged(.solr))
        shown.solr = .on
        history.see(.environment(shown))
        #expect(try history.cleanup().verdict(s) == .safe)
    }
}
