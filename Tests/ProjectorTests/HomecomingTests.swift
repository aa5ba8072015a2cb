import Ledger
import Projector
import Testing

/// A migration back to the environment that an earlier one has left.
@Suite struct HomecomingTests {
    /// SNAP to the end and closed, the source kept; then one back to it by a dump, declared.
    private func opened(_ book: Runbook = Runbook(), isDrained: Bool = true) -> CaseHistory {
        var history = book.snapshotMethod()
        if !isDrained {
            history.act(.envMaintenance(environment: "prod", state: .off))
            history.wait(.minutes(1))
        }
        history.see(.defaultEnvironment("prod2"))
        history.decide(.migrationClosed(abandoned: false))
        history.open("back", from: "prod2", to: "prod", by: .dump)
        look(&history, .off)
        history.host("prod2", ttl: 300)
        return history
    }

    private func look(_ history: inout CaseHistory, _ source: Switch, _ destination: Switch = .on) {
        let text = Runbook().created(history, "prod2")
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        history.describe("prod", Runbook.prodCreated, maintenance: destination)
        history.describe("prod2", text, maintenance: source)
    }

    private func loaded(_ book: Runbook = Runbook(), isDrained: Bool = true) -> CaseHistory {
        var history = opened(book, isDrained: isDrained)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        look(&history, .on)
        history.act(.databaseDump(environment: "prod2", path: "back.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod", path: "back.sql"))
        history.wait(.minutes(5))
        history.act(.envCacheFlush(environment: "prod"))
        return history
    }

    /// The source of the first one opened again, tested and chosen.
    private func tested() -> CaseHistory {
        var history = loaded()
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        look(&history, .on, .off)
        history.decide(.testPassed(environment: "prod"))
        history.decide(.go)
        return history
    }

    @Test func `what was copied before customers left says nothing against the way back`() throws {
        for history in [opened(), loaded(), tested()] {
            let plan = try history.rollback()
            #expect(plan.way == "clean" || plan.way == "nothing")
            #expect(plan.isLossy == false)
        }
        #expect(try opened().next().commands == ["env.maintenance environment/prod2"])
    }

    @Test func `once customers are led back the way back loses what they write`() throws {
        var history = tested()
        let led = history.clock
        history.moveCustomers(to: "prod")
        look(&history, .on, .off)
        let plan = try history.rollback()
        #expect(plan.way == "lossy")
        let from = plan.extra["exposure"]?.object?["from"]?.string.flatMap(Timestamp.init)
        #expect(from.map { $0 >= led } ?? false)
        // The default environment is set to what it was then, and not asked for.
        #expect(plan.steps.last?.command == .action(.configDefaultEnv(environment: "prod2")))
        #expect(plan.needs.isEmpty)
    }

    @Test func `what a copy may lack is still at the environment that it was made of`() throws {
        var late = Runbook()
        late.snapshotAfter = .seconds(20)
        #expect(try loaded(late).rollback().way != "clean")
        #expect(try loaded(late).rollback().way != "nothing")
        // Opened before the old answers had run out, it may have taken orders that no copy has.
        var short = Runbook()
        short.drainWait = .minutes(10)
        #expect(try opened(short, isDrained: false).rollback().way != "clean")
        #expect(try opened(short, isDrained: false).rollback().way != "nothing")
    }
}
