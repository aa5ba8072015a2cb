import FleetModel
import FleetProof
import Ledger
import Testing

@testable import Projector

/// Whoever goes on from a state that was kept comes to the same plans, byte for byte.
@Suite struct StateCacheTests {
    private func plans(_ state: State, _ events: [Event], _ now: Timestamp) throws -> [String] {
        let planner = try Planner(
            state: state, now: max(now, state.newest?.time ?? now),
            head: PlanHead(size: events.count, root: ""), renderer: .model)
        var texts = [try text(planner.cleanup(migration: nil).json)]
        for migration in planner.migrations {
            for plan in [
                try? planner.rollback(migration: migration.name),
                try? planner.next(migration: migration.name),
            ] {
                texts.append(try plan.map { try text($0.json) } ?? "none")
            }
        }
        return texts
    }

    private func text(_ object: JSONObject) throws -> String {
        String(decoding: try CanonicalJSON.encode(object), as: UTF8.self)
    }

    /// Keeps the state at some sizes, reads it back, goes on and compares.
    private func check(_ events: [Event], now: Timestamp, step: Int = 1) throws {
        let voids = Voids(of: events)
        let whole = try Replay.state(of: events)
        let bytes = try #require(whole.encoded)
        let expected = try plans(whole, events, now)
        for size in stride(from: 0, through: events.count, by: step) {
            var replay = Replay(voids: voids)
            for event in events[..<size] { try replay.apply(event) }
            let kept = try #require(replay.state.encoded)
            let again = try #require(State(encoded: kept))
            #expect(again.encoded == kept)
            #expect(again.policy == replay.state.policy)
            var rest = Replay(from: again, voids: voids)
            for event in events[size...] { try rest.apply(event) }
            #expect(rest.state.encoded == bytes, "kept at \(size)")
            if size % max(step, events.count / 8) == 0 {
                #expect(try plans(rest.state, events, now) == expected, "kept at \(size)")
            }
        }
    }

    @Test func `the published histories come out the same from every prefix`() throws {
        for history in [
            Runbook().snapshotMethod(), try DumpRunbook().dumpMethod(), Runbook().snapshotCopied(),
        ] {
            try check(history.events, now: history.clock)
        }
    }

    @Test(arguments: 1...40) func `random histories come out the same`(seed: UInt64) throws {
        let scenario = Scenario(seed: seed &* 7919, without: nil)
        var history = History(scenario.setup)
        for move in scenario.moves { try history.play(move) }
        try check(
            history.events, now: Platform.time(history.platform.now),
            step: max(1, history.events.count / 12))
    }

    @Test(arguments: 1...8) func `events recorded in any order come out the same`(seed: UInt64)
        throws
    {
        let history = Runbook().snapshotMethod()
        var dice = SplitMix(seed: seed)
        let shuffled = history.events.shuffled(using: &dice).enumerated().map { index, event in
            var event = event
            event.sequence = SequenceNumber(index + 1)
            return event
        }
        try check(shuffled, now: history.clock, step: 3)
    }

    @Test func `an evening that was looked at a thousand times comes out the same`() throws {
        var history = Runbook().snapshotMethod()
        for number in 0..<500 {
            history.wait(.minutes(10))
            history.describe(
                "prod2", Runbook().created(history), maintenance: number % 7 == 0 ? .on : .off)
            history.host(number % 11 == 0 ? "prod" : "prod2")
        }
        // And a report that comes late, of long ago.
        var late = try #require(
            history.events.first { $0.type == .action(.snapshotCreate, .accepted) })
        late.sequence = SequenceNumber(history.events.count + 1)
        late.draft.time = late.time + .seconds(30)
        late.draft = EventDraft(
            id: EventID(time: late.time, entropy: [UInt8](repeating: 7, count: 10)),
            payload: .action(
                .envMaintenance(environment: "prod", state: .off), .accepted, ActionReport()),
            time: late.time, actor: late.actor, basis: .reported, migration: late.migration)
        try check(history.events + [late], now: history.clock, step: 150)
    }

    @Test func `every member of a state is kept`() {
        // Whoever adds one has to write and read it, or a kept state would forget it.
        let kept: Set<String> = [
            "environments", "snapshots", "releases", "hosts", "defaultAttempts", "defaultAnswers",
            "scriptAttempts", "scriptListings", "logAttempts", "environmentListings",
            "snapshotListings", "releaseListings", "files", "dumps", "declarations", "closings",
            "decisions",
            "holds", "policy", "policyMarks", "planMarks", "inDoubt", "unfinishedNotes",
            "unreadable", "foretold", "newest", "count",
        ]
        #expect(Set(Mirror(reflecting: State()).children.compactMap(\.label)) == kept)
    }

    @Test func `what was dated ahead, and look-ups that failed, are kept`() throws {
        var history = Runbook().snapshotMethod()
        let failed: Observation = .dns(
            DNSAnswer(host: "promo.bestpants.com", target: nil, isFailed: true))
        history.see(failed)
        for lead in [Span.minutes(30), .minutes(-30), .minutes(20)] {
            history.lead = lead
            history.see(failed)
            history.host("prod2")
        }
        try check(history.events, now: history.clock + .hours(1), step: 9)
    }

    @Test func `a command of another tool that was started is kept`() throws {
        var history = Runbook().snapshotCopied()
        history.add(
            .decision(.noteAdded(Note(command: "rsync -a", outcome: .started))), basis: .executed)
        let state = try Replay.state(of: history.events)
        #expect(state.unfinishedNotes.count == 1)
        #expect(
            State(encoded: try #require(state.encoded))?.unfinishedNotes == state.unfinishedNotes)
        try check(history.events, now: history.clock, step: 7)
    }

    @Test func `no damaged byte is taken for a state, nor traps`() throws {
        let bytes = try #require(try Replay.state(of: Runbook().snapshotMethod().events).encoded)
        for index in bytes.indices {
            for byte: UInt8 in [0, 0x7F, 0x80, 0xFF, bytes[index] ^ 1] {
                var damaged = bytes
                damaged[index] = byte
                _ = State(encoded: damaged)
            }
            _ = State(encoded: Array(bytes[..<index]))
        }
        #expect(State(encoded: bytes + [0]) == nil)
        #expect(State(encoded: []) == nil)
    }

    @Test
    func `a later void of what a state holds makes it useless, one of what comes after does not`() {
        func void(_ number: Int, _ target: Int) -> Event {
            let time = Timestamp(milliseconds: 0)
            return Event(
                sequence: SequenceNumber(number), recordedTime: time, source: "test",
                draft: EventDraft(
                    id: EventID(time: time, entropy: [UInt8](repeating: UInt8(number), count: 10)),
                    payload: .decision(.eventVoided(SequenceNumber(target))), time: time,
                    actor: Actor(id: "a"), basis: .reported))
        }
        let events = [void(5, 2), void(9, 7), void(12, 9)]
        func agrees(_ size: Int) -> Bool {
            let last = SequenceNumber(size)
            return Voids(of: events, knownAt: last).agree(with: Voids(of: events), through: last)
        }
        #expect(!agrees(4), "event 5 voids event 2")
        #expect(agrees(5))
        #expect(agrees(6))
        #expect(!agrees(9), "event 12 voids the void of event 7")
        #expect(agrees(12))
    }
}
