import Ledger

extension World {
    /// When a migration began: declared afterwards, what was done before the declaration is part of
    /// it, and so is an earlier try at its destination that no other migration was declared for.
    func begun(_ migration: Migration) -> Moment {
        guard let destination = migration.destination else { return migration.opened }
        if let left = leaving(migration) { return min(left, migration.opened) }
        if destination.first < migration.opened {
            return min(migration.source?.first ?? destination.first, destination.first)
        }
        let earlier = (incarnations[destination.name] ?? []).first {
            isUndeclaredTry($0, migration)
        }
        return min(earlier?.first ?? migration.opened, migration.opened)
    }

    /// True for one that this ledger made of the source under the destination's name before anybody
    /// declared what for.
    private func isUndeclaredTry(_ candidate: Incarnation, _ migration: Migration) -> Bool {
        guard candidate.first < migration.opened,
            let arguments = candidate.creation?.createArguments
        else { return false }
        let origin = arguments.snapshot.name.flatMap(snapshotSource) ?? arguments.source.name
        return (origin.map { $0 == migration.roles.source } ?? true)
            && !state.declarations.values.contains { other in
                other.roles.migration != migration.name
                    && other.roles.destination == candidate.name
                    && other.opened < migration.opened
                    && (state.closing(of: other).map { $0.moment > candidate.first } ?? true)
            }
    }
}
