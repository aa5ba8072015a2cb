import FleetModel
import Ledger
import Testing

@testable import Projector

/// A packed history is a sorted array, whatever is done to it.
@Suite struct ChronologyTests {
    private static let contents = (0..<5).map { number in
        EventContent(
            type: .observation(.environments),
            data: EventPayload.observation(
                .environments(
                    Listing(
                        rows: (0...number).map {
                            EnvironmentRow(environment: "e\($0)", status: "RUNNING \(number)")
                        }, isComplete: true))
            ).json)
    }

    private func sighting(_ number: Int, _ dice: inout SplitMix) -> EnvironmentHistory.Sighting {
        let content = dice.pick(Self.contents)
        let late = dice.chance(5) ? Int.random(in: 0..<100_000, using: &dice) : 0
        return EnvironmentHistory.Sighting(
            moment: Moment(
                time: Timestamp(milliseconds: Int64(number * 1000 - late) - 50_000),
                sequence: SequenceNumber(number + 1)),
            basis: dice.pick(Basis.allCases),
            row: Int32(Int.random(in: 0..<content.environments.count, using: &dice)),
            content: content)
    }

    private func words(_ sighting: EnvironmentHistory.Sighting) -> String {
        "\(sighting.moment) \(sighting.basis) \(sighting.shown.environment) \(sighting.shown.status ?? "")"
    }

    @Test(arguments: 1...10) func `elements stand where a sorted array has them`(seed: UInt64) {
        var dice = SplitMix(seed: seed)
        var history = Chronology<EnvironmentHistory.Sighting>()
        var plain: [EnvironmentHistory.Sighting] = []
        for number in 0..<Int.random(in: 0..<400, using: &dice) {
            let next = sighting(number, &dice)
            history.insertInOrder(next)
            plain.insert(next, at: plain.firstIndex { next.moment < $0.moment } ?? plain.count)
        }
        let expected = plain.map(words)
        #expect(history.map(words) == expected)
        #expect(history.indices.map { words(history[$0]) } == expected)
        #expect(history.reversed().map(words) == expected.reversed())
        #expect(history.count == plain.count)
        #expect(history.last.map(words) == expected.last)
        history.removeAll { $0.moment.sequence.number % 3 == 0 }
        plain.removeAll { $0.moment.sequence.number % 3 == 0 }
        #expect(history.map(words) == plain.map(words))
    }

    @Test(arguments: 1...5) func `a start that lies far back can still be settled`(seed: UInt64)
        throws
    {
        var dice = SplitMix(seed: seed)
        var replay = Replay(voids: Voids())
        var started: [Event] = []
        func event(_ number: Int, _ outcome: Outcome, cause: Event?) -> Event {
            let time = Timestamp(milliseconds: Int64(number * 1000))
            return Event(
                sequence: SequenceNumber(number + 1), recordedTime: time, source: "test",
                draft: EventDraft(
                    id: EventID(time: time, using: &dice),
                    payload: .action(
                        .envMaintenance(environment: "prod", state: .on), outcome,
                        ActionReport(exitStatus: number % 3)),
                    time: time, actor: Actor(id: "a"), basis: .executed, cause: cause?.id))
        }
        for number in 0..<300 {
            let isEnd = !started.isEmpty && dice.chance(45)
            let cause =
                isEnd ? started.remove(at: Int.random(in: 0..<started.count, using: &dice)) : nil
            let event = event(number, isEnd ? .accepted : .started, cause: cause)
            if !isEnd { started.append(event) }
            try replay.apply(event)
        }
        let attempts = try #require(replay.state.environments["prod"]?.attempts)
        #expect(attempts.count { $0.isInDoubt } == started.count)
        #expect(
            Set(attempts.filter(\.isInDoubt).map(\.started.sequence))
                == Set(started.map(\.sequence)))
        #expect(attempts.map(\.moment) == attempts.map(\.moment).sorted())
    }

    @Test func `bytes that were not packed are refused`() {
        var dice = SplitMix(seed: 3)
        var history = Chronology<EnvironmentHistory.Sighting>()
        for number in 0..<100 { history.insertInOrder(sighting(number, &dice)) }
        let packed = history.packed
        #expect(!packed.isEmpty)
        func again(_ bytes: [UInt8]) -> Chronology<EnvironmentHistory.Sighting>.Packed? {
            let again = Chronology<EnvironmentHistory.Sighting>.Packed(
                bytes: bytes[...], starts: packed.starts, kinds: packed.kinds,
                authors: packed.authors, longest: packed.longest)
            return again?.isSound ?? false ? again : nil
        }
        let bytes = Array(packed.bytes)
        #expect(again(bytes) != nil)
        #expect(again(Array(bytes.dropLast())) == nil)
        #expect(again(bytes + [0]) == nil)
        for index in bytes.indices {
            for byte: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
                var damaged = bytes
                damaged[index] = byte
                // Refused, or another history in order; never a trap.
                _ = again(damaged).map { Array(Chronology(packed: $0, young: [])).map(words) }
            }
        }
    }

    @Test(arguments: 1...10) func `what is asked of kinds is what a walk through all finds`(
        seed: UInt64
    ) {
        var dice = SplitMix(seed: seed)
        var history = Chronology<EnvironmentHistory.Sighting>()
        for number in 0..<Int.random(in: 0..<500, using: &dice) {
            history.insertInOrder(sighting(number, &dice))
            guard dice.chance(10) else { continue }
            #expect(history.packed.isSound)
            let basis = dice.pick(Basis.allCases)
            let name = "e\(Int.random(in: 0..<7, using: &dice))"
            func isWanted(_ look: EnvironmentHistory.Sighting) -> Bool {
                look.basis == basis && look.shown.environment == name
            }
            let found = history.filter(isWanted).map(words)
            #expect(history.all(like: isWanted).map(words) == found)
            #expect(history.oldest(like: isWanted).map(words) == found.first)
            #expect(history.newest(like: isWanted).map(words) == found.last)
            #expect(history.last(where: isWanted).map(words) == found.last)
            #expect(history.has(like: isWanted) == !found.isEmpty)
            #expect(history.kinds.contains(where: isWanted) == !found.isEmpty)
            let moment = dice.pick(Array(history)).moment
            #expect(
                history.events(after: moment, like: isWanted)
                    == Set(
                        history.filter { $0.moment > moment && isWanted($0) }
                            .map(\.moment.sequence)))
            #expect(
                history.elements(at: moment.time).map(words)
                    == history.filter { $0.moment.time == moment.time }.map(words))
        }
    }

    /// Tries that last for a while, some of them for long, some in doubt for good.
    private func attempts(_ dice: inout SplitMix) throws -> Chronology<Attempt> {
        var replay = Replay(voids: Voids())
        var open: [(event: Event, action: Action)] = []
        for number in 0..<Int.random(in: 1..<300, using: &dice) {
            let isEnd = !open.isEmpty && dice.chance(45)
            let start =
                isEnd ? open.remove(at: Int.random(in: 0..<open.count, using: &dice)) : nil
            let action =
                start?.action
                ?? .envProtected(environment: "prod", state: dice.chance(50) ? .on : .off)
            let late = dice.chance(5) ? Int.random(in: 0..<90_000, using: &dice) : 0
            let time = Timestamp(milliseconds: Int64(number * 1000 - late))
            let outcome: Outcome =
                isEnd ? .accepted : dice.chance(40) ? .started : dice.pick([.accepted, .refused])
            let event = Event(
                sequence: SequenceNumber(number + 1), recordedTime: time, source: "test",
                draft: EventDraft(
                    id: EventID(time: time, using: &dice),
                    payload: .action(action, outcome, ActionReport()), time: time,
                    actor: Actor(id: "a"), basis: .executed, cause: start?.event.id))
            if outcome == .started { open.append((event, action)) }
            try replay.apply(event)
        }
        if dice.chance(70) {
            // Nothing is left in doubt.
            for (number, start) in open.enumerated() {
                let time = Timestamp(milliseconds: Int64(1_000_000 + number))
                try replay.apply(
                    Event(
                        sequence: SequenceNumber(1000 + number), recordedTime: time, source: "test",
                        draft: EventDraft(
                            id: EventID(time: time, using: &dice),
                            payload: .action(start.action, .refused, ActionReport()), time: time,
                            actor: Actor(id: "a"), basis: .executed, cause: start.event.id)))
            }
        }
        return replay.state.environments["prod"]?.attempts ?? []
    }

    @Test(arguments: 1...40) func `the attempts that decide are as good as all of them`(
        seed: UInt64
    ) throws {
        var dice = SplitMix(seed: seed)
        let history = try attempts(&dice)
        #expect(history.packed.isSound)
        func isOn(_ attempt: Attempt) -> Bool {
            attempt.action == .envProtected(environment: "prod", state: .on)
        }
        func verdict(_ attempts: [Attempt]) -> [SequenceNumber?] {
            let last = attempts.max { $0.settled < $1.settled }
            let rival = last.flatMap { World.rival(of: $0, among: attempts) }
            return [last?.started.sequence, rival?.started.sequence]
        }
        #expect(verdict(history.decisive(like: { _ in true })) == verdict(history.array))
        #expect(verdict(history.decisive(like: isOn)) == verdict(history.filter(isOn)))
        for _ in 0..<20 {
            let some = dice.pick(history.array)
            let moment = dice.chance(50) ? some.settled : some.started
            #expect(
                history.newest(settledAfter: moment, like: isOn)
                    == history.filter { isOn($0) && $0.settled > moment }.last)
        }
    }
}
