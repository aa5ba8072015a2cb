import Ledger
import Projector
import Testing

/// A destination that is named as an environment that is gone: it is yet to be made.
@Suite struct RenewedNameTests {
    /// SNAP to the end, the source gone and the migration closed; then one back to its name.
    private func back(goneFirst: Bool = true) -> CaseHistory {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        let asked = history.clock
        history.wait(.minutes(30))
        if goneFirst {
            history.list([("prod2", "RUNNING", text)])
            history.snapshots([("prod-final", "prod", "AVAILABLE", asked)])
        }
        history.decide(.migrationClosed(abandoned: false))
        history.open("back", from: "prod2", to: "prod")
        history.host("prod2", ttl: 3600)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.list([("prod2", "RUNNING", text)])
        history.describe("prod2", text, maintenance: .on)
        return history
    }

    @Test func `what has the name of one that is gone holds nothing before it is made`() throws {
        for goneFirst in [true, false] {
            let plan = try back(goneFirst: goneFirst).rollback()
            #expect(plan.way == "clean")
            #expect(plan.isLossy == false)
            #expect(plan.commands.first == "env.maintenance environment/prod2")
        }
    }

    @Test func `what is made under the name is the destination from then on`() throws {
        var history = back()
        history.act(
            .envCreate(EnvironmentCreation(environment: "prod", source: .named("prod2"))))
        history.wait(.minutes(30))
        history.list([
            ("prod2", "RUNNING", Runbook().created(history, "prod2")),
            ("prod", "RUNNING", Runbook().created(history, "prod")),
        ])
        let text = Runbook().created(history, "prod")
        history.act(.envLoad(environment: "prod", release: "r"))
        history.wait(.minutes(5))
        history.act(.envActivate(environment: "prod", release: "r"))
        history.wait(.minutes(3))
        history.describe("prod", text, maintenance: .off)
        #expect(try history.rollback().way == "clean")
        history.moveCustomers(to: "prod")
        history.describe("prod", text, maintenance: .off)
        #expect(try history.rollback().way == "lossy")
    }
}
