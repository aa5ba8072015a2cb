import Ledger
import Projector
import Testing

/// What was recorded before the time that it tells of was seen by nobody, also when that time has come.
@Suite struct UntimelyTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let destroy: Action = .envDestroy(environment: "prod")

    /// Two minutes after the switch, the hostname looked up by a clock that is two hours ahead.
    private func lookedUpAhead(skew: String? = nil) -> CaseHistory {
        var book = Runbook()
        book.drainWait = .minutes(2)
        var history = book.snapshotMethod()
        if let skew { history.decide(.policySet(key: "clock-skew", value: skew)) }
        history.lead = .minutes(120)
        history.host("prod2")
        history.lead = .seconds(0)
        return history
    }

    private func isAdmitted(_ action: Action, _ planner: Planner) -> Bool {
        if case .admitted = planner.admission(of: action) { true } else { false }
    }

    @Test(arguments: [120, 180, 600])
    func `a look dated ahead never shows that a drain has ended`(minutes: Int) throws {
        let history = lookedUpAhead()
        let number = history.events.count
        let plan = try history.cleanup(after: .minutes(minutes))
        #expect(plan.verdict(s) == .unknown)
        #expect(plan.steps.isEmpty)
        let reason = try #require(
            plan.resources.first { $0.resource.description == s }?.reasons.first {
                $0.evidence == [SequenceNumber(number)]
            })
        #expect(reason.unblock.hasPrefix("ledger-cli record void \(number) --reason"))
        #expect(!isAdmitted(destroy, try history.planner(after: .minutes(minutes))))
        #expect(try history.rollback(after: .minutes(minutes)).way == "lossy")
    }

    @Test func `once it is voided the next look counts`() throws {
        var history = lookedUpAhead()
        history.decide(.eventVoided(SequenceNumber(history.events.count)))
        history.wait(.minutes(70))
        #expect(try history.cleanup().verdict(s) != .safe)
        history.host("prod2")
        #expect(try history.cleanup().verdict(s) == .safe)
        #expect(isAdmitted(.snapshotDestroy(name: "pm"), try history.planner()))
    }

    @Test func `a time that the policy allows a clock to be ahead counts`() throws {
        let history = lookedUpAhead(skew: "3h")
        #expect(try history.cleanup(after: .minutes(120)).verdict(s) == .safe)
        let strict = lookedUpAhead(skew: "90m")
        #expect(try strict.cleanup(after: .minutes(120)).verdict(s) == .unknown)
    }

    @Test func `a word dated ahead lets nothing go`() throws {
        for word in [Decision.lossAccepted, .writesReconciled, .migrationClosed(abandoned: true)] {
            var history = Runbook.abandoned()
            history.see(.defaultEnvironment("prod"))
            #expect(try history.cleanup().verdict(d) == .safe)
            #expect(isAdmitted(.envDestroy(environment: "prod2"), try history.planner()))
            #expect(try history.rollback().way == "nothing")
            history.lead = .minutes(30)
            history.decide(word)
            #expect(try history.cleanup(after: .hours(1)).verdict(d) == .unknown)
            let planner = try history.planner(after: .hours(1))
            #expect(!isAdmitted(.envDestroy(environment: "prod2"), planner))
            #expect(try history.rollback(after: .hours(1)).way == "unknown")
        }
    }

    @Test func `what is seen gone only ahead of its time is not known to be gone`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(destroy)
        history.lead = .minutes(90)
        history.list([("prod2", "RUNNING", text)])
        #expect(try history.cleanup(after: .hours(2)).verdict(s) == .unknown)
    }

    @Test func `a hold dated ahead forbids and is no doubt, a note is neither`() throws {
        var history = Runbook().snapshotMethod()
        history.lead = .minutes(90)
        history.decide(.noteAdded(Note()))
        #expect(try history.cleanup(after: .hours(2)).verdict(s) == .safe)
        history.decide(.holdPlaced(.environment("prod"), until: nil))
        let plan = try history.cleanup(after: .hours(2))
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.held])
    }

    @Test func `what forbids goes on to forbid beside the doubt`() throws {
        var history = Runbook().snapshotMethod()
        history.lead = .minutes(90)
        history.decide(.noGo)
        #expect(try history.cleanup(after: .hours(2)).verdict(s) == .blocked)
    }

    @Test(arguments: [3, 4, 5, 2_000])
    func `a computer whose clock was behind is told in a few words, however much it recorded`(
        looks: Int
    ) throws {
        var history = Runbook().snapshotMethod()
        let before = history.events.count
        history.lead = .minutes(90)
        for _ in 0..<looks { history.host("prod2") }
        history.lead = .seconds(0)
        let doubted = try history.planner(after: .hours(2))
        #expect(doubted.untimely.count == min(looks, 4))
        let numbers = doubted.untimely.flatMap(\.evidence).map(\.number)
        #expect(numbers.first == before + 1)
        #expect(numbers.last == before + looks)
        #expect(try history.cleanup(after: .hours(2)).verdict(s) == .unknown)
        let advice = try #require(doubted.untimely.last?.unblock)
        #expect(advice.contains("policy set clock-skew 5410s") == (looks > 4))
        history.decide(.policySet(key: "clock-skew", value: "5410s"))
        #expect(try history.planner(after: .hours(2)).untimely.isEmpty)
    }

    @Test func `what any of many events ahead of their time shows gone is not known to be gone`()
        throws
    {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(destroy)
        history.lead = .minutes(90)
        for _ in 0..<10 { history.host("prod2") }
        history.list([("prod2", "RUNNING", text)])
        for _ in 0..<10 { history.host("prod2") }
        #expect(try history.cleanup(after: .hours(2)).verdict(s) == .unknown)
    }
}
