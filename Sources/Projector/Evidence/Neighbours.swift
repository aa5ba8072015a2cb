import Ledger

/// Several sources whose databases go into one destination.
extension World {
    /// True for a load of a database by its name that is the copy of another migration to the same
    /// destination, while nobody tried to dump one of that name, or without a name, of this source.
    func isOfAnother(_ load: Attempt, _ migration: Migration) -> Bool {
        // What was made from a snapshot of this source held all of its databases before.
        guard migration.roles.method == .dump,
            case .databaseLoad(let destination, let database?, let path?) = load.action
        else { return false }
        let dumps = (state.dumps(to: path) + state.otherDumps(than: path)).filter {
            $0.started < load.settled
        }
        let origins = Set(dumps.map { Copy.database($0) == database ? origin(of: $0) : nil })
        guard origins.count == 1, let origin = origins.first ?? nil,
            origin != migration.roles.source,
            state.declarations.values.contains(where: {
                $0.roles.source == origin && $0.roles.destination == destination
            })
        else { return false }
        return !state.dumps.values.joined().contains { dump in
            let named = Copy.database(dump)
            return (named == nil || named == database)
                && self.origin(of: dump) == migration.roles.source
        }
    }

    /// The environment whose data a dump is of: the one that was dumped, or what that was made from.
    private func origin(of dump: Attempt) -> String? {
        guard case .databaseDump(let name, _, _) = dump.action else { return nil }
        let clone = incarnations[name]?.last { $0.first < dump.started }
        guard let seed = clone?.seed else { return name }
        return snapshotSource(seed)
    }
}
