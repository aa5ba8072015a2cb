import Ledger

/// Which snapshot a name meant: names are unique at a time, and free again after a destroy.
extension World {
    /// How the snapshot of a name that was there when an environment was created came to be; nil
    /// when nobody here asked for one.
    func taking(of name: String, for creation: Attempt) -> Copy.Taking? {
        let history = state.snapshots[SnapshotKey(kind: .database, name: name)]
        let changes = history?.attempts.filter { $0.started < creation.started } ?? []
        let takings = changes.filter { $0.action.name == .snapshotCreate }
        guard let last = takings.last(where: \.isAccepted) ?? takings.last else { return nil }
        let (row, contrary) = rows(of: name, for: creation)
        let made = row?.row.created.flatMap { created in
            takings.last { state.mayHaveTaken($0, created) }
        }
        let attempt = made ?? last
        var point = attempt.started
        if let created = row?.row.created {
            let counted = created + state.allowance(for: attempt, created)
            if counted < attempt.started.time.wholeSecond {
                point = Moment(
                    time: min(created, counted), sequence: attempt.started.sequence)
            }
        }
        return Copy.Taking(
            attempt: attempt, row: row, contrary: contrary, isOnly: takings.count == 1,
            point: point)
    }

    /// The row of what had a name when an environment was created from it.
    ///
    /// It is the last one before, and after all that can have put another in its place; otherwise a
    /// later one of something that is as old. A later one beside it may show that something else had
    /// the name.
    func rows(
        of name: String, for creation: Attempt
    ) -> (row: SnapshotHistory.Sighting?, contrary: SnapshotHistory.Sighting?) {
        let history = state.snapshots[SnapshotKey(kind: .database, name: name)]
        let changes = (history?.attempts ?? []).filter {
            $0.started < creation.started && $0.outcome != .refused
        }
        // One that was created later is another one of the name.
        let rows = (history?.sightings ?? []).filter { row in
            row.row.created.map { $0 <= creation.settled.time + policy.clockSkew } ?? true
        }
        let fresh = rows.last { row in
            row.moment < creation.started
                && changes.allSatisfy { change in
                    let isItsOwn =
                        row.row.created.map {
                            state.mayHaveTaken(change, $0)
                        } ?? false
                    return row.moment > (isItsOwn ? change.started : change.settled)
                }
        }
        let later = rows.filter { $0.moment > creation.started }
        let row = fresh ?? later.first
        return (
            row,
            later.first { other in
                other.row.created != nil && row?.row.created != nil
                    && (other.row.created != row?.row.created
                        || other.row.environment != row?.row.environment)
            }
        )
    }
}
