import Ledger
import Projector
import Testing

/// Where no final snapshot comes, nobody is asked for it for ever.
@Suite struct NoFinalTests {
    private let pm = "snapshot/database/pm"
    private let list = "list of database snapshots"

    /// The source destroyed and gone, and a list that shows what there is some time later.
    private func destroyed(
        after span: Span, keepsCopy: Bool = false,
        _ rows: [(String, String, String, Timestamp)] = []
    ) -> CaseHistory {
        var history = Runbook().snapshotMethod()
        let created = Runbook().created(history)
        let copy = history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time
        if !keepsCopy { history.act(.snapshotDestroy(name: "pm")) }
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        history.wait(span)
        history.list([("prod2", "RUNNING", created)])
        let kept = keepsCopy ? copy.map { [("pm", "prod", "AVAILABLE", $0)] } ?? [] : []
        history.snapshots(rows + kept)
        history.host("prod2")
        return history
    }

    @Test func `a list of an hour later says that there is none`() throws {
        let early = try destroyed(after: .minutes(40)).next()
        #expect(early.needs.map(\.fact) == [list])
        let late = try destroyed(after: .minutes(70)).next()
        #expect(late.needs.isEmpty)
        #expect(late.summary.hasPrefix("phase done"))
        #expect(late.warnings.contains { $0.contains("shows none AVAILABLE") })
        #expect(try destroyed(after: .minutes(70)).rollback().way == "impossible")
    }

    @Test func `an older one that is there is what is left to go back to`() throws {
        let rows = [("daily", "prod", "AVAILABLE", Runbook.daily)]
        let history = destroyed(after: .minutes(70), rows)
        #expect(try history.rollback().way == "restore")
        #expect(try history.next().needs.isEmpty)
    }

    @Test func `one that is being made is waited for`() throws {
        let early = destroyed(after: .minutes(70))
        var history = early
        history.snapshots([("last", "prod", "CREATING", early.clock + .minutes(-65))])
        #expect(try history.next().needs.map(\.fact) == [list])
        history.snapshots([("last", "prod", "FAILED", early.clock + .minutes(-65))])
        #expect(try history.next().needs.isEmpty)
    }

    @Test func `the copy is kept without a question`() throws {
        let early = destroyed(after: .minutes(40), keepsCopy: true)
        #expect(try early.cleanup().needs.map(\.fact).contains(list))
        let late = try destroyed(after: .minutes(70), keepsCopy: true).cleanup()
        #expect(late.rules(pm) == [.lastRecoveryPoint])
        #expect(!late.needs.map(\.fact).contains(list))
    }

    @Test func `a source that a lost destroy left alone leaves no final snapshot to look for`()
        throws
    {
        var history = Runbook().snapshotMethod()
        let taken = history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time
        history.act(.envDestroy(environment: "prod"), .unknown)
        #expect(try history.cleanup().rules(pm).contains(.lastRecoveryPoint))
        history.wait(.minutes(30))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history)),
        ])
        history.snapshots([("pm", "prod", "AVAILABLE", try #require(taken))])
        let plan = try history.cleanup()
        #expect(plan.rules(pm) == [.lastRecoveryPoint])
        #expect(!plan.needs.map(\.fact).contains(list))
    }
}
