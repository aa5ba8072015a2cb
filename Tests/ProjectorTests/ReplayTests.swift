import FleetModel
import Ledger
import Projector
import Testing

/// The two times of an event, voids, and things that are in doubt.
@Suite struct ReplayTests {
    private let s = "environment/prod"

    /// The events in another order of recording: each keeps its time and gets a new sequence.
    private func renumbered(_ events: [Event]) -> [Event] {
        events.enumerated().map { index, event in
            var event = event
            event.sequence = SequenceNumber(index + 1)
            return event
        }
    }

    private func plan(
        _ events: [Event], at: Timestamp? = nil, knownAt: Int? = nil, now: Timestamp
    ) throws -> Plan {
        let state = try Replay.state(
            of: events, at: at, knownAt: knownAt.map { SequenceNumber($0) })
        return try Planner(
            state: state, now: now, head: PlanHead(size: events.count, root: ""), renderer: .words
        ).cleanup(migration: nil)
    }

    private func digest(_ plan: Plan) -> [String] {
        plan.resources.map { "\($0.resource) \($0.verdict) \($0.reasons.map(\.rule.rawValue))" }
            + plan.commands
    }

    @Test(arguments: 1...8)
    func `events recorded in any order give the same plan`(seed: UInt64) throws {
        let history = Runbook().snapshotMethod()
        var dice = SplitMix(seed: seed)
        let shuffled = renumbered(history.events.shuffled(using: &dice))
        #expect(
            digest(try plan(history.events, now: history.clock))
                == digest(try plan(shuffled, now: history.clock)))
    }

    @Test func `a late report takes its true place`() throws {
        var history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict(s) == .safe)
        let copied = try #require(
            history.events.first { $0.type == .action(.snapshotCreate, .accepted) })
        var late = CaseHistory(at: (copied.time + .seconds(30)).description)
        late.act(.envMaintenance(environment: "prod", state: .off))
        var event = try #require(late.events.first)
        event.sequence = SequenceNumber(history.events.count + 1)
        history.wait(.seconds(1))
        let plan = try plan(history.events + [event], now: history.clock)
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.sourceWrites))
    }

    @Test func `known-at leaves out what was recorded later, at what happened later`() throws {
        let history = Runbook().snapshotMethod()
        let go = try #require(history.events.first { $0.type == .decision(.go) })
        let known = try plan(
            history.events, knownAt: go.sequence.number - 1, now: history.clock)
        #expect(known.rules(s).contains(.decisionMade))
        let then = try plan(history.events, at: go.time - .seconds(1), now: go.time)
        #expect(then.rules(s).contains(.decisionMade))
    }

    private func voided(_ history: CaseHistory, _ type: EventType, as basis: Basis) throws
        -> [Event]
    {
        var events = history.events
        let index = try #require(events.lastIndex { $0.type == type })
        events[index].draft.basis = basis
        var late = history
        late.decide(.eventVoided(events[index].sequence))
        return events + late.events.suffix(1)
    }

    @Test func `voiding what was imported takes it away`() throws {
        let history = Runbook().snapshotMethod()
        let events = try voided(history, .decision(.go), as: .imported)
        #expect(try plan(events, now: history.clock + .hours(1)).rules(s).contains(.decisionMade))
    }

    @Test func `voiding what was executed leaves its facts unknown`() throws {
        let history = Runbook().snapshotMethod()
        let events = try voided(history, .action(.configDefaultEnv, .accepted), as: .executed)
        let plan = try plan(events, now: history.clock + .seconds(2))
        #expect(plan.verdict(s) == .unknown)
        #expect(plan.rules(s) == [.notDefault])
    }

    @Test func `a void that is itself voided does not count`() throws {
        let history = Runbook().snapshotMethod()
        var events = try voided(history, .decision(.go), as: .imported)
        var late = history
        late.decide(.eventVoided(SequenceNumber(events.count)))
        var last = try #require(late.events.last)
        last.sequence = SequenceNumber(events.count + 1)
        events.append(last)
        #expect(try plan(events, now: history.clock + .seconds(5)).verdict(s) == .safe)
    }

    @Test func `a hold is not lifted by a void`() throws {
        var history = Runbook().snapshotMethod()
        history.decide(.holdPlaced(.environment("prod"), until: nil))
        let events = try voided(history, .decision(.holdPlaced), as: .reported)
        #expect(try plan(events, now: history.clock + .seconds(5)).rules(s) == [.held])
    }

    @Test func `a hold ends by its date`() throws {
        var history = Runbook().snapshotMethod()
        history.decide(.holdPlaced(.environment("prod"), until: history.clock + .hours(1)))
        #expect(try history.cleanup().rules(s) == [.held])
        #expect(try history.cleanup(after: .hours(2)).verdict(s) == .safe)
    }

    @Test func `a start without an outcome is in doubt until its outcome is reported`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.databaseReboot(environment: "prod"), .started)
        #expect(try history.cleanup().rules(s).contains(.inFlight))
        #expect(try history.planner().overview().inDoubt.count == 1)
        history.act(.databaseReboot(environment: "prod"), .refused)
        #expect(try history.planner().overview().inDoubt.isEmpty)
    }

    @Test func `a start is in doubt until a look shows what there is now`() throws {
        let book = Runbook().snapshotMethod()
        let text = Runbook().created(book)
        func doubts(_ action: Action, _ look: (inout CaseHistory) -> Void) throws -> [Int] {
            var history = book
            history.act(action, .started)
            history.wait(.minutes(2))
            let before = try history.planner().overview().inDoubt.count
            look(&history)
            return [before, try history.planner().overview().inDoubt.count]
        }
        let protect = Action.envProtected(environment: "prod", state: .off)
        #expect(
            try doubts(protect) { $0.describe("prod", Runbook.prodCreated, maintenance: .on) } == [
                1, 1,
            ])
        #expect(
            try doubts(protect) {
                var shown = EnvironmentDescription(environment: "prod", isComplete: false)
                shown.protected = .on
                $0.see(.environment(shown))
            } == [1, 0])
        let destroy = Action.envDestroy(environment: "prod")
        #expect(try doubts(destroy) { $0.describe("prod2", text, maintenance: .off) } == [1, 1])
        #expect(
            try doubts(destroy) { $0.describe("prod", Runbook.prodCreated, maintenance: .on) } == [
                1, 0,
            ])
        let drop = Action.snapshotDestroy(name: "pm", kind: nil)
        #expect(try doubts(drop) { $0.snapshots([]) } == [1, 1])
        #expect(
            try doubts(drop) { $0.snapshots([("pm", "prod", "AVAILABLE", $0.clock)]) } == [1, 0])
        #expect(try doubts(.configDefaultEnv(environment: "prod")) { _ in } == [1, 1])
        #expect(
            try doubts(.configDefaultEnv(environment: "prod")) {
                $0.see(.defaultEnvironment("prod2"))
            } == [1, 0])
    }

    @Test func `nothing is in doubt of an environment that is gone but what it made`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off), .started)
        history.act(.databaseDump(environment: "prod", path: "prod.sql"), .started)
        history.act(.envDestroy(environment: "prod"))
        #expect(try history.planner().overview().inDoubt.count == 2)
        history.wait(.minutes(30))
        history.list([("prod2", "RUNNING", text)])
        #expect(try history.planner().overview().inDoubt.map(\.action.name) == [.databaseDump])
    }

    @Test func `an event of an unknown type stops planning`() throws {
        var events = Runbook().snapshotMethod().events
        let last = try #require(events.last)
        var stranger = last
        stranger.sequence = SequenceNumber(events.count + 1)
        stranger.draft.type = EventType("env.teleport.accepted")
        events.append(stranger)
        #expect(throws: PlanError.unreadableEvent(type: "env.teleport.accepted", stranger.sequence))
        {
            try plan(events, now: last.time + .hours(1))
        }
    }
}
