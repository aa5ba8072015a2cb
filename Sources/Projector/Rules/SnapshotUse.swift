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
            } + strangersBeingMade()
    }

    /// An environment that somebody else is making may be made from any snapshot.
    private func strangersBeingMade() -> [Reason] {
        crossings.strangers.filter { !existence($0).isGone }.map { stranger in
            .blocked(
                .snapshotInUse,
                "\(stranger.name) is being created, and nobody said from what",
                stranger.sightings.suffix(1).map(\.moment.sequence),
                unblock: "see \(stranger.name) RUNNING", needs: [.describe(stranger.name)])
        }
    }

    /// True while a creation may still be reading a snapshot.
    private func mayUse(_ key: SnapshotKey, _ attempt: Attempt, _ clone: Incarnation) -> Bool {
        guard let arguments = attempt.createArguments else { return false }
        let isDone = clone.sightings.contains {
            $0.shown.status == "RUNNING" && $0.moment > attempt.settled
        }
        let isGone = existence(clone).isGone && clone.creation?.started == attempt.started
        let seed = key.kind == .nfs ? arguments.nfsSnapshot : arguments.snapshot
        let isNamed = seed.name == key.name
        let source =
            arguments.source == .unsaid
            ? state.defaultEnvironment(at: attempt.started, within: policy.evidenceAge)
            : arguments.source.name
        let isPossible =
            seed == .unsaid && (source == nil || source == snapshotSource(key))
        return !isDone && !isGone && (isNamed || isPossible)
    }
}
