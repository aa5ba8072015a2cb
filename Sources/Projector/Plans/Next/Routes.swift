import Ledger

/// The two methods of the published procedure, up to the test.
extension Planner {
    func snapshotDue(_ migration: Migration, _ source: Incarnation) -> Due {
        let name = migration.roles.destination
        let phase = "create the destination"
        var creation = EnvironmentCreation(
            environment: name, source: .named(source.name),
            snapshot: migration.destination?.seed.map { .named($0) } ?? .unsaid,
            size: Placeholder.size,
            highAvailability: isHighlyAvailable(source))
        if migration.destination.map({ world.existence($0).isGone }) ?? true {
            if let due = closingDue(source, phase: "close the source") { return due }
            let copy = snapshotCopyDue(source, migration)
            if let due = copy.due { return due }
            creation.snapshot = .named(copy.name)
            if let due = creationDue(
                migration, nil, creation, "\(copy.name) is AVAILABLE", phase: phase)
            {
                return due
            }
        }
        if let due = creationDue(
            migration, migration.destination, creation, "the first try made nothing", phase: phase)
        {
            return due
        }
        guard let destination = migration.destination else { return Due(phase: "copy") }
        // What is known to be of no use is not loaded and activated first.
        if let due = knownBad(migration) { return due }
        return releaseDue(migration, source, destination)
            ?? switchDue(migration, source, destination)
    }

    func dumpDue(_ migration: Migration, _ source: Incarnation) -> Due {
        let name = migration.roles.destination
        let creation = EnvironmentCreation(
            environment: name, source: .named(source.name), size: Placeholder.size,
            highAvailability: isHighlyAvailable(source))
        if let due = creationDue(
            migration, migration.destination, creation,
            "the destination is made while the shop is still open",
            phase: "create the destination")
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
        if let due = knownBad(migration) { return due }
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

    /// What is due about a copy that is known to be bad, before more is built on it.
    private func knownBad(_ migration: Migration) -> Due? {
        let reasons =
            world.copyQuiesced(migration) + world.copyVerified(migration)
            + world.sourceWrites(migration)
        guard reasons.contains(where: { $0.verdict == .blocked }) else { return nil }
        return copyTrouble(migration)
    }

    /// Dumps the closed source, or the temporary environment made from a snapshot of it, and loads
    /// the destination; once more when what was loaded is known to be bad.
    func copyDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation,
        again: Bool = false
    ) -> Due {
        if let due = reloadDue(migration, source) { return due }
        var dumped = source
        if migration.roles.temporary != nil || migration.temporary != nil {
            let made = temporaryDue(migration, source, again: again)
            if let due = made.due { return due }
            dumped = made.temporary ?? source
        }
        if let due = remainderDue(migration, source, destination, of: dumped) { return due }
        let last = destination.attempts(.databaseLoad).last
        var dump = lastDump(of: dumped, source, migration)
        if again, let good = dump, let last, last.isAccepted, isLoaded(good, by: last) {
            // It is not the file, or nobody knows what is wrong with it.
            dump = nil
        }
        guard let dump, case .databaseDump(_, _, let path?) = dump.action else {
            let path = freePath(dumped.name)
            let why = spoiltDump(of: dumped, source, migration)
            return Due(
                phase: "copy",
                steps: [
                    step(
                        .databaseDump(environment: dumped.name, path: path),
                        "\(source.name) is effectively in maintenance"
                            + (why.map { "; \($0)" } ?? ""),
                        completes:
                            "the dump accepted; then ledger-cli record file \(path) --role dump"
                    )
                ],
                unsafe: ["a load before the dump is accepted"]
                    + (why.map { ["a load of what is known to be bad: \($0)"] } ?? []))
        }
        let load = last.flatMap { $0.started > dump.settled ? $0 : nil }
        if !again, let load, load.isAccepted, let due = copyTrouble(migration) { return due }
        let failed = load.flatMap { $0.isAccepted ? nil : $0 }
        return Due(
            phase: "copy",
            steps: [
                step(
                    .databaseLoad(
                        environment: destination.name, database: Copy.database(failed ?? dump),
                        path: path),
                    failed.map {
                        "the load was \($0.outcomeWords) and left \(destination.name) half loaded (ERROR 1227: mend the DEFINER statements in \(path) itself first)"
                    } ?? "the dump was accepted", completes: "the load accepted without an error")
            ],
            unsafe: failed == nil
                ? [] : ["the DNS switch before \(destination.name) is loaded in full"])
    }
}
