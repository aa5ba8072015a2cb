import Ledger

/// Snapshots that a destroy of unknown outcome may have left behind.
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
            guard let destroy = destroys.last(where: { $0.outcome != .refused }),
                !destroys.contains(where: \.isAccepted), !existence(environment).isLive,
                row.moment > destroy.settled,
                created >= destroy.started.time.wholeSecond - policy.clockSkew
            else { continue }
            return (environment, destroy)
        }
        return nil
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

    /// How to say that a destruction worked of which nobody knows.
    func settling(_ destroy: Attempt) -> String {
        guard case .envDestroy(let name, _, _) = destroy.action else {
            return "say what came of it"
        }
        return
            "when the destroy of \(name) worked: ledger-cli record command --outcome accepted --at \(destroy.started.time.short) -- fleet env destroy \(name)"
    }
}
