import Ledger

/// Whether a try can have made what is there, and whether what was there is gone.
extension State {
    /// True unless a try was yet to come when the platform says that something was created, or was
    /// long over, or nothing had come of it by then.
    ///
    /// Platform times have whole seconds, so a creation may seem to precede its request by less.
    func mayHaveMade(_ attempt: Attempt, _ created: Timestamp?) -> Bool {
        guard let created else { return true }
        let settled = attempt.settled
        let allowance = allowance(for: attempt, created)
        guard attempt.started.time.wholeSecond <= created + allowance,
            created <= settled.time + Presence.patience + policy.clockSkew
        else { return false }
        // What was asked for is in every list a little later.
        guard created > settled.time + Presence.apart,
            case .envCreate(let arguments) = attempt.action
        else { return true }
        let sightings = environments[arguments.environment]?.sightings ?? []
        let seen = sightings.events(after: settled) { $0.shown.status != nil }
        return !World.later(environmentListings[...], than: settled).contains { list in
            list.moment.time >= settled.time + Presence.apart
                && list.moment.time + allowance < created
                && !seen.contains(list.moment.sequence)
        }
    }

    /// True when a destroy was accepted and a later complete list lacked it, all before a moment.
    func isProvenGone(_ incarnation: Incarnation, before moment: Moment) -> Bool {
        guard
            let destroy = incarnation.attempts.newest(like: {
                $0.action.name == .envDestroy && $0.isAccepted
            })
        else { return false }
        let listings = World.later(environmentListings[...], than: destroy.settled)
            .prefix { $0.moment < moment }
        if listings.isEmpty { return false }
        let seen = incarnation.sightings.events(after: destroy.settled) { _ in true }
        return listings.contains { !seen.contains($0.moment.sequence) }
    }
}
