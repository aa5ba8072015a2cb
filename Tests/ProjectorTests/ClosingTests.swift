import Ledger
import Projector
import Testing

/// Openings and closings of a migration, in the order in which they happened.
@Suite struct ClosingTests {
    private let s = "environment/prod"

    private func moved(_ event: Event, to sequence: Int) -> Event {
        var event = event
        event.sequence = SequenceNumber(sequence)
        return event
    }

    @Test func `a closing counts at its time, wherever it was typed`() throws {
        var history = Runbook().snapshotMethod()
        history.wait(.minutes(5))
        history.decide(.migrationClosed(abandoned: true))
        history.wait(.minutes(5))
        let told = try Replay.state(of: history.events)
        let count = history.events.count
        // The same events with the closing typed first.
        let first = [moved(history.events[count - 1], to: 1)]
        let retold =
            first
            + history.events.dropLast().enumerated().map { moved($0.element, to: $0.offset + 2) }
        let turned = try Replay.state(of: retold)
        for state in [told, turned] {
            let planner = try Planner(
                state: state, now: history.clock, head: PlanHead(size: count, root: ""),
                renderer: .words)
            let plan = try planner.cleanup(migration: nil)
            #expect(plan.verdict(s) == .blocked)
            #expect(plan.rules(s) == [.noSuccessor])
            #expect(planner.migrations.first?.closed?.value == true)
        }
        // What is kept beside the log says the same.
        var bytes: [UInt8] = []
        #expect(turned.encode(to: &bytes))
        let kept = try #require(State(unchanged: bytes, in: 0..<bytes.count))
        #expect(kept.closings == turned.closings)
        #expect(kept.declarations == turned.declarations)
    }

    @Test
    func `a migration that was opened again after a closing is open, wherever that was typed`()
        throws
    {
        var history = Runbook().snapshotMethod()
        let opened = history.events[0]
        history.wait(.minutes(5))
        history.decide(.migrationClosed(abandoned: true))
        history.wait(.minutes(5))
        let payload = try #require(try EventPayload(type: opened.type, data: opened.data))
        history.add(payload)
        let events = history.events
        let count = events.count
        let swapped =
            events.dropLast(2)
            + [moved(events[count - 1], to: count - 1), moved(events[count - 2], to: count)]
        for order in [events, Array(swapped)] {
            let state = try Replay.state(of: order)
            let declaration = try #require(state.declarations["plan-move"])
            #expect(state.closings["plan-move"]?.count == 1)
            #expect(declaration.confirmed > declaration.opened)
            let planner = try Planner(
                state: state, now: history.clock, head: PlanHead(size: count, root: ""),
                renderer: .words)
            #expect(planner.migrations.first?.closed == nil)
        }
    }
}
