import Ledger
import Projector
import Testing

/// Things that are tried to be made again after they were seen not to be there.
@Suite struct TriedAgainTests {
    private let s = "environment/prod"
    private let staging = "environment/staging"
    private let creation: Action = .envCreate(
        EnvironmentCreation(environment: "staging", source: .named("prod")))
    private let keeping: Action = .snapshotCreate(environment: "prod", name: "keep-me")

    private func rows(_ history: CaseHistory) -> [(String, String, String)] {
        [
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history, "prod2")),
        ]
    }

    /// The clean-up is due; staging was tried to be made from the source and proven not to be there.
    private func absent(after first: Outcome) -> CaseHistory {
        var history = Runbook().snapshotMethod()
        history.act(creation, first)
        history.wait(.minutes(1))
        history.list(rows(history))
        if first != .refused {
            history.wait(.minutes(30))
            history.list(rows(history))
        }
        return history
    }

    @Test(arguments: [Outcome.refused, .unknown], [Outcome.refused, .unknown, .started])
    func `an absence settles only what was tried before it`(first: Outcome, second: Outcome)
        throws
    {
        var history = absent(after: first)
        #expect(try history.cleanup().verdict(staging) == .gone)
        #expect(try history.cleanup().verdict(s) == .safe)
        history.act(creation, second)
        let plan = try history.cleanup()
        #expect(plan.verdict(staging) == .unknown)
        #expect(plan.rules(s).contains(.inFlight))
        #expect(plan.needs.map(\.command).contains(["fleet", "env", "list"]))
        #expect(try history.planner().overview().inDoubt.isEmpty == (second == .refused))
        history.wait(.minutes(1))
        history.list(rows(history))
        history.wait(.minutes(30))
        history.list(rows(history))
        let settled = try history.cleanup()
        #expect(settled.verdict(staging) == .gone)
        #expect(settled.verdict(s) == .safe)
        #expect(try history.planner().overview().inDoubt.isEmpty)
    }

    @Test func `what a later try made is known by it once it is seen`() throws {
        var history = absent(after: .refused)
        let made = history.clock
        history.act(creation, .unknown)
        history.wait(.minutes(20))
        history.list(rows(history) + [("staging", "CREATING", made.description)])
        #expect(try history.cleanup().rules(s).contains(.inFlight))
        history.wait(.minutes(10))
        history.list(rows(history) + [("staging", "RUNNING", made.description)])
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `what is to be made again is looked for before it is tried once more`() throws {
        var history = Runbook().snapshotTaken()
        let making: Action = .envCreate(
            EnvironmentCreation(
                environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                size: "f1-xlarge"))
        history.act(making, .refused)
        history.wait(.minutes(1))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        #expect(try history.next().commands == ["env.create environment/prod2"])
        history.act(making, .unknown)
        let due = try history.next()
        #expect(due.steps.isEmpty)
        #expect(due.needs.map(\.command).contains(["fleet", "env", "list"]))
    }

    @Test func `a snapshot that was seen gone is in doubt once it is made again`() throws {
        var history = Runbook().snapshotMethod()
        let seen = history.clock
        let pm = history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time
        let old = ("pm", "prod", "AVAILABLE", pm ?? seen)
        history.act(keeping)
        history.wait(.minutes(5))
        history.snapshots([old, ("keep-me", "prod", "AVAILABLE", seen)])
        history.act(.snapshotDestroy(name: "keep-me"))
        history.wait(.minutes(5))
        history.snapshots([old])
        let kept = "snapshot/database/keep-me"
        #expect(try history.cleanup().verdict(kept) == .gone)
        history.act(keeping, .unknown)
        #expect(try history.cleanup().verdict(kept) == .unknown)
        history.wait(.minutes(5))
        history.snapshots([old])
        history.wait(.minutes(30))
        history.snapshots([old])
        #expect(try history.cleanup().verdict(kept) == .gone)
    }
}
