import Ledger

/// What was to be copied beside what was.
extension World {
    /// A try at dumping a database, of what was copied and before anybody decided to go, of which
    /// nothing was loaded: the destination lacks what it holds.
    ///
    /// Also one that failed: that it was tried shows that there is something to be copied. Which
    /// database it is that a command does not name is not documented (Fleet, `database dump`), so it
    /// is one of its own.
    func leftOut(of parts: [Copy.Dump], _ migration: Migration) -> Attempt? {
        let go = decision(migration) { $0 == .go }?.moment
        let settled = decision(migration) { $0 == .writesReconciled }?.moment
        // From the ON on: what is dumped before that has reached all nodes was meant as a copy.
        let closures = (migration.source.map { self.closures($0) } ?? []).map { closure in
            var closure = closure
            closure.from = closure.from - policy.maintenancePropagation
            return closure
        }
        let dumps = copied(parts, migration, closures).flatMap { $0.attempts(.databaseDump) }
        return dumps.sorted { $0.started < $1.started }.first { dump in
            guard case .databaseDump(let name, let database, _) = dump.action,
                go.map({ dump.started < $0 }) ?? true,
                settled.map({ dump.settled > $0 }) ?? true,
                // One of a source that serves is no copy of what it will have taken.
                name != migration.roles.source
                    || closures.contains(where: { $0.contains(dump.started.time) })
            else { return false }
            // Loaded under another name it counts as the part of the copy that it is, which the
            // rules look at.
            return !parts.contains {
                $0.databases.dumped == database || $0.databases.loaded == database
            }
        }
    }

    /// The source, what was dumped for a copy of it, and other clones that show it as it was closed.
    private func copied(
        _ parts: [Copy.Dump], _ migration: Migration, _ closures: [Closure]
    ) -> [Incarnation] {
        var copied = parts.compactMap { part -> Incarnation? in
            guard case .databaseDump(let name, _, _) = part.dump.action else { return nil }
            return incarnations[name]?.last { $0.first < part.dump.started }
        }
        let names = Set(
            crossings.dumped.values.joined().map(\.name) + copied.map(\.name)
                + [migration.roles.temporary].compactMap { $0 })
        let clones = names.sorted().flatMap { incarnations[$0] ?? [] }.filter { clone in
            guard let seed = clone.seed, let creation = clone.creation,
                snapshotSource(seed) == migration.roles.source,
                let taken = taking(of: seed, for: creation)
            else { return false }
            return closures.contains { $0.contains(taken.point.time) }
        }
        for other in [migration.source].compactMap({ $0 }) + clones
        where !copied.contains(where: { $0.name == other.name && $0.first == other.first }) {
            copied.append(other)
        }
        return copied
    }
}

extension Attempt {
    /// What a dump is of, for messages.
    var dumpedWords: String {
        guard case .databaseDump(let name, let database, _) = action else { return "" }
        return database.map { "database \($0) of \(name)" } ?? "the unnamed database of \(name)"
    }
}
