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
        switch attempt.outcome {
        case .refused: return lacking(attempt, before: created, after: .seconds(0)) == nil
        case .accepted: return lacking(attempt, before: created, after: Presence.appearance) == nil
        // It may yet begin: what counts is what lists say a little later.
        case .unknown, .started:
            return lacking(
                attempt, before: created, after: Presence.apart, listedAfter: Presence.apart) == nil
        }
    }

    /// The complete list that shows that nothing had come of a try at a creation when the platform says
    /// that something of its name was created, some time after the try: something else made that.
    func lacking(
        _ attempt: Attempt, before created: Timestamp, after delay: Span,
        listedAfter pause: Span = .seconds(0)
    ) -> Moment? {
        let settled = attempt.settled
        let allowance = allowance(for: attempt, created)
        let listings: [ListingMark]
        switch attempt.action {
        case .envCreate: listings = environmentListings
        case .snapshotCreate(_, _, let kind, _):
            listings = snapshotListings[kind ?? .database] ?? []
        default: return nil
        }
        guard created > settled.time + delay + max(allowance, .seconds(0)) else { return nil }
        let before = World.later(listings[...], than: settled).prefix {
            $0.moment.time + allowance < created
        }
        let since = settled.time + pause
        guard let last = before.last, last.moment.time >= since else { return nil }
        let seen: Set<SequenceNumber>
        switch attempt.action {
        case .envCreate(let creation):
            seen =
                environments[creation.environment]?.sightings.events(after: settled) {
                    $0.shown.status != nil
                } ?? []
        case .snapshotCreate(_, let name, let kind, _):
            let key = SnapshotKey(kind: kind ?? .database, name: name)
            seen = snapshots[key]?.sightings.events(after: settled) { _ in true } ?? []
        default: return nil
        }
        return before.first {
            $0.moment.time >= since && !seen.contains($0.moment.sequence)
        }?.moment
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

extension World {
    /// Why nothing establishes that the ledger's own command made an environment; nil when something
    /// does, or when it is known that none did.
    ///
    /// A refused try never establishes what it was to do, though it may have done it; nor does one of
    /// unknown outcome that had made nothing when the environments were listed.
    func makingDoubt(_ environment: Incarnation) -> (why: String, evidence: [SequenceNumber])? {
        guard let creation = environment.creation, !creation.isAccepted else { return nil }
        let tries = [creation] + environment.attempts(.envCreate)
        func isDoubtful(_ attempt: Attempt) -> Bool {
            if attempt.outcome == .refused { return true }
            guard let created = environment.created else { return false }
            return state.lacking(attempt, before: created, after: Presence.appearance) != nil
        }
        let isMade = tries.contains {
            state.mayHaveMade($0, environment.created) && !isDoubtful($0)
        }
        guard !isMade else { return nil }
        let what = "the creation of \(environment.name) was \(creation.outcomeWords)"
        guard creation.outcome != .refused, let created = environment.created,
            let list = state.lacking(creation, before: created, after: Presence.appearance)
        else {
            return ("\(what), which does not show what made it", creation.evidence)
        }
        return (
            "\(what), and it was created after a list without it",
            World.merge(creation.evidence, [list.sequence])
        )
    }

    /// What stands against destroying an environment of which nothing establishes who made it.
    func madeByNobodyKnown(_ rule: RuleName, _ environment: Incarnation) -> [Reason] {
        guard let doubt = makingDoubt(environment), let creation = environment.creation else {
            return []
        }
        return [
            .unknown(
                rule, doubt.why, doubt.evidence,
                unblock:
                    "when it is what was asked for: ledger-cli record command --outcome accepted --at \(creation.started.time.short) -- fleet env create …; otherwise destroy it by hand if it is yours"
            )
        ]
    }

    /// The last of our commands that was to make an environment and had made nothing when the
    /// environments were listed before it was created, and that list.
    func lapsedCreation(of environment: Incarnation) -> (creation: Attempt, list: Moment)? {
        guard environment.creation == nil, let created = environment.created,
            let history = state.environments[environment.name]
        else { return nil }
        let creations = history.attempts.all(like: { $0.action.name == .envCreate })
        for creation in creations.reversed()
        where creation.started < environment.first && creation.started.time.wholeSecond <= created {
            return state.lacking(creation, before: created, after: .seconds(0)).map {
                (creation, $0)
            }
        }
        return nil
    }
}
