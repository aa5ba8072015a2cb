import Ledger

/// Recreating a source that was destroyed, by `env create --snapshot` and the same release
/// (Fleet, "cleaning up environments").
extension Planner {
    /// The source is gone or going: a snapshot of its data is the only way.
    func restore(
        _ migration: Migration, _ source: Incarnation, _ evidence: [SequenceNumber],
        _ start: WayBack
    ) -> WayBack {
        let snapshots = snapshots(of: source, migration)
        if let again = recreated(source, from: snapshots) {
            return finish(again, migration, evidence, start)
        }
        let usable = snapshots.first { key in
            isUsable(key)
                && (world.role(key).isOfMigration || wasListed(key, sinceTheEndOf: source))
        }
        // An older one lacks what the final one is about to hold.
        guard let usable,
            isWhole(usable, of: source, migration) && !world.finals(of: source).contains(usable)
                || !world.mayFinalCome(of: source)
        else {
            return withoutSnapshot(migration, source, snapshots, evidence, start)
        }
        var way = start
        way.verdict = .restore
        way.because = "\(source.name) can be recreated from \(usable.resource)"
        if case .unknown = way.exposure { way.isLossy = true }
        if !isWhole(usable, of: source, migration) {
            way.isLossy = true
            way.because += "; what \(source.name) took after it was made is lost"
        }
        addLosses(of: source, migration, to: &way)
        let shown = source.sightings.last { $0.shown.size != nil }?.shown
        let highAvailability = source.sightings.last { $0.shown.highAvailability != nil }?.shown
            .highAvailability
        let creation = EnvironmentCreation(
            environment: source.name, source: settingsSource(migration),
            snapshot: .named(usable.name), size: shown?.size,
            highAvailability: highAvailability.map { $0 == .on })
        let resource: Resource = .environment(source.name)
        let disarming = disarming(source.name, &way)
        let making =
            disarming + [
                Step(
                    resource: resource, command: .action(.envCreate(creation)),
                    because: "\(source.name) is recreated from \(usable.resource) (15-25 minutes)",
                    evidence: evidence,
                    requires: world.existence(source).isGone
                        ? [] : ["\(resource) absent from a complete environment list"],
                    completes: "\(resource) RUNNING")
            ]
        return complete(&way, migration, making + releasing(source, of: source, &way))
    }

    /// Where the settings come from: the destination while it is there, which was made like the
    /// source; without a word the platform takes the default environment, which may be gone.
    private func settingsSource(_ migration: Migration) -> EnvironmentCreation.Choice {
        guard let destination = migration.destination, world.existence(destination).isLive else {
            return .unsaid
        }
        return .named(destination.name)
    }

    /// The source was recreated already: what is left of the way.
    private func finish(
        _ again: Incarnation, _ migration: Migration, _ evidence: [SequenceNumber],
        _ start: WayBack
    ) -> WayBack {
        var way = start
        way.verdict = .restore
        way.because = "\(again.name) was recreated"
        var steps: [Step] = []
        if world.activeRelease(again).value.flatMap({ $0 }) == nil, let old = migration.source {
            steps = releasing(again, of: old, &way)
        }
        let isBack = world.hostnames(migration).allSatisfy { host in
            if case .at(again.name, _) = world.location(host) { true } else { false }
        }
        if steps.isEmpty, isBack, !isPossiblyClosed(again) {
            way.verdict = .nothing
            way.isLossy = false
            way.because = "\(again.name) was recreated and serves already"
            if wasOpenedUnseen(again) {
                way.verdict = .unknown
                way.because = "\(again.name) was told to open and was not seen open since"
                way.needs.append(.describe(again.name))
            }
            return way
        }
        return complete(&way, migration, steps)
    }

    /// The newest environment of the source's name, when it was made from a snapshot of the source.
    private func recreated(_ source: Incarnation, from snapshots: [SnapshotKey]) -> Incarnation? {
        guard let newest = world.newest(source.name), newest.first != source.first,
            !world.existence(newest).isGone, let seed = newest.seed,
            snapshots.contains(SnapshotKey(kind: .database, name: seed))
        else { return nil }
        return newest
    }

    private func releasing(
        _ target: Incarnation, of source: Incarnation, _ way: inout WayBack
    ) -> [Step] {
        let resource: Resource = .environment(source.name)
        guard
            let release = source.sightings.last(where: { ($0.shown.activeRelease ?? nil) != nil })?
                .shown.activeRelease ?? nil
        else {
            return [
                Step(
                    resource: resource,
                    command: .manual(
                        "load and activate the release that was active on \(source.name)"),
                    because: "which one it was is not recorded",
                    requires: ["\(resource) RUNNING"])
            ]
        }
        let loading = Step(
            resource: resource,
            command: .action(.envLoad(environment: source.name, release: release)),
            because: "\(release) was active", requires: ["\(resource) RUNNING"],
            completes: "\(release) RUNNING")
        let shown =
            target.first == source.first
            ? nil : target.sightings.newest(like: { $0.shown.releases != nil })?.shown.releases
        let isLoaded =
            shown?.contains { $0.release == release && $0.status == "RUNNING" } ?? false
        let rebuilding = isLoaded ? [] : rebuilding(release, on: source.name, &way)
        return rebuilding + (isLoaded ? [] : [loading]) + [
            Step(
                resource: resource,
                command: .action(.envActivate(environment: source.name, release: release)),
                because: "\(release) was active", requires: ["\(release) RUNNING"],
                completes: "\(release) ACTIVE"),
            Step(
                resource: resource,
                command: .manual(
                    "restore the certificate, whitelist, NFS and Solr of \(source.name) by hand"),
                because: "they are not part of a snapshot"),
        ]
    }

    /// Closes the destination, gives up or carries over its writes, and moves customers.
    private func complete(_ way: inout WayBack, _ migration: Migration, _ making: [Step])
        -> WayBack
    {
        let name = migration.roles.source
        let destination = migration.destination.flatMap {
            world.existence($0).isGone ? nil : $0
        }
        // Whatever has the name is what customers are sent to, the migration's own or not.
        let serving = world.newest(migration.roles.destination).flatMap {
            world.existence($0).mayTakeWrites ? $0 : nil
        }
        let closing = (serving ?? destination).map(closing) ?? []
        if closing.contains(where: \.isManual) {
            way.needs += [serving ?? destination].compactMap { $0 }.map { .describe($0.name) }
        }
        let moving = world.hostnames(migration).flatMap { movingBack($0, to: name) }
        let opening = [
            Step(
                resource: .environment(name),
                command: .action(.envMaintenance(environment: name, state: .off)),
                because: "whether a new environment starts in maintenance is not documented",
                requires: (serving ?? destination).map {
                    ["maintenance of \($0.name) effective"]
                } ?? [],
                completes: "maintenance mode OFF in a description of \(name)")
        ]
        let restoring =
            defaultBack(migration, &way) + [
                Step(
                    resource: .environment(name),
                    command: .action(.envProtected(environment: name, state: .on)),
                    because: "\(name) is to serve customers")
            ]
        let tail = moving + opening + restoring
        way.steps = making + closing + lossStep(way, migration) + tail
        way.residue = residue(migration, way.steps)
        guard way.isLossy else { return way }
        let copied =
            destination.map {
                making + closing + [shutting(name)] + carrying(from: $0.name, to: name) + tail
            } ?? []
        way.choices = choices(way, migration, copied)
        return way
    }

    /// A new environment takes no writes while data is loaded into it.
    private func shutting(_ name: String) -> Step {
        Step(
            resource: .environment(name),
            command: .action(.envMaintenance(environment: name, state: .on)),
            because: "\(name) must take no writes while it is loaded",
            completes:
                "maintenance mode ON in a description of \(name), 60 s or more after it was accepted"
        )
    }

    /// The snapshots of the source's data, the best to restore from first: the final one, the
    /// migration's, then the newest of the others.
    private func snapshots(of source: Incarnation, _ migration: Migration) -> [SnapshotKey] {
        let finals = world.finals(of: source)
        let own = world.state.snapshots.keys.filter { key in
            key.kind == .database && !finals.contains(key)
                && world.state.snapshots[key]?.sightings.last?.row.environment == source.name
        }
        func rank(_ key: SnapshotKey) -> (Int, Int64, SnapshotKey) {
            let created = world.state.snapshots[key]?.sightings.last?.row.created
            return (
                world.role(key).isOfMigration ? 0 : 1,
                -(created?.milliseconds ?? .min / 2), key
            )
        }
        // Something else's final snapshot, or one made of a later environment of the name, holds
        // other data.
        let usable = own.filter { key in
            world.role(key).isOfMigration
                || world.existence(source).isGone && isOlder(key, than: source)
        }
        return finals + usable.sorted { rank($0) < rank($1) }
    }

    private func isOlder(_ key: SnapshotKey, than source: Incarnation) -> Bool {
        let created = world.state.snapshots[key]?.sightings.last?.row.created
        return created.map { !world.isOfNext($0, after: source) } ?? (source.succeeded == nil)
    }

    /// True when a list made since a source was destroyed shows a snapshot: a daily one may go at
    /// any time (`rules.md`, never a recovery point while planning).
    private func wasListed(_ key: SnapshotKey, sinceTheEndOf source: Incarnation) -> Bool {
        guard let end = world.ending(of: source),
            let seen = world.state.snapshots[key]?.sightings.last
        else { return false }
        return seen.moment > end
    }

    /// True for a snapshot that lacks nothing of what a source took: its final one; or that of the
    /// migration or what may be the final one, when the source took nothing since the copy.
    private func isWhole(_ key: SnapshotKey, of source: Incarnation, _ migration: Migration) -> Bool
    {
        if world.finalSnapshot(of: source).contains(key) { return true }
        guard world.role(key).isOfMigration || world.finals(of: source).contains(key) else {
            return false
        }
        return world.sourceWrites(migration).isEmpty
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
        way.needs = [.snapshots(.database), .environments]
        way.residue = residue(migration, [])
        return way
    }
}

extension World.SnapshotRole {
    fileprivate var isOfMigration: Bool { if case .migration = self { true } else { false } }
}
