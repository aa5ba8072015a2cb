import Ledger

/// What a rollback means for customers' service and data.
public enum RollbackVerdict: String, Sendable, Hashable {
    case nothing, clean, lossy, restore, impossible, unknown
}

/// What is worked out of a migration before its way back is written down.
struct WayBack {
    var verdict: RollbackVerdict
    var isLossy = false
    var exposure: Exposure = .none([])
    var steps: [Step] = []
    var noReturn: [(point: String, what: String, evidence: [SequenceNumber])] = []
    var residue: [String] = []
    var needs: [Need] = []
    var because = ""
}

extension Planner {
    /// The way back of a migration, as far as it still exists.
    ///
    /// - Throws: `PlanError.unknownMigration` or `.ambiguousMigration`.
    public func rollback(migration name: String?) throws(PlanError) -> Plan {
        var plan = blank(.rollback, name)
        var way = WayBack(verdict: .nothing, because: "nothing was changed")
        if let migration = try migration(named: name) {
            plan.migration = migration.name
            way = wayBack(migration)
            plan.resources = verdicts().filter { concerns($0.resource, migration) }
        } else {
            way = unownedMaintenance() ?? way
        }
        plan.steps = way.steps
        plan.needs = way.needs.unique()
        plan.assumes = [Planner.webTierOnly]
        plan.extra = [
            "verdict": .string(way.verdict.rawValue), "lossy": .bool(way.isLossy),
            "exposure": way.exposure.json,
            "noReturn": .array(
                way.noReturn.map {
                    [
                        "point": .string($0.point), "message": .string($0.what),
                        "evidence": .numbers($0.evidence),
                    ]
                }),
            "residue": .array(way.residue.map { .string($0) }), "because": .string(way.because),
        ]
        if way.verdict == .lossy { plan.extra["choices"] = .array(choices(plan)) }
        plan.summary =
            "rollback: \(way.verdict.rawValue)\(way.isLossy && way.verdict != .lossy ? ", lossy" : "")\(way.because.isEmpty ? "" : ": " + way.because)"
        return plan
    }

    /// Before a migration has a destination, closing the source is all there is to take back.
    private func unownedMaintenance() -> WayBack? {
        for name in world.incarnations.keys.sorted() {
            guard let environment = world.newest(name), isPossiblyClosed(environment),
                !environment.attempts(.envMaintenance).isEmpty
            else { continue }
            return WayBack(
                verdict: .clean, steps: opening(environment),
                because: "\(name) is closed and nothing else was changed")
        }
        return nil
    }

    /// True unless the environment is known to be open.
    func isPossiblyClosed(_ environment: Incarnation) -> Bool {
        guard let last = environment.attempts(.envMaintenance).last else {
            return environment.sightings.last { $0.shown.maintenance != nil }?.shown.maintenance
                == .on
        }
        let seen = environment.sightings.last {
            $0.shown.maintenance != nil && $0.moment > last.settled
        }
        if let seen { return seen.shown.maintenance == .on }
        if case .envMaintenance(_, .off) = last.action { return !last.isAccepted }
        return true
    }

    private func opening(_ source: Incarnation, requires: [String] = []) -> [Step] {
        guard isPossiblyClosed(source) else { return [] }
        return [
            Step(
                resource: .environment(source.name),
                command: .action(.envMaintenance(environment: source.name, state: .off)),
                because: "customers are to be served by \(source.name) again",
                evidence: source.attempts(.envMaintenance).suffix(1).flatMap(\.evidence),
                requires: requires,
                completes: "maintenance mode OFF in a description of \(source.name)")
        ]
    }

    private func wayBack(_ migration: Migration) -> WayBack {
        guard let source = migration.source else {
            return WayBack(
                verdict: .unknown, needs: [.describe(migration.roles.source)],
                because: "\(migration.roles.source) was never seen")
        }
        var way = WayBack(verdict: .clean)
        way.exposure = world.exposure(migration)
        let reconciled = world.decision(migration) { $0 == .writesReconciled }
        if case .interval(let from, let to, let evidence) = way.exposure {
            way.isLossy =
                !(to.map { end in reconciled.map { $0.moment.time >= end } ?? false } ?? false)
            way.noReturn.append(
                (
                    "N1",
                    "\(migration.roles.destination) may hold customer writes since \(from.short)",
                    evidence
                ))
        }
        let destroys = source.attempts(.envDestroy).filter { $0.outcome != .refused }
        if let destroy = destroys.first {
            way.noReturn.append(
                (
                    "N2", "the destruction of \(source.name) was \(destroy.outcomeWords)",
                    destroy.evidence
                ))
        }
        switch world.existence(source) {
        case .live, .creating: break
        case .unknown(let why, _):
            way.verdict = .unknown
            way.because = "\(source.name): \(why)"
            way.needs = [.environments, .describe(source.name)]
            return way
        case .beingDestroyed(let evidence), .gone(let evidence):
            return restore(migration, source, evidence, way)
        }
        return returnTo(source, migration, way)
    }

    /// The source is still there: compensate every step that was taken, latest first.
    private func returnTo(_ source: Incarnation, _ migration: Migration, _ start: WayBack)
        -> WayBack
    {
        var way = start
        let name = source.name
        let moved = world.hostnames(migration).filter { host in
            if case .at(let place, _) = world.location(host) { return place != name }
            let history = world.state.hosts[host]
            return history?.switches.contains { !($0.dns?.isAt(name) ?? true) } ?? false
        }
        var compensation: [Step] = []
        if !moved.isEmpty, let destination = migration.destination {
            compensation += closing(destination, way)
            for host in moved {
                compensation.append(
                    Step(
                        resource: .dns(host),
                        command: .manual("at the DNS provider, point \(host) back at \(name)"),
                        because: "\(host) points away from \(name)"))
                compensation.append(
                    Step(
                        resource: .dns(host),
                        command: .action(
                            .dnsSwitch(DNSSwitch(host: host, target: name, environment: name))),
                        because: "the switch is recorded",
                        completes: "\(host) observed at \(name) after the drain"))
            }
        }
        compensation += opening(
            source,
            requires: moved.isEmpty
                ? [] : ["maintenance of \(migration.roles.destination) effective"])
        compensation += defaultBack(migration, &way)
        let unprotected = source.attempts(.envProtected).contains {
            $0.action == .envProtected(environment: name, state: .off)
        }
        if unprotected, world.protected(source).value != .on {
            compensation.append(
                Step(
                    resource: .environment(name),
                    command: .action(.envProtected(environment: name, state: .on)),
                    because: "\(name) serves customers and was unprotected",
                    evidence: world.protected(source).evidence))
        }
        let isAbandoned = world.abandonment(migration) != nil
        let replaced = world.sourceReplaced(
            .customerWrites, migration, since: migration.destination?.first)
        let leftovers =
            moved.isEmpty && replaced.isEmpty ? leftoverSteps(migration, compensation) : []
        if compensation.isEmpty, moved.isEmpty,
            isAbandoned || leftovers.isEmpty && migration.destination == nil
        {
            way.verdict = .nothing
            way.isLossy = false
            way.because = "\(name) serves already"
            way.residue = residue(migration, [])
            return way
        }
        way.steps = compensation + leftovers
        way.residue = residue(migration, leftovers)
        if way.isLossy {
            way.verdict = .lossy
            way.because =
                "\(migration.roles.destination) may hold customer writes that \(name) lacks; sessions and carts are lost in every direction"
        } else if case .unknown(let why, _, let needs) = way.exposure {
            way.verdict = .unknown
            way.because = why
            way.needs = needs
        } else if let reason = replaced.first {
            way.verdict = .unknown
            way.because = "\(reason.message): \(reason.unblock)"
        } else if isStranger(migration) || !moved.isEmpty && migration.destination == nil {
            way.verdict = .unknown
            way.because =
                "\(migration.roles.destination) is not the one that the migration made, and what it holds is not known"
            way.needs = moved.map(Need.host) + [.describe(migration.roles.destination)]
        } else {
            way.because = "no customer write is lost; sessions and carts are"
        }
        return way
    }

    /// True when the destination's name now belongs to an environment that is not the migration's.
    private func isStranger(_ migration: Migration) -> Bool {
        guard let newest = world.newest(migration.roles.destination) else { return false }
        return newest.first != migration.destination?.first && !world.existence(newest).isGone
    }

    private func closing(_ destination: Incarnation, _ way: WayBack) -> [Step] {
        guard !world.isClosedNow(destination) else { return lossStep(way) }
        return [
            Step(
                resource: .environment(destination.name),
                command: .action(.envMaintenance(environment: destination.name, state: .on)),
                because:
                    "\(destination.name) must take no more writes before customers leave it",
                completes:
                    "maintenance mode ON in a description of \(destination.name), 60 s or more after it was accepted"
            )
        ] + lossStep(way)
    }

    private func lossStep(_ way: WayBack) -> [Step] {
        guard way.isLossy else { return [] }
        return [
            Step(
                resource: .ledger, command: .ledger(["ledger-cli", "record", "accept-loss"]),
                because:
                    "the writes that only the destination holds are lost unless they are carried over first (then: ledger-cli record reconciled)"
            )
        ]
    }

    private func defaultBack(_ migration: Migration, _ way: inout WayBack) -> [Step] {
        let name = migration.roles.destination
        let attempts = world.state.defaultAttempts.filter {
            $0.action == .configDefaultEnv(environment: name) && $0.started > migration.opened
        }
        guard let first = attempts.first, world.defaultEnvironment.value != migration.roles.source
        else { return [] }
        if let answer = world.state.defaultAnswers.last, answer.value != name,
            answer.moment > (attempts.last?.settled ?? first.settled)
        {
            return []
        }
        guard
            let before = world.state.defaultAnswers.last(where: {
                $0.moment < first.started && $0.value != name
            })
        else {
            way.needs.append(
                Need(
                    fact: "default environment before the migration",
                    command: ["ledger-cli", "record", "note", "TEXT"]))
            return [
                Step(
                    resource: .fleet,
                    command: .manual(
                        "set the default environment back; which one it was is not recorded"),
                    because: "it was set to \(name)", evidence: first.evidence)
            ]
        }
        return [
            Step(
                resource: .fleet, command: .action(.configDefaultEnv(environment: before.value)),
                because: "it was \(before.value) before",
                evidence: [before.moment.sequence] + first.evidence)
        ]
    }

    /// The destroying of what the migration made, once the source serves again.
    private func leftoverSteps(_ migration: Migration, _ compensation: [Step]) -> [Step] {
        guard let destination = migration.destination, destination.creation != nil,
            migration.isDeclared || compensation.isEmpty,
            !world.existence(destination).isGone, destination.wasSeen("RUNNING") != nil,
            world.customerWrites(migration).isEmpty, world.inFlight(destination).isEmpty,
            world.held(.environment(destination.name), migration).isEmpty,
            destination.attempts(.envDestroy).isEmpty
        else { return [] }
        let resource: Resource = .environment(destination.name)
        var steps: [Step] = []
        if world.protected(destination).value == .on {
            steps.append(
                Step(
                    resource: resource,
                    command: .action(.envProtected(environment: destination.name, state: .off)),
                    because: "a protected environment cannot be destroyed"))
        }
        steps.append(
            Step(
                resource: resource, command: .action(.envDestroy(environment: destination.name)),
                because: "nothing leans on it once \(migration.roles.source) serves",
                evidence: destination.creation?.evidence ?? [],
                requires: ["\(migration.roles.source) RUNNING with maintenance OFF, seen"],
                completes: "\(resource) absent from a complete environment list"))
        if let seed = destination.seed {
            let key = SnapshotKey(kind: .database, name: seed)
            if case .migration(let owner, let taken) = world.role(key, migrations),
                owner.name == migration.name, world.snapshotStatus(key).value == "AVAILABLE",
                world.held(key.resource, migration).isEmpty
            {
                steps.append(
                    Step(
                        resource: key.resource, command: .action(.snapshotDestroy(name: seed)),
                        because: "it is of no use once \(destination.name) is gone",
                        evidence: taken.evidence,
                        requires: ["\(resource) absent from a complete environment list"],
                        completes: "\(key.resource) absent from a complete snapshot list"))
            }
        }
        return steps
    }

    private func residue(_ migration: Migration, _ steps: [Step]) -> [String] {
        let planned = Set(steps.map(\.resource))
        var left: [String] = []
        for name in [migration.destination, migration.temporary].compactMap({ $0 })
        where !world.existence(name).isGone && !planned.contains(.environment(name.name)) {
            left.append("environment/\(name.name)")
        }
        for key in world.state.snapshots.keys.sorted()
        where !world.existence(key).isGone && !planned.contains(key.resource) {
            switch world.role(key, migrations) {
            case .migration(let owner, _), .temporary(let owner, _, _):
                if owner.name == migration.name { left.append(key.resource.description) }
            default: break
            }
        }
        return left
    }

    /// The source is gone or going: a snapshot of its data is the only way.
    private func restore(
        _ migration: Migration, _ source: Incarnation, _ evidence: [SequenceNumber],
        _ start: WayBack
    ) -> WayBack {
        var way = start
        let own = world.state.snapshots.keys.filter { key in
            key.kind == .database
                && world.state.snapshots[key]?.sightings.last?.row.environment == source.name
        }.sorted()
        let finals = world.finalSnapshot(of: source)
        let usable = (finals + own.filter { !finals.contains($0) }).first { key in
            world.snapshotStatus(key).value == "AVAILABLE"
                && !(world.state.snapshots[key]?.attempts.contains {
                    $0.action.name == .snapshotDestroy
                } ?? false)
                && (finals.contains(key) || world.role(key, migrations).isOfMigration
                    || world.existence(source).isGone)
        }
        guard let usable else {
            let destroy = source.attempts(.envDestroy).last { $0.isAccepted }
            let listing = (world.state.snapshotListings[.database] ?? []).last
            if let destroy, let listing, listing.moment.time - destroy.settled.time >= .hours(1) {
                way.verdict = .impossible
                way.noReturn.append(
                    (
                        "N3", "no snapshot of \(source.name) is AVAILABLE",
                        evidence + [listing.moment.sequence]
                    ))
                way.because = "\(source.name) is gone and no snapshot of it is AVAILABLE"
            } else {
                way.verdict = .unknown
                way.because =
                    "\(source.name) is being destroyed and its final snapshot was not seen AVAILABLE"
                way.needs = [.snapshots(.database), .environments]
            }
            return way
        }
        way.verdict = .restore
        if case .unknown = way.exposure { way.isLossy = true }
        let shown = source.sightings.last { $0.shown.size != nil }?.shown
        let highAvailability = source.sightings.last { $0.shown.highAvailability != nil }?.shown
            .highAvailability
        let release =
            source.sightings.last { ($0.shown.activeRelease ?? nil) != nil }?.shown.activeRelease
            ?? nil
        let creation = EnvironmentCreation(
            environment: source.name, snapshot: .named(usable.name), size: shown?.size,
            highAvailability: highAvailability.map { $0 == .on })
        let resource: Resource = .environment(source.name)
        way.steps = [
            Step(
                resource: resource, command: .action(.envCreate(creation)),
                because: "\(source.name) is recreated from \(usable.resource) (15-25 minutes)",
                evidence: evidence, completes: "\(resource) RUNNING")
        ]
        if let release {
            way.steps.append(
                Step(
                    resource: resource,
                    command: .action(.envLoad(environment: source.name, release: release)),
                    because: "\(release) was active", requires: ["\(resource) RUNNING"],
                    completes: "\(release) RUNNING"))
            way.steps.append(
                Step(
                    resource: resource,
                    command: .action(.envActivate(environment: source.name, release: release)),
                    because: "\(release) was active", completes: "\(release) ACTIVE"))
        }
        way.steps.append(
            Step(
                resource: resource,
                command: .manual(
                    "restore the certificate, whitelist, NFS and Solr of \(source.name) by hand"),
                because: "they are not part of a snapshot"))
        if let destination = migration.destination, !world.existence(destination).isGone {
            way.steps += closing(destination, way)
        }
        for host in world.hostnames(migration) {
            way.steps.append(
                Step(
                    resource: .dns(host),
                    command: .action(
                        .dnsSwitch(
                            DNSSwitch(host: host, target: source.name, environment: source.name))),
                    because: "customers are to be served by \(source.name) again"))
        }
        way.because = "\(source.name) can be recreated from \(usable.resource)"
        return way
    }

    private func choices(_ plan: Plan) -> [JSONValue] {
        let destination = plan.migration.flatMap { name in migrations.first { $0.name == name } }
        guard let migration = destination else { return [] }
        let s = migration.roles.source
        let d = migration.roles.destination
        func words(_ list: [[String]]) -> JSONValue {
            .array(list.map { .array($0.map { .string($0) }) })
        }
        let render = renderer.command
        return [
            [
                "choice": "accept-loss",
                "message": .string("lose what \(d) took, then follow the steps"),
                "commands": words([["ledger-cli", "record", "accept-loss"]]),
            ],
            [
                "choice": "copy-back",
                "message": .string("carry the data of \(d) back into \(s) before \(s) is opened"),
                "commands": words([
                    render(.envMaintenance(environment: d, state: .on)),
                    render(.databaseDump(environment: d, path: "copy-back.sql")),
                    render(.databaseLoad(environment: s, path: "copy-back.sql")),
                    render(.envCacheFlush(environment: s)),
                    ["ledger-cli", "record", "reconciled"],
                ]),
            ],
            [
                "choice": "fix-forward",
                "message": .string("stay on \(d) and mend what is wrong there"),
                "commands": words([]),
            ],
        ]
    }
}

extension World.SnapshotRole {
    fileprivate var isOfMigration: Bool { if case .migration = self { true } else { false } }
}

extension Exposure {
    fileprivate var json: JSONValue {
        switch self {
        case .none: .null
        case .interval(let from, let to, let evidence):
            [
                "from": .string(from.description),
                "to": to.map { .string($0.description) } ?? .null,
                "evidence": .numbers(evidence),
            ]
        case .unknown(let why, let evidence, _):
            ["unknown": .string(why), "evidence": .numbers(evidence)]
        }
    }
}
