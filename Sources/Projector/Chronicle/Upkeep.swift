import Ledger

extension Planner {
    /// The environments that are paid for, by name: all that are not proven to be gone, each with
    /// the part that it plays in the newest migration that uses it.
    public func upkeep() -> [Chronicle.Upkeep] {
        struct Key: Hashable {
            let name: String
            let first: Moment
        }
        var parts: [Key: (role: String, migration: Migration)] = [:]
        for migration in migrations.sorted(by: { $0.opened < $1.opened }) {
            for (role, environment) in world.cast(of: migration) {
                parts[Key(name: environment.name, first: environment.first)] = (role, migration)
            }
        }
        return world.incarnations.keys.sorted().compactMap { name in
            guard let environment = world.newest(name), !world.existence(environment).isGone
            else { return nil }
            let part = parts[Key(name: name, first: environment.first)]
            return world.upkeep(environment, part?.role ?? "", part?.migration)
        }
    }
}

extension World {
    /// What a migration pays for: its environments, then its snapshots.
    func upkeep(of migration: Migration) -> [Chronicle.Upkeep] {
        cast(of: migration).map { upkeep($0.environment, $0.role, migration) }
            + snapshots(of: migration).map(upkeep)
    }

    fileprivate func upkeep(
        _ environment: Incarnation, _ role: String, _ migration: Migration?
    ) -> Chronicle.Upkeep {
        let arguments = environment.creation?.createArguments
        let sized = environment.sightings.newest(like: { $0.shown.size != nil })
        let available = environment.sightings.newest(like: { $0.shown.highAvailability != nil })
        let gone = goneSince(existence(environment))
        var upkeep = Chronicle.Upkeep(
            resource: .environment(environment.name), role: role,
            size: sized?.shown.size ?? arguments?.size,
            isHighlyAvailable: available?.shown.highAvailability.map { $0 == .on }
                ?? arguments?.highAvailability,
            since: environment.created ?? environment.creation?.started.time, until: gone?.time,
            evidence: World.merge(
                environment.creation?.evidence ?? [],
                [sized, available].compactMap { $0?.moment.sequence }, gone?.evidence ?? []))
        guard let migration else { return upkeep }
        switch role {
        case "source":
            guard isMovedAway(migration), let (end, _) = drainEnd(migration), end <= now else {
                break
            }
            upkeep.idleSince = end
            upkeep.idleBecause = "the drain"
        case "temporary":
            guard let dump = environment.attempts(.databaseDump).last(where: \.isAccepted) else {
                break
            }
            upkeep.idleSince = dump.settled.time
            upkeep.idleBecause = "the dump"
        case "destination":
            guard let abandoned = abandonment(migration)?.last,
                let mark = state.decisions.last(where: { $0.moment.sequence == abandoned })?.moment
                    ?? migration.closed?.moment
            else { break }
            upkeep.idleSince = mark.time
            upkeep.idleBecause = "the migration was abandoned"
        default: break
        }
        return upkeep
    }

    /// True when every hostname was last seen at the destination.
    private func isMovedAway(_ migration: Migration) -> Bool {
        let hosts = hostnames(migration)
        return !hosts.isEmpty
            && hosts.allSatisfy { host in
                guard let answer = state.hosts[host]?.answers.last else { return false }
                let change = state.hosts[host]?.switches.last
                return answer.value.isAt(migration.roles.destination)
                    && (change.map { $0.settled <= answer.moment } ?? true)
            }
    }

    private func upkeep(_ key: SnapshotKey) -> Chronicle.Upkeep {
        let history = state.snapshots[key]
        let last = history?.sightings.last
        let gone = goneSince(existence(key))
        return Chronicle.Upkeep(
            resource: key.resource, role: "snapshot", size: last?.row.size,
            isHighlyAvailable: nil,
            since: last?.row.created
                ?? history?.attempts.first { $0.action.name == .snapshotCreate }?.started.time,
            until: gone?.time, idleSince: nil, idleBecause: nil,
            evidence: World.merge(
                last.map { [$0.moment.sequence] } ?? [], gone?.evidence ?? []))
    }
}
