import Ledger
import Projector
import Testing

/// Tests of what had the name before: they are of their own migration and of what they saw.
@Suite struct TestedBeforeTests {
    private let d = "environment/prod2"

    /// A first try that failed its test and was destroyed, and a second one of the same names up to the
    /// making of its destination.
    private func again(_ outcome: Outcome, declaresAnew: Bool = true) -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        if declaresAnew {
            history.decide(.migrationClosed(abandoned: true))
            history.open("second", from: "prod", to: "prod2")
        }
        history.host("prod", ttl: 3600)
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm2"))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.snapshots([("pm2", "prod", "AVAILABLE", taken)])
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm2"),
                    size: "f1-xlarge")), outcome)
        return history
    }

    private func phase(_ history: CaseHistory) throws -> String? {
        try history.next().extra["phase"]?.string
    }

    @Test(arguments: [Outcome.accepted, .unknown, .refused, .started])
    func `a test that failed before does not abandon the next migration`(outcome: Outcome) throws {
        var history = again(outcome)
        let made = history.clock.description
        #expect(try phase(history) == "create the destination")
        history.wait(.minutes(20))
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", made)])
        #expect(try phase(history) == "release")
        #expect(try history.cleanup().verdict(d) == .blocked)
        #expect(try history.cleanup().rules(d).contains(.noSuccessor))
    }

    @Test func `within a migration a test counts for what it saw`() throws {
        var history = again(.accepted, declaresAnew: false)
        let made = history.clock.description
        history.wait(.minutes(20))
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", made)])
        #expect(try phase(history) == "release")
        #expect(try history.cleanup().rules(d).contains(.noSuccessor))
    }

    @Test func `a test that another migration passed is none of this one`() throws {
        var history = Runbook().snapshotCopied()
        history.migration = "other"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "other", source: "prod", destination: "prod2", method: .snapshot,
                    hostnames: ["www.bestpants.com"])))
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.migrationClosed(abandoned: true))
        history.migration = "plan-move"
        history.decide(.go)
        #expect(try history.cleanup().rules("environment/prod").contains(.decisionMade))
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        #expect(try !history.cleanup().rules("environment/prod").contains(.decisionMade))
        history.migration = "other"
        history.decide(.testFailed(environment: "prod2"))
        #expect(try history.cleanup().rules("environment/prod").contains(.decisionMade))
    }
}
