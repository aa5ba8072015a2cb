import Ledger
import Projector
import Testing

/// Histories by the book with one thing that must stop a destruction, or must not.
@Suite struct CautionTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    @Test func `a source seen on its way out is not destroyed again`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envDestroy(environment: "prod"), .unknown)
        history.list([("prod", "DESTROYING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.beingDestroyed])
        #expect(plan.steps.isEmpty)
    }

    @Test func `a source that is not at rest is left alone`() throws {
        var history = Runbook().snapshotMethod()
        history.list([
            ("prod", "UPDATING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history)),
        ])
        #expect(try history.cleanup().rules(s) == [.inFlight])
    }

    @Test func `the last copy of a source that vanished is kept`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.list([("prod2", "RUNNING", text)])
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .unknown)
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.rules(pm).contains(.lastRecoveryPoint))
    }

    private func released() -> CaseHistory {
        var history = Runbook().snapshotMethod()
        history.act(.releaseCreate(object: "spare"))
        history.see(
            .releases(
                Listing(
                    rows: [ReleaseRow(release: "spare", status: "AVAILABLE")], isComplete: true)))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history)),
        ])
        return history
    }

    @Test func `a release that is held is kept, and goes when the hold is released`() throws {
        var history = released()
        #expect(try history.cleanup().verdict("release/spare") == .safe)
        history.decide(.holdPlaced(.release("spare"), until: nil))
        #expect(try history.cleanup().rules("release/spare") == [.held])
        history.decide(.holdReleased(.release("spare")))
        #expect(try history.cleanup().verdict("release/spare") == .safe)
    }

    @Test func `a release that was never seen AVAILABLE is unknown`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.releaseCreate(object: "spare"))
        #expect(try history.cleanup().verdict("release/spare") == .unknown)
    }

    private func withNFS(type: String, after maintenance: Bool) -> CaseHistory {
        var history = Runbook(nfs: .on).snapshotMethod()
        history.see(
            .snapshots(
                .nfs,
                Listing(
                    rows: [
                        SnapshotRow(
                            snapshot: "files", environment: "prod", status: "AVAILABLE", type: type,
                            created: maintenance ? history.clock : Timestamp("2017-05-01T01:00:00Z")
                        )
                    ], isComplete: true)))
        history.decide(.gapAcknowledged(.nfs))
        return history
    }

    @Test func `an nfs snapshot of the closed source preserves its files`() throws {
        #expect(try withNFS(type: "MANUAL", after: true).cleanup().verdict(s) == .safe)
    }

    @Test func `a daily or an older nfs snapshot does not`() throws {
        #expect(
            try withNFS(type: "AUTOMATED", after: true).cleanup().rules(s) == [.nfsPreserved])
        #expect(
            try withNFS(type: "MANUAL", after: false).cleanup().rules(s) == [.nfsPreserved])
    }

    @Test func `a clone made in the same evening does not hold up a declared migration`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        let made = history.clock.description
        history.act(
            .envCreate(EnvironmentCreation(environment: "staging", source: .named("prod"))))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
            ("staging", "RUNNING", made),
        ])
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .safe)
        #expect(plan.verdict("environment/staging") == .blocked)
    }

    @Test func `somebody's clone that was dumped before the migration is not temporary`() throws {
        var history = CaseHistory(at: "2017-04-01T10:00:00Z")
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "april"))
        history.snapshots([("april", "prod", "AVAILABLE", taken)])
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "staging", source: .named("prod"), snapshot: .named("april"))))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("staging", "RUNNING", made),
        ])
        history.act(.databaseDump(environment: "staging", path: "april.sql"))
        history.see(.defaultEnvironment("prod"))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2", method: .dump,
                    hostnames: ["www.bestpants.com"])))
        #expect(try history.cleanup().verdict("environment/staging") == .blocked)
    }

    @Test func `the destination of a live migration is never taken for temporary`() throws {
        var history = try DumpRunbook(throughTemporary: true).loaded()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "other", source: "prod", destination: "temp", method: .snapshot,
                    hostnames: [])))
        #expect(try history.cleanup().verdict("environment/temp") == .blocked)
    }

    @Test func `a dump of unknown outcome blocks its environment until it is said how it ended`()
        throws
    {
        var history = Runbook().snapshotMethod()
        history.act(.databaseDump(environment: "prod", path: "spare.sql"), .unknown)
        #expect(try history.cleanup().rules(s) == [.inFlight])
        history.act(.databaseDump(environment: "prod", path: "spare.sql"), .refused)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a destination that was not seen closed for a day may have taken writes`() throws {
        let history = Runbook(destinationStaysClosed: true).snapshotMethod()
        #expect(try history.rollback().way == "clean")
        #expect(try history.rollback(after: .hours(25)).way == "unknown")
    }

    @Test func `facts that are a day old free nothing`() throws {
        let history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict(s) == .safe)
        let plan = try history.cleanup(after: .hours(25))
        #expect(plan.verdict(s) == .unknown)
        #expect(!plan.needs.isEmpty)
        #expect(plan.steps.isEmpty)
    }
}
