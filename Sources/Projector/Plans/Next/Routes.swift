import Ledger

/// The two methods of the published procedure, up to the test.
extension Planner {
    func snapshotDue(_ migration: Migration, _ source: Incarnation) -> Due {
        let name = migration.roles.destination
        if migration.destination.map({ world.existence($0).isGone }) ?? true {
            if let due = closingDue(source, phase: "close the source") { return due }
            let copy = snapshotCopyDue(source)
            if let due = copy.due { return due }
            let creation = EnvironmentCreation(
                environment: name, source: .named(source.name), snapshot: .named(copy.name),
                size: "SIZE", highAvailability: isHighlyAvailable(source))
            return Due(
                phase: "create the destination",
                steps: [
                    step(
                        .envCreate(creation), "\(copy.name) is AVAILABLE",
                        completes: "environment/\(name) RUNNING")
                ], unsafe: scriptWarnings())
        }
        let again = EnvironmentCreation(
            environment: name, source: .named(source.name),
            snapshot: migration.destination?.seed.map { .named($0) } ?? .unsaid, size: "SIZE",
            highAvailability: isHighlyAvailable(source))
        if let due = creationDue(
            migration.destination,
            step(
                .envCreate(again), "the first try made nothing",
                completes: "environment/\(name) RUNNING"),
            phase: "create the destination")
        {
            return due
        }
        guard let destination = migration.destination else { return Due(phase: "copy") }
        return releaseDue(migration, source, destination)
            ?? switchDue(migration, source, destination)
    }

    func dumpDue(_ migration: Migration, _ source: Incarnation) -> Due {
        let name = migration.roles.destination
        let creation = EnvironmentCreation(
            environment: name, source: .named(source.name), size: "SIZE",
            highAvailability: isHighlyAvailable(source))
        if let due = creationDue(
            migration.destination,
            step(
                .envCreate(creation), "the destination is made while the shop is still open",
                completes: "environment/\(name) RUNNING"), phase: "create the destination")
        {
            return due
        }
        guard let destination = migration.destination else { return Due(phase: "copy") }
        if let due = releaseDue(migration, source, destination) { return due }
        guard case .dump(let copied) = world.copy(migration) else {
            // What serves customers is closed by nobody to be loaded once more.
            if !world.exposure(migration).isNone
                || world.isLed(to: destination, of: migration),
                let due = copyTrouble(migration)
            {
                return due
            }
            return closingDue(source, phase: "close both")
                ?? closingDue(destination, phase: "close both")
                ?? copyDue(migration, source, destination)
        }
        if !destination.attempts(.envCacheFlush).contains(where: {
            $0.isAccepted && $0.started > copied.load.settled
        }) {
            return Due(
                phase: "copy",
                steps: [
                    step(
                        .envCacheFlush(environment: name),
                        "the caches hold what was there before the load")
                ], unsafe: ["customers on \(name) before its caches are flushed"])
        }
        return switchDue(migration, source, destination)
    }

    /// Dumps the closed source, or the temporary environment made from a snapshot of it, and loads
    /// the destination.
    private func copyDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due {
        var dumped = source
        if let role = migration.roles.temporary ?? migration.temporary?.name {
            let isMade = migration.temporary.map { !world.existence($0).isGone } ?? false
            let hasDump = migration.temporary.map { isDumped($0, source) } ?? false
            if !hasDump {
                let copy = snapshotCopyDue(source)
                if !isMade, let due = copy.due { return due }
                let creation = EnvironmentCreation(
                    environment: role, source: .named(source.name), snapshot: .named(copy.name),
                    highAvailability: false)
                if let due = creationDue(
                    migration.temporary,
                    step(
                        .envCreate(creation),
                        "a dump of \(source.name) itself would lock its database",
                        completes: "environment/\(role) RUNNING"), phase: "copy")
                {
                    return due
                }
            }
            if let temporary = migration.temporary {
                guard isQuiesced(temporary, source) else {
                    return Due(
                        phase: "copy",
                        unsafe: [
                            "a dump of \(temporary.name): its snapshot was taken before maintenance of \(source.name) was effective; destroy it and make it again"
                        ])
                }
                dumped = temporary
            }
        }
        guard let dump = lastDump(of: dumped, source) else {
            let path = "\(dumped.name).sql"
            return Due(
                phase: "copy",
                steps: [
                    step(
                        .databaseDump(environment: dumped.name, path: path),
                        "\(source.name) is effectively in maintenance",
                        completes:
                            "the dump accepted; then ledger-cli record file \(path) --role dump"
                    )
                ], unsafe: ["a load before the dump is accepted"])
        }
        guard case .databaseDump(_, _, let path?) = dump.action else { return Due(phase: "copy") }
        let load = destination.attempts(.databaseLoad).last { $0.started > dump.settled }
        if let load, load.isAccepted, let due = copyTrouble(migration) { return due }
        let failed = load.flatMap { $0.isAccepted ? nil : $0 }
        return Due(
            phase: "copy",
            steps: [
                step(
                    .databaseLoad(environment: destination.name, path: path),
                    failed.map {
                        "the load was \($0.outcomeWords) and left \(destination.name) half loaded (ERROR 1227: mend the DEFINER statements in \(path) itself first)"
                    } ?? "the dump was accepted", completes: "the load accepted without an error")
            ],
            unsafe: failed == nil
                ? [] : ["the DNS switch before \(destination.name) is loaded in full"])
    }

    /// True when the snapshot that a temporary environment was made from was taken while the source was closed.
    private func isQuiesced(_ temporary: Incarnation, _ source: Incarnation) -> Bool {
        guard let seed = temporary.seed, let creation = temporary.creation,
            let taken = world.taking(of: seed, for: creation)
        else { return false }
        return world.closures(source).contains { $0.contains(taken.point.time) }
    }

    private func isDumped(_ environment: Incarnation, _ source: Incarnation) -> Bool {
        lastDump(of: environment, source) != nil
    }

    /// The newest accepted dump of an environment whose data is of the closed source.
    private func lastDump(of environment: Incarnation, _ source: Incarnation) -> Attempt? {
        let closures = world.closures(source)
        return environment.attempts(.databaseDump).last { dump in
            // One to a terminal cannot be loaded.
            guard case .databaseDump(_, _, _?) = dump.action else { return false }
            return dump.isAccepted
                && closures.contains { $0.end == nil && $0.contains(dump.started.time) }
        }
    }
}
