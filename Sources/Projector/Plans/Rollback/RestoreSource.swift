import Ledger

/// Recreating a source that was destroyed, by `env create --snapshot` and the same release
/// (Fleet, "cleaning up environments").
extension Planner {
    /// The source is gone or going: a snapshot of its data is the only way.
    func restore(
        _ migration: Migration, _ first: Incarnation, _ ending: [SequenceNumber],
        _ start: WayBack
    ) -> WayBack {
        let lives = world.lives(of: first)
        // One that was recreated and destroyed in its turn may have held more than the first.
        let source = lives.last ?? first
        let evidence =
            if case .gone(let events) = world.existence(source) { events } else { ending }
        let snapshots = lives.reversed().flatMap { copies(of: $0, migration) }
        let again = taker(of: source, migration) == nil ? world.remade(source) : nil
        if let again, !isOfNoUse(again) {
            return finish(again, of: source, migration, start)
        }
        let usable = snapshots.first { key in
            isUsable(key)
                && (world.role(key).isOfMigration || wasListed(key, sinceTheEndOf: source))
        }
        // An older one lacks what the final one is about to hold.
        guard let usable,
            world.isWhole(usable, of: source, migration)
                && !world.finals(of: source).contains(usable)
                || !world.mayFinalCome(of: source)
        else {
            return withoutSnapshot(migration, source, snapshots, evidence, start)
        }
        var way = start
        way.verdict = .restore
        way.because =
            (again.map { failure(of: $0) + "; " } ?? "")
            + "\(source.name) can be recreated from \(usable.resource)"
        if case .unknown = way.exposure { way.isLossy = true }
        if !world.isWhole(usable, of: source, migration) {
            way.isLossy = true
            way.because += "; what \(source.name) took after it was made is lost"
        }
        if let lack = world.lackOfRestored(migration).first(where: { $0.rule == .customerWrites }) {
            way.isLossy = true
            way.because += "; \(lack.message)"
        }
        addLosses(of: source, migration, to: &way)
        if let taker = taker(of: source, migration) {
            return nameTaken(by: taker, source, migration, usable, way)
        }
        // What was never seen of the newest is as it was before.
        let looks = lives.flatMap(\.sightings).map(\.shown)
        let size = looks.last { $0.size != nil }?.size
        let highAvailability = looks.last { $0.highAvailability != nil }?.highAvailability
        let released = lives.last { life in
            life.sightings.has(like: { ($0.shown.activeRelease ?? nil) != nil })
        }
        let creation = EnvironmentCreation(
            environment: source.name, source: settingsSource(migration),
            snapshot: .named(usable.name), size: size,
            highAvailability: highAvailability.map { $0 == .on })
        let resource: Resource = .environment(source.name)
        let disarming = disarming(source.name, &way)
        let isNameFree = again == nil && world.existence(source).isGone
        let making =
            (again.map { discarding($0, migration) } ?? []) + disarming + [
                Step(
                    resource: resource, command: .action(.envCreate(creation)),
                    because: "\(source.name) is recreated from \(usable.resource) (15-25 minutes)",
                    evidence: evidence,
                    requires: isNameFree
                        ? [] : ["\(resource) absent from a complete environment list"],
                    completes: "\(resource) RUNNING")
            ]
        return complete(&way, migration, making + releasing(released ?? source, loaded: [], &way))
    }

    /// Where the settings come from: the destination while it is there, which was made like the
    /// source; without a word the platform takes the default environment, which may be gone.
    private func settingsSource(_ migration: Migration) -> EnvironmentCreation.Choice {
        guard let destination = migration.destination, world.existence(destination).isLive else {
            return .unsaid
        }
        return .named(destination.name)
    }

    /// The snapshots of the source's data, the best to restore from first: the final one, the
    /// migration's, then the newest of the others.
    private func copies(of source: Incarnation, _ migration: Migration) -> [SnapshotKey] {
        let finals = world.finals(of: source)
        let own = world.state.snapshots.keys.filter { key in
            !finals.contains(key) && world.isCopy(key, of: source)
        }
        func rank(_ key: SnapshotKey) -> (Int, Int64, SnapshotKey) {
            let created = world.state.snapshots[key]?.sightings.last?.row.created
            return (
                world.role(key).isOfMigration ? 0 : 1,
                -(created?.milliseconds ?? .min / 2), key
            )
        }
        return finals + own.sorted { rank($0) < rank($1) }
    }

    /// True when a list made since a source was destroyed shows a snapshot: a daily one may go at
    /// any time (`rules.md`, never a recovery point while planning).
    private func wasListed(_ key: SnapshotKey, sinceTheEndOf source: Incarnation) -> Bool {
        guard let end = world.ending(of: source),
            let seen = world.state.snapshots[key]?.sightings.last
        else { return false }
        return seen.moment > end
    }

    private func isUsable(_ key: SnapshotKey) -> Bool {
        world.snapshotStatus(key).value == "AVAILABLE" && world.existence(key).isLive
    }

    /// N3, once a complete listing at least an hour after the destroy shows no snapshot of it.
    private func withoutSnapshot(
        _ migration: Migration, _ source: Incarnation, _ snapshots: [SnapshotKey],
        _ evidence: [SequenceNumber],
        _ start: WayBack
    ) -> WayBack {
        var way = start
        let listing = (world.state.snapshotListings[.database] ?? []).last
        let isOpen = snapshots.contains { key in
            switch world.existence(key) {
            case .gone, .beingDestroyed: false
            default: true
            }
        }
        if world.existence(source).isGone, !isOpen, let listing,
            world.isListedSinceEnd(of: source)
        {
            way.verdict = .impossible
            way.noReturn.append(
                (
                    "N3", "no snapshot of \(source.name) is AVAILABLE",
                    evidence + [listing.moment.sequence]
                ))
            way.because = "\(source.name) is gone and no snapshot of it is AVAILABLE"
            return way
        }
        way.verdict = .unknown
        way.because =
            "\(source.name) is \(world.existence(source).isGone ? "gone" : "being destroyed") and its final snapshot was not seen AVAILABLE"
        if let older = snapshots.first(where: isUsable), let end = world.ending(of: source) {
            let hour = end.time + World.finalDelay
            way.because +=
                "; \(older.resource), which lacks what \(source.name) took after it was made, may serve once a list at \(hour.short) or later shows none"
        }
        way.needs =
            [.snapshots(.database)] + (world.existence(source).isGone ? [] : [.environments])
        way.residue = residue(migration, [])
        return way
    }
}
