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
            .init(bytes: bytes, starts: packed.starts, shared: packed.shared)
        }
        #expect(again(packed.bytes) != nil)
        #expect(again(Array(packed.bytes.dropLast())) == nil)
        #expect(again(packed.bytes + [0]) == nil)
        for index in packed.bytes.indices {
            for byte: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
                var damaged = packed.bytes
                damaged[index] = byte
                // Refused, or another history in order; never a trap.
                _ = again(damaged).map { Array(Chronology(packed: $0, young: [])).map(words) }
            }
        }
    }
}
