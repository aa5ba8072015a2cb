import Ledger
import Projector
import Testing

/// A destination that was closed again after customers were sent to it.
@Suite struct ClosedAgainTests {
    private let loss = Step.Command.ledger(["ledger-cli", "record", "accept-loss"])

    /// Moved by the book; two days later the destination is closed for something else.
    private func closedAgain() -> CaseHistory {
        var history = Runbook().snapshotMethod()
        history.wait(.hours(48))
        history.host("prod2")
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        return history
    }

    @Test func `closing the destination is no decision to go back, and it is opened again`() throws
    {
        let plan = try closedAgain().next()
        #expect(
            plan.steps.map(\.command) == [
                .action(.envMaintenance(environment: "prod2", state: .off))
            ])
        #expect(plan.warnings.contains { $0.contains("plan rollback") })
    }

    @Test func `an ON that was refused and seen to have done nothing changes nothing`() throws {
        var history = Runbook().snapshotMethod()
        let before = try history.next().commands
        history.act(.envMaintenance(environment: "prod2", state: .on), .refused)
        history.wait(.minutes(2))
        history.describe("prod2", Runbook().created(history), maintenance: .off)
        #expect(try history.next().commands == before)
    }

    @Test func `who decided to go back is told what it costs and what costs nothing`() throws {
        var history = closedAgain()
        history.decide(.noGo)
        let plan = try history.next()
        #expect(plan.steps.map(\.command) == [loss])
        #expect(plan.warnings.contains { $0.contains("copy-back, fix-forward") })
    }

    @Test func `beside an open source the destination is not opened`() throws {
        var history = closedAgain()
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        #expect(!(try history.next().commands.contains("env.maintenance environment/prod2")))
    }

    @Test func `opening the source beside an open destination is too early`() throws {
        let opening = Action.envMaintenance(environment: "prod", state: .off)
        let moved = Runbook().snapshotMethod()
        #expect(!(try moved.planner().premature(opening)).isEmpty)
        #expect((try closedAgain().planner().premature(opening)).isEmpty)
        // Before anybody was sent away the way back begins with it.
        var decided = Runbook()
        decided.moves = false
        #expect((try decided.snapshotMethod().planner().premature(opening)).isEmpty)
        #expect((try Runbook.abandoned().planner().premature(opening)).isEmpty)
    }
}
