import Ledger

/// A span in which an environment was effectively in maintenance.
///
/// "Close late, open early" (`rules.md`, principle 3): it begins when the ON has had time to reach
/// all nodes and counts once a description shows ON at or after that; it ends the moment an OFF is
/// attempted, whatever came of that: it may have opened the environment for a while, or open it yet.
/// Another one begins with an accepted ON; where the OFF was seen to have worked, or none was
/// attempted, also when ON is seen that nobody of ours commanded.
struct Closure {
    /// From when it was effective.
    var from: Timestamp
    /// The last description that showed ON at or after `from`; nil while none did.
    var confirmed: Moment?
    /// When it may have ended; nil while nothing says so.
    var end: End?
    /// The events that made and confirmed it.
    var evidence: [SequenceNumber]

    struct End {
        var time: Timestamp
        /// False for an OFF that was not accepted, and that nothing has shown to have worked.
        var isCertain: Bool
        var settled: Timestamp
        var evidence: [SequenceNumber]
    }

    func contains(_ time: Timestamp) -> Bool {
        from <= time && (end.map { time < $0.time } ?? true)
    }
}

extension World {
    /// The closures of an environment, oldest first; the last one may be unconfirmed.
    ///
    /// With `trustsSight` it also counts as closed when ON is seen after an OFF that may yet work.
    func closures(_ environment: Incarnation, trustsSight: Bool = false) -> [Closure] {
        var closures: [Closure] = []
        var isOpen = true
        let attempts = World.withLateEffects(environment.attempts(.envMaintenance))
        let sightings = environment.sightings.all(like: { $0.shown.maintenance != nil })
        var pending = attempts[...]
        // When the last OFF had spread that was attempted before a look.
        var spread = Timestamp(milliseconds: .min)
        // An OFF was attempted, and nothing has shown since that it is done.
        var isOffPending = false
        for sighting in sightings {
            while let attempt = pending.first, attempt.moment < sighting.moment {
                pending = pending.dropFirst()
                command(attempt, &closures, &isOpen)
                switch attempt.action {
                case .envMaintenance(_, .off):
                    isOffPending = true
                    spread = max(spread, attempt.settled.time + policy.maintenancePropagation)
                case .envMaintenance where attempt.isAccepted: isOffPending = false
                default: break
                }
            }
            // A description that still shows ON while an OFF spreads says nothing of being closed.
            if isOpen, sighting.moment.time < spread, sighting.shown.maintenance == .on { continue }
            if sighting.shown.maintenance == .off { isOffPending = false }
            if isOpen, isOffPending, !trustsSight { continue }
            look(sighting, &closures, &isOpen)
        }
        for attempt in pending { command(attempt, &closures, &isOpen) }
        return closures
    }

    /// The commands in the order in which they may have worked: an OFF that was still under way
    /// when an ON was issued may have worked after it, so it counts once more when it ended.
    private static func withLateEffects(_ attempts: [Attempt]) -> [Attempt] {
        var late: [Attempt] = []
        for (index, attempt) in attempts.enumerated() {
            guard case .envMaintenance(_, .off) = attempt.action, attempt.settled > attempt.started,
                attempts[index...].prefix(while: { $0.started < attempt.settled })
                    .contains(where: { other in
                        other.action != attempt.action && other.started > attempt.started
                    })
            else { continue }
            var again = attempt
            again.started = attempt.settled
            late.append(again)
        }
        guard !late.isEmpty else { return attempts }
        return (attempts + late).sorted { $0.started < $1.started }
    }

    private func command(_ attempt: Attempt, _ closures: inout [Closure], _ isOpen: inout Bool) {
        guard case .envMaintenance(_, let state) = attempt.action else { return }
        switch state {
        case .on:
            guard isOpen, attempt.isAccepted else { return }
            closures.append(
                Closure(
                    from: attempt.settled.time + policy.maintenancePropagation,
                    evidence: attempt.evidence))
            isOpen = false
        case .off:
            guard !isOpen || closures.last?.end?.isCertain == false, var last = closures.last else {
                return
            }
            if !isOpen {
                last.end = Closure.End(
                    time: attempt.started.time, isCertain: attempt.isAccepted,
                    settled: attempt.settled.time, evidence: attempt.evidence)
            } else if attempt.isAccepted {
                last.end?.isCertain = true
            } else {
                last.end?.settled = attempt.settled.time
            }
            closures[closures.count - 1] = last
            isOpen = true
        }
    }

    private func look(
        _ sighting: EnvironmentHistory.Sighting, _ closures: inout [Closure], _ isOpen: inout Bool
    ) {
        let time = sighting.moment.time
        let sequence = sighting.moment.sequence
        if sighting.shown.maintenance == .on {
            if isOpen {
                closures.append(
                    Closure(from: time + policy.maintenancePropagation, evidence: [sequence]))
                isOpen = false
            } else if let last = closures.last, last.from <= time {
                closures[closures.count - 1].confirmed = sighting.moment
                closures[closures.count - 1].evidence.append(sequence)
            }
            return
        }
        guard let last = closures.last else { return }
        if isOpen {
            if last.end?.isCertain == false { closures[closures.count - 1].end?.isCertain = true }
            return
        }
        if last.from > time, last.confirmed == nil { return }
        // OFF without a command of ours: it may have opened right after it was last seen closed.
        closures[closures.count - 1].end = Closure.End(
            time: last.confirmed?.time ?? last.from, isCertain: true, settled: time,
            evidence: [sequence])
        isOpen = true
    }

    /// An ON that may work yet although a look after it shows OFF: it takes up to a minute to reach
    /// all nodes (Fleet, manage environments).
    func spreadingClosure(_ environment: Incarnation) -> Attempt? {
        guard
            let sighting = environment.sightings.newest(like: { $0.shown.maintenance != nil }),
            sighting.shown.maintenance == .off
        else { return nil }
        let attempts = environment.attempts(.envMaintenance)
        guard
            let closing = attempts.last(where: { attempt in
                attempt.action == .envMaintenance(environment: environment.name, state: .on)
                    && sighting.moment.time
                        < attempt.settled.time + policy.maintenancePropagation
            })
        else { return nil }
        let isTakenBack = attempts.contains { attempt in
            attempt.action == .envMaintenance(environment: environment.name, state: .off)
                && attempt.isAccepted && attempt.started > closing.settled
        }
        return isTakenBack ? nil : closing
    }
}
