import Ledger
import Projector
import Testing

/// What a way back names as left over when no migration was declared.
@Suite struct UndeclaredLeftoversTests {
    private func start() -> CaseHistory {
        var history = CaseHistory(migration: nil)
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        return history
    }

    @Test func `an environment that was made is left over until it is gone`() throws {
        var history = start()
        let created = history.clock.description
        history.act(
            .envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod"))))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
        ])
        history.act(.envLoad(environment: "prod2", release: "r"))
        history.act(.envActivate(environment: "prod2", release: "r"))
        let plan = try history.rollback()
        #expect(plan.way == "nothing")
        #expect(plan.extra["residue"] == ["environment/prod2"])
        #expect(plan.summary.contains("what was made is left"))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(10))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        #expect(try history.rollback().extra["residue"] == [])
    }

    @Test func `a snapshot of a closed source is left over beside the way back`() throws {
        var history = start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.act(.snapshotCreate(environment: "prod", name: "no"), .refused)
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(plan.extra["residue"] == ["snapshot/database/pm"])
    }
}
