import Ledger

/// A source that was destroyed and made again from a snapshot of what it held.
extension World {
    /// The newest environment of a source's name, when it was made from a snapshot of the source.
    func remade(_ source: Incarnation) -> Incarnation? {
        guard let newest = newest(source.name), newest.first != source.first,
            !existence(newest).isGone, isRemade(newest, from: source)
        else { return nil }
        return newest
    }

    /// A source and, after it and oldest first, those that were made in its place from a snapshot of
    /// the one before and are gone as well: the newest of them held what the others held, and what
    /// came to it since.
    ///
    /// One that was never seen to run may have: only a failure that was seen says that it did not.
    func lives(of source: Incarnation) -> [Incarnation] {
        var lives = [source]
        for next in crossings.remakes[source.name] ?? [] {
            guard let last = lives.last, last.first < next.first, isRemade(next, from: last),
                existence(next).isGone, ending(of: next) != nil, !hasFailed(next)
            else { continue }
            lives.append(next)
        }
        return lives
    }

    private func isRemade(_ next: Incarnation, from last: Incarnation) -> Bool {
        next.seed.map { isCopy(SnapshotKey(kind: .database, name: $0), of: last) } ?? false
    }

    /// The environment that took the place of a migration's source, unless another migration moves to
    /// it.
    func restored(_ migration: Migration) -> Incarnation? {
        guard let source = migration.source, let last = lives(of: source).last,
            let again = remade(last),
            !(casting.byEnvironment[again.name] ?? []).contains(where: {
                $0.isDeclared && $0.destination?.name == again.name
                    && $0.destination?.first == again.first
            })
        else { return nil }
        return again
    }

    /// True for a snapshot of a source's data.
    ///
    /// Something else's final snapshot, or one made of a later environment of the name, holds other
    /// data.
    func isCopy(_ key: SnapshotKey, of source: Incarnation) -> Bool {
        if isFinal(key, of: source) { return true }
        guard key.kind == .database, let row = state.snapshots[key]?.sightings.last?.row,
            row.environment == source.name
        else { return false }
        if case .migration(let owner, _) = role(key) { return owner.source?.first == source.first }
        guard existence(source).isGone else { return false }
        return row.created.map { !isOfNext($0, after: source) } ?? (source.succeeded == nil)
    }

    /// True for a snapshot that lacks nothing of what a source took: its final one; or one that was
    /// made since the migration's copy, when the source took nothing from then on.
    func isWhole(_ key: SnapshotKey, of source: Incarnation, _ migration: Migration) -> Bool {
        if case .final = role(key), isFinal(key, of: source) { return true }
        guard let point = copy(migration).point else { return false }
        switch role(key) {
        case .migration(let owner, let taken):
            guard owner.name == migration.name, owner.source?.first == source.first,
                taken.started >= point
            else { return false }
        default: guard isFinal(key, of: source) else { return false }
        }
        return sourceWrites(migration).isEmpty
    }

    /// What was made in the place of a source and what it lacks: the destination may hold the last copy
    /// of that.
    func lackOfRestored(_ migration: Migration) -> [Reason] {
        guard let source = migration.source else { return [] }
        let lives = lives(of: source) + [restored(migration)].compactMap { $0 }
        guard lives.count > 1 else { return [] }
        return zip(lives, lives.dropFirst()).flatMap { lackOfData($1, $0, migration) }
            + lackOfFiles(lives[1], source, migration)
    }

    /// An older snapshot lacks what was taken after it.
    private func lackOfData(_ again: Incarnation, _ source: Incarnation, _ migration: Migration)
        -> [Reason]
    {
        guard let seed = again.seed else { return [] }
        let key = SnapshotKey(kind: .database, name: seed)
        let settled = decision(migration, after: again.first) {
            $0 == .lossAccepted || $0 == .writesReconciled
        }
        guard settled == nil else { return [] }
        if let doubt = makingDoubt(again) {
            return [
                .unknown(
                    .customerWrites,
                    "\(doubt.why): what \(again.name) holds is not known, and \(migration.roles.destination) may hold what it lacks",
                    doubt.evidence, unblock: "compare the data, then ledger-cli record reconciled")
            ]
        }
        guard !isWhole(key, of: source, migration) else { return [] }
        return [
            .blocked(
                .customerWrites,
                "\(again.name) was recreated from \(key.resource) and lacks what was taken after it, which \(migration.roles.destination) may hold",
                again.creation?.evidence ?? [],
                unblock: "compare the data, then ledger-cli record reconciled or accept-loss")
        ]
    }

    /// Destroying the source saved no nfs snapshot.
    private func lackOfFiles(_ again: Incarnation, _ source: Incarnation, _ migration: Migration)
        -> [Reason]
    {
        let name = migration.roles.destination
        let isKept = (crossings.snapshots[source.name] ?? []).contains { key in
            key.kind == .nfs && snapshotStatus(key).value == "AVAILABLE"
                && state.snapshots[key]?.sightings.last?.row.created.map {
                    !isOfNext($0, after: source)
                } ?? false
        }
        guard !isKept, nfs(source).value != .off,
            migration.destination.map({ nfs($0).value != .off }) ?? false,
            acknowledged(.nfs, migration, after: again.first) == nil
        else { return [] }
        return [
            .blocked(
                .nfsPreserved,
                "\(source.name) was destroyed and \(name) may hold the last copy of its files",
                World.merge(nfs(source).evidence.events, again.creation?.evidence ?? []),
                unblock:
                    "see an nfs snapshot of \(source.name) AVAILABLE, or ledger-cli record acknowledge nfs",
                needs: [.snapshots(.nfs)])
        ]
    }
}

extension World.SnapshotRole {
    var isOfMigration: Bool { if case .migration = self { true } else { false } }
}
