import Ledger
import Projector
import Testing

/// The worked cases of the rules, each as a history and what must follow from it.
@Suite struct WorkedCasesTests {
    private let pm = "snapshot/database/pm"
    private let s = "environment/prod"
    private let d = "environment/prod2"

    @Test func `case 1: with only a listing nothing is ours and there is nothing to roll back`()
        throws
    {
        var history = CaseHistory(migration: nil)
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let plan = try history.cleanup()
        #expect(plan.steps.isEmpty)
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.noSuccessor])
        #expect(try history.rollback().way == "nothing")
    }

    @Test func `case 2: after maintenance ON alone the way back is clean`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        #expect(try history.cleanup().steps.isEmpty)
        #expect(try history.cleanup().verdict(s) == .blocked)
        let rollback = try history.rollback()
        #expect(rollback.way == "clean")
        #expect(rollback.commands == ["env.maintenance environment/prod"])
    }

    /// The source is closed and its snapshot CREATING; when that was asked for.
    private func beginSnapshot(_ history: inout CaseHistory) -> Timestamp {
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.snapshots([("pm", "prod", "CREATING", taken)])
        return taken
    }

    @Test func `case 3: a snapshot that is CREATING blocks itself and the source`() throws {
        var history = Runbook().start()
        _ = beginSnapshot(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.rules(pm).contains(.snapshotAvailable))
        #expect(plan.verdict(s) == .blocked)
        let rollback = try history.rollback()
        #expect(rollback.way == "clean")
        #expect(rollback.commands == ["env.maintenance environment/prod"])
    }

    @Test
    func
        `case 3 undeclared: a snapshot that is CREATING blocks itself, and is not ours once AVAILABLE`()
        throws
    {
        var history = CaseHistory(migration: nil)
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let taken = beginSnapshot(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.rules(pm) == [.snapshotAvailable, .copyProvenance])
        #expect(plan.verdict(s) == .blocked)
        #expect(try history.rollback().way == "clean")
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        #expect(try history.cleanup().verdict(pm) == .notOurs)
    }

    @Test func `case 4: after a failed test the way back is clean and comes before any clean-up`()
        throws
    {
        let history = Runbook(testPasses: false).snapshotMethod()
        let plan = try history.cleanup()
        #expect(plan.steps.isEmpty)
        #expect(plan.verdict(s) == .blocked)
        let rollback = try history.rollback()
        #expect(rollback.way == "clean")
        #expect(
            rollback.commands == [
                "env.maintenance environment/prod", "env.destroy environment/prod2",
                "snapshot.destroy snapshot/database/pm",
            ])
    }

    @Test func `case 5: the documented end state frees the snapshot, then the source`() throws {
        let history = Runbook().snapshotMethod()
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .safe)
        #expect(plan.verdict(pm) == .safe)
        #expect(plan.verdict(d) == .blocked)
        #expect(
            plan.commands == [
                "snapshot.destroy snapshot/database/pm", "env.protected environment/prod",
                "env.destroy environment/prod",
            ])
        let rollback = try history.rollback()
        #expect(rollback.way == "lossy")
        #expect(rollback.isLossy == true)
    }

    @Test func `case 5, strict: the snapshot waits until the source is gone`() throws {
        var history = Runbook().snapshotMethod()
        history.decide(.policySet(key: "cleanup-order", value: "strict"))
        let plan = try history.cleanup()
        #expect(
            plan.commands == [
                "env.protected environment/prod", "env.destroy environment/prod",
                "snapshot.destroy snapshot/database/pm",
            ])
        #expect(plan.steps.last?.after == [2])
    }

    @Test
    func `case 6: a default environment that is still the source blocks it, not the snapshot`()
        throws
    {
        let plan = try Runbook(isDefaultSet: false).snapshotMethod().cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.notDefault])
        #expect(plan.verdict(pm) == .safe)
    }

    @Test func `case 7: until the old answers are drained source and snapshot are blocked`() throws
    {
        let history = Runbook(drainWait: .minutes(2)).snapshotMethod()
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.drained])
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.rules(pm) == [.migrationSettled])
        #expect(try history.rollback().way == "lossy")
    }

    @Test func `case 8: a snapshot 20 s after maintenance ON is no quiesced copy`() throws {
        let history = Runbook(snapshotAfter: .seconds(20)).snapshotMethod()
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.copyQuiesced))
        #expect(plan.verdict(pm) == .blocked)
        #expect(try history.rollback().way == "lossy")
    }

    @Test func `case 9: NFS that is ON without a snapshot blocks the source only`() throws {
        let plan = try Runbook(nfs: .on).snapshotMethod().cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.nfsPreserved])
        #expect(plan.verdict(pm) == .safe)
    }

    @Test func `case 10: a destination that stayed closed took nothing and does not serve`() throws
    {
        let history = Runbook(destinationStaysClosed: true).snapshotMethod()
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.destinationServing])
        #expect(plan.verdict(pm) == .blocked)
        #expect(try history.rollback().way == "clean")
    }

    private func destroying() -> CaseHistory {
        var history = Runbook().snapshotMethod()
        history.act(.snapshotDestroy(name: "pm"))
        history.wait(.minutes(5))
        history.snapshots([])
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        return history
    }

    @Test func `case 11: while the source is being destroyed nobody knows the way back`() throws {
        var history = destroying()
        let text = Runbook().created(history)
        history.list([
            ("prod", "DESTROYING", Runbook.prodCreated), ("prod2", "RUNNING", text),
        ])
        let plan = try history.cleanup()
        #expect(plan.steps.isEmpty)
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.beingDestroyed])
        #expect(plan.verdict("release/r") == .blocked)
        #expect(try history.rollback().way == "unknown")
    }

    @Test func `case 12: the final snapshot is kept and allows a lossy restore`() throws {
        var history = destroying()
        let text = Runbook().created(history)
        let request = history.clock
        history.wait(.minutes(20))
        history.list([("prod2", "RUNNING", text)])
        history.snapshots([("final", "prod", "AVAILABLE", request)])
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .gone)
        #expect(plan.verdict("snapshot/database/final") == .blocked)
        #expect(plan.rules("snapshot/database/final") == [.finalSnapshotKept])
        #expect(plan.verdict("release/r") == .blocked)
        let rollback = try history.rollback()
        #expect(rollback.way == "restore")
        #expect(rollback.isLossy == true)
    }

    @Test(arguments: [Outcome.unknown, .started, .refused])
    func `case 13: a destroy that was not accepted leaves source and way back unknown`(
        outcome: Outcome
    ) throws {
        var history = Runbook().snapshotMethod()
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"), outcome)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .unknown)
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.rules(pm).contains(.lastRecoveryPoint))
        #expect(plan.steps.isEmpty)
        #expect(try history.rollback().way == "unknown")
    }

    @Test func `case 19: after a clean abort the destination goes first, then its snapshot`() throws
    {
        var history = Runbook(testPasses: false).snapshotMethod()
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(
            plan.commands == [
                "env.destroy environment/prod2", "snapshot.destroy snapshot/database/pm",
            ])
        #expect(plan.steps.last?.after == [1])
        #expect(try history.rollback().way == "nothing")
    }

    @Test func `case 18: unreconciled customer writes keep the destination of a rollback`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(90))
        history.describe("prod2", text, maintenance: .on)
        history.switchBack()
        history.wait(.minutes(20))
        history.host("prod")
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.act(.configDefaultEnv(environment: "prod"))
        let plan = try history.cleanup()
        #expect(plan.verdict(d) == .blocked)
        #expect(plan.rules(d) == [.customerWrites])
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.verdict(s) == .blocked)
        #expect(try history.rollback().way == "nothing")
        history.decide(.lossAccepted)
        #expect(try history.cleanup().verdict(d) == .safe)
    }

    @Test func `an abort does not take the destination for its own successor`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.configDefaultEnv(environment: "prod"))
        history.decide(.noGo)
        #expect(try history.cleanup().verdict(d) == .blocked)
        #expect(try history.cleanup().rules(d).contains(.trafficOffDestination))
    }

    @Test func `case 20: an early default environment goes back to the recorded one`() throws {
        var history = Runbook(moves: false).snapshotMethod()
        history.act(.configDefaultEnv(environment: "prod2"))
        history.decide(.noGo)
        #expect(try history.cleanup().verdict(s) == .blocked)
        let rollback = try history.rollback()
        #expect(rollback.way == "clean")
        #expect(rollback.commands.contains("config.default-env environment/prod"))
    }

    @Test func `case 14: a destination made before anything was closed is simply destroyed`() throws
    {
        let plan = try DumpRunbook().activated()
        #expect(try plan.cleanup().verdict(s) == .blocked)
        #expect(try plan.cleanup().steps.isEmpty)
        let rollback = try plan.rollback()
        #expect(rollback.way == "clean")
        #expect(rollback.commands == ["env.destroy environment/prod2"])
    }

    @Test func `case 15: the dump method by the book frees the source`() throws {
        let history = try DumpRunbook().dumpMethod()
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .safe)
        #expect(
            plan.commands == ["env.protected environment/prod", "env.destroy environment/prod"])
        #expect(try history.rollback().way == "lossy")
    }

    @Test func `case 16: a temporary environment from an early snapshot goes, the source stays`()
        throws
    {
        let history = try DumpRunbook(throughTemporary: true).dumpMethod()
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.copyQuiesced))
        #expect(
            plan.commands == [
                "env.destroy environment/temp", "snapshot.destroy snapshot/database/early",
            ])
        #expect(plan.steps.last?.after == [1])
    }

    @Test func `case 17: a refused load blocks the source and leaves the way back clean`() throws {
        let history = try DumpRunbook(load: .refused).loaded()
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.copyVerified))
        let rollback = try history.rollback()
        #expect(rollback.way == "clean")
        #expect(rollback.commands.first == "env.maintenance environment/prod")
    }
}
