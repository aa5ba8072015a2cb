import Ledger
import Projector
import Testing

/// What is due, asked at the places where the obvious next command would be unsafe.
@Suite struct NextTests {
    @Test func `the questions of the clean-up are asked before the source is closed`() throws {
        var history = CaseHistory()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let plan = try history.next()
        #expect(plan.commands == ["env.maintenance environment/prod"])
        let asked = Set(plan.needs.map(\.fact))
        #expect(
            asked.isSuperset(of: [
                "nfs of environment/prod", "description of environment/prod", "default environment",
                "automatic SQL scripts", "where www.bestpants.com points",
            ]))
        #expect(plan.extra["observe"]?.array?.count == plan.needs.count)
    }

    @Test func `a snapshot 20 s after maintenance ON is called unsafe`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        let plan = try history.next(after: .seconds(19))
        #expect(plan.steps.isEmpty)
        #expect(plan.warnings.contains { $0.hasPrefix("a copy before ") })
        #expect(plan.needs.map(\.fact).contains("description of environment/prod"))
    }

    @Test func `a refused snapshot is taken again and an unknown one is looked for`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        var refused = history
        refused.act(.snapshotCreate(environment: "prod", name: "pm"), .refused)
        #expect(try refused.next().commands == ["snapshot.create snapshot/database/plan-migration"])
        history.act(.snapshotCreate(environment: "prod", name: "pm"), .unknown)
        let plan = try history.next()
        #expect(plan.steps.isEmpty)
        #expect(plan.needs.map(\.fact).contains("list of database snapshots"))
    }

    @Test func `a load before RUNNING is called unsafe`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"))))
        let plan = try history.next()
        #expect(plan.steps.isEmpty)
        #expect(plan.warnings == ["env load before prod2 is RUNNING"])
    }

    @Test func `the temporary route asks for snapshot, environment and dump in turn`() throws {
        var history = try DumpRunbook().activated()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2", method: .dump,
                    temporary: "tmp", hostnames: ["www.bestpants.com"])))
        let created = Runbook().created(history)
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", created, maintenance: .on)
        #expect(try history.next().commands == ["snapshot.create snapshot/database/plan-migration"])
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "plan-migration"))
        #expect(try history.next().steps.isEmpty)
        history.snapshots([("plan-migration", "prod", "AVAILABLE", taken)])
        #expect(try history.next().commands == ["env.create environment/tmp"])
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "tmp", source: .named("prod"), snapshot: .named("plan-migration")))
        )
        #expect(try history.next().steps.isEmpty)
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
            ("tmp", "RUNNING", made),
        ])
        #expect(try history.next().commands == ["database.dump environment/tmp"])
        history.act(.databaseDump(environment: "tmp", path: "tmp.sql"))
        #expect(try history.next().commands == ["database.load environment/prod2"])
        history.act(.databaseLoad(environment: "prod2", path: "tmp.sql"))
        #expect(try history.next().commands == ["env.cache-flush environment/prod2"])
    }

    @Test func `after a refused load the switch is unsafe and the load is due again`() throws {
        let history = try DumpRunbook(load: .refused).loaded()
        let plan = try history.next()
        #expect(plan.commands == ["database.load environment/prod2"])
        #expect(plan.warnings.contains { $0.contains("DNS switch") })
    }

    @Test func `a source opened after the copy makes the switch unsafe`() throws {
        var history = Runbook().snapshotCopied()
        history.act(.databaseLoad(environment: "prod", path: "old.sql"))
        let plan = try history.next()
        #expect(plan.commands.isEmpty)
        #expect(plan.warnings.contains { $0.hasPrefix("the DNS switch: database.load") })
    }

    @Test func `an abandoned migration goes back first and is cleaned up then`() throws {
        let history = Runbook(testPasses: false).snapshotMethod()
        let plan = try history.next()
        #expect(plan.extra["phase"] == .string("roll back"))
        #expect(plan.commands == ["env.maintenance environment/prod"])
    }

    @Test func `the whole procedure is followed to its end`() throws {
        var history = Runbook().snapshotMethod()
        #expect(
            try history.next().commands == [
                "snapshot.destroy snapshot/database/pm", "env.protected environment/prod",
                "env.destroy environment/prod",
            ])
        let created = Runbook().created(history)
        history.act(.snapshotDestroy(name: "pm"))
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        #expect(try history.next().steps.isEmpty)
        history.wait(.minutes(10))
        history.list([("prod2", "RUNNING", created)])
        #expect(try history.next().needs.map(\.fact) == ["list of database snapshots"])
        history.snapshots([("final", "prod", "AVAILABLE", history.clock)])
        #expect(try history.next().extra["phase"] == .string("done"))
    }
}
