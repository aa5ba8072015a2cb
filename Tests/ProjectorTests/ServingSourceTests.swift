import Ledger
import Projector
import Testing

/// A source serves again only with a release that is active: until then the destination is what is left.
@Suite struct ServingSourceTests {
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    private func abandoned() throws -> CaseHistory {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
        let plan = try history.cleanup()
        #expect(plan.verdict(d) == .safe)
        #expect(plan.verdict(pm) == .safe)
        return history
    }

    private func expectKept(_ history: CaseHistory, _ verdict: Projector.Verdict) throws {
        let plan = try history.cleanup()
        #expect(plan.verdict(d) == verdict)
        #expect(plan.rules(d) == [.sourceServing])
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.steps.isEmpty)
    }

    @Test(arguments: [
        Action.envDeactivate(environment: "prod"),
        .envUnload(environment: "prod", release: "r", deleteLogs: false),
    ])
    func `a destination stays while no release is active on the source`(action: Action) throws {
        var history = try abandoned()
        history.act(action)
        try expectKept(history, .unknown)
        history.wait(.minutes(5))
        history.describe("prod", Runbook.prodCreated, maintenance: .off, active: nil)
        try expectKept(history, .blocked)
        history.act(.envActivate(environment: "prod", release: "r"))
        history.wait(.minutes(3))
        try expectKept(history, .unknown)
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        #expect(try history.cleanup().verdict(d) == .safe)
        #expect(try history.cleanup().verdict(pm) == .safe)
    }

    @Test func `a list that shows the release is enough`() throws {
        var history = try abandoned()
        history.act(.envDeactivate(environment: "prod"))
        history.act(.envActivate(environment: "prod", release: "r"))
        history.wait(.minutes(3))
        history.listServing(made: Runbook().created(history))
        #expect(try history.cleanup().verdict(d) == .safe)
    }

    @Test func `what serves loses its release under guard, by whichever command`() throws {
        let history = Runbook().snapshotMethod()
        for action in [
            Action.envDeactivate(environment: "prod2"),
            .envUnload(environment: "prod2", release: "r", deleteLogs: false),
        ] {
            guard case .refused(_, _, let obstacles) = try history.planner().admission(of: action)
            else {
                Issue.record("\(action) is admitted")
                continue
            }
            #expect(obstacles.first?.message == "r is active on prod2")
        }
        var idle = history
        idle.act(.envDeactivate(environment: "prod2"))
        idle.wait(.minutes(5))
        idle.describe("prod2", Runbook().created(idle), maintenance: .off, active: nil)
        let again = try idle.planner().admission(of: .envDeactivate(environment: "prod2"))
        #expect(again == .harmless)
    }
}
