import Ledger

/// The rule about snapshots that environments are being made from.
extension World {
    /// `snapshot-in-use`: environments that may have been made from a snapshot and are not finished.
    func inUse(_ key: SnapshotKey) -> [Reason] {
        // Every try counts, not only the one that the environment is known by: a refused one may
        // have worked all the same.
        let readers =
            key.kind == .nfs
            ? crossings.readersOfFiles
            : (crossings.readersOfSnapshot[key.name] ?? [])
                + (snapshotSource(key.name).flatMap { crossings.readersOfSource[$0] } ?? [])
                + crossings.readersOfAny
        return readers.filter { mayUse(key, $0.1, $0.0) }
            .sorted { ($0.0.name, $0.1.started) < ($1.0.name, $1.1.started) }
            .map { clone, attempt in
                .blocked(
                    .snapshotInUse, "\(clone.name) may still be being made from it",
                    attempt.evidence, unblock: "see \(clone.name) RUNNING",
                    needs: [.describe(clone.name)])
            } + strangersBeingMade(.snapshotInUse)
    }

    /// An environment that somebody else is making may be made from anything; one of whose status
    /// nothing is known may be on its way as well.
    func strangersBeingMade(_ rule: RuleName, besides environment: Incarnation? = nil) -> [Reason] {
        crossings.strangers.filter {
            $0.name != environment?.name && !existence($0).isGone
        }.map { stranger in
            let last = stranger.sightings.newest(like: { $0.shown.status != nil })
            let evidence = last.map { [$0.moment.sequence] } ?? []
            if last?.shown.status == "CREATING" {
                return .blocked(
                    rule, "\(stranger.name) is being created, and nobody said from what", evidence,
                    unblock: "see \(stranger.name) RUNNING", needs: [.describe(stranger.name)])
            }
            return .unknown(
                rule,
                "\(stranger.name) was seen \(last?.shown.status ?? "in no status"), a status that is not documented: it may be being made, and nobody said from what",
                evidence, unblock: "see \(stranger.name) RUNNING or gone",
                needs: [.describe(stranger.name)])
        }
    }

    /// True while what a try at making an environment began may still be going on.
    func mayBeMaking(_ attempt: Attempt, _ clone: Incarnation) -> Bool {
        let isDone = clone.sightings.contains {
            $0.shown.status == "RUNNING" && $0.moment > attempt.settled
        }
        let isGone = existence(clone).isGone && clone.creation?.started == attempt.started
        return !isDone && !isGone && !isAbsent(clone, since: attempt)
    }

    /// True when lists prove that nothing came of a try, which counts from its own end: what had the
    /// name before it is another thing (`rules.md`, settled policy on absence).
    private func isAbsent(_ clone: Incarnation, since attempt: Attempt) -> Bool {
        let shown = clone.sightings.events(after: attempt.settled) { $0.shown.status != nil }
        let missing = World.later(state.environmentListings[...], than: attempt.settled)
            .map(\.moment).filter { !shown.contains($0.sequence) }
        guard let first = missing.first, let last = missing.last else { return false }
        return attempt.outcome == .refused
            || last.time - first.time >= Presence.apart
                && last.time - attempt.settled.time >= Presence.patience
    }

    /// True while a creation may still be reading a snapshot.
    private func mayUse(_ key: SnapshotKey, _ attempt: Attempt, _ clone: Incarnation) -> Bool {
        guard let arguments = attempt.createArguments else { return false }
        let seed = key.kind == .nfs ? arguments.nfsSnapshot : arguments.snapshot
        let isNamed = seed.name == key.name
        let source =
            arguments.source == .unsaid
            ? state.defaultEnvironment(at: attempt.started, within: policy.evidenceAge)
            : arguments.source.name
        let isPossible =
            seed == .unsaid && (source == nil || source == snapshotSource(key))
        return (isNamed || isPossible) && mayBeMaking(attempt, clone)
    }
}
