import Ledger

/// What was recorded before the time that it tells of: nobody can have seen it then.
///
/// Such a time is wrong, and so may be the order of what happened around it; it stays wrong when the
/// clock has passed it. Until the event is voided nothing is known for certain.
extension World {
    /// The events that tell of a time that had not come, by more than clocks may differ.
    fileprivate var untimely: [State.Foretold] {
        state.foretold.filter { $0.lead > policy.clockSkew }
    }
}

/// The doubt that events bring about which tell of a time that had not come.
struct Doubt {
    /// What stands in the way, and what would settle it.
    let obstacles: [Obstacle]
    /// The events.
    private let numbers: Set<SequenceNumber>
    /// How many events are named one by one: a computer whose clock was behind may have recorded thousands.
    private static let named = 3

    fileprivate init(_ events: [State.Foretold]) {
        numbers = Set(events.map(\.moment.sequence))
        // One more takes no more room than the words for "one other".
        let named = events.count == Self.named + 1 ? events.count : Self.named
        var obstacles = events.prefix(named).map { event in
            let number = event.moment.sequence
            return Obstacle(
                "event \(number) tells of \(event.moment.time.short), which had not come when it was recorded at \(event.recorded.short)",
                [number],
                unblock:
                    "ledger-cli record void \(number) --reason …, then look again or tell it with its true time"
            )
        }
        let others = events.dropFirst(named)
        if let first = others.first, let last = others.last,
            let lead = events.map(\.lead).max()
        {
            obstacles.append(
                Obstacle(
                    "so do \(others.count) other events, \(first.moment.sequence) to \(last.moment.sequence) by their time",
                    [first.moment.sequence, last.moment.sequence],
                    unblock:
                        "void them too; \(World.skewAdvice(lead))"
                ))
        }
        self.obstacles = obstacles
    }

    /// A verdict as far as it holds while the order of events is in doubt: nothing is safe, and what
    /// such an event shows gone is not known to be.
    func about(_ found: ResourceVerdict, in planner: Planner) -> ResourceVerdict {
        guard !obstacles.isEmpty, found.verdict != .notOurs,
            found.verdict != .gone || found.evidence.contains(where: numbers.contains)
        else { return found }
        let doubts = obstacles.map {
            Reason.unknown(.existence, $0.message, $0.evidence, unblock: $0.unblock)
        }
        return planner.verdict(found.resource, found.reasons + doubts, found.evidence)
    }
}

extension Planner {
    /// The doubt that the events of a time that had not come bring about.
    var doubt: Doubt { Doubt(world.untimely) }

    /// What stands in the way of every destruction while events tell of a time that had not come
    /// when they were recorded.
    public var untimely: [Obstacle] { doubt.obstacles }

    /// A way back as far as it is known while the order of events is in doubt.
    func doubted(_ way: WayBack) -> WayBack {
        guard let obstacle = untimely.first,
            way.verdict != .lossy && way.verdict != .impossible
        else { return way }
        var doubted = way
        doubted.verdict = .unknown
        doubted.because = "\(obstacle.message): \(obstacle.unblock)"
        return doubted
    }
}
