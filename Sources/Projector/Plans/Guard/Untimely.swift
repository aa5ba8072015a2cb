import Ledger

/// What was recorded before the time that it tells of: nobody can have seen it then.
///
/// Such a time is wrong, and so may be the order of what happened around it; it stays wrong when the
/// clock has passed it. Until the event is voided nothing is known for certain.
extension World {
    /// The events that tell of a time that had not come, by more than clocks may differ.
    var untimely: [State.Foretold] { state.foretold.filter { $0.lead > policy.clockSkew } }
}

extension Planner {
    /// What stands in the way of every destruction while events tell of a time that had not come
    /// when they were recorded.
    public var untimely: [Obstacle] {
        world.untimely.map { event in
            let number = event.moment.sequence
            return Obstacle(
                "event \(number) tells of \(event.moment.time.short), which had not come when it was recorded at \(event.recorded.short)",
                [number],
                unblock:
                    "ledger-cli record void \(number) --reason …, then look again or tell it with its true time"
            )
        }
    }

    /// A verdict as far as it holds while the order of events is in doubt: nothing is safe, and what
    /// such an event shows gone is not known to be.
    func doubted(_ found: ResourceVerdict) -> ResourceVerdict {
        let obstacles = untimely
        guard !obstacles.isEmpty, found.verdict != .notOurs,
            found.verdict != .gone
                || obstacles.contains(where: { !Set($0.evidence).isDisjoint(with: found.evidence) })
        else { return found }
        let doubts = obstacles.map {
            Reason.unknown(.existence, $0.message, $0.evidence, unblock: $0.unblock)
        }
        return verdict(found.resource, found.reasons + doubts, found.evidence)
    }

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
