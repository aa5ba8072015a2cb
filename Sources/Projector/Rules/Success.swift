import Ledger

/// What must hold together for a destination to have succeeded its source.
extension World {
    /// All that must hold for the destination to have succeeded the source.
    func success(_ migration: Migration) -> [Reason] {
        guard let destination = migration.destination, let successor = successor(migration) else {
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

    /// The events that the success of a migration is proven by, when it is.
    func proof(_ migration: Migration) -> [SequenceNumber] {
        let source = migration.source
        let closure = source.flatMap { closures($0).last }?.evidence ?? []
        let decisions = [
            decision(migration) { if case .testPassed = $0 { true } else { false } },
            decision(migration) { $0 == .go },
        ].compactMap { $0?.moment.sequence }
        let hosts = hostnames(migration).compactMap {
            state.hosts[$0]?.answers.last?.moment.sequence
        }
        let destination = migration.destination.map { destination in
            World.merge(
                status(destination).evidence, shownMaintenance(destination).evidence,
                protected(destination).evidence)
        }
        return World.merge(
            migration.evidence, closure, copy(migration).evidence, decisions, hosts,
            destination ?? [], defaultEnvironment.evidence,
            source.map { World.merge(nfs($0).evidence, solr($0).evidence) } ?? [])
    }
}
