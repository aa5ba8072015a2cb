import Ledger
import Projector
import Testing

/// Migrations that are tried again, or carried out beside another one.
@Suite struct RetryTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    private func phase(_ plan: Plan) -> String? { plan.extra["phase"]?.string }

    /// A first try that failed and was destroyed to the last snapshot, and a second one of the same
    /// names.
    private func again() -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.act(.snapshotDestroy(name: "pm"))
        history.wait(.minutes(10))
        history.snapshots([])
        history.decide(.migrationClosed(abandoned: true))
        history.migration = "plan-move-2"
        history.wait(.minutes(60))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move-2", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        return history
    }

    @Test func `a second try under the same names begins anew`() throws {
        let due = try again().next()
        #expect(phase(due) == "close the source")
        #expect(
            due.steps.map(\.command) == [
                .action(.envMaintenance(environment: "prod", state: .on))
            ])
    }

    @Test func `with two migrations open a word to be recorded names its own`() throws {
        var history = Runbook().snapshotCopied()
        let words = ["ledger-cli", "record", "test", "prod2", "passed"]
        #expect(try history.next().steps.map(\.command).first == .ledger(words))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "hats-move", source: "hats", destination: "hats2",
                    method: .snapshot, hostnames: ["www.besthats.com"])))
        let commands = try history.next().steps.map(\.command)
        #expect(
            commands == [
                .ledger(words + ["--migration", "plan-move"]),
                .ledger(["ledger-cli", "record", "decision", "go", "--migration", "plan-move"]),
            ])
    }

    /// A first try that failed and was left lying, and a second one to another environment that
    /// succeeded.
    private func succeeded(isLeft: Bool) -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
        #expect((try? history.cleanup().verdict(d)) == .safe)
        if !isLeft {
            history.act(.envDestroy(environment: "prod2"))
            history.wait(.minutes(30))
            history.list([("prod", "RUNNING", Runbook.prodCreated)])
        }
        history.open("second", from: "prod", to: "prod3")
        history.host("prod", ttl: 3600)
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm3"))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let first = history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time
        history.snapshots([
            ("pm", "prod", "AVAILABLE", first ?? taken), ("pm3", "prod", "AVAILABLE", taken),
        ])
        let text = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod3", source: .named("prod"), snapshot: .named("pm3"),
                    size: "f1-xlarge")))
        history.wait(.minutes(20))
        history.list(
            [("prod", "RUNNING", Runbook.prodCreated), ("prod3", "RUNNING", text)]
                + (isLeft ? [("prod2", "RUNNING", Runbook().created(history, "prod2"))] : []))
        history.act(.envLoad(environment: "prod3", release: "r"))
        history.wait(.minutes(5))
        history.act(.envActivate(environment: "prod3", release: "r"))
        history.wait(.minutes(3))
        history.describe("prod3", text, maintenance: .off)
        history.decide(.testPassed(environment: "prod3"))
        history.decide(.go)
        history.moveCustomers(to: "prod3")
        history.describe("prod3", text, maintenance: .off)
        return history
    }

    @Test func `what a failed try left goes once another try has succeeded`() throws {
        let plan = try succeeded(isLeft: true).cleanup()
        #expect(plan.verdict("environment/prod") == .safe)
        #expect(plan.rules(d) == [])
        #expect(plan.verdict(d) == .safe)
        #expect(plan.verdict("environment/prod3") == .blocked)
        #expect(try succeeded(isLeft: false).cleanup().verdict(pm) == .safe)
    }

    @Test func `a failed try's leftovers do not open the source of the one that is under way`()
        throws
    {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
        history.migration = "second"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "second", source: "prod", destination: "prod3", method: .snapshot,
                    hostnames: ["www.bestpants.com"])))
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let left = try #require(
            try history.cleanup().resources.first { $0.resource.description == d })
        #expect(left.verdict == .blocked)
        #expect(left.reasons.map(\.unblock) == ["wait until second is done"])
    }

}
