import Ledger

/// A migration whose source another one has led customers away from.
extension Planner {
    /// The migration of the same source, to something else, that customers were led away by, so that
    /// this one's way back would take them from where they are, or miss what they wrote there.
    ///
    /// Of two it is the one that customers are led to; else the later one, as long as its own way back
    /// is not done and its destination may hold what they wrote.
    func displacing(_ migration: Migration) -> Migration? {
        let siblings = world.siblings(of: migration)
        guard !siblings.isEmpty else { return nil }
        let hosts = world.hostnames(migration)
        let isLed = isLed(by: migration)
        let leading = siblings.last { other in
            world.isAny(of: hosts, ledBy: other) && (!isLed || other.opened > migration.opened)
        }
        if leading != nil || isLed { return leading }
        return siblings.last { $0.opened > migration.opened && mayHoldWrites($0, ledBy: hosts) }
    }

    /// The migration that has displaced one which customers are not led by: nothing is left of that
    /// but an end.
    func ended(_ migration: Migration) -> Migration? {
        migration.isDeclared && !isLed(by: migration) ? displacing(migration) : nil
    }

    private func isLed(by migration: Migration) -> Bool {
        world.isAny(of: world.hostnames(migration), ledBy: migration)
    }

    /// True when a migration's destination may hold what customers wrote and nobody has settled, while
    /// its source does not serve again.
    private func mayHoldWrites(_ migration: Migration, ledBy hosts: [String]) -> Bool {
        guard let source = migration.source, let destination = migration.destination,
            hosts.contains(where: {
                world.crossings.hosts[destination.name]?.contains($0) ?? false
            }), !world.customerWrites(migration).isEmpty
        else { return false }
        let serving = world.restored(migration) ?? source
        return !world.existence(serving).isLive || isPossiblyClosed(serving)
            || !lingering(migration).isEmpty
    }

    /// The later migration of the same source that has closed it, after this one was given up with all
    /// names at the source and nothing to settle: opening it is no part of this one's way back.
    func closing(_ source: Incarnation, after migration: Migration) -> Migration? {
        guard let last = source.attempts(.envMaintenance).last,
            last.action == .envMaintenance(environment: source.name, state: .on),
            let other = world.siblings(of: migration).last(where: {
                $0.isDeclared && $0.closed == nil && $0.opened > migration.opened
                    && last.started > $0.opened
            }),
            world.abandonment(migration) != nil, world.abandonment(other) == nil,
            world.existence(source).isLive, world.customerWrites(migration).isEmpty
        else { return nil }
        let isHome = world.hostnames(migration).allSatisfy { host in
            if case .at(let place, _) = world.location(host) { place == source.name } else { false }
        }
        return isHome ? other : nil
    }

    /// A later declared migration that left from this one's destination, so that customers may be
    /// where this one's way back does not reach.
    func superseding(_ migration: Migration) -> Migration? {
        guard let destination = migration.destination else { return nil }
        return (world.casting.bySource[destination.name] ?? []).last { next in
            next.isDeclared && next.name != migration.name && next.opened > migration.opened
                && next.source?.first == destination.first && next.destination != nil
                && (world.hostnames(migration).contains { host in
                    if case .at(let place, _) = world.location(host) {
                        place != destination.name
                            && (place != migration.roles.source || isNew(place, of: next))
                    } else {
                        world.crossings.switched[next.roles.destination]?.contains(host) ?? false
                    }
                } || isUnsettled(next, after: migration))
        }
    }

    /// True when what a later migration moved to, which is still there, may hold what customers wrote
    /// and nobody has settled: names that were pointed back bring none of it along.
    private func isUnsettled(_ next: Migration, after migration: Migration) -> Bool {
        guard let moved = next.destination, !world.existence(moved).isGone,
            moved.name != migration.roles.source || moved.first != migration.source?.first,
            world.isLed(to: moved, of: next)
        else { return false }
        return !world.customerWrites(next).isEmpty
    }

    /// True when a migration made an environment under the name that an earlier source had.
    private func isNew(_ place: String, of next: Migration) -> Bool {
        place == next.roles.destination && next.destination?.creation != nil
            && world.incarnations[place]?.first?.first != next.destination?.first
    }

    /// The way back of a migration that another one has displaced: that one's, as long as anything is
    /// to be taken back at all.
    func wayBack(_ migration: Migration, displacedBy other: Migration, _ start: WayBack) -> WayBack
    {
        var way = start
        let moved = moved(other)
        way.residue = residue(migration, [])
        // Its own destination serves nobody and holds nothing: what is left is for the clean-up.
        if world.isAny(of: world.hostnames(migration), seenLedBy: other),
            world.customerWrites(migration).isEmpty, !isLed(by: migration)
        {
            way.verdict = .nothing
            way.isLossy = false
            way.because = "\(moved), and nothing of \(migration.name) serves"
            return way
        }
        way.verdict = .unknown
        way.because = "\(moved): roll \(other.name) back first"
        way.needs = [wayBackNeed(other)]
        return way
    }

    /// The way back of a migration whose customers a later one has led back: nothing is left of it once
    /// all that its destination took has come along.
    func wayBack(_ migration: Migration, ledHomeBy home: Migration, _ start: WayBack) -> WayBack {
        var way = start
        let led =
            "\(home.name) has led customers back from \(migration.roles.destination) to \(migration.roles.source)"
        way.residue = residue(migration, [])
        let left = world.success(home)
        guard let first = left.first else {
            way.verdict = .nothing
            way.isLossy = false
            way.because = "\(led), and what \(migration.roles.destination) took came along"
            return way
        }
        way.verdict = .unknown
        way.because = "\(led), and is not done: \(first.message)"
        way.needs = (left.flatMap(\.needs) + [wayBackNeed(home)]).unique()
        return way
    }

    private func moved(_ other: Migration) -> String {
        "\(other.name) has moved on from \(other.roles.source) to \(other.roles.destination)"
    }

    /// The question for the way back of a migration that comes first.
    func wayBackNeed(_ migration: Migration) -> Need {
        Need(
            fact: "way back of migration/\(migration.name)",
            command: ["ledger-cli", "plan", "rollback", "--migration", migration.name])
    }

    /// What is due of a migration that another one has displaced: never its own switch, nor its way
    /// back, but an end to it, and the clean-up of what it left.
    func displacedDue(_ migration: Migration, by other: Migration) -> Due {
        let (from, moved) = (migration.roles.source, moved(other))
        let warning =
            "leading customers to \(migration.roles.destination) or \(from): \(moved)"
        guard world.isAny(of: world.hostnames(migration), ledBy: other) else {
            return Due(phase: "roll back", observe: [wayBackNeed(other)], unsafe: [warning])
        }
        if world.abandonment(migration) != nil { return abandoned(migration, unsafe: [warning]) }
        if migration.closed != nil {
            let steps = cleaning(migration)
            return Due(
                phase: steps.isEmpty ? "done" : "clean up", steps: steps, unsafe: [warning])
        }
        return Due(
            phase: "close",
            steps: [
                givingUp(
                    migration,
                    because:
                        "\(moved); to go on with \(migration.name), roll \(other.name) back first",
                    evidence: other.evidence)
            ], unsafe: [warning])
    }

    private func ending(_ migration: Migration) -> [String] {
        ["ledger-cli", "migration", "close", migration.name, "--abandoned"]
    }

    /// Says that a migration is given up.
    func givingUp(_ migration: Migration, because: String, evidence: [SequenceNumber]) -> Step {
        Step(
            resource: .migration(migration.name), command: .ledger(ending(migration)),
            because: because, evidence: evidence)
    }

    /// Why the source of a migration that another one has displaced stays for now.
    func displacedReason(_ migration: Migration, by other: Migration) -> Reason {
        .blocked(
            .noSuccessor,
            "\(migration.name) is not closed, and \(moved(other))",
            World.merge(migration.evidence, other.evidence),
            unblock: world.isAny(of: world.hostnames(migration), ledBy: other)
                ? ending(migration).joined(separator: " ")
                : wayBackNeed(other).command.joined(separator: " "))
    }
}
