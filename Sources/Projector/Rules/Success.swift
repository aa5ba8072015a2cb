import Ledger

/// What must hold together for a destination to have succeeded its source.
extension World {
    /// All that must hold for the destination to have succeeded the source.
    func success(_ migration: Migration) -> [Reason] {
        guard let destination = migration.destination, let successor = successor(migration),
            !existence(successor).isGone
        else {
            return [
                .blocked(
                    .noSuccessor, "\(migration.roles.destination) does not exist",
                    migration.evidence, unblock: "create \(migration.roles.destination)")
            ]
        }
        return counted(
            destinationServing(successor) + destinationProtected(successor)
                + decisionMade(migration, destination)
                + traffic(.trafficOffSource, migration, at: migration.roles.destination)
                + drained(.drained, migration, off: migration.roles.source)
                + copyQuiesced(migration)
                + copyVerified(migration) + sourceWrites(migration) + sqlScripts(migration))
    }

    /// The events that prove that a snapshot is not needed any more.
    func proof(_ key: SnapshotKey) -> [SequenceNumber] {
        switch role(key) {
        case .foreign: []
        case .migration(let migration, let creation):
            World.merge(
                creation.evidence, abandonment(migration) ?? proof(migration),
                migration.source.map { existence($0).evidence } ?? [])
        case .temporary(_, let temporary, let creation):
            World.merge(creation.evidence, proof(temporary: temporary))
        case .final(_, _, let destroy): destroy.evidence
        }
    }

    /// The events that prove that a temporary environment is not needed any more.
    func proof(temporary: Incarnation) -> [SequenceNumber] {
        let dump = temporary.attempts(.databaseDump).last
        var files: [SequenceNumber] = []
        if case .databaseDump(_, _, let path?)? = dump?.action {
            files = state.looks(at: path).suffix(1).map(\.moment.sequence)
        }
        return World.merge(
            temporary.creation?.evidence ?? [], status(temporary).evidence, dump?.evidence ?? [],
            files, defaultEnvironment.evidence)
    }

    /// The events that the success of a migration is proven by, when it is.
    func proof(_ migration: Migration) -> [SequenceNumber] {
        let source = migration.source
        let closure = source.flatMap { closures($0).last }?.evidence ?? []
        let decisions = [
            decision(migration) { if case .testPassed = $0 { true } else { false } },
            decision(migration) { $0 == .go },
        ].compactMap { $0?.moment.sequence }
        let hosts = hostnames(migration).flatMap { host -> [SequenceNumber] in
            let history = state.hosts[host]
            var drained: [SequenceNumber] = []
            if case .ends(_, let evidence) = drain(host, off: migration.roles.source) {
                drained = evidence
            }
            return drained + (history?.answers.suffix(1).map(\.moment.sequence) ?? [])
                + (history?.switches.suffix(1).flatMap(\.evidence) ?? [])
        }
        let scripts = state.scriptListings.suffix(1).map(\.moment.sequence)
        let seed = migration.destination?.seed.flatMap { name in
            state.snapshots[SnapshotKey(kind: .database, name: name)]?.sightings.last?.moment
                .sequence
        }
        let destination = migration.destination.map { destination in
            World.merge(
                status(destination).evidence, shownMaintenance(destination).evidence,
                protected(destination).evidence)
        }
        return World.merge(
            migration.evidence, closure, copy(migration).evidence, decisions, hosts,
            destination ?? [], defaultEnvironment.evidence, scripts, [seed].compactMap { $0 },
            source.map { World.merge(nfs($0).evidence, solr($0).evidence) } ?? [])
    }
}
