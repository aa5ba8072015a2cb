import FleetModel
import FleetProof
import Ledger
import Projector
import Testing

/// Names that were used again, and what an earlier one of the name took.
extension StrayHistoryTests {
    @Test func `a final snapshot is kept when old answers led to what it is of`() throws {
        let history = try history(
            [
                point(1, at: "prod2"), point(1, at: "prod", ttl: 7200),
                .look(.host(Platform.hostnames[0], isCached: false)),
                .look(.host(Platform.hostnames[1], isCached: false)),
                .act(.snapshotCreate(environment: "prod", name: "pm")), .wait(610),
                creation("prod2", from: "pm"), .wait(1510),
                .decide(.migrationClosed(abandoned: true)),
                .act(.envLoad(environment: "prod2", release: "r1")), .wait(210),
                .act(.envActivate(environment: "prod2", release: "r1")), .wait(125),
                .act(.envDestroy(environment: "prod2")), .wait(700),
                .look(.snapshots(isComplete: true)),
            ])
        #expect(try Proof(history).violations.isEmpty)
    }

    @Test func `the way back leaves a snapshot alone that only has the name of ours`() throws {
        let seed = "1421200800"
        let history = try history([
            .act(.envCreate(EnvironmentCreation(environment: "tmp", snapshot: .named(seed)))),
            .look(.defaultEnvironment), .look(.environment("prod")),
            .act(.snapshotCreate(environment: "prod", name: seed)), .wait(610),
            .act(.envCreate(EnvironmentCreation(environment: "tmp", snapshot: .named(seed)))),
            .look(.snapshots(isComplete: true)), .wait(1510), .look(.environment("tmp")),
        ])
        #expect(try Proof(history).violations.isEmpty)
    }

    @Test func `what a destination took before it was destroyed and made again is not forgotten`()
        throws
    {
        var history = try history([
            creation("prod2"), .wait(1510), .act(.envLoad(environment: "prod2", release: "r1")),
            .wait(210), .act(.envActivate(environment: "prod2", release: "r1")),
            point(1, at: "prod2"), .wait(3700), .act(.envDestroy(environment: "prod2")),
            .look(.environments(isComplete: true)), .wait(90_000),
            .look(.snapshots(isComplete: true)),
        ])
        let final = history.platform.snapshots.keys.first { $0.hasPrefix("prod2-final") }
        try history.play(Move(deed: creation("prod2", from: final), dice: 1))
        try history.play(Move(deed: .wait(3700), dice: 1))
        #expect(history.platform.environments["prod2"] != nil, "it was made again")
        #expect(try Proof(history).violations.isEmpty)
    }

    @Test func `a time to live that a switch lowered still counts`() throws {
        var history = Runbook().snapshotCopied()
        let text = Runbook().created(history)
        let host = "www.bestpants.com"
        func point(_ name: String, ttl: Int, old: Int) -> Action {
            .dnsSwitch(
                DNSSwitch(host: host, target: name, environment: name, ttl: ttl, oldTTL: old))
        }
        history.act(point("prod", ttl: 300, old: 86_400))
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        history.act(.envProtected(environment: "prod2", state: .on))
        history.act(point("prod2", ttl: 300, old: 300))
        history.wait(.hours(3))
        history.host("prod2")
        history.act(.configDefaultEnv(environment: "prod2"))
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().rules("environment/prod").contains(.drained))
    }

    @Test func `a source that is still being created is nothing to go back to`() throws {
        var history = CaseHistory()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod2", destination: "prod3", method: .dump)))
        history.act(.envDestroy(environment: "prod3"), .refused)
        history.act(.envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod"))))
        #expect(try history.rollback().way == "unknown")
    }

    @Test func `of two commands under way at once nobody knows which set the default`() throws {
        var history = CaseHistory()
        history.act(.configDefaultEnv(environment: "prod2"), .started)
        history.act(.configDefaultEnv(environment: "prod"))
        history.act(.configDefaultEnv(environment: "prod2"))
        let row = try history.planner().overview().rows.first { $0.resource == .fleet }
        #expect(row?.cells.first?.cell.text == "unknown")
    }

    @Test func `a destination made from a snapshot may hold what its source was relieved of`()
        throws
    {
        let again = MigrationRoles(
            migration: "again", source: "prod2", destination: "prod3", method: .snapshot,
            hostnames: Platform.hostnames)
        let history = try history([
            creation("prod2"), .wait(1510), .act(.envLoad(environment: "prod2", release: "r1")),
            .wait(210), .act(.envActivate(environment: "prod2", release: "r1")), .wait(210),
            .act(.databaseDump(environment: "prod", path: "a.sql")), point(1, at: "prod2"),
            .wait(3700), .decide(.migrationOpened(again), in: "again"),
            .act(.snapshotCreate(environment: "prod2", name: "pm3")), .wait(610),
            .act(.databaseLoad(environment: "prod2", path: "a.sql")),
            creation("prod3", from: "pm3", of: "prod2"), .wait(1510),
        ])
        #expect(try Proof(history).violations.isEmpty)
        let plan = try history.planner().rollback(migration: "again")
        #expect(plan.extra["verdict"] == .string("unknown"))
    }
}
