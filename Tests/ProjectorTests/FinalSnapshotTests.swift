import Ledger
import Projector
import Testing

/// Which snapshot a source is restored from once its destruction was tried, whatever came of that.
@Suite struct FinalSnapshotTests {
    /// The procedure by the book with the migration's snapshot destroyed, and a destroy of the source
    /// after which it is seen to be gone by two lists that are apart.
    private func gone(_ outcome: Outcome) -> (history: CaseHistory, asked: Timestamp) {
        var history = Runbook().snapshotMethod()
        history.act(.snapshotDestroy(name: "pm"))
        history.wait(.minutes(1))
        history.snapshots([("daily", "prod", "AVAILABLE", Runbook.daily)])
        history.act(.envProtected(environment: "prod", state: .off))
        let asked = history.clock
        history.act(.envDestroy(environment: "prod"), outcome)
        return (history, asked)
    }

    private func lists(_ history: inout CaseHistory) {
        let created = Runbook().created(history)
        for _ in 0..<4 {
            history.wait(.minutes(10))
            history.list([("prod2", "RUNNING", created)])
        }
    }

    private static let outcomes: [Outcome] = [.accepted, .unknown, .refused]

    private func seed(_ plan: Plan) -> String? {
        guard case .action(.envCreate(let creation))? = plan.steps.first?.command else {
            return nil
        }
        return creation.snapshot.name
    }

    @Test(arguments: outcomes)
    func `a final snapshot that was seen CREATING is waited for`(outcome: Outcome) throws {
        var (history, asked) = gone(outcome)
        history.wait(.seconds(20))
        history.snapshots([
            ("daily", "prod", "AVAILABLE", Runbook.daily), ("last", "prod", "CREATING", asked),
        ])
        lists(&history)
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(plan.steps.isEmpty)
        #expect(plan.needs.map(\.fact).contains("list of database snapshots"))
        history.snapshots([
            ("daily", "prod", "AVAILABLE", Runbook.daily), ("last", "prod", "AVAILABLE", asked),
        ])
        let restored = try history.rollback()
        #expect(restored.way == "restore")
        #expect(restored.isLossy == true)
        #expect(seed(restored) == "last")
    }

    @Test(arguments: outcomes)
    func `an older snapshot serves when a list an hour later shows no final one`(outcome: Outcome)
        throws
    {
        var (history, _) = gone(outcome)
        lists(&history)
        history.snapshots([("daily", "prod", "AVAILABLE", Runbook.daily)])
        let early = try history.rollback()
        #expect(early.way == "unknown")
        #expect(early.steps.isEmpty)
        #expect(early.needs.map(\.fact).contains("list of database snapshots"))
        history.wait(.minutes(30))
        #expect(try history.rollback().way == "unknown")
        history.snapshots([("daily", "prod", "AVAILABLE", Runbook.daily)])
        let late = try history.rollback()
        #expect(late.way == "restore")
        #expect(late.isLossy == true)
        #expect(seed(late) == "daily")
    }

    @Test(arguments: outcomes)
    func `an older snapshot serves when the final one failed`(outcome: Outcome) throws {
        var (history, asked) = gone(outcome)
        lists(&history)
        let rows = [
            ("daily", "prod", "AVAILABLE", Runbook.daily), ("last", "prod", "FAILED", asked),
        ]
        history.snapshots(rows)
        #expect(try history.rollback().way == "unknown")
        history.wait(.minutes(30))
        history.snapshots(rows)
        #expect(seed(try history.rollback()) == "daily")
    }

    @Test func `a refused destroy that took the source all the same is past the fast way back`()
        throws
    {
        var (history, asked) = gone(.refused)
        lists(&history)
        history.snapshots([("last", "prod", "AVAILABLE", asked)])
        let plan = try history.rollback()
        let points = plan.extra["noReturn"]?.array?.compactMap { $0.object?["point"]?.string }
        #expect(points == ["N1", "N2"])
        #expect(seed(plan) == "last")
        let cleanup = try history.cleanup()
        #expect(cleanup.verdict("snapshot/database/last") == .blocked)
        #expect(cleanup.rules("snapshot/database/last") == [.finalSnapshotKept])
        #expect(cleanup.verdict("environment/prod") == .gone)
        history.wait(.minutes(61))
        history.snapshots([])
        #expect(try history.rollback().way == "unknown", "it was there")
    }

    @Test func `without any snapshot a refused destroy that worked ends in no way back`() throws {
        var (history, _) = gone(.refused)
        lists(&history)
        history.wait(.minutes(30))
        for _ in 0..<2 {
            history.snapshots([])
            history.wait(.minutes(30))
        }
        #expect(try history.rollback().way == "impossible")
    }

    @Test func `a refused destroy that did nothing leaves later snapshots alone`() throws {
        var (history, _) = gone(.refused)
        history.wait(.minutes(40))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.rollback().way == "lossy")
        let taken = history.clock
        history.snapshots([("nightly", "prod", "AVAILABLE", taken)])
        #expect(try history.cleanup().rules("snapshot/database/nightly") == [.copyProvenance])
        lists(&history)
        #expect(try history.cleanup().rules("snapshot/database/nightly") == [.copyProvenance])
        let points = try history.rollback().extra["noReturn"]?.array?.compactMap {
            $0.object?["point"]?.string
        }
        #expect(points == ["N1"])
    }

    @Test func `a source that somebody else destroyed is restored from what is left of it`() throws
    {
        var history = Runbook().snapshotMethod()
        history.act(.snapshotDestroy(name: "pm"))
        lists(&history)
        history.snapshots([("daily", "prod", "AVAILABLE", Runbook.daily)])
        #expect(try history.rollback().way == "unknown")
        history.wait(.minutes(50))
        history.snapshots([("daily", "prod", "AVAILABLE", Runbook.daily)])
        let plan = try history.rollback()
        #expect(plan.way == "restore")
        #expect(seed(plan) == "daily")
    }

    /// A first try given up before any switch, its destination destroyed to a final snapshot, and a
    /// second one under the same names whose destination is made and ready for customers.
    private func again() -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        let asked = history.clock
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.snapshots([("left", "prod2", "AVAILABLE", asked)])
        history.decide(.migrationClosed(abandoned: true))
        history.migration = "plan-move-2"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move-2", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        history.wait(.minutes(10))
        let made = history.clock.description
        history.act(.envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod"))))
        history.wait(.minutes(20))
        history.describe("prod2", made, maintenance: .off)
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        return history
    }

    @Test func `customers of a later environment of the name were never on the one before`() throws
    {
        var history = again()
        let left = "snapshot/database/left"
        history.host("prod")
        #expect(try history.cleanup().verdict(left) == .safe)
        history.moveCustomers(to: "prod2")
        #expect(!(try history.cleanup().rules(left).contains(.finalSnapshotKept)))
    }

    @Test func `customers who may have come before it was gone keep what it held`() throws {
        var history = again()
        // Seen there, and when they were led there nobody said.
        history.host("prod2")
        #expect(
            try history.cleanup().rules("snapshot/database/left").contains(.finalSnapshotKept))
    }
}
