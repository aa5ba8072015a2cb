import Ledger
import Projector
import Testing

/// A name that only commands and looks that failed have named, as a misspelt one is.
@Suite struct MerelyNamedTests {
    private let typo = "environment/prdo"

    private func evening() -> CaseHistory {
        var history = Runbook().snapshotMethod()
        history.wait(.minutes(1))
        return history
    }

    private func list(_ history: inout CaseHistory, besides more: [(String, String, String)] = []) {
        let text = Runbook().created(history)
        history.list(
            [("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)] + more)
    }

    private static let commands: [Action] = [
        .envMaintenance(environment: "prdo", state: .on),
        .envProtected(environment: "prdo", state: .on),
        .envLoad(environment: "prdo", release: "r"),
        .snapshotCreate(environment: "prdo", name: "x"),
    ]

    private static func failedLook(_ history: inout CaseHistory) {
        history.see(.environment(EnvironmentDescription(environment: "prdo", isComplete: false)))
    }

    @Test(arguments: commands, [Outcome.refused, .unknown])
    func `two complete lists without it show that there is none`(
        _ command: Action, _ outcome: Outcome
    ) throws {
        var history = evening()
        history.act(command, outcome)
        let named = try history.cleanup()
        #expect(named.verdict(typo) == .unknown)
        #expect(!named.needs.map(\.fact).contains { $0.contains("description of \(typo)") })
        history.wait(.minutes(20))
        list(&history)
        #expect(try history.cleanup().verdict(typo) == .unknown, "one list proves nothing")
        history.wait(.minutes(6))
        list(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(typo) == .gone)
        #expect(plan.verdict("environment/prod") == .safe)
        #expect(!plan.needs.map(\.fact).contains("list of environments"))
    }

    @Test func `a look that fails again and again keeps no name alive`() throws {
        var history = evening()
        for _ in 0..<3 {
            Self.failedLook(&history)
            history.wait(.minutes(13))
            list(&history)
        }
        Self.failedLook(&history)
        #expect(try history.cleanup().verdict(typo) == .gone)
    }

    @Test func `lists too close to the command prove nothing`() throws {
        var history = evening()
        history.act(Self.commands[0], .refused)
        history.wait(.minutes(1))
        list(&history)
        history.wait(.minutes(6))
        list(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(typo) == .unknown)
        #expect(plan.needs.map(\.fact).contains("list of environments"))
    }

    @Test func `a name that a later list has is an environment`() throws {
        var history = evening()
        history.act(Self.commands[0], .refused)
        history.wait(.minutes(30))
        list(&history, besides: [("prdo", "RUNNING", "2016-01-01T00:00:00Z")])
        #expect(try history.cleanup().verdict(typo) == .blocked)
    }

    @Test func `what the platform accepted a command for is asked about`() throws {
        var history = evening()
        history.act(Self.commands[0], .accepted)
        let plan = try history.cleanup()
        #expect(plan.needs.map(\.fact).contains("description of \(typo)"))
        #expect(plan.verdict(typo) == .blocked)
    }
}
