public import Ledger

extension Planner {
    /// What may be destroyed now, in order, and why everything else may not.
    ///
    /// - Throws: `PlanError.unknownMigration`.
    public func cleanup(migration name: String?) throws(PlanError) -> Plan {
        var plan = blank(.cleanup, name)
        var wanted: Migration?
        if let name { wanted = try migration(named: name) }
        plan.resources = verdicts().filter { verdict in
            wanted.map { concerns(verdict.resource, $0) } ?? true
        }
        plan.steps = steps(plan.resources)
        plan.needs = plan.resources.flatMap { $0.reasons.flatMap(\.needs) }.unique()
        plan.assumes = [Planner.webTierOnly]
        let count = { (verdict: Verdict) in plan.resources.count { $0.verdict == verdict } }
        plan.summary =
            "\(count(.safe)) safe, \(count(.blocked)) blocked, \(count(.unknown)) unknown"
            + (plan.needs.isEmpty
                ? "" : ", \(plan.needs.count) question\(plan.needs.count == 1 ? "" : "s")")
        return plan
    }

    /// The verdict of one resource.
    ///
    /// - Throws: `PlanError.unknownResource`.
    public func check(_ resource: Resource) throws(PlanError) -> ResourceVerdict {
        guard let verdict = verdicts().first(where: { $0.resource == resource }) else {
            throw .unknownResource(resource.description)
        }
        return verdict
    }

    /// The verdict of every resource that the ledger knows.
    public func verdicts() -> [ResourceVerdict] {
        var list: [ResourceVerdict] = []
        for name in world.incarnations.keys.sorted() {
            guard let all = world.incarnations[name] else { continue }
            for (index, incarnation) in all.enumerated() {
                let isNewest = index == all.count - 1
                list.append(environmentVerdict(incarnation, isNewest: isNewest))
            }
        }
        list += world.state.snapshots.keys.sorted().map(snapshotVerdict)
        list += releaseVerdicts()
        return settle(list)
    }

    /// Makes a resource safe whose only reasons are removed by destroying others that are safe.
    private func settle(_ verdicts: [ResourceVerdict]) -> [ResourceVerdict] {
        var list = verdicts
        var safe = Set(list.filter { $0.verdict == .safe }.map(\.resource))
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in list.indices where list[index].verdict == .blocked {
                let reasons = list[index].reasons
                let removers = reasons.flatMap(\.removedBy)
                guard !reasons.isEmpty, reasons.allSatisfy({ !$0.removedBy.isEmpty }),
                    removers.allSatisfy(safe.contains)
                else { continue }
                list[index].verdict = .safe
                list[index].waitsFor = removers
                safe.insert(list[index].resource)
                hasChanged = true
            }
        }
        return list
    }

    private func verdict(_ resource: Resource, _ reasons: [Reason], _ evidence: [SequenceNumber])
        -> ResourceVerdict
    {
        let worst = reasons.map(\.verdict).max { $0.weight < $1.weight } ?? .safe
        return ResourceVerdict(
            resource: resource, verdict: worst, reasons: reasons, evidence: evidence)
    }

    private func environmentVerdict(_ environment: Incarnation, isNewest: Bool) -> ResourceVerdict {
        let resource: Resource = .environment(
            environment.name,
            created: isNewest ? nil : environment.created ?? environment.first.time)
        let existence = world.existence(environment)
        var reasons: [Reason] = []
        switch existence {
        case .gone(let evidence):
            return ResourceVerdict(
                resource: resource, verdict: .gone, reasons: [], evidence: evidence)
        case .beingDestroyed(let evidence):
            return verdict(
                resource,
                [
                    .blocked(
                        .beingDestroyed,
                        "its destruction was accepted and is not seen to be complete", evidence,
                        unblock: "list the environments", needs: [.environments])
                ], evidence)
        case .unknown(let why, let evidence):
            return verdict(
                resource,
                [
                    .unknown(
                        .existence, why, evidence,
                        unblock: "list the environments; do not destroy it again",
                        needs: [.environments, .describe(environment.name)])
                ], evidence)
        case .live, .creating: break
        }
        let name = environment.name
        let cast = world.casting.byEnvironment[name] ?? []
        let parts = cast.filter { migration in
            [migration.source, migration.destination, migration.temporary].contains {
                $0?.name == name && $0?.first == environment.first
            }
        }
        let isNamed = cast.filter {
            $0.isDeclared && $0.roles.source == name && $0.source?.first != environment.first
        }
        if let migration = isNamed.last, parts.isEmpty {
            return verdict(
                resource,
                [
                    .notOurs(
                        .identity, "it is not the environment that \(migration.name) opened with",
                        migration.evidence + [environment.first.sequence],
                        unblock: "declare a migration for it")
                ], existence.evidence)
        }
        let asSource = parts.filter { $0.source?.name == name }
        let asTemporary = parts.filter { $0.temporary?.name == name }
        let asDestination = parts.filter { $0.destination?.name == name }
        let candidates = asSource.filter { world.abandonment($0) == nil && $0.destination != nil }
        // A clone that happens to be made in the same evening derives a migration of its own, which
        // says nothing against the declared one.
        let declared = candidates.filter(\.isDeclared)
        let live = declared.isEmpty ? candidates : declared
        let succeeding = asDestination.filter { world.abandonment($0) == nil && $0.isDeclared }
        if !live.isEmpty || !asSource.isEmpty {
            for migration in live.isEmpty ? asSource.suffix(1) : live[...] {
                reasons += world.sourceReasons(migration, environment)
            }
        } else if let migration = succeeding.last {
            reasons = world.destinationReasons(migration, environment)
        } else if let migration = asTemporary.last {
            reasons = world.temporaryReasons(migration, environment)
            reasons += protection(environment, nil)
        } else if let migration = asDestination.last {
            reasons = world.destinationReasons(migration, environment)
            if world.abandonment(migration) != nil { reasons += protection(environment, migration) }
        } else {
            reasons =
                [
                    .blocked(
                        .noSuccessor, "no migration names it as its source", existence.evidence,
                        unblock:
                            "ledger-cli migration open NAME --from \(name) --to ENV --method snapshot"
                    )
                ]
                + world.held(resource, nil)
        }
        if case .creating(let evidence) = existence {
            reasons.append(
                .blocked(
                    .inFlight, "it is being created", evidence, unblock: "see it RUNNING",
                    needs: [.describe(name)]))
        }
        let proof = reasons.isEmpty ? (live.last ?? parts.last).map(world.proof) ?? [] : []
        return verdict(resource, unique(reasons), World.merge(existence.evidence, proof))
    }

    /// Protection that this migration did not set is somebody's will.
    private func protection(_ environment: Incarnation, _ migration: Migration?) -> [Reason] {
        guard case .known(.on, let evidence) = world.protected(environment) else { return [] }
        if migration?.isDeclared ?? false, environment.creation != nil { return [] }
        return [
            .blocked(
                .protected, "\(environment.name) is protected", evidence,
                unblock: "fleet env protected \(environment.name) OFF, when it is yours")
        ]
    }

    private func unique(_ reasons: [Reason]) -> [Reason] {
        var seen: Set<Reason> = []
        return reasons.filter { seen.insert($0).inserted }
    }

    private func snapshotVerdict(_ key: SnapshotKey) -> ResourceVerdict {
        let existence = world.existence(key)
        switch existence {
        case .gone(let evidence):
            return ResourceVerdict(
                resource: key.resource, verdict: .gone, reasons: [], evidence: evidence)
        case .beingDestroyed(let evidence):
            return verdict(
                key.resource,
                [
                    .blocked(
                        .beingDestroyed,
                        "its destruction was accepted and is not seen to be complete", evidence,
                        unblock: "list the snapshots", needs: [.snapshots(key.kind)])
                ], evidence)
        case .unknown(let why, let evidence):
            let reasons = world.snapshotReasons(key).filter { $0.verdict != .unknown }
            return verdict(
                key.resource,
                [
                    .unknown(
                        .existence, why, evidence, unblock: "list the snapshots",
                        needs: [.snapshots(key.kind)])
                ] + reasons, evidence)
        case .live, .creating:
            return verdict(
                key.resource, unique(world.snapshotReasons(key)), existence.evidence)
        }
    }

    func concerns(_ resource: Resource, _ migration: Migration) -> Bool {
        let names = [
            migration.roles.source, migration.roles.destination, migration.temporary?.name,
        ].compactMap { $0 }
        switch resource {
        case .environment(let name, _): return names.contains(name)
        case .snapshot(let kind, let name):
            let key = SnapshotKey(kind: kind, name: name)
            return names.contains(world.state.snapshots[key]?.sightings.last?.row.environment ?? "")
                || (world.state.snapshots[key]?.attempts ?? []).contains { attempt in
                    if case .snapshotCreate(let environment, _, _, _) = attempt.action {
                        names.contains(environment)
                    } else {
                        false
                    }
                }
        case .release(let name):
            return [migration.source, migration.destination, migration.temporary].compactMap { $0 }
                .contains { environment in
                    environment.sightings.contains {
                        $0.shown.releases?.contains { $0.release == name } ?? false
                    }
                        || environment.attempts.contains { $0.loadedRelease == name }
                }
        default: return true
        }
    }

    /// The steps of every safe resource; a dependent comes before what it was made from.
    func steps(_ verdicts: [ResourceVerdict]) -> [Step] {
        var pending = verdicts.filter { $0.verdict == .safe }
        let sources = Set(migrations.map { Resource.environment($0.roles.source) })
        func rank(_ verdict: ResourceVerdict) -> Int {
            if verdict.isSnapshot { return verdict.waitsFor.isEmpty ? 0 : 2 }
            return sources.contains(verdict.resource) ? 3 : 1
        }
        pending = (0...3).flatMap { place in pending.filter { rank($0) == place } }
        var steps: [Step] = []
        var last: [Resource: Int] = [:]
        var isStuck = false
        while !pending.isEmpty, !isStuck {
            var waiting: [ResourceVerdict] = []
            for verdict in pending {
                guard verdict.waitsFor.allSatisfy({ last[$0] != nil }) else {
                    waiting.append(verdict)
                    continue
                }
                var added = destruction(verdict)
                let after = verdict.waitsFor.compactMap { last[$0] }.sorted()
                if !added.isEmpty, !after.isEmpty {
                    added[0].after = after
                    added[0].requires = Set(verdict.reasons.compactMap(\.removedWhen)).sorted()
                }
                steps += added
                last[verdict.resource] = steps.count
            }
            isStuck = waiting.count == pending.count
            pending = waiting
        }
        return steps
    }

    private func destruction(_ verdict: ResourceVerdict) -> [Step] {
        switch verdict.resource {
        case .environment(let name, _):
            guard let environment = world.newest(name) else { return [] }
            var steps: [Step] = []
            let isSource = (world.casting.bySource[name] ?? []).contains(where: \.isDeclared)
            let protection = world.protected(environment)
            if protection.value == .on || isSource && protection.value != .off {
                steps.append(
                    Step(
                        resource: verdict.resource,
                        command: .action(.envProtected(environment: name, state: .off)),
                        because: "a protected environment cannot be destroyed",
                        evidence: protection.evidence))
            }
            steps.append(
                Step(
                    resource: verdict.resource, command: .action(.envDestroy(environment: name)),
                    because: "every rule for \(verdict.resource) holds", evidence: verdict.evidence,
                    completes: "\(verdict.resource) absent from a complete environment list"))
            return steps
        case .snapshot(let kind, let name):
            return [
                Step(
                    resource: verdict.resource,
                    command: .action(.snapshotDestroy(name: name, kind: kind == .nfs ? .nfs : nil)),
                    because: "every rule for \(verdict.resource) holds", evidence: verdict.evidence,
                    completes: "\(verdict.resource) absent from a complete snapshot list")
            ]
        case .release(let name):
            return [
                Step(
                    resource: verdict.resource, command: .action(.releaseDestroy(release: name)),
                    because: "it is loaded nowhere and needed by nothing",
                    evidence: verdict.evidence,
                    completes: "\(verdict.resource) absent from a complete release list")
            ]
        default: return []
        }
    }
}

extension ResourceVerdict {
    fileprivate var isSnapshot: Bool { if case .snapshot = resource { true } else { false } }
}

extension Attempt {
    var loadedRelease: String? {
        switch action {
        case .envLoad(_, let release), .envActivate(_, let release): release
        default: nil
        }
    }
}
