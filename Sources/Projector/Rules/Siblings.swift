import Ledger

/// Several migrations of one source to different destinations, of which one at most serves in its
/// place.
extension World {
    /// The other migrations of a migration's source that lead to something else.
    func siblings(of migration: Migration) -> [Migration] {
        (casting.bySource[migration.roles.source] ?? []).filter { other in
            let isSame =
                other.roles.destination == migration.roles.destination
                && other.destination?.first == migration.destination?.first
            return other.name != migration.name && !isSame
                && other.source?.first == migration.source?.first
        }
    }

    /// True for a migration that is done and that a later one repeats, from the same environment to the
    /// same: what became of the destination since is for that one to answer for.
    func isRepeated(_ migration: Migration) -> Bool {
        guard let source = migration.source, let destination = migration.destination,
            migration.closed?.value == false
        else { return false }
        return (casting.bySource[source.name] ?? []).contains { later in
            later.isDeclared && later.name != migration.name && later.opened > migration.opened
                && later.source?.first == source.first && abandonment(later) == nil
                && later.destination?.name == destination.name
                && later.destination?.first == destination.first
        }
    }

    /// A migration of the same source that has succeeded where this one was given up: its destination
    /// serves in the place of the source.
    func succeeded(besides migration: Migration) -> Migration? {
        siblings(of: migration).last { $0.isDeclared && abandonment($0) == nil && hasSucceeded($0) }
    }

    /// The environments that customers were to come to by a migration: its destination, and whatever
    /// later migrations have moved on to from there.
    func places(of migration: Migration) -> [Incarnation] {
        places(of: migration, depth: 8)
    }

    private func places(of migration: Migration, depth: Int) -> [Incarnation] {
        guard depth > 0, let destination = migration.destination else { return [] }
        let later = (casting.bySource[destination.name] ?? []).filter { next in
            next.isDeclared && next.source?.first == destination.first
                && next.opened > migration.opened && next.name != migration.name
        }
        return [destination] + later.flatMap { places(of: $0, depth: depth - 1) }
    }

    /// True when the newest word about one of some hostnames leads customers to what a migration moved
    /// to, or to what came after that.
    func isAny(of hosts: [String], ledBy migration: Migration) -> Bool {
        isAny(of: hosts, at: migration) { isLed($0, to: $1) }
    }

    /// True when one of some hostnames was seen lately at what a migration moved to, or at what came
    /// after that.
    func isAny(of hosts: [String], seenLedBy migration: Migration) -> Bool {
        isAny(of: hosts, at: migration) { host, name in
            if case .at(name, _) = location(host) { true } else { false }
        }
    }

    private func isAny(
        of hosts: [String], at migration: Migration, _ leads: (String, String) -> Bool
    ) -> Bool {
        places(of: migration).contains { place in
            // A name that has passed on leads to the one that has it now; and the source is no move.
            guard newest(place.name)?.first == place.first,
                place.name != migration.roles.source || place.first != migration.source?.first
            else { return false }
            return hosts.contains { leads($0, place.name) }
        }
    }
}
