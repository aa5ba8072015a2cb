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
        return sourceData(source, migration, after: loads)
    }

    /// What some loads, oldest first, have made of the data of a source.
    private func sourceData(_ source: Incarnation, _ migration: Migration, after loads: [Attempt])
        -> SourceData
    {
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

    /// What keeps a source from being known to be whole when it is copied: a load into it that was not
    /// accepted, or one while it was closed for the migration, unless it then held its own again or
    /// somebody compared it.
    ///
    /// What is loaded into a shop that is open is what that shop holds from then on.
    func sourceDoubt(_ migration: Migration, before point: Moment? = nil)
        -> (load: Attempt, why: String)?
    {
        guard let source = migration.source,
            source.attempts.has(like: { $0.action.name == .databaseLoad })
        else { return nil }
        // What another migration has loaded into it is what it is.
        let earlier = (casting.byEnvironment[source.name] ?? []).filter {
            $0.name != migration.name && $0.destination?.name == source.name
                && $0.destination?.first == source.first
        }.compactMap { decision($0) { $0 == .go }?.moment }
        let since = (earlier + [begun(migration)]).max() ?? migration.opened
        let settled = decision(migration) {
            $0 == .writesReconciled || $0 == .gapAcknowledged(.sourceWrites)
        }?.moment
        let closures = closures(source)
        func isClosing(_ time: Timestamp) -> Bool {
            closures.contains { closure in
                closure.from - policy.maintenancePropagation <= time
                    && (closure.end.map { time < $0.time } ?? true)
            }
        }
        let loads = source.attempts(.databaseLoad).filter { load in
            load.settled > since && (point.map { load.started < $0 } ?? true)
                && (settled.map { load.settled > $0 } ?? true)
                && (!load.isAccepted || isClosing(load.started.time))
        }
        switch sourceData(source, migration, after: loads) {
        case .own: return nil
        case .broken(let load, let why): return (load, why)
        case .carried(let copy, _):
            return (copy.load, "\(copy.path) holds what \(migration.roles.destination) held")
        }
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
