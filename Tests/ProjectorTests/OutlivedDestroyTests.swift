import Ledger
import Projector
import Testing

/// A destroy that was refused because the thing was protected did its job; whoever sees the thing RUNNING
/// afterwards knows that it is there.
@Suite struct OutlivedDestroyTests {
    private let s = "environment/prod"
    private let pm = "snapshot/database/pm"

    /// The evening by a method with a try to destroy an environment right after the destination was made.
    private func evening(
        _ name: String, _ outcome: Outcome, seenAfter look: Span?, dump: Bool
    ) throws -> CaseHistory {
        var history = dump ? try DumpRunbook().activated() : Runbook().start()
        if !dump { history.list([("prod", "RUNNING", Runbook.prodCreated)]) }
        history.act(.envDestroy(environment: name), outcome)
        if let look {
            history.wait(look)
            let text = dump ? Runbook().created(history) : ""
            history.list(
                [("prod", "RUNNING", Runbook.prodCreated)]
                    + (dump ? [("prod2", "RUNNING", text)] : []))
        }
        return history
    }

    /// The dump method from the closing on.
    private func goOn(_ history: inout CaseHistory) throws {
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod", path: "prod.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        history.wait(.minutes(5))
        DumpRunbook().finish(&history)
    }

    @Test(arguments: ["prod", "prod2"], [Outcome.refused, .unknown])
    func `seen RUNNING since, it is no obstacle`(name: String, outcome: Outcome) throws {
        var history = try evening(
            name, outcome, seenAfter: .minutes(outcome == .refused ? 1 : 26), dump: true)
        try goOn(&history)
        #expect(try history.cleanup().verdict(s) == .safe)
        #expect(try history.cleanup().commands.last == "env.destroy environment/prod")
    }

    @Test func `a destroy that was refused after the decision is settled by the next look`() throws
    {
        var history = Runbook().snapshotMethod()
        history.act(.envDestroy(environment: "prod2"), .refused)
        let text = Runbook().created(history)
        let doubted = try history.cleanup()
        #expect(doubted.verdict(s) == .blocked)
        #expect(doubted.rules(s).contains(.noSuccessor))
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().verdict(s) == .safe)
        #expect(try history.cleanup().verdict(pm) == .safe)
    }

    @Test func `one of unknown outcome is settled by a look that comes late enough`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.envDestroy(environment: "prod2"), .unknown)
        let text = Runbook().created(history)
        history.wait(.minutes(1))
        history.describe("prod2", text, maintenance: .off)
        let doubted = try history.cleanup()
        #expect(doubted.verdict(s) == .blocked)
        let advice = doubted.resources.first { $0.resource.description == s }?.reasons.first {
            $0.rule == .noSuccessor
        }?.unblock
        #expect(advice?.hasPrefix("see prod2 RUNNING at ") == true)
        history.wait(.minutes(25))
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `one that was accepted is an obstacle whatever is seen`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.envDestroy(environment: "prod2"))
        let text = Runbook().created(history)
        history.wait(.minutes(30))
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().verdict(s) == .blocked)
    }

    @Test func `a dump of what a destroy may have taken proves nothing until the thing is seen`()
        throws
    {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.envDestroy(environment: "prod"), .refused)
        history.act(.databaseDump(environment: "prod", path: "prod.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        history.wait(.minutes(5))
        DumpRunbook().finish(&history)
        #expect(try history.cleanup().verdict(s) == .unknown)
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `what was declared as a dump and done by a snapshot is proven by the snapshot`()
        throws
    {
        var book = Runbook()
        book.isDeclared = false
        var history = book.snapshotMethod()
        let first = try #require(history.events.first?.time)
        let clock = history.clock
        history.wait(first - clock)
        history.decide(CaseHistory.opening("plan-move", from: "prod", to: "prod2", by: .dump))
        history.wait(clock - history.clock)
        let plan = try history.cleanup()
        #expect(!plan.rules(s).contains(.copyVerified))
        #expect(!plan.rules(s).contains(.copyQuiesced))
    }

    @Test(arguments: [true, false])
    func `a snapshot for a temporary environment that never came goes once the copy is verified`(
        isTried: Bool
    ) throws {
        var book = DumpRunbook()
        book.isTemporaryDeclared = true
        var history = try book.activated()
        try book.close(&history)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "ts"))
        history.wait(.minutes(5))
        history.snapshots([("ts", "prod", "AVAILABLE", taken)])
        if isTried {
            history.act(
                .envCreate(
                    EnvironmentCreation(
                        environment: "temp", source: .named("prod"), snapshot: .named("ts"))),
                .refused)
            history.wait(.minutes(1))
        }
        let text = Runbook().created(history)
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        history.act(.databaseDump(environment: "prod", path: "prod.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        history.wait(.minutes(5))
        book.finish(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .safe)
        let reasons = plan.resources.first { $0.resource.description == "snapshot/database/ts" }?
            .reasons
        #expect(reasons?.contains { $0.unblock.contains("--abandoned") } == false)
        if isTried { #expect(plan.verdict("snapshot/database/ts") == .safe) }
    }
}
