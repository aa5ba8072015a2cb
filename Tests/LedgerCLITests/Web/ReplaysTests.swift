import Foundation
import Ledger
import Projector
import Testing

@testable import ledger_cli

@Suite struct ReplaysTests {
    /// What is true of every resource, as text.
    private func facts(_ evaluation: Evaluation) throws -> [String] {
        try evaluation.planner().overview().rows.flatMap { row in
            row.cells.map { "\(row.resource) \($0.name) \($0.cell.text) \($0.cell.evidence)" }
        }
    }

    /// The same, replayed from the first event for this point alone.
    private func fresh(_ prompt: Prompt, _ point: Point, clock: Timestamp) throws -> [String] {
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        let events = try store.events(matching: HistoryQuery())
        let known = point.knownAt.map { SequenceNumber($0) }
        let state = try Replay.state(of: events, at: point.at, knownAt: known)
        let now = point.at ?? max(clock, state.newest?.time ?? clock)
        return try facts(
            Evaluation(
                state: state, now: now, head: PlanHead(size: events.count, root: ""),
                bases: BasisLetters(), isHypothetical: false))
    }

    @Test func `every point is what a replay from the start gives, whatever was asked before`()
        async throws
    {
        let fixture = try await SiteFixture.example()
        let prompt = fixture.prompt
        // A void, a late report and a hold make the ways of time and knowledge differ.
        for words in [
            ["record", "void", "33", "--reason", "mistyped"],
            [
                "record", "command", "--at", "2017-05-03T21:45:00Z", "--", "fleet", "env",
                "protected", "prod2", "ON",
            ],
            ["record", "hold", "environment/prod2", "--reason", "audit"],
            ["record", "void", "20", "--reason", "mistyped too"],
        ] {
            let result = await prompt.run(words)
            try #require(result.status == 0, "\(result.errors)")
        }
        let clock = try #require(Timestamp("2017-05-05T09:00:00Z"))
        var replays = Replays(
            try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true))
        let times = try replays.moments().times
        let size = try fixture.site.archive.store.size()
        var points = times.map { Point(at: $0) }
        points += (1...size).map { Point(knownAt: $0) }
        points += zip(times, stride(from: size, to: 1, by: -1)).map { Point(at: $0, knownAt: $1) }
        var generator = SeededGenerator(seed: 7)
        for point in points.shuffled(using: &generator) {
            let found = try facts(replays.evaluation(point, clock: clock))
            #expect(try found == fresh(prompt, point, clock: clock), "\(point)")
        }
    }

    @Test func `what was appended is seen at the next question`() async throws {
        let fixture = try await SiteFixture.example()
        let prompt = fixture.prompt
        let clock = try #require(Timestamp("2017-05-05T09:00:00Z"))
        var replays = Replays(
            try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true))
        let early = Point(at: Timestamp("2017-05-03T21:50:00Z"))
        for words in [
            ["record", "command", "--", "fleet", "env", "maintenance", "prod2", "ON"],
            [
                "record", "command", "--at", "2017-05-03T21:45:00Z", "--", "fleet", "env",
                "protected", "prod2", "ON",
            ],
            ["record", "void", "24", "--reason", "mistyped"],
        ] {
            _ = try replays.evaluation(.now, clock: clock)
            _ = try replays.evaluation(early, clock: clock)
            let result = await prompt.run(words)
            try #require(result.status == 0, "\(result.errors)")
            for point in [Point.now, early] {
                let found = try facts(replays.evaluation(point, clock: clock))
                #expect(try found == fresh(prompt, point, clock: clock), "\(words)")
            }
        }
    }

    @Test func `what another process appends is seen, however often and however it closes`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let fixture = try SiteFixture(prompt)
        let archive = fixture.site.archive
        _ = try await archive.evaluate(.now) { _ in true }
        for number in 2...6 {
            // The other process is the only one that writes: when it ends it clears away the
            // journal unless it sees that this one still reads.
            let child = try Child(["record", "note", "\(number)"], in: prompt.directory)
            #expect(child.end() == (0, false))
            #expect(try await archive.read { try $0.size() } == number)
            #expect(try await archive.evaluate(.now) { $0.head.size } == number)
        }
        #expect(
            FileManager.default.fileExists(atPath: prompt.path("ledger.sqlite-wal")),
            "the journal of an open ledger was cleared away")
    }

    @Test func `a moment is found by the times before and after it`() throws {
        let moments = Moments(times: [10, 20, 30].map { Timestamp(milliseconds: $0) })
        let found = [5, 10, 15, 30, 99].map {
            moments.index(atOrBefore: Timestamp(milliseconds: $0))
        }
        #expect(found == [nil, 0, 0, 2, 2])
    }
}

/// Numbers that are the same in every run.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
