import Ledger
import Projector
import Testing

/// Outcomes that somebody reports later, of starts that have none.
@Suite struct LateReportTests {
    private let s = "environment/prod"

    /// A start that is overtaken by something else before the same words are reported.
    struct Overtaken: Sendable {
        let start: Action
        let rival: Action
        let rule: RuleName
    }

    @Test(arguments: [
        Overtaken(
            start: .envSetting(environment: "prod", setting: "nfs", value: "OFF"),
            rival: .envSetting(environment: "prod", setting: "nfs", value: "ON"),
            rule: .nfsPreserved),
        Overtaken(
            start: .envProtected(environment: "prod2", state: .on),
            rival: .envProtected(environment: "prod2", state: .off),
            rule: .destinationProtected),
        Overtaken(
            start: .configDefaultEnv(environment: "prod2"),
            rival: .configDefaultEnv(environment: "prod"), rule: .notDefault),
    ])
    func `a report after something else decided the fact leaves it unknown`(_ example: Overtaken)
        throws
    {
        var history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict(s) == .safe)
        let start = history.start(example.start)
        history.wait(.minutes(1))
        history.act(example.rival)
        history.wait(.minutes(1))
        var named = history
        history.report(example.start)
        #expect(try history.cleanup().verdict(s) == .unknown)
        #expect(try history.cleanup().rules(s) == [example.rule])
        // Which of two that were under way at once came last, only a look can tell.
        named.report(example.start, of: start)
        #expect(try named.cleanup().verdict(s) == .unknown)
        #expect(try named.cleanup().rules(s) == [example.rule])
        #expect(try named.planner().overview().inDoubt.filter(\.isInDoubt).isEmpty)
    }

    @Test func `a load that is reported after another one is no copy`() throws {
        var history = try DumpRunbook().loaded()
        let load = Action.databaseLoad(environment: "prod2", path: "prod.sql")
        history.start(load)
        history.act(.databaseLoad(environment: "prod2", path: "other.sql"))
        history.report(load)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.copyVerified))
    }

    @Test func `a report settles the newest start of the same words and no other`() throws {
        var history = Runbook().snapshotMethod()
        let reboot = Action.databaseReboot(environment: "prod")
        let first = history.start(reboot)
        history.start(reboot)
        history.report(.databaseReboot(environment: "prod2"))
        #expect(try history.planner().overview().inDoubt.filter(\.isInDoubt).count == 2)
        history.report(reboot, .refused)
        let left = try history.planner().overview().inDoubt.filter(\.isInDoubt)
        #expect(left.count == 1)
        let events = history.events
        #expect(left.first?.started.sequence == events.first { $0.id == first }?.sequence)
        history.report(reboot, .refused, of: first)
        #expect(try history.planner().overview().inDoubt.filter(\.isInDoubt).isEmpty)
    }

    @Test func `another setting does not settle what came of one`() throws {
        var history = Runbook().snapshotMethod()
        history.start(.envSetting(environment: "prod", setting: "recycling", value: "ON"))
        history.act(.envSetting(environment: "prod", setting: "varnish", value: "ON"))
        #expect(try history.cleanup().rules(s) == [.inFlight])
    }

    @Test func `a command without an action is in doubt until its outcome is noted`() throws {
        var history = Runbook().snapshotMethod()
        func note(_ command: String, _ outcome: Outcome) -> EventPayload {
            .decision(.noteAdded(Note(command: command, outcome: outcome)))
        }
        history.add(note("fleet key add ops", .started), basis: .executed)
        history.add(note("fleet key add dev", .started), basis: .executed)
        let second = try #require(history.events.last)
        #expect(
            try history.planner().overview().unfinishedNotes.map(\.command) == [
                "fleet key add ops", "fleet key add dev",
            ])
        #expect(try history.cleanup().verdict(s) == .safe)
        history.add(note("fleet key add ops", .refused), basis: .reported)
        #expect(
            try history.planner().overview().unfinishedNotes.map(\.command) == [
                "fleet key add dev"
            ])
        history.decide(.eventVoided(second.sequence))
        #expect(try history.planner().overview().unfinishedNotes.count == 1)
        history.add(note("fleet key add dev", .accepted), basis: .executed, cause: second.id)
        #expect(try history.planner().overview().unfinishedNotes.isEmpty)
    }
}

extension CaseHistory {
    /// The ledger runs an action and is killed.
    @discardableResult
    mutating func start(_ action: Action) -> EventID {
        add(.action(action, .started, ActionReport()), basis: .executed)
        guard let event = events.last else { preconditionFailure("just added") }
        return event.id
    }

    /// Somebody says what came of an action.
    mutating func report(_ action: Action, _ outcome: Outcome = .accepted, of start: EventID? = nil)
    {
        add(.action(action, outcome, ActionReport()), basis: .reported, cause: start)
    }
}
