import Ledger
import Projector
import Testing

/// The way back to a source on which no release was ever seen active.
@Suite struct IdleSourceTests {
    /// SNAP, of which every description of the source shows no active release.
    private func idle(_ loaded: [String]) throws -> CaseHistory {
        var history = CaseHistory()
        for event in Runbook().snapshotMethod().events {
            guard var payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            if case .observation(.environment(var shown)) = payload,
                shown.environment == "prod", shown.isComplete
            {
                shown.releases = loaded.map { .init(release: $0, status: "RUNNING") }
                payload = .observation(.environment(shown))
            }
            history.wait(event.time - history.clock)
            history.add(payload)
        }
        return history
    }

    private func opening(_ plan: Plan) throws -> Int {
        try #require(
            plan.steps.firstIndex {
                $0.command == .action(.envMaintenance(environment: "prod", state: .off))
            })
    }

    @Test func `the only release that is loaded is activated before the source is opened`() throws {
        let plan = try idle(["r"]).rollback()
        let active = Action.envActivate(environment: "prod", release: "r")
        for steps in [plan.steps] + plan.choices.prefix(2).map(\.steps) {
            #expect(steps.contains { $0.command == .action(active) })
        }
        let activation = try #require(
            plan.steps.firstIndex { $0.command == .action(active) })
        let opened = try opening(plan)
        #expect(activation < opened)
    }

    @Test(arguments: [[], ["q", "r"]])
    func `where nobody can tell which release it is people do`(loaded: [String]) throws {
        let plan = try idle(loaded).rollback()
        let byHand = try #require(
            plan.steps.firstIndex { $0.isManual && $0.resource == .environment("prod") })
        let opened = try opening(plan)
        #expect(byHand < opened)
    }
}
