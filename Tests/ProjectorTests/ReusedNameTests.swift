import Ledger
import Projector
import Testing

/// A destination that is made under the name of an earlier one, to which customers were sent once.
@Suite struct ReusedNameTests {
    private let host = "www.bestpants.com"

    private func phase(_ plan: Plan) -> String? { plan.extra["phase"]?.string }

    /// A migration that had switched, went back as planned, was cleaned up and closed; a week later
    /// another one to the same name is opened.
    private func again(_ method: MigrationMethod) throws -> CaseHistory {
        var history =
            method == .snapshot ? Runbook().snapshotMethod() : try DumpRunbook().dumpMethod()
        let created = Runbook().created(history)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", created, maintenance: .on)
        history.decide(.lossAccepted)
        history.act(
            .dnsSwitch(
                DNSSwitch(host: host, target: "prod", environment: "prod", ttl: 300, oldTTL: 300)))
        history.wait(.minutes(70))
        history.host("prod")
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.act(.configDefaultEnv(environment: "prod"))
        history.act(.envProtected(environment: "prod2", state: .off))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(20))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.decide(.migrationClosed(abandoned: true))
        history.wait(.hours(24 * 7))
        history.migration = "again"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "again", source: "prod", destination: "prod2", method: method,
                    hostnames: [host])))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.see(.sqlScripts(Listing(rows: [], isComplete: true)))
        history.see(.defaultEnvironment("prod"))
        history.host("prod")
        return history
    }

    private func close(_ name: String, _ created: String, _ history: inout CaseHistory) {
        history.act(.envMaintenance(environment: name, state: .on))
        history.wait(.minutes(2))
        history.describe(name, created, maintenance: .on)
    }

    private func make(_ history: inout CaseHistory, from snapshot: EnvironmentCreation.Choice)
        throws -> String
    {
        let created = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: snapshot,
                    size: "f1-xlarge")))
        let waiting = try history.next()
        #expect(phase(waiting) == "create the destination")
        #expect(waiting.steps.isEmpty)
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
        ])
        #expect(try history.next().commands == ["env.load environment/prod2"])
        #expect(try history.cleanup().verdict("environment/prod2") == .blocked)
        history.act(.envLoad(environment: "prod2", release: "r"))
        history.wait(.minutes(5))
        history.describe("prod2", created, maintenance: .off, active: nil)
        history.act(.envActivate(environment: "prod2", release: "r"))
        history.wait(.minutes(3))
        history.describe("prod2", created, maintenance: .off)
        return created
    }

    /// Test, decision, protection, switch, default: each in its turn.
    private func finish(_ history: inout CaseHistory, _ created: String) throws {
        #expect(phase(try history.next()) == "test")
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        #expect(try history.next().commands == ["env.protected environment/prod2"])
        history.act(.envProtected(environment: "prod2", state: .on))
        history.describe("prod2", created, maintenance: .off)
        #expect(try history.next().commands == ["dns.switch dns/\(host)"])
        history.act(
            .dnsSwitch(
                DNSSwitch(host: host, target: "prod2", environment: "prod2", ttl: 300, oldTTL: 300))
        )
        #expect(try history.next().commands == ["config.default-env environment/prod2"])
        history.act(.configDefaultEnv(environment: "prod2"))
        history.wait(.minutes(70))
        history.host("prod2")
        history.describe("prod2", created, maintenance: .off)
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(phase(try history.next()) == "clean up")
        #expect(try history.cleanup().verdict("environment/prod") == .safe)
    }

    @Test func `by the snapshot method the second migration goes on to its end`() throws {
        var history = try again(.snapshot)
        close("prod", Runbook.prodCreated, &history)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm-again"))
        history.wait(.minutes(2))
        history.snapshots([("pm-again", "prod", "AVAILABLE", taken)])
        let created = try make(&history, from: .named("pm-again"))
        try finish(&history, created)
    }

    @Test func `by the dump method the second migration goes on to its end`() throws {
        var history = try again(.dump)
        let created = try make(&history, from: .unsaid)
        close("prod", Runbook.prodCreated, &history)
        close("prod2", created, &history)
        #expect(try history.next().commands == ["database.dump environment/prod"])
        history.act(.databaseDump(environment: "prod", path: "again.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "again.sql"))
        history.wait(.minutes(5))
        history.act(.envCacheFlush(environment: "prod2"))
        history.act(.envMaintenance(environment: "prod2", state: .off))
        history.wait(.minutes(2))
        history.describe("prod2", created, maintenance: .off)
        try finish(&history, created)
    }

    @Test func `an old switch that was never taken back still leads to the new one`() throws {
        var history = try again(.snapshot)
        close("prod", Runbook.prodCreated, &history)
        history.act(
            .dnsSwitch(
                DNSSwitch(host: host, target: "prod2", environment: "prod2", ttl: 300, oldTTL: 300))
        )
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm-again"))
        history.wait(.minutes(2))
        history.snapshots([("pm-again", "prod", "AVAILABLE", taken)])
        let created = try make(&history, from: .named("pm-again"))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", created, maintenance: .on)
        #expect(phase(try history.next()) == "roll back")
    }
}
