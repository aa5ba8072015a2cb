import Ledger
import Projector
import Testing

/// The way back of a migration that a later one has followed: on from its destination, back to its
/// source, or over the same pair once more.
@Suite struct LaterMigrationTests {
    private let s = "environment/prod"
    private let pm = "snapshot/database/pm"

    private func point(_ name: String) -> Action {
        .dnsSwitch(
            DNSSwitch(
                host: "www.bestpants.com", target: name, environment: name, ttl: 300, oldTTL: 300))
    }

    private func look(_ history: inout CaseHistory, _ open: String) {
        let text = Runbook().created(history, "prod2")
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        for (name, made) in [("prod", Runbook.prodCreated), ("prod2", text)] {
            history.describe(name, made, maintenance: name == open ? .off : .on)
        }
    }

    /// One more migration by the dump method, by the book to its end.
    private func move(
        _ history: inout CaseHistory, _ name: String, from source: String, to destination: String,
        finish: Bool = true
    ) {
        history.see(.defaultEnvironment(source))
        history.open(name, from: source, to: destination, by: .dump)
        look(&history, source)
        history.host(source, ttl: 300)
        history.act(.envMaintenance(environment: source, state: .on))
        history.act(.envMaintenance(environment: destination, state: .on))
        history.wait(.minutes(2))
        look(&history, "none")
        history.act(.databaseDump(environment: source, path: "\(name).sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: destination, path: "\(name).sql"))
        history.wait(.minutes(5))
        history.act(.envCacheFlush(environment: destination))
        history.act(.envMaintenance(environment: destination, state: .off))
        history.wait(.minutes(2))
        look(&history, destination)
        history.decide(.testPassed(environment: destination))
        history.decide(.go)
        guard finish else { return }
        history.moveCustomers(to: destination)
        look(&history, destination)
    }

    /// SNAP to the end and closed.
    private func first() -> CaseHistory {
        var history = Runbook().snapshotMethod()
        history.decide(.migrationClosed(abandoned: false))
        return history
    }

    private func way(_ name: String, _ history: CaseHistory) throws -> Plan {
        try history.planner().rollback(migration: name)
    }

    @Test func `nothing is left of a migration whose customers a later one has led home`() throws {
        var history = first()
        move(&history, "back", from: "prod2", to: "prod")
        let plan = try way("plan-move", history)
        #expect(plan.way == "nothing")
        #expect(plan.isLossy == false)
        #expect(plan.steps.isEmpty && plan.choices.isEmpty)
        #expect(try way("back", history).way == "lossy")
        // All that the snapshot holds came back; it waits for what was made from it.
        #expect(try !history.cleanup().rules(pm).contains(.lastRecoveryPoint))
    }

    @Test func `a later one that leads home and is not done leaves the way back unknown`() throws {
        var history = first()
        move(&history, "back", from: "prod2", to: "prod", finish: false)
        #expect(try way("plan-move", history).way == "lossy")
        history.act(point("prod"))
        let plan = try way("plan-move", history)
        #expect(plan.way == "unknown")
        #expect(plan.steps.isEmpty)
        #expect(try history.cleanup().rules(pm).contains(.lastRecoveryPoint))
    }

    @Test func `a snapshot of which the way home may lack something is kept`() throws {
        var book = Runbook()
        book.snapshotAfter = .seconds(20)
        var history = book.snapshotMethod()
        history.decide(.migrationClosed(abandoned: false))
        move(&history, "back", from: "prod2", to: "prod")
        #expect(try history.cleanup().rules(pm).contains(.lastRecoveryPoint))
    }

    @Test func `over the same pair once more the newest one answers for the source`() throws {
        var history = first()
        move(&history, "back", from: "prod2", to: "prod")
        history.decide(.migrationClosed(abandoned: false))
        move(&history, "again", from: "prod", to: "prod2")
        #expect(try history.planner().cleanup(migration: nil).verdict(s) == .safe)
        var untested = first()
        move(&untested, "back", from: "prod2", to: "prod")
        untested.decide(.migrationClosed(abandoned: false))
        move(&untested, "again", from: "prod", to: "prod2", finish: false)
        #expect(try untested.planner().cleanup(migration: nil).verdict(s) == .blocked)
    }

    /// A third environment, made for a migration from the second one, tested and open to customers.
    private func onward() -> CaseHistory {
        var history = first()
        history.see(.defaultEnvironment("prod2"))
        history.open("on", from: "prod2", to: "prod3")
        history.host("prod2")
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        let text = Runbook().created(history, "prod2")
        history.describe("prod2", text, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod2", name: "pm2"))
        history.wait(.minutes(2))
        history.snapshots([
            ("pm2", "prod2", "AVAILABLE", taken),
            ("pm", "prod", "AVAILABLE", taken + .hours(-3)),
        ])
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod3", source: .named("prod2"), snapshot: .named("pm2"))))
        history.wait(.minutes(20))
        history.act(.envLoad(environment: "prod3", release: "r"))
        history.act(.envActivate(environment: "prod3", release: "r"))
        history.wait(.minutes(5))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
            ("prod3", "RUNNING", made),
        ])
        history.describe("prod3", made, maintenance: .off)
        history.decide(.testPassed(environment: "prod3"))
        history.decide(.go)
        return history
    }

    @Test func `what the later destination took is settled before an earlier way back`() throws {
        var history = onward()
        let unmoved = try way("plan-move", history)
        #expect(unmoved.way == "lossy")
        history.moveCustomers(to: "prod3")
        history.act(point("prod2"))
        history.wait(.minutes(70))
        history.host("prod2")
        let plan = try way("plan-move", history)
        #expect(plan.way == "unknown")
        #expect(plan.steps.isEmpty)
        #expect(
            plan.needs.map(\.command) == [
                ["ledger-cli", "plan", "rollback", "--migration", "on"]
            ])
        let made = Runbook().created(history, "prod3")
        history.act(.envMaintenance(environment: "prod3", state: .on))
        history.wait(.minutes(2))
        history.describe("prod3", made, maintenance: .on)
        history.decide(.writesReconciled)
        #expect(try way("plan-move", history).way == "lossy")
    }

    @Test func `a source is not made again under a name that something else has`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.destroyProd(leaving: [("prod2", "RUNNING", text)])
        #expect(try history.rollback().commands.first == "env.create environment/prod")
        history.decide(.migrationClosed(abandoned: false))
        history.open("back", from: "prod2", to: "prod")
        history.host("prod2")
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        let made = history.clock.description
        history.act(
            .envCreate(EnvironmentCreation(environment: "prod", source: .named("prod2"))))
        history.wait(.minutes(30))
        history.list([("prod2", "RUNNING", text), ("prod", "RUNNING", made)])
        let plan = try way("plan-move", history)
        #expect(plan.way == "unknown")
        #expect(plan.steps.isEmpty && plan.choices.isEmpty)
        #expect(
            plan.needs.contains {
                $0.command == ["ledger-cli", "plan", "rollback", "--migration", "back"]
            })
    }

    @Test func `a name that a stranger has is left alone`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.destroyProd(leaving: [("prod2", "RUNNING", text)])
        history.wait(.minutes(30))
        history.list([
            ("prod2", "RUNNING", text), ("prod", "RUNNING", history.clock.description),
        ])
        let plan = try history.rollback()
        #expect(plan.way == "restore")
        #expect(plan.commands.isEmpty)
        #expect(plan.steps.count == 1 && plan.steps[0].isManual)
    }
}
