import Ledger

/// Whether a copy was taken of a whole source, and arrived where it was asked for.
extension World {
    /// That the source was not known to be whole when the copy of it was taken.
    func copiedBroken(_ copy: Copy, _ migration: Migration) -> [Reason] {
        guard let point = copy.point, let doubt = sourceDoubt(migration, before: point) else {
            return []
        }
        let name = migration.roles.source
        return [
            .blocked(
                .copyVerified,
                "\(name) was not known to be whole when the copy was taken: \(doubt.why)",
                World.merge(doubt.load.evidence, [point.sequence]),
                unblock:
                    "load \(name) in full and take a new copy, or compare the data, then ledger-cli record acknowledge source-writes"
            )
        ]
    }

    /// That nothing establishes that the destination was made as it was asked for, until somebody has
    /// compared what it holds.
    func madeOtherwise(_ destination: Incarnation, _ migration: Migration) -> [Reason] {
        guard let doubt = makingDoubt(destination) else { return [] }
        let seen = destination.wasSeen("RUNNING")?.moment ?? destination.creation?.settled
        guard decision(migration, after: seen, { $0 == .writesReconciled }) == nil else {
            return []
        }
        return [
            .unknown(
                .copyVerified, "\(doubt.why), nor of what", doubt.evidence,
                unblock: "compare the data, then ledger-cli record reconciled")
        ]
    }
}
