import Ledger

/// What is dumped and which dump is good enough to be loaded.
extension Planner {
    /// The temporary environment to be dumped, or what is due before there is one.
    func temporaryDue(_ migration: Migration, _ source: Incarnation, again: Bool) -> (
        due: Due?, temporary: Incarnation?
    ) {
        guard let role = migration.roles.temporary ?? migration.temporary?.name else {
            return (nil, nil)
        }
        let made = migration.temporary.flatMap { world.existence($0).isGone ? nil : $0 }
        if let temporary = migration.temporary, !again,
            lastDump(of: temporary, source, migration) != nil
        {
            return (nil, temporary)
        }
        let copy = snapshotCopyDue(source, migration)
        if made == nil, let due = copy.due { return (due, nil) }
        let creation = EnvironmentCreation(
            environment: role, source: .named(source.name), snapshot: .named(copy.name),
            highAvailability: false)
        if let due = creationDue(
            migration, migration.temporary, creation,
            "a dump of \(source.name) itself would lock its database", phase: "copy")
        {
            return (due, nil)
        }
        guard let temporary = migration.temporary else { return (Due(phase: "copy"), nil) }
        if let why = staleness(of: temporary, source, migration) {
            if let due = copy.due { return (due, nil) }
            if let due = discarding(temporary, of: migration, "\(copy.name) is a better copy") {
                return (due, nil)
            }
            return (
                Due(
                    phase: "copy",
                    steps: [
                        Step(
                            resource: .environment(role),
                            command: .manual("destroy \(role) and make it again"), because: why)
                    ], unsafe: ["a dump of \(role): \(why)"]), nil
            )
        }
        return (nil, temporary)
    }

    /// Why a temporary environment does not hold what the closed source does; nil when it does.
    private func staleness(
        of temporary: Incarnation, _ source: Incarnation, _ migration: Migration
    ) -> String? {
        let again = "destroy it and make it again"
        if let doubt = world.makingDoubt(temporary) { return "\(doubt.why); \(again)" }
        guard let seed = temporary.seed, let creation = temporary.creation,
            let taken = world.taking(of: seed, for: creation),
            world.closures(source).contains(where: { $0.contains(taken.point.time) })
        else {
            return
                "its snapshot was taken before maintenance of \(source.name) was effective; \(again)"
        }
        if taken.contrary != nil || taken.row.map({ $0.row.environment != source.name }) ?? false {
            return "its snapshot is not known to be of \(source.name); \(again)"
        }
        let settled = world.decision(migration) { $0 == .writesReconciled }?.moment
        if let writer = temporary.attempts(.databaseLoad, .databaseShell).last,
            settled.map({ writer.settled > $0 }) ?? true
        {
            return "\(writer.action.name.rawValue) may have put other data into it; \(again)"
        }
        return writing(to: source, after: taken.point, migration).map {
            "\($0.action.name.rawValue) may have written to \(source.name) after its snapshot was taken; \(again)"
        }
    }

    /// The newest accepted dump of an environment whose data is of the closed source, and of which
    /// nothing bad is known.
    func lastDump(of environment: Incarnation, _ source: Incarnation, _ migration: Migration)
        -> Attempt?
    {
        dumps(of: environment, source).last {
            spoiling($0, of: environment, source, migration) == nil
        }
    }

    /// The newest such dump of one database, or of the one that it was dumped of without a name.
    func lastDump(
        of environment: Incarnation, _ database: String?, _ source: Incarnation,
        _ migration: Migration
    ) -> Attempt? {
        dumps(of: environment, source).last {
            Copy.database($0) == database
                && spoiling($0, of: environment, source, migration) == nil
        }
    }

    /// What is known against the newest dump.
    func spoiltDump(of environment: Incarnation, _ source: Incarnation, _ migration: Migration)
        -> String?
    {
        dumps(of: environment, source).last.flatMap {
            spoiling($0, of: environment, source, migration)
        }
    }

    private func dumps(of environment: Incarnation, _ source: Incarnation) -> [Attempt] {
        let closures = world.closures(source)
        return environment.attempts(.databaseDump).filter { dump in
            // One to a terminal cannot be loaded.
            guard case .databaseDump(_, _, let path?) = dump.action, !FilePath.keepsNothing(path)
            else { return false }
            return dump.isAccepted
                && closures.contains { $0.end == nil && $0.contains(dump.started.time) }
        }
    }

    private func spoiling(
        _ dump: Attempt, of environment: Incarnation, _ source: Incarnation, _ migration: Migration
    ) -> String? {
        guard case .databaseDump(_, _, let path?) = dump.action else { return nil }
        if let (why, _) = world.contradiction(Copy.Dump(dump: dump, load: dump, path: path)) {
            return why
        }
        // Whatever came of a later one, the file is not what it was.
        if world.state.dumps(to: path).contains(where: { $0.started > dump.started }) {
            return "\(path) was dumped to again"
        }
        if environment.name == source.name {
            return writing(to: source, after: dump.started, migration).map {
                "\($0.action.name.rawValue) may have written to \(source.name) after the dump"
            }
        }
        return staleness(of: environment, source, migration)
    }

    /// True when a load was of the file of a dump.
    func isLoaded(_ dump: Attempt, by load: Attempt) -> Bool {
        guard load.started > dump.settled, case .databaseDump(_, _, let dumped?) = dump.action,
            case .databaseLoad(_, _, let path?) = load.action
        else { return false }
        return FilePath.isSame(dumped, path)
    }

    /// A path to which nothing was dumped yet, so that what was is still there to be compared.
    func freePath(_ name: String) -> String {
        var path = "\(name).sql"
        var count = 1
        while world.state.dumps(to: path).contains(where: \.isAccepted) {
            count += 1
            path = "\(name)-\(count).sql"
        }
        return path
    }
}
