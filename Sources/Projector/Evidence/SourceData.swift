import Ledger

/// What loads into a source in the course of a migration have made of its data.
enum SourceData {
    /// What it held before; with the load that brought that back, when there was one.
    case own(Attempt?)
    /// What the destination held when it was dumped; current while that was not opened since.
    case carried(Copy.Dump, isCurrent: Bool)
    /// Not known to be whole: the load, and why.
    case broken(Attempt, String)

    var isBroken: Bool { if case .broken = self { true } else { false } }

    /// True when it holds all that the destination does.
    var isCarriedNow: Bool { if case .carried(_, true) = self { true } else { false } }
}

extension World {
    /// What loads since a moment have made of the data of a source, or of one that was made again.
    ///
    /// A load that was not accepted leaves an environment half loaded, whatever it held before; so
    /// does one of a file of which nobody knows that it is whole. A comparison (`reconciled`) settles
    /// what was loaded before it; that a loss was accepted does not.
    func sourceData(_ source: Incarnation, _ migration: Migration, since moment: Moment)
        -> SourceData
    {
        let compared = decision(migration) { $0 == .writesReconciled }?.moment
        let loads = source.attempts(.databaseLoad).filter { load in
            load.settled > moment && (compared.map { load.settled > $0 } ?? true)
        }
        guard let first = loads.first else { return .own(nil) }
        var newest: [String?: Attempt] = [:]
        for load in loads { newest[Copy.database(load)] = load }
        var data = SourceData.own(loads.last)
        for load in newest.values.sorted(by: { $0.started < $1.started }) {
            switch loaded(by: load, among: loads) {
            case .failure(let doubt): return .broken(load, doubt.why)
            case .success(let (copy, name)):
                if let (why, _) = contradiction(copy) { return .broken(load, why) }
                let (dumped, to) = copy.databases
                guard dumped == to else {
                    return .broken(load, "another database was dumped to \(copy.path)")
                }
                if let destination = migration.destination, destination.name == name,
                    destination.first < copy.dump.started
                {
                    let closure = closures(destination).last
                    data = .carried(
                        copy,
                        isCurrent: closure.map {
                            $0.end == nil && $0.confirmed != nil
                                && $0.contains(copy.dump.started.time)
                        } ?? false)
                } else if !isOwn(copy, dumpedFrom: name, source, before: first) {
                    return .broken(
                        load, "\(copy.path) is not known to hold what \(source.name) held")
                }
            }
        }
        return data
    }

    /// True for a dump of what a closed source held before anything was loaded into it: of itself, or
    /// of an environment that was made from a snapshot of it.
    func isOwn(
        _ copy: Copy.Dump, dumpedFrom name: String, _ source: Incarnation, before first: Attempt
    ) -> Bool {
        func isClosed(since time: Timestamp) -> Bool {
            closures(source).contains { $0.contains(time) && $0.contains(first.started.time) }
        }
        if name == source.name {
            return copy.dump.started < first.started && isClosed(since: copy.dump.started.time)
        }
        guard let made = incarnations[name]?.last(where: { $0.first < copy.dump.started }),
            let seed = made.seed, let creation = made.creation, creation.isAccepted,
            let taken = taking(of: seed, for: creation), taken.environment == source.name,
            taken.contrary == nil, taken.row.map({ $0.row.environment == source.name }) ?? true,
            taken.point < first.started
        else { return false }
        let isChanged = made.attempts(.databaseLoad, .databaseShell).contains {
            $0.started < copy.dump.settled
        }
        return !isChanged && isClosed(since: taken.point.time)
    }

    /// True for an environment that only accepted commands speak of: they show that it was there, and
    /// no list since lacks it.
    func wasCommanded(_ environment: Incarnation) -> Bool {
        environment.creation == nil && environment.lastSighting == nil
            && environment.attempts(.envDestroy).isEmpty
            && environment.attempts.has(like: { $0.isAccepted })
            && World.later(state.environmentListings[...], than: environment.first).isEmpty
    }
}
