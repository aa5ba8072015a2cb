import Ledger

/// Snapshots that a destroy of unknown or refused outcome may have left behind.
///
/// A final snapshot is one that appears after an accepted destroy (`rules.md`, settled policy). When
/// the environment is gone all the same, somebody can say that the destroy worked; till then the
/// snapshot may be the last copy of the environment's data.
extension World {
    /// The environment that is not known to be there any more, and the try at destroying it that may
    /// have left a snapshot behind: nobody said that it was accepted, and the snapshot appeared since.
    func mayBeFinal(_ key: SnapshotKey) -> (Incarnation, Attempt)? {
        guard key.kind == .database, let history = state.snapshots[key],
            let row = history.sightings.first, let created = row.row.created,
            !history.attempts.has(like: { $0.action.name == .snapshotCreate })
        else { return nil }
        for environment in (incarnations[row.row.environment] ?? []).reversed() {
            let destroys = environment.attempts(.envDestroy)
            guard !destroys.contains(where: \.isAccepted), !existence(environment).isLive,
                !isOfNext(created, after: environment),
                let destroy = destroys.last(where: { attempt in
                    mayHaveWorked(attempt, on: environment) && row.moment > attempt.settled
                        && created >= attempt.started.time.wholeSecond - policy.clockSkew
                })
            else { continue }
            return (environment, destroy)
        }
        return nil
    }

    /// False for a refused destroy that did nothing: the environment was seen RUNNING so long after it
    /// that what came later has another cause.
    private func mayHaveWorked(_ destroy: Attempt, on environment: Incarnation) -> Bool {
        guard destroy.outcome == .refused else { return true }
        return environment.sightings.newest(like: { $0.shown.status == "RUNNING" }).map {
            $0.moment.time < destroy.settled.time + Presence.patience
        } ?? true
    }

    /// The try at destroying an environment from which its end is counted; a refused one only when
    /// the environment went all the same (`rules.md`, principle 2).
    func destruction(of environment: Incarnation) -> Attempt? {
        let destroys = environment.attempts(.envDestroy)
        if let destroy = destroys.last(where: { $0.outcome != .refused }) { return destroy }
        guard !existence(environment).mayTakeWrites else { return nil }
        return destroys.last { mayHaveWorked($0, on: environment) }
    }

    /// The snapshots that destroying an environment left behind, or may have.
    func finals(of environment: Incarnation) -> [SnapshotKey] {
        (crossings.snapshots[environment.name] ?? []).filter { isFinal($0, of: environment) }
            .sorted()
    }

    /// True for a snapshot that destroying an environment left behind, or may have.
    func isFinal(_ key: SnapshotKey, of environment: Incarnation) -> Bool {
        if case .final(let owner, _, _) = role(key) {
            return owner.first == environment.first && owner.name == environment.name
        }
        guard let owner = mayBeFinal(key)?.0 else { return false }
        return owner.first == environment.first && owner.name == environment.name
    }

    /// True when a complete list made an hour or more after an environment was destroyed shows what
    /// there is of it: the final snapshot would be in it (`rules.md`, N3).
    func isListedSinceEnd(of environment: Incarnation) -> Bool {
        guard let end = ending(of: environment),
            let listing = state.snapshotListings[.database]?.last
        else { return false }
        return listing.moment.time - end.time >= World.finalDelay
    }

    /// When an environment went at the latest: when a try at destroying it ended, or, when nobody said
    /// that it was tried, by the first list that lacks it.
    func ending(of environment: Incarnation) -> Moment? {
        if let destroy = destruction(of: environment) { return destroy.settled }
        guard existence(environment).isGone,
            let last = environment.sightings.newest(like: { $0.shown.status != nil })?.moment
        else {
            return nil
        }
        return World.later(state.environmentListings[...], than: last).first?.moment
    }

    /// How long after a destroy the final snapshot may still come.
    static let finalDelay = Span.hours(1)

    /// True while the final snapshot of a destroyed environment may still come or become AVAILABLE.
    ///
    /// One that is seen CREATING is waited for as long as it takes, as is a look at one that somebody
    /// tried to destroy since, or that a list lacks: it may be the newest copy all the same.
    func mayFinalCome(of environment: Incarnation) -> Bool {
        let isSettled = isListedSinceEnd(of: environment)
        let finals = finals(of: environment).filter { !existence($0).isGone }
        let isPending = finals.contains { key in
            switch snapshotStatus(key).value {
            case "AVAILABLE": false
            case "CREATING", nil: true
            default: !isSettled
            }
        }
        return isPending || finals.isEmpty && !isSettled
    }

    /// True once no look will find a final snapshot of an environment that is gone any more.
    func hasNoFinal(_ environment: Incarnation) -> Bool {
        existence(environment).isGone && isListedSinceEnd(of: environment)
            && !mayFinalCome(of: environment)
            && finals(of: environment).filter { !existence($0).isGone }.allSatisfy {
                snapshotStatus($0).value.map { $0 != "AVAILABLE" } ?? false
            }
    }

    /// A snapshot that may be the final one of an environment that is gone, and is AVAILABLE.
    func possibleFinal(of environment: Incarnation) -> (SnapshotKey, Attempt)? {
        guard existence(environment).isGone else { return nil }
        for key in crossings.snapshots[environment.name] ?? []
        where snapshotStatus(key).value == "AVAILABLE" {
            guard let (owner, destroy) = mayBeFinal(key), owner.first == environment.first else {
                continue
            }
            return (key, destroy)
        }
        return nil
    }

    /// What to do about the final snapshot of a source that somebody tried to destroy, and what to look
    /// at: nothing where no look shows one, which is not asked for again then.
    func finalAwaited(of source: Incarnation) -> (unblock: String, needs: [Need]) {
        if let (key, destroy) = possibleFinal(of: source) {
            return ("keep \(key.name); \(settling(destroy))", [])
        }
        if existence(source).isLive {
            let doubts = staying(source)
            return (
                doubts.first?.unblock
                    ?? "destroy \(source.name) and see its final snapshot AVAILABLE",
                doubts.flatMap(\.needs)
            )
        }
        if let (key, _, lead) = (crossings.snapshots[source.name] ?? []).lazy.compactMap({ key in
            earlyFinal(key).map { (key, $0.0, $0.2) }
        }).first(where: { $0.1.first == source.first }) {
            return (
                "keep \(key.name), which by the platform's clock was created \(lead.words) before the destroy was asked for; \(World.skewAdvice(lead))",
                []
            )
        }
        if hasNoFinal(source) {
            return ("keep it: no final snapshot of \(source.name) is AVAILABLE", [])
        }
        return ("see the final snapshot of \(source.name) AVAILABLE", [.snapshots(.database)])
    }

    /// How to say that a destruction worked of which nobody knows.
    func settling(_ destroy: Attempt) -> String {
        guard case .envDestroy(let name, _, _) = destroy.action else {
            return "say what came of it"
        }
        return
            "when the destroy of \(name) worked: ledger-cli record command --outcome accepted --at \(destroy.started.time.short) -- fleet env destroy \(name)"
    }
}
