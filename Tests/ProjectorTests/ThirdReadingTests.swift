import Ledger
import Projector
import Testing

/// Things beside the book that only look as if they were what the rules ask for.
@Suite struct ThirdReadingTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"
    private let host = "www.bestpants.com"

    /// The destination as described, with the address that it is reached at.
    private func described(_ name: String, at endpoint: String, _ history: inout CaseHistory) {
        var shown = EnvironmentDescription(environment: name, isComplete: true)
        shown.status = "RUNNING"
        shown.created = Timestamp(Runbook().created(history))
        shown.maintenance = .off
        shown.releases = [.init(release: "r", status: "ACTIVE")]
        shown.endpoints = ["www": endpoint]
        history.see(.environment(shown))
    }

    @Test(arguments: [("shop", Verdict.safe), ("other", Verdict.blocked)])
    func `an environment of the same name in another fleet is not the successor`(
        fleet: String, verdict: Projector.Verdict
    ) throws {
        var history = Runbook().snapshotMethod()
        described("prod2", at: "www.prod2.shop.f.nchr.io", &history)
        history.see(
            .dns(
                DNSAnswer(
                    host: host, target: "www.prod2.\(fleet).f.nchr.io", environment: "prod2",
                    ttl: 300)))
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == verdict)
        #expect(plan.rules(s) == (verdict == .safe ? [] : [.trafficOffSource]))
    }

    @Test(arguments: [
        (String?.none, String?.none, Verdict.safe), ("shop", "shop", .safe),
        ("reporting", "shop", .blocked), ("shop", nil, .unknown), (nil, "shop", .unknown),
    ])
    func `a dump of one database loaded into another is no copy`(
        dumped: String?, loaded: String?, verdict: Projector.Verdict
    ) throws {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod", database: dumped, path: "a.sql"))
        history.act(.databaseLoad(environment: "prod2", database: loaded, path: "a.sql"))
        DumpRunbook().finish(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == verdict)
        #expect(plan.rules(s) == (verdict == .safe ? [] : [.copyVerified]))
    }

    @Test(arguments: [Outcome.accepted, .refused])
    func `of two databases that are loaded both must be copied`(first: Outcome) throws {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        for (name, outcome) in [("shop", first), ("reporting", .accepted)] {
            history.act(.databaseDump(environment: "prod", database: name, path: "\(name).sql"))
            history.act(
                .databaseLoad(environment: "prod2", database: name, path: "\(name).sql"), outcome)
        }
        DumpRunbook().finish(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == (first == .accepted ? .safe : .blocked))
        #expect(plan.rules(s).contains(.copyVerified) == (first != .accepted))
    }

    @Test(arguments: [
        Action.envDestroy(environment: "temp"), .databaseLoad(environment: "temp", path: "x.sql"),
        .databaseShell(environment: "temp"),
    ])
    func `what befell a temporary environment before its dump is in the dump`(write: Action)
        throws
    {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        DumpRunbook().makeTemporary(&history)
        history.act(write)
        history.act(.databaseDump(environment: "temp", path: "a.sql"))
        history.act(.databaseLoad(environment: "prod2", path: "a.sql"))
        DumpRunbook().finish(&history)
        #expect(try history.cleanup().rules(s) == [.copyVerified])
        history.decide(.writesReconciled)
        #expect(
            try history.cleanup().verdict(s) == (write.name == .envDestroy ? .blocked : .safe))
    }

    @Test func `a status that no page shows says nothing`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.describe("prod2", text, maintenance: .off, status: "STOPPED")
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .unknown)
        #expect(plan.verdict(pm) == .unknown)
    }

    @Test func `writes to the source that were acknowledged keep neither it nor its snapshot`()
        throws
    {
        var history = Runbook().snapshotMethod()
        history.act(.databaseShell(environment: "prod"))
        #expect(try history.cleanup().rules(s) == [.sourceWrites])
        history.decide(.gapAcknowledged(.sourceWrites))
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .safe)
        #expect(plan.verdict(pm) == .safe)
    }

    @Test func `an acknowledgement in an abort does not give the snapshot of replaced data away`()
        throws
    {
        var book = Runbook()
        book.testPasses = false
        var history = book.snapshotMethod()
        history.act(.databaseLoad(environment: "prod", path: "old.sql"))
        history.decide(.gapAcknowledged(.sourceWrites))
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        #expect(try history.cleanup().rules(pm).contains(.lastRecoveryPoint))
    }

    @Test func `an environment that somebody else is making may be made from any snapshot`() throws
    {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        let made = history.clock.description
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
            ("theirs", "CREATING", made),
        ])
        #expect(try history.cleanup().rules(pm) == [.snapshotInUse])
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
            ("theirs", "RUNNING", made),
        ])
        #expect(try history.cleanup().verdict(pm) == .safe)
    }

    @Test func `an environment whose creation was unknown may be using the snapshot it may name`()
        throws
    {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        let old = history.clock.description
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
            ("stg", "RUNNING", old),
        ])
        history.act(.envDestroy(environment: "stg"))
        history.wait(.minutes(5))
        let made = history.clock.description
        history.act(
            .envCreate(EnvironmentCreation(environment: "stg", source: .named("prod"))), .unknown)
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
            ("stg", "CREATING", made),
        ])
        #expect(try history.cleanup().rules(pm) == [.snapshotInUse])
    }

    @Test
    func `the final snapshot of a destination is kept once the data of the source was replaced`()
        throws
    {
        var history = Runbook.abandoned()
        history.act(.envDestroy(environment: "prod2"))
        let taken = history.clock
        history.wait(.minutes(5))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.snapshots([("left", "prod2", "AVAILABLE", taken)])
        #expect(try history.cleanup().verdict("snapshot/database/left") == .safe)
        history.act(.databaseLoad(environment: "prod", path: "old.sql"))
        #expect(try history.cleanup().rules("snapshot/database/left") == [.lastRecoveryPoint])
    }

    @Test func `a look that failed makes nothing new of what is gone`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(30))
        history.list([("prod2", "RUNNING", text)])
        history.see(.environment(EnvironmentDescription(environment: "prod", isComplete: false)))
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .gone)
        #expect(!plan.resources.contains { "\($0.resource)".hasPrefix("environment/prod@") })
    }

    @Test func `what somebody else was seen to have protected is not unprotected by a plan`() throws
    {
        var history = Runbook.abandoned()
        #expect(try history.cleanup().verdict(d) == .safe)
        var shown = EnvironmentDescription(environment: "prod2", isComplete: false)
        shown.protected = .on
        history.see(.environment(shown))
        let plan = try history.cleanup()
        #expect(plan.rules(d) == [.protected])
        #expect(plan.steps.isEmpty)
    }

    @Test(arguments: [
        ([], [Switch.off, .on], true), ([], [.on], true), ([Switch.on], [.on], false),
    ])
    func `Solr that may have been turned on after it was acknowledged is acknowledged again`(
        before: [Switch], after: [Switch], isAnother: Bool
    ) throws {
        var history = Runbook().snapshotCopied()
        func see(_ switches: [Switch]) {
            for solr in switches {
                var shown = EnvironmentDescription(environment: "prod", isComplete: false)
                shown.solr = solr
                history.see(.environment(shown))
            }
        }
        let told = history.events.count
        see(before)
        history.decide(.gapAcknowledged(.solr))
        try Runbook().retell(in: &history, after: told)
        see(after)
        #expect(try history.cleanup().rules(s) == (isAnother ? [.solrAcknowledged] : []))
        history.decide(.gapAcknowledged(.solr))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a destination that was closed to go back is not offered to be opened`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        history.decide(.noGo)
        let plan = try history.next()
        #expect(plan.extra["phase"]?.string == "roll back")
        #expect(!plan.commands.contains("env.maintenance environment/prod2"))
        #expect(plan.steps.first?.command == (try history.rollback().steps.first?.command))
    }

    @Test func `one hostname that led customers there is enough to lose what they wrote`() throws {
        var history = Runbook().start()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: [host, "m.bestpants.com"])))
        try Runbook().retell(in: &history, after: 7)
        let plan = try history.rollback()
        #expect(plan.isLossy == true)
        #expect(plan.way == "lossy")
    }
}
