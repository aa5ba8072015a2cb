import Ledger
import Projector
import Testing

/// The platform's clock beside ours: what policy `clock-skew` lets pass, and what it does not.
@Suite struct ClockSkewTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    /// The book with every time of the platform's lists behind ours, and a policy.
    private func evening(behind lag: Span, skew: String?) throws -> CaseHistory {
        var history = Runbook().start()
        if let skew { history.decide(.policySet(key: "clock-skew", value: skew)) }
        try Runbook().retell(in: &history, after: Runbook().start().events.count) {
            payload, history in
            history.add(ClockSkewTests.moved(payload, by: lag))
        }
        return history
    }

    /// What a look shows when the platform's clock is behind.
    private static func moved(_ payload: EventPayload, by lag: Span) -> EventPayload {
        func isOld(_ created: Timestamp?) -> Bool {
            created == Timestamp(Runbook.prodCreated)
        }
        switch payload {
        case .observation(.environments(var list)):
            for index in list.rows.indices where !isOld(list.rows[index].created) {
                list.rows[index].created = list.rows[index].created.map { $0 - lag }
            }
            return .observation(.environments(list))
        case .observation(.environment(var shown)):
            if !isOld(shown.created) { shown.created = shown.created.map { $0 - lag } }
            return .observation(.environment(shown))
        case .observation(.snapshots(let kind, var list)):
            for index in list.rows.indices {
                list.rows[index].created = list.rows[index].created.map { $0 - lag }
            }
            return .observation(.snapshots(kind, list))
        default: return payload
        }
    }

    private func reasons(_ plan: Plan, _ resource: String) -> [String] {
        plan.resources.first { $0.resource.description == resource }?.reasons
            .map { "\($0.message); \($0.unblock)" } ?? []
    }

    @Test func `a clock that is behind is named and the policy lets it pass`() throws {
        #expect(try evening(behind: .seconds(0), skew: nil).cleanup().verdict(s) == .safe)
        let blocked = try evening(behind: .seconds(5), skew: nil).cleanup()
        #expect(blocked.verdict(s) == .blocked)
        let advice = "when the clocks differ: ledger-cli policy set clock-skew 10s"
        #expect(
            reasons(blocked, s).contains {
                $0.contains("prod2 was created 5 s before it was asked for") && $0.contains(advice)
            })
        #expect(reasons(blocked, s).allSatisfy { $0.contains(advice) })
        #expect(
            reasons(blocked, pm).contains {
                $0.contains("pm was created 5 s before it was asked for") && $0.contains(advice)
            })
        let told = try evening(behind: .seconds(5), skew: "10s").cleanup()
        #expect(told.verdict(s) == .safe)
        #expect(told.verdict(pm) == .safe)
    }

    @Test func `what is much older than it was asked for has another cause`() throws {
        let plan = try evening(behind: .minutes(6), skew: nil).cleanup()
        #expect(reasons(plan, s).contains { $0.contains("prod2 is older than the ledger") })
        #expect(!reasons(plan, s).contains { $0.contains("clock-skew") })
    }

    /// The book, with a snapshot of the name from before maintenance that a refused or lost try, or a
    /// second one, did not replace.
    private func older(_ outcome: Outcome, isTold: Bool, skew: String?) throws -> CaseHistory {
        var history = Runbook().start()
        if let skew { history.decide(.policySet(key: "clock-skew", value: skew)) }
        let asked: Action = .snapshotCreate(environment: "prod", name: "pm")
        history.wait(.seconds(-30))
        let made = history.clock
        if isTold { history.act(asked) }
        var isTaken = false
        try Runbook().retell(in: &history, after: Runbook().start().events.count) {
            payload, history in
            switch payload {
            case .action(.snapshotCreate, _, _):
                isTaken = true
                history.act(asked, outcome)
            case .observation(.snapshots(let kind, var list)) where isTaken:
                for index in list.rows.indices { list.rows[index].created = made }
                history.see(.snapshots(kind, list))
            default: history.add(payload)
            }
        }
        return history
    }

    @Test(arguments: [Outcome.refused, .unknown], [nil, "120s", "300s"])
    func `no clock makes an older snapshot the one of a try that was not accepted`(
        outcome: Outcome, skew: String?
    ) throws {
        for isTold in [true, false] {
            let plan = try older(outcome, isTold: isTold, skew: skew).cleanup()
            #expect(plan.verdict(s) == .blocked)
            #expect(plan.verdict(pm) != .safe)
        }
    }

    /// The book, with an older environment of the name that a try which was not accepted did not make.
    private func found(_ outcome: Outcome, skew: String) throws -> CaseHistory {
        var history = Runbook().start()
        history.decide(.policySet(key: "clock-skew", value: skew))
        try Runbook().retell(in: &history, after: Runbook().start().events.count) {
            payload, history in
            guard case .action(.envCreate(let creation), _, _) = payload else {
                history.add(ClockSkewTests.moved(payload, by: .seconds(40)))
                return
            }
            history.act(.envCreate(creation), outcome)
        }
        return history
    }

    @Test func `no clock makes an older environment the one of a try that was not accepted`()
        throws
    {
        #expect(try found(.accepted, skew: "120s").cleanup().verdict(s) == .safe)
        for outcome in [Outcome.refused, .unknown] {
            #expect(try found(outcome, skew: "120s").cleanup().verdict(s) == .blocked)
        }
    }

    /// The source is destroyed, and what appears of it then says that it is older than that.
    private func destroyed(behind lag: Span, final lead: Span, skew: String?) throws
        -> CaseHistory
    {
        var history = try evening(behind: lag, skew: "10s")
        history.decide(.policySet(key: "clock-skew", value: skew ?? "0s"))
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        let asked = history.clock - .seconds(1)
        history.wait(.minutes(90))
        let text = (Timestamp(Runbook().created(history)) ?? asked) - lag
        let taken = history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time
        history.list([("prod2", "RUNNING", text.description)])
        history.snapshots([
            ("pm", "prod", "AVAILABLE", (taken ?? asked) - lag),
            ("last", "prod", "AVAILABLE", asked - lead),
        ])
        return history
    }

    @Test func `a final snapshot is older than the destroy by what other things are`() throws {
        let late: Span = .seconds(5)
        #expect(
            try destroyed(behind: late, final: late, skew: "10s").cleanup().rules(pm).isEmpty)
        let unset = try destroyed(behind: late, final: late, skew: nil).cleanup()
        #expect(unset.verdict("snapshot/database/last") == .blocked)
        #expect(
            reasons(unset, "snapshot/database/last").contains {
                $0.contains("ledger-cli policy set clock-skew 10s")
            })
        // By clocks that agree, what is older is another one.
        let other = try destroyed(behind: .seconds(0), final: .seconds(60), skew: "120s")
        #expect(try other.cleanup().rules(pm).contains(.lastRecoveryPoint))
    }
}
