import Ledger

/// The way back to a source whose data a load has replaced and is not known to be whole: it is loaded
/// in full before anybody is led to it.
extension Planner {
    /// What the loads in the course of a migration have made of its source.
    func sourceData(_ source: Incarnation, _ migration: Migration) -> SourceData {
        let step = firstStep(migration)
        let since = migration.destination.map { max(world.dataSince($0), step) } ?? step
        return world.sourceData(source, migration, since: since)
    }

    /// The way back over a full load; the one that loses nothing leads.
    func reloading(
        _ source: Incarnation, _ migration: Migration, _ parts: ReturnParts, _ own: OwnWrites,
        _ broken: Attempt, _ why: String, _ start: WayBack
    ) -> WayBack {
        var way = start
        let name = source.name
        let isExposed = !way.exposure.isNone
        let carrying = copyBack(source, migration, parts, own)
        let giving = isExposed ? lossStep(way, migration, requires: []) : []
        let opening = [openingStep(source, requires: ["\(name) loaded in full"])]
        let bringing =
            parts.closing + shutting(source) + bringingBack(source, migration, broken) + giving
            + parts.serving + parts.moving + opening + parts.restoring
        let isCopy =
            world.copyVerified(migration).isEmpty && world.copyQuiesced(migration).isEmpty
        // Where the destination took customers, only it holds everything.
        let isCarried = !carrying.isEmpty && (isExposed || isCopy)
        way.steps = isCarried ? carrying : bringing
        if !world.isClosedNow(source), waitingForClosure(of: source) != nil {
            way.needs.append(.describe(name))
        }
        way.residue = residue(migration, [])
        way.because = "\(name) is not known to be whole: \(why); it is loaded in full first"
        guard way.isLossy else {
            way.verdict = .unknown
            if case .unknown(let doubt, _, let needs) = way.exposure {
                way.because += "; \(doubt)"
                way.needs += needs
            }
            return way
        }
        way.verdict = .lossy
        way.because +=
            "; \(migration.roles.destination) may hold customer writes that \(name) lacks; sessions and carts are lost in every direction"
            + staleness(migration, own)
        way.choices = choices(
            migration, copyBack: carrying,
            restore: isOwnKnown(source, migration, broken) ? bringing : [], own: own)
        return way
    }

    /// True when something that is there holds what the source held before it was loaded over.
    private func isOwnKnown(_ source: Incarnation, _ migration: Migration, _ broken: Attempt)
        -> Bool
    {
        ownDump(source, migration, broken) != nil || ownSnapshot(migration) != nil
    }

    /// The full load that a source waits for before it is copied; nil for one that is whole.
    func reloadDue(_ migration: Migration, _ source: Incarnation) -> Due? {
        guard let doubt = world.sourceDoubt(migration) else { return nil }
        if let due = closingDue(source, phase: "copy") { return due }
        let comparing =
            "when somebody compared it: ledger-cli record acknowledge source-writes"
        let steps = bringingBack(source, migration, doubt.load).prefix(1).map { step in
            guard case .manual(let text) = step.command else { return step }
            var step = step
            step.command = .manual("\(text); or, \(comparing)")
            return step
        }
        return Due(
            phase: "copy", steps: steps,
            unsafe: [
                "a copy of \(source.name), which is not known to be whole: \(doubt.why); \(comparing)"
            ])
    }

    /// Loads what the source held before, from a dump of it or through its snapshot.
    private func bringingBack(_ source: Incarnation, _ migration: Migration, _ broken: Attempt)
        -> [Step]
    {
        let name = source.name
        let resource: Resource = .environment(name)
        let completes = "the load accepted without an error"
        let flushing = flushingStep(name)
        let why = "\(name) is to hold again what it held before"
        if let dump = ownDump(source, migration, broken),
            case .databaseDump(_, let database, let path) = dump.action
        {
            return [
                Step(
                    resource: resource,
                    command: .action(
                        .databaseLoad(environment: name, database: database, path: path)),
                    because: why, evidence: dump.evidence,
                    requires: ["maintenance of \(name) effective"], completes: completes),
                flushing,
            ]
        }
        guard let key = ownSnapshot(migration) else {
            return [
                Step(
                    resource: resource,
                    command: .manual(
                        "load \(name) in full: nothing that the ledger knows holds what it held"),
                    because: why, evidence: broken.evidence, completes: completes),
                flushing,
            ]
        }
        return [
            Step(
                resource: resource,
                command: .manual(
                    "make a temporary environment from snapshot \(key.name), dump it and load the dump into \(name)"
                ),
                because: why, evidence: broken.evidence,
                requires: ["maintenance of \(name) effective"], completes: completes),
            flushing,
        ]
    }

    /// A good dump of what the closed source held before it was loaded over.
    private func ownDump(_ source: Incarnation, _ migration: Migration, _ broken: Attempt)
        -> Attempt?
    {
        let since = firstStep(migration)
        guard
            let first = source.attempts(.databaseLoad).first(where: { $0.settled > since })
        else { return nil }
        let dumped = [source, migration.temporary].compactMap { $0 }
        return dumped.flatMap { environment in
            environment.attempts(.databaseDump).filter { dump in
                guard dump.isAccepted, dump.settled < broken.started,
                    Copy.database(dump) == Copy.database(broken),
                    case .databaseDump(_, _, let path?) = dump.action,
                    !FilePath.keepsNothing(path),
                    !world.state.dumps(to: path).contains(where: { $0.started > dump.started })
                else { return false }
                let copy = Copy.Dump(dump: dump, load: broken, path: path)
                return world.contradiction(copy) == nil
                    && world.isOwn(copy, dumpedFrom: environment.name, source, before: first)
            }
        }.max { $0.started < $1.started }
    }

    /// The migration's snapshot of the source, while it is there.
    private func ownSnapshot(_ migration: Migration) -> SnapshotKey? {
        world.state.snapshots.keys.sorted().last { key in
            guard key.kind == .database else { return false }
            switch world.role(key) {
            case .migration(let owner, _), .temporary(let owner, _, _):
                return owner.name == migration.name && world.existence(key).isLive
                    && world.snapshotStatus(key).value == "AVAILABLE"
            default: return false
            }
        }
    }
}
