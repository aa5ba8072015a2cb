import Ledger
import Projector
import Testing

/// Names that have a part in more than one migration: each means the environment that was there then.
@Suite struct ReusedPartTests {
    private let created = "2017-05-02T09:00:00Z"

    /// A dump by way of a temporary environment that is gone, as is the source, without a final
    /// snapshot; another environment has the source's name.
    private func replaced() throws -> CaseHistory {
        var book = DumpRunbook()
        book.throughTemporary = true
        book.isTemporaryDeclared = true
        var history = try book.dumpMethod()
        let text = Runbook().created(history)
        history.act(.envDestroy(environment: "temp"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        let taken = try #require(
            history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time)
        for _ in 0..<3 {
            history.wait(.minutes(60))
            history.list([("prod2", "RUNNING", text)])
            history.snapshots([("early", "prod", "AVAILABLE", taken)])
        }
        history.wait((Timestamp(created) ?? history.clock) - history.clock)
        history.list([("prod", "RUNNING", created), ("prod2", "RUNNING", text)])
        history.describe("prod", created, maintenance: .off)
        history.snapshots([("early", "prod", "AVAILABLE", taken)])
        return history
    }

    @Test(arguments: [MigrationMethod.dump, .snapshot])
    func `a migration takes over no snapshot of what had the name before`(
        method: MigrationMethod
    ) throws {
        var history = try replaced()
        let db = "snapshot/database/early"
        #expect(try history.cleanup().rules(db).contains(.lastRecoveryPoint))
        history.migration = "next"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "next", source: "prod", destination: "prod3", method: method,
                    temporary: "temp", hostnames: ["www.bestpants.com"])))
        history.describe("prod", created, maintenance: .off)
        let plan = try history.cleanup()
        #expect(plan.verdict(db) == .blocked)
        #expect(plan.rules(db).contains(.lastRecoveryPoint))
    }

    /// A copy by the snapshot method under any names; when the destination was created.
    private func copy(
        _ history: inout CaseHistory, from source: (String, String), to name: String,
        by snapshot: String
    ) -> String {
        history.list([(source.0, "RUNNING", source.1)])
        history.describe(source.0, source.1, maintenance: .off)
        history.host(source.0)
        history.act(.envMaintenance(environment: source.0, state: .on))
        history.wait(.minutes(2))
        history.describe(source.0, source.1, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: source.0, name: snapshot))
        history.wait(.minutes(2))
        history.describe(source.0, source.1, maintenance: .on)
        history.snapshots([(snapshot, source.0, "AVAILABLE", taken)])
        let created = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: name, source: .named(source.0), snapshot: .named(snapshot),
                    size: "f1-xlarge")))
        history.wait(.minutes(20))
        history.list([(source.0, "RUNNING", source.1), (name, "RUNNING", created)])
        history.act(.envLoad(environment: name, release: "r"))
        history.wait(.minutes(5))
        history.describe(name, created, maintenance: .off, active: nil)
        history.act(.envActivate(environment: name, release: "r"))
        history.wait(.minutes(3))
        history.describe(name, created, maintenance: .off)
        return created
    }

    @Test func `a finished migration that nobody closed claims no later environment of the name`()
        throws
    {
        var history = Runbook().snapshotMethod()
        let first = Runbook().created(history)
        history.act(.snapshotDestroy(name: "pm"))
        history.destroyProd(leaving: [("prod2", "RUNNING", first)])
        history.open("onward", from: "prod2", to: "prod3")
        let third = copy(&history, from: ("prod2", first), to: "prod3", by: "pm2")
        history.decide(.testPassed(environment: "prod3"))
        history.decide(.go)
        history.moveCustomers(to: "prod3")
        history.describe("prod3", third, maintenance: .off)
        history.act(.snapshotDestroy(name: "pm2"))
        history.act(.envProtected(environment: "prod2", state: .off))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod3", "RUNNING", third)])
        history.open("back", from: "prod3", to: "prod2")
        _ = copy(&history, from: ("prod3", third), to: "prod2", by: "pm3")
        history.decide(.testFailed(environment: "prod2"))
        history.act(.envMaintenance(environment: "prod3", state: .off))
        history.wait(.minutes(2))
        history.describe("prod3", third, maintenance: .off)
        history.host("prod3")
        history.see(.defaultEnvironment("prod3"))
        let plan = try history.cleanup()
        #expect(plan.verdict("environment/prod2") == .safe)
        #expect(plan.verdict("snapshot/database/pm3") == .safe)
        #expect(plan.verdict("environment/prod3") == .blocked)
    }

    @Test func `a source whose migration was given up is not told to give it up`() throws {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let reasons = try #require(
            try history.cleanup().resources.first {
                $0.resource.description == "environment/prod"
            }?.reasons)
        #expect(!reasons.isEmpty)
        #expect(!reasons.contains { $0.unblock.contains("migration close") })
        #expect(reasons.contains { $0.unblock.contains("migration open NAME --from prod") })
    }
}
