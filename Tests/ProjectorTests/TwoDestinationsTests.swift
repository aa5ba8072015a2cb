import Ledger
import Projector
import Testing

/// Two migrations of one source to different destinations: one of them at most serves in its place.
@Suite struct TwoDestinationsTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let other = "environment/prod3"

    private func phase(_ plan: Plan) -> String? { plan.extra["phase"]?.string }

    private func rollback(_ history: CaseHistory, of name: String) throws -> Plan {
        try history.planner().rollback(migration: name)
    }

    private func next(_ history: CaseHistory, of name: String) throws -> Plan {
        try history.planner().next(migration: name)
    }

    /// True when no step of a plan leads customers anywhere, opens or makes anything.
    private func leavesAlone(_ plan: Plan) -> Bool {
        plan.steps.allSatisfy { step in
            switch step.command {
            case .action(.envDestroy), .action(.snapshotDestroy): true
            case .ledger(let words): !words.contains("dns")
            default: false
            }
        }
    }

    private func rows(_ history: CaseHistory, _ names: [String]) -> [(String, String, String)] {
        names.map {
            (
                $0, "RUNNING",
                $0 == "prod" ? Runbook.prodCreated : Runbook().created(history, $0)
            )
        }
    }

    /// What is seen after a copy, a creation or a move: all of it.
    private func look(_ history: inout CaseHistory, _ names: [String], closed: [String] = ["prod"])
    {
        history.list(rows(history, names))
        for (name, _, created) in rows(history, names) {
            history.describe(name, created, maintenance: closed.contains(name) ? .on : .off)
        }
    }

    private func make(_ name: String, of snapshot: String, in history: inout CaseHistory) {
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: name, source: .named("prod"), snapshot: .named(snapshot),
                    size: "f1-xlarge")))
        history.wait(.minutes(20))
        history.list(rows(history, ["prod", "prod2", name]))
        history.act(.envLoad(environment: name, release: "r"))
        history.wait(.minutes(5))
        history.act(.envActivate(environment: name, release: "r"))
        history.wait(.minutes(3))
        look(&history, ["prod", "prod2", name])
    }

    /// The second migration up to its decision, of a copy of its own.
    private func second(after first: CaseHistory) -> CaseHistory {
        var history = first
        history.open("second", from: "prod", to: "prod3")
        history.host("prod", ttl: 3600)
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm3"))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.snapshots([("pm3", "prod", "AVAILABLE", taken)])
        make("prod3", of: "pm3", in: &history)
        history.decide(.testPassed(environment: "prod3"))
        history.decide(.go)
        return history
    }

    /// A first try that failed and was given up, and a second one up to its decision.
    private func retried() -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
        return second(after: history)
    }

    /// The second one carried out, with customers on its destination.
    private func moved(_ first: CaseHistory) -> CaseHistory {
        var history = first
        history.moveCustomers(to: "prod3")
        look(&history, ["prod", "prod2", "prod3"])
        return history
    }

    /// Both decided, of one copy, with customers on the destination of the first.
    private func beside() -> CaseHistory {
        var book = Runbook()
        book.moves = false
        var history = book.snapshotMethod()
        history.open("second", from: "prod", to: "prod3")
        make("prod3", of: "pm", in: &history)
        history.migration = "plan-move"
        history.moveCustomers(to: "prod2")
        look(&history, ["prod", "prod2", "prod3"])
        return history
    }

    @Test func `the way back of a try that was given up leaves customers where another led them`()
        throws
    {
        var history = moved(retried())
        for _ in 0..<2 {
            let plan = try rollback(history, of: "plan-move")
            #expect(plan.way == "nothing")
            #expect(plan.steps.isEmpty)
            #expect(leavesAlone(try next(history, of: "plan-move")))
            #expect(phase(try next(history, of: "plan-move")) == "abandoned")
            // And so it is once the source has gone as planned.
            history.destroyProd(leaving: rows(history, ["prod2", "prod3"]))
        }
        #expect(try history.cleanup().verdict(d) == .safe)
    }

    @Test func `the way back of the one that customers were led by is what it is alone`() throws {
        let plan = try rollback(moved(retried()), of: "second")
        #expect(plan.way == "lossy")
        #expect(plan.commands.first == "env.maintenance environment/prod3")
    }

    @Test func `what customers wrote elsewhere is settled before a source is opened`() throws {
        var history = moved(retried())
        history.act(
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: "prod", environment: "prod", ttl: 300)))
        history.wait(.minutes(10))
        history.host("prod")
        let plan = try rollback(history, of: "plan-move")
        #expect(plan.way == "unknown")
        #expect(plan.steps.isEmpty)
        #expect(
            plan.needs.map(\.command) == [
                ["ledger-cli", "plan", "rollback", "--migration", "second"]
            ])
        #expect(leavesAlone(try next(history, of: "plan-move")))
        let back = try rollback(history, of: "second")
        #expect(back.way == "lossy")
        #expect(back.commands.first == "env.maintenance environment/prod3")
        // Once that one is back, there is nothing more to do for either.
        history.act(.envMaintenance(environment: "prod3", state: .on))
        history.wait(.minutes(2))
        look(&history, ["prod", "prod2", "prod3"], closed: ["prod", "prod3"])
        history.decide(.lossAccepted)
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.act(.configDefaultEnv(environment: "prod"))
        history.wait(.minutes(2))
        look(&history, ["prod", "prod2", "prod3"], closed: ["prod3"])
        history.host("prod")
        #expect(try rollback(history, of: "second").way == "nothing")
        #expect(try rollback(history, of: "plan-move").way == "nothing")
    }

    @Test func `a source that is closed for a later try is not opened for one that was given up`()
        throws
    {
        let history = retried()
        let plan = try rollback(history, of: "plan-move")
        #expect(plan.way == "nothing")
        #expect(plan.steps.isEmpty)
        #expect(leavesAlone(try next(history, of: "plan-move")))
        #expect(
            try rollback(history, of: "second").commands.contains(
                "env.maintenance environment/prod"))
    }

    @Test func `customers are not led to two destinations in turn`() throws {
        var book = Runbook()
        book.moves = false
        var history = book.snapshotMethod()
        history = moved(second(after: history))
        let close = Step.Command.ledger([
            "ledger-cli", "migration", "close", "plan-move", "--abandoned",
        ])
        #expect(try next(history, of: "plan-move").steps.map(\.command) == [close])
        #expect(try history.cleanup().verdict(s) == .blocked)
        #expect(try rollback(history, of: "plan-move").way == "nothing")
        // Led on all the same, it is the other one's turn to end; what was written there stays.
        var led = history
        led.migration = "plan-move"
        led.moveCustomers(to: "prod2")
        look(&led, ["prod", "prod2", "prod3"])
        #expect(leavesAlone(try next(led, of: "second")))
        #expect(try rollback(led, of: "second").way == "unknown")
        #expect(try rollback(led, of: "plan-move").way == "lossy")
        #expect(try led.cleanup().verdict(s) == .blocked)
        led.migration = "second"
        led.decide(.migrationClosed(abandoned: true))
        #expect(try led.cleanup().rules(other).contains(.customerWrites))
        // Ended when it should be, nothing stands in the way.
        history.migration = "plan-move"
        history.decide(.migrationClosed(abandoned: true))
        #expect(try history.cleanup().verdict(s) == .safe)
        #expect(try history.cleanup().verdict(d) == .safe)
    }

    @Test func `a destination that no name ever led to goes once its sibling has succeeded`()
        throws
    {
        var history = beside()
        #expect(try rollback(history, of: "second").way == "nothing")
        #expect(leavesAlone(try next(history, of: "second")))
        history.migration = "second"
        history.decide(.migrationClosed(abandoned: true))
        let plan = try history.cleanup()
        #expect(plan.verdict(other) == .safe)
        #expect(plan.verdict(s) == .safe)
        #expect(plan.verdict(d) == .blocked)
        #expect(phase(try next(history, of: "second")) == "abandoned")
        history.destroyProd(leaving: rows(history, ["prod2", "prod3"]))
        #expect(try history.cleanup().verdict(other) == .safe)
        #expect(leavesAlone(try next(history, of: "second")))
    }

    @Test func `a destination that a name once led to keeps what customers wrote there`() throws {
        var history = beside()
        history.migration = "second"
        history.moveCustomers(to: "prod3")
        history.migration = "plan-move"
        history.moveCustomers(to: "prod2")
        look(&history, ["prod", "prod2", "prod3"])
        history.migration = "second"
        history.decide(.migrationClosed(abandoned: true))
        #expect(try history.cleanup().rules(other) == [.customerWrites])
    }

    @Test func `a name that passed on to a later destination says nothing of a sibling`() throws {
        var history = beside()
        history.migration = "second"
        history.decide(.migrationClosed(abandoned: true))
        history.migration = "onwards"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "onwards", source: "prod2", destination: "prod4", method: .snapshot,
                    hostnames: ["www.bestpants.com"])))
        history.act(.envCreate(EnvironmentCreation(environment: "prod4", source: .named("prod2"))))
        history.wait(.minutes(30))
        history.moveCustomers(to: "prod4")
        #expect(!(try history.cleanup().rules(other).contains(.customerWrites)))
        #expect(try rollback(history, of: "second").way == "nothing")
    }

    @Test func `a sibling that leads names of its own somewhere else ends nothing`() throws {
        var book = Runbook()
        book.moves = false
        var history = book.snapshotMethod()
        let due = try next(history, of: "plan-move").commands
        #expect(!due.isEmpty)
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "second", source: "prod", destination: "prod3", method: .snapshot,
                    hostnames: ["stage.bestpants.com"])))
        make("prod3", of: "pm", in: &history)
        history.act(
            .dnsSwitch(
                DNSSwitch(
                    host: "stage.bestpants.com", target: "prod3", environment: "prod3", ttl: 300)))
        history.wait(.minutes(10))
        history.see(
            .dns(
                DNSAnswer(
                    host: "stage.bestpants.com", target: "prod3", environment: "prod3", ttl: 300)))
        look(&history, ["prod", "prod2", "prod3"])
        #expect(try next(history, of: "plan-move").commands == due)
        #expect(try rollback(history, of: "plan-move").way == "clean")
        history.migration = "plan-move"
        history.moveCustomers(to: "prod2")
        #expect(try rollback(history, of: "plan-move").way == "lossy")
    }

    @Test func `the default goes back to what it was before either was tried`() throws {
        var history = moved(retried())
        history.migration = "plan-move"
        history.moveCustomers(to: "prod2")
        look(&history, ["prod", "prod2", "prod3"])
        #expect(
            try rollback(history, of: "plan-move").steps.contains {
                $0.command == .action(.configDefaultEnv(environment: "prod"))
            })
    }
}
