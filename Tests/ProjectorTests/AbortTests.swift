import Ledger
import Projector
import Testing

/// Migrations that were given up, and what may be destroyed of them then.
@Suite struct AbortTests {
    private let d = "environment/prod2"

    /// The test failed, and the source is open again.
    private func givenUp() -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        return history
    }

    /// Customers went to the destination and came back, and what it took was given up.
    private func back(accepted: Bool) -> CaseHistory {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        history.act(
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: "prod", environment: "prod", ttl: 300)))
        history.wait(.minutes(70))
        history.host("prod")
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.act(.configDefaultEnv(environment: "prod"))
        history.decide(.noGo)
        if accepted { history.decide(.lossAccepted) }
        return history
    }

    private func destroyed(_ given: CaseHistory) -> CaseHistory { destroying(given).history }

    private func destroying(_ given: CaseHistory) -> (history: CaseHistory, asked: Timestamp) {
        var history = given
        history.act(.envProtected(environment: "prod2", state: .off))
        let asked = history.clock
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.snapshots([("prod2-final", "prod2", "AVAILABLE", asked)])
        return (history, asked)
    }

    /// Both gone, with the final snapshot of the source seen in a status.
    private func bothDestroyed(_ status: String) -> (history: CaseHistory, asked: Timestamp) {
        var (history, first) = destroying(givenUp())
        let second = history.clock
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(30))
        history.list([])
        history.snapshots([
            ("prod2-final", "prod2", "AVAILABLE", first), ("prod-final", "prod", status, second),
        ])
        return (history, first)
    }

    @Test func `an abandoned destination goes once the source serves`() throws {
        #expect(try givenUp().cleanup().verdict(d) == .safe)
    }

    @Test func `an abandoned destination is kept when the source is missing from a list`() throws {
        var history = givenUp()
        history.list([("prod2", "RUNNING", Runbook().created(history))])
        let plan = try history.cleanup()
        #expect(plan.verdict(d) != .safe)
        #expect(plan.rules(d).contains(.sourceServing))
        #expect(plan.steps.isEmpty)
    }

    @Test func `a destination that this migration protected is unprotected and destroyed`() throws {
        let plan = try back(accepted: true).cleanup()
        #expect(plan.verdict(d) == .safe)
        let commands = plan.steps.filter { $0.resource.description == d }.map(\.command)
        #expect(
            commands == [
                .action(.envProtected(environment: "prod2", state: .off)),
                .action(.envDestroy(environment: "prod2")),
            ])
    }

    @Test func `the final snapshot of a destination that took no customer write goes`() throws {
        let plan = try destroyed(givenUp()).cleanup()
        #expect(plan.verdict("snapshot/database/prod2-final") == .safe)
    }

    @Test(arguments: [Outcome.accepted, .unknown, .refused])
    func `the final snapshot of a destination is kept while the source may be going`(
        outcome: Outcome
    ) throws {
        var history = destroyed(givenUp())
        history.act(.envDestroy(environment: "prod"), outcome)
        let plan = try history.cleanup()
        #expect(plan.verdict("snapshot/database/prod2-final") == .blocked)
        #expect(plan.rules("snapshot/database/prod2-final") == [.lastRecoveryPoint])
        #expect(!plan.steps.contains { $0.resource.description.hasSuffix("prod2-final") })
    }

    @Test func `the final snapshot of a destination goes once that of the source is there`() throws
    {
        for (status, verdict) in [("CREATING", Verdict.blocked), ("AVAILABLE", .safe)] {
            let plan = try bothDestroyed(status).history.cleanup()
            #expect(plan.verdict("snapshot/database/prod2-final") == verdict, "\(status)")
        }
    }

    @Test func `a final snapshot that a later complete list lacks is no recovery point`() throws {
        var (history, first) = bothDestroyed("AVAILABLE")
        history.wait(.minutes(30))
        history.snapshots([("prod2-final", "prod2", "AVAILABLE", first)])
        let plan = try history.cleanup()
        #expect(plan.verdict("snapshot/database/prod2-final") == .blocked)
        #expect(plan.rules("snapshot/database/prod2-final") == [.lastRecoveryPoint])
    }

    @Test func `the final snapshot of a destination is kept when the source is missing`() throws {
        var history = destroyed(givenUp())
        history.list([])
        let plan = try history.cleanup()
        #expect(plan.verdict("snapshot/database/prod2-final") == .blocked)
        #expect(plan.rules("snapshot/database/prod2-final") == [.lastRecoveryPoint])
    }

    @Test func `whether a final snapshot may go is unknown when the source was never seen`() throws
    {
        var history = CaseHistory()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot)))
        let made = history.clock.description
        history.act(
            .envCreate(EnvironmentCreation(environment: "prod2", snapshot: .named("seed"))))
        history.wait(.minutes(20))
        history.describe("prod2", made, maintenance: .off, active: nil)
        history.decide(.testFailed(environment: "prod2"))
        history.decide(.noGo)
        let asked = history.clock
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([])
        history.snapshots([("prod2-final", "prod2", "AVAILABLE", asked)])
        let plan = try history.cleanup()
        #expect(plan.verdict("snapshot/database/prod2-final") == .unknown)
        #expect(plan.rules("snapshot/database/prod2-final") == [.lastRecoveryPoint])
    }

    @Test func `the final snapshot of a destination that is older than the ledger is not ours`()
        throws
    {
        var history = Runbook().start()
        let made = "2017-04-30T10:00:00Z"
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", made)])
        history.describe("prod2", made, maintenance: .off, active: nil)
        history.decide(.testFailed(environment: "prod2"))
        history.decide(.noGo)
        let asked = history.clock
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.snapshots([("prod2-final", "prod2", "AVAILABLE", asked)])
        let plan = try history.cleanup()
        #expect(plan.verdict("snapshot/database/prod2-final") == .notOurs)
        #expect(plan.rules("snapshot/database/prod2-final") == [.copyProvenance])
    }

    @Test(arguments: [Outcome.accepted, .unknown, .refused])
    func `a final snapshot is kept while an environment may be being made from it`(
        outcome: Outcome
    ) throws {
        var history = destroyed(givenUp())
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod5", source: .named("prod"), snapshot: .named("prod2-final"))),
            outcome)
        let plan = try history.cleanup()
        #expect(plan.verdict("snapshot/database/prod2-final") == .blocked)
        #expect(plan.rules("snapshot/database/prod2-final") == [.snapshotInUse])
    }

    @Test func `the final snapshot of a destination that took customer writes is kept`() throws {
        let plan = try destroyed(back(accepted: true)).cleanup()
        #expect(plan.verdict("snapshot/database/prod2-final") == .blocked)
        #expect(plan.rules("snapshot/database/prod2-final").contains(.finalSnapshotKept))
    }
}
