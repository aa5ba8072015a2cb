import Ledger

/// Where a migration stands in the published procedure and what is due.
struct Due {
    var phase: String
    var steps: [Step] = []
    var observe: [Need] = []
    var unsafe: [String] = []
}

extension Planner {
    /// The step of the published procedure that is due.
    ///
    /// - Throws: `PlanError.unknownMigration` or `.ambiguousMigration`.
    public func next(migration name: String?) throws(PlanError) -> Plan {
        var plan = blank(.next, name)
        var due = Due(phase: "declare")
        if let migration = try migration(named: name) {
            plan.migration = migration.name
            due = self.due(migration)
            plan.needs = (due.observe + questions(migration)).unique()
        } else {
            due.steps = [
                Step(
                    resource: .ledger,
                    command: .ledger([
                        "ledger-cli", "migration", "open", "NAME", "--from", "SOURCE", "--to",
                        "DESTINATION", "--method", "snapshot", "--hostname", "HOST",
                    ]),
                    because: "no migration is known")
            ]
        }
        plan.steps = due.steps
        plan.assumes = [Planner.webTierOnly]
        plan.extra = [
            "phase": .string(due.phase), "unsafe": .array(due.unsafe.map { .string($0) }),
            "observe": .array(due.observe.map { .string($0.fact) }),
        ]
        plan.summary =
            "phase \(due.phase): "
            + (due.steps.isEmpty
                ? (due.observe.first.map { "first observe the \($0.fact)" } ?? "nothing is due")
                : "\(due.steps.count) step\(due.steps.count == 1 ? "" : "s") due")
        return plan
    }

    /// What the clean-up will ask, asked before the first dangerous step.
    private func questions(_ migration: Migration) -> [Need] {
        guard let source = migration.source else { return [.describe(migration.roles.source)] }
        var needs: [Need] = [
            world.nfs(source).need, world.solr(source).need, world.defaultEnvironment.need,
        ].compactMap { $0 }
        if world.state.scriptListings.isEmpty { needs.append(.scripts) }
        for host in world.hostnames(migration) {
            if case .unknown = world.location(host) { needs.append(.host(host)) }
        }
        if world.hostnames(migration).isEmpty { needs.append(.host("HOSTNAME")) }
        return needs
    }

    private func due(_ migration: Migration) -> Due {
        guard let source = migration.source else {
            return Due(phase: "prepare", observe: [.describe(migration.roles.source)])
        }
        if world.abandonment(migration) != nil {
            return Due(
                phase: "abandoned",
                unsafe: ["going forward needs a new copy: see plan rollback and plan cleanup"])
        }
        if world.existence(source).isGone { return Due(phase: "done") }
        if !source.attempts(.envDestroy).isEmpty {
            return Due(phase: "clean up", observe: [.environments, .snapshots(.database)])
        }
        return migration.roles.method == .snapshot
            ? snapshotDue(migration, source) : dumpDue(migration, source)
    }

    private func step(_ action: Action, _ because: String, completes: String? = nil) -> Step {
        Step(
            resource: action.subject, command: .action(action), because: because,
            completes: completes)
    }

    /// What stands between an environment and effective maintenance, if anything.
    private func closing(_ environment: Incarnation, phase: String) -> Due? {
        let name = environment.name
        guard let last = world.closures(environment).last, last.end == nil else {
            return Due(
                phase: phase,
                steps: [
                    step(
                        .envMaintenance(environment: name, state: .on),
                        "writes must stop before the copy",
                        completes: "maintenance mode ON in a description, 60 s or more later")
                ])
        }
        if last.from > world.now {
            return Due(
                phase: phase, observe: [.describe(name)],
                unsafe: [
                    "a copy before \(last.from.short): maintenance takes up to a minute to reach all nodes"
                ])
        }
        if last.confirmed == nil {
            return Due(
                phase: phase, observe: [.describe(name)],
                unsafe: ["a copy before \(name) is seen in maintenance"])
        }
        return nil
    }

    private func snapshotDue(_ migration: Migration, _ source: Incarnation) -> Due {
        let d = migration.roles.destination
        guard let destination = migration.destination, !world.existence(destination).isGone else {
            if let due = closing(source, phase: "close the source") { return due }
            let taken = source.attempts(.snapshotCreate).last { attempt in
                world.closures(source).contains { $0.contains(attempt.started.time) }
            }
            guard let taken, case .snapshotCreate(_, let name, let kind, _) = taken.action else {
                return Due(
                    phase: "copy",
                    steps: [
                        step(
                            .snapshotCreate(environment: source.name, name: "plan-migration"),
                            "\(source.name) is effectively in maintenance",
                            completes: "snapshot/database/plan-migration AVAILABLE")
                    ])
            }
            let key = SnapshotKey(kind: kind ?? .database, name: name)
            guard world.snapshotStatus(key).value == "AVAILABLE" else {
                return Due(
                    phase: "copy", observe: [.snapshots(key.kind)],
                    unsafe: ["env create before \(name) is AVAILABLE"])
            }
            let creation = EnvironmentCreation(
                environment: d, source: .named(source.name), snapshot: .named(name), size: "SIZE")
            return Due(
                phase: "create the destination",
                steps: [
                    step(
                        .envCreate(creation), "\(name) is AVAILABLE",
                        completes: "environment/\(d) RUNNING")
                ])
        }
        return releaseDue(migration, source, destination)
            ?? switchDue(migration, source, destination)
    }

    private func dumpDue(_ migration: Migration, _ source: Incarnation) -> Due {
        let d = migration.roles.destination
        guard let destination = migration.destination, !world.existence(destination).isGone else {
            let creation = EnvironmentCreation(
                environment: d, source: .named(source.name), size: "SIZE")
            return Due(
                phase: "create the destination",
                steps: [
                    step(
                        .envCreate(creation), "the destination is made first",
                        completes: "environment/\(d) RUNNING")
                ])
        }
        if let due = releaseDue(migration, source, destination) { return due }
        let load = destination.attempts(.databaseLoad).last { $0.isAccepted }
        guard load != nil else {
            if let due = closing(source, phase: "close both")
                ?? closing(destination, phase: "close both")
            {
                return due
            }
            let path = "\(source.name).sql"
            let dumped = world.state.dumps.values.joined().filter { dump in
                dump.isAccepted
                    && world.closures(source).contains { $0.contains(dump.started.time) }
            }.max { $0.started < $1.started }
            guard let dumped, case .databaseDump(_, _, let dumpPath?) = dumped.action else {
                return Due(
                    phase: "copy",
                    steps: [
                        step(
                            .databaseDump(
                                environment: migration.temporary?.name ?? source.name, path: path),
                            "the source is effectively in maintenance")
                    ])
            }
            return Due(
                phase: "copy",
                steps: [
                    step(.databaseLoad(environment: d, path: dumpPath), "the dump was accepted")
                ])
        }
        if !destination.attempts(.envCacheFlush).contains(where: {
            $0.isAccepted && $0.started > (load?.settled ?? $0.started)
        }) {
            return Due(
                phase: "copy",
                steps: [
                    step(
                        .envCacheFlush(environment: d),
                        "the caches hold what was there before the load")
                ])
        }
        return switchDue(migration, source, destination)
    }

    private func releaseDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due? {
        let d = destination.name
        guard destination.wasSeen("RUNNING") != nil else {
            return Due(
                phase: "create the destination", observe: [.describe(d)],
                unsafe: ["env load before \(d) is RUNNING"])
        }
        if case .known(.some, _) = world.activeRelease(destination) { return nil }
        let release =
            (source.sightings.last { ($0.shown.activeRelease ?? nil) != nil }?.shown.activeRelease
                ?? nil) ?? "RELEASE"
        guard let load = destination.attempts(.envLoad).last else {
            return Due(
                phase: "release",
                steps: [
                    step(
                        .envLoad(environment: d, release: release),
                        "\(release) is active on \(source.name)",
                        completes: "\(release) RUNNING on \(d)")
                ])
        }
        let name = load.loadedRelease ?? release
        let isRunning = destination.sightings.contains { sighting in
            sighting.moment > load.settled
                && (sighting.shown.releases ?? []).contains {
                    $0.release == name && ($0.status == "RUNNING" || $0.status == "ACTIVE")
                }
        }
        guard isRunning else {
            return Due(
                phase: "release", observe: [.describe(d)],
                unsafe: ["env activate before \(name) is RUNNING"])
        }
        guard
            destination.attempts(.envActivate).contains(where: {
                $0.isAccepted && $0.started > load.started
            })
        else {
            return Due(
                phase: "release",
                steps: [
                    step(
                        .envActivate(environment: d, release: name), "\(name) is loaded",
                        completes: "\(name) ACTIVE on \(d)")
                ])
        }
        return Due(
            phase: "release", observe: [.describe(d)], unsafe: ["the test before \(name) is ACTIVE"]
        )
    }

    private func switchDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due {
        let d = destination.name
        let isOpen = !isPossiblyClosed(destination)
        if !world.decisionMade(migration, destination).isEmpty {
            if !isOpen, world.exposure(migration).isNone {
                return Due(
                    phase: "test",
                    steps: [
                        step(
                            .envMaintenance(environment: d, state: .off), "the test needs the shop")
                    ], unsafe: ["the DNS switch before test and go"])
            }
            return Due(
                phase: "test",
                steps: [
                    Step(
                        resource: .environment(d),
                        command: .ledger(["ledger-cli", "record", "test", d, "passed"]),
                        because: "the destination is to be tested"),
                    Step(
                        resource: .migration(migration.name),
                        command: .ledger(["ledger-cli", "record", "decision", "go"]),
                        because: "somebody decides"),
                ], unsafe: ["the DNS switch before test and go"])
        }
        if world.protected(destination).value != .on {
            return Due(
                phase: "protect",
                steps: [
                    step(.envProtected(environment: d, state: .on), "customers are about to arrive")
                ])
        }
        let serving = world.destinationServing(destination)
        if serving.contains(where: { $0.verdict == .unknown }) {
            return Due(
                phase: "switch", observe: [.describe(d)],
                unsafe: ["the DNS switch before maintenance OFF is seen on \(d)"])
        }
        let left = world.hostnames(migration).filter { host in
            !(world.state.hosts[host]?.switches.contains { $0.dns?.isAt(d) ?? false } ?? false)
        }
        if !left.isEmpty {
            return Due(
                phase: "switch",
                steps: left.map {
                    step(
                        .dnsSwitch(DNSSwitch(host: $0, target: d, environment: d)),
                        "test and go are recorded")
                })
        }
        if !serving.isEmpty {
            return Due(
                phase: "open",
                steps: [
                    step(.envMaintenance(environment: d, state: .off), "customers are arriving")
                ])
        }
        let moving =
            world.traffic(.trafficOffSource, migration, at: d)
            + world.drained(.drained, migration, off: source.name)
        if world.defaultEnvironment.value != d {
            return Due(
                phase: "default",
                steps: [
                    step(
                        .configDefaultEnv(environment: d),
                        "new environments are to be copied from \(d)")
                ], observe: moving.flatMap(\.needs))
        }
        if !moving.isEmpty {
            return Due(
                phase: "drain", observe: moving.flatMap(\.needs), unsafe: moving.map(\.message))
        }
        return Due(phase: "clean up", unsafe: ["anything but the steps of plan cleanup"])
    }
}

extension Exposure {
    var isNone: Bool { if case .none = self { true } else { false } }
}
