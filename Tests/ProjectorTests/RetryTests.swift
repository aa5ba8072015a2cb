import Ledger
import Projector
import Testing

/// What was opened or loaded beside a finished migration, and migrations that are tried again.
@Suite struct RetryTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    private func next(_ history: CaseHistory) throws -> Plan {
        try history.planner().next(migration: history.migration)
    }

    private func phase(_ plan: Plan) -> String? { plan.extra["phase"]?.string }

    private func unsafe(_ plan: Plan) -> String { "\(plan.extra["unsafe"] ?? "")" }

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
        let due = try next(history)
        #expect(phase(due) == "copy")
        #expect(due.steps.isEmpty)
        #expect(unsafe(due).contains("the destruction of prod"))
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
        #expect(phase(try next(history)) != "abandoned")
        history.decide(.noGo)
        #expect(phase(try next(history)) == "abandoned")
    }

    @Test func `what is loaded beside the copy has nobody close what serves customers`() throws {
        var history = try DumpRunbook().dumpMethod()
        #expect(try history.cleanup().verdict(s) == .safe)
        history.act(.databaseLoad(environment: "prod2", path: "newsletter.sql"))
        let due = try next(history)
        #expect(due.steps.isEmpty)
        #expect(unsafe(due).contains("the destruction of prod"))
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
            try next(history).steps.map(\.command) == [
                .action(.databaseLoad(environment: "prod2", path: "prod.sql"))
            ])
        history.act(.databaseLoad(environment: "prod2", path: "mended.sql"))
        let due = try next(history)
        #expect(due.steps.isEmpty)
        #expect(unsafe(due).contains("no dump to mended.sql"))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        #expect(
            try next(history).steps.map(\.command) == [
                .action(.envCacheFlush(environment: "prod2"))
            ])
    }

    /// A first try that failed and was destroyed to the last snapshot, and a second one of the same
    /// names.
    private func again() -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.act(.snapshotDestroy(name: "pm"))
        history.wait(.minutes(10))
        history.snapshots([])
        history.decide(.migrationClosed(abandoned: true))
        history.migration = "plan-move-2"
        history.wait(.minutes(60))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move-2", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        return history
    }

    @Test func `a second try under the same names begins anew`() throws {
        let due = try next(again())
        #expect(phase(due) == "close the source")
        #expect(
            due.steps.map(\.command) == [
                .action(.envMaintenance(environment: "prod", state: .on))
            ])
    }

    @Test func `with two migrations open a word to be recorded names its own`() throws {
        var history = Runbook().snapshotCopied()
        let words = ["ledger-cli", "record", "test", "prod2", "passed"]
        #expect(try next(history).steps.map(\.command).first == .ledger(words))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "hats-move", source: "hats", destination: "hats2",
                    method: .snapshot, hostnames: ["www.besthats.com"])))
        let commands = try next(history).steps.map(\.command)
        #expect(
            commands == [
                .ledger(words + ["--migration", "plan-move"]),
                .ledger(["ledger-cli", "record", "decision", "go", "--migration", "plan-move"]),
            ])
    }

    /// A first try that failed and was left lying, and a second one to another environment that
    /// succeeded.
    private func succeeded(isLeft: Bool) -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
        #expect((try? history.cleanup().verdict(d)) == .safe)
        if !isLeft {
            history.act(.envDestroy(environment: "prod2"))
            history.wait(.minutes(30))
            history.list([("prod", "RUNNING", Runbook.prodCreated)])
        }
        history.migration = "second"
        history.wait(.minutes(60))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "second", source: "prod", destination: "prod3", method: .snapshot,
                    hostnames: ["www.bestpants.com"])))
        history.host("prod", ttl: 3600)
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm3"))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let first = history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time
        history.snapshots([
            ("pm", "prod", "AVAILABLE", first ?? taken), ("pm3", "prod", "AVAILABLE", taken),
        ])
        let text = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod3", source: .named("prod"), snapshot: .named("pm3"),
                    size: "f1-xlarge")))
        history.wait(.minutes(20))
        history.list(
            [("prod", "RUNNING", Runbook.prodCreated), ("prod3", "RUNNING", text)]
                + (isLeft ? [("prod2", "RUNNING", Runbook().created(history, "prod2"))] : []))
        history.act(.envLoad(environment: "prod3", release: "r"))
        history.wait(.minutes(5))
        history.act(.envActivate(environment: "prod3", release: "r"))
        history.wait(.minutes(3))
        history.describe("prod3", text, maintenance: .off)
        history.decide(.testPassed(environment: "prod3"))
        history.decide(.go)
        history.act(.envProtected(environment: "prod3", state: .on))
        history.act(
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: "prod3", environment: "prod3", ttl: 300,
                    oldTTL: 3600)))
        history.wait(.minutes(70))
        history.host("prod3")
        history.act(.configDefaultEnv(environment: "prod3"))
        history.describe("prod3", text, maintenance: .off)
        return history
    }

    @Test func `what a failed try left goes once another try has succeeded`() throws {
        let plan = try succeeded(isLeft: true).cleanup()
        #expect(plan.verdict("environment/prod") == .safe)
        #expect(plan.rules(d) == [])
        #expect(plan.verdict(d) == .safe)
        #expect(plan.verdict("environment/prod3") == .blocked)
        #expect(try succeeded(isLeft: false).cleanup().verdict(pm) == .safe)
    }

    @Test func `a failed try's leftovers do not open the source of the one that is under way`()
        throws
    {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
        history.migration = "second"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "second", source: "prod", destination: "prod3", method: .snapshot,
                    hostnames: ["www.bestpants.com"])))
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let left = try #require(
            try history.cleanup().resources.first { $0.resource.description == d })
        #expect(left.verdict == .blocked)
        #expect(left.reasons.map(\.unblock) == ["wait until second is done"])
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
        history.act(.envProtected(environment: "prod2", state: .on))
        history.act(
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: "prod2", environment: "prod2", ttl: 300,
                    oldTTL: 3600)))
        history.wait(.minutes(70))
        history.host("prod2")
        history.act(.configDefaultEnv(environment: "prod2"))
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
