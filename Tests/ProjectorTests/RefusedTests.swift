import Ledger
import Projector
import Testing

/// Commands that the platform refused, and what is asked then.
@Suite struct RefusedTests {
    private let s = "environment/prod"

    @Test func `scripts that were refused while a clone was made are settled by a word`() throws {
        var history = Runbook().start()
        try Runbook().retell(in: &history, after: history.events.count) { payload, history in
            history.add(payload)
            guard case .action(.envCreate, _, _) = payload else { return }
            history.act(.configSqlScript(change: .add, script: "fix.sql"), .refused)
            history.see(.sqlScripts(Listing(rows: [], isComplete: true)))
        }
        let reasons =
            try history.cleanup().resources.first { $0.resource.description == s }?
            .reasons.filter { $0.rule == .sqlScripts } ?? []
        for reason in reasons {
            #expect(reason.needs.isEmpty)
            #expect(reason.unblock.contains("acknowledge sql-scripts"))
            #expect(reason.message.contains("fix.sql"))
        }
        history.decide(.gapAcknowledged(.sqlScripts))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `a load that left no trace is tried again where descriptions show no releases`(
        outcome: Outcome
    ) throws {
        var history = Runbook().snapshotTaken()
        let made = history.clock
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                    size: "f1-xlarge")))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", made.description),
        ])
        history.act(.envLoad(environment: "prod2", release: "r"), outcome)
        #expect(try history.next().steps.isEmpty)
        var shown = EnvironmentDescription(environment: "prod2", isComplete: true)
        shown.status = "RUNNING"
        shown.created = made
        shown.maintenance = .off
        history.see(.environment(shown))
        #expect(try history.next().commands == ["env.load environment/prod2"])
    }

    @Test func `the source is who was there, not what was refused to be made in its place`() throws
    {
        var history = CaseHistory()
        history.decide(CaseHistory.opening("plan-move", from: "prod", to: "prod2"))
        history.act(
            .envCreate(EnvironmentCreation(environment: "prod", source: .named("prod"))),
            .refused)
        try Runbook().retell(in: &history, after: 1)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .safe, "\(plan.rules(s))")
    }

    @Test func `what this migration protected is its own, refused to be unprotected or not`() throws
    {
        let d = "environment/prod2"
        var book = Runbook()
        book.moves = false
        var history = book.snapshotMethod()
        history.decide(.noGo)
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        #expect(try history.cleanup().verdict(d) == .safe)
        history.act(.envProtected(environment: "prod2", state: .off), .refused)
        var shown = EnvironmentDescription(environment: "prod2", isComplete: false)
        shown.protected = .on
        history.see(.environment(shown))
        let plan = try history.cleanup()
        #expect(plan.verdict(d) == .safe, "\(plan.rules(d))")
        #expect(plan.commands.contains("env.protected environment/prod2"))
    }
}
