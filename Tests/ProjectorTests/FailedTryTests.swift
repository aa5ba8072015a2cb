import Ledger
import Projector
import Testing

/// What was seen to have failed, or is not there after all, is not waited for.
@Suite struct FailedTryTests {
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    /// The destination was asked for.
    private func asked() -> CaseHistory {
        var history = Runbook().snapshotTaken()
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                    size: "f1-xlarge")))
        return history
    }

    private func reopen(_ history: inout CaseHistory) {
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
    }

    @Test func `a snapshot that failed is taken again under another name`() throws {
        var history = Runbook().snapshotTaken("FAILED")
        let plan = try history.next()
        #expect(plan.commands == ["snapshot.create snapshot/database/plan-migration"])
        #expect(plan.warnings.contains { $0.contains("FAILED") })
        reopen(&history)
        let left = try #require(
            try history.cleanup().resources.first { $0.resource.description == pm })
        #expect(left.verdict == .blocked)
        #expect(left.reasons.contains { $0.unblock.contains("by hand") })
        #expect(!left.reasons.contains { $0.unblock.hasPrefix("wait") })
    }

    @Test func `a destination that failed is destroyed and made again`() throws {
        var history = asked()
        let created = Runbook().created(history)
        history.wait(.minutes(10))
        history.describe("prod2", created, maintenance: .off, active: nil, status: "CREATING")
        #expect(try history.next().needs.map(\.fact) == ["description of \(d)"])
        history.wait(.minutes(10))
        history.describe("prod2", created, maintenance: .off, active: nil, status: "FAILED")
        let plan = try history.next()
        #expect(plan.commands.map { $0.hasSuffix(" -- env.destroy \(d)") } == [true])
        #expect(plan.warnings.contains { $0.contains("FAILED") && $0.contains("plan rollback") })
        var again = history
        again.act(.envDestroy(environment: "prod2"))
        again.wait(.minutes(10))
        again.list([("prod", "RUNNING", Runbook.prodCreated)])
        #expect(try again.next().commands == ["env.create \(d)"])
        // On the way back it is cleaned up as one that was made would be.
        reopen(&history)
        #expect(try history.cleanup().verdict(d) == .safe)
    }

    @Test func `a release that failed to load is loaded again`() throws {
        var history = asked()
        let created = Runbook().created(history)
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
        ])
        history.act(.envLoad(environment: "prod2", release: "r"))
        history.wait(.minutes(5))
        var shown = EnvironmentDescription(environment: "prod2", isComplete: true)
        shown.status = "RUNNING"
        shown.created = Timestamp(created)
        shown.releases = [.init(release: "r", status: "FAILED")]
        history.see(.environment(shown))
        let plan = try history.next()
        #expect(plan.commands == ["env.load \(d)"])
        #expect(plan.warnings.contains { $0.contains("FAILED") && $0.contains("plan rollback") })
        history.act(.envLoad(environment: "prod2", release: "r"))
        #expect(try history.next().steps.isEmpty)
    }

    @Test func `for one that a description does not show the list of environments is asked`() throws
    {
        var history = asked()
        history.wait(.minutes(10))
        history.see(
            .environment(EnvironmentDescription(environment: "prod2", isComplete: false)))
        #expect(try history.next().needs.map(\.fact).contains("list of environments"))
        history.wait(.minutes(20))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.wait(.minutes(6))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        #expect(try history.next().commands == ["env.create \(d)"])
    }
}
