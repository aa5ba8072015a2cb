import Ledger

/// What planning concludes about each resource, and why.
extension Planner {
    func verdict(_ resource: Resource, _ reasons: [Reason], _ evidence: [SequenceNumber])
        -> ResourceVerdict
    {
        let reasons = world.counted(reasons)
        let worst = reasons.map(\.verdict).max { $0.weight < $1.weight } ?? .safe
        return ResourceVerdict(
            resource: resource, verdict: worst, reasons: reasons, evidence: evidence)
    }

    /// What an environment is called: the newest of its name by the name alone.
    static func resource(of environment: Incarnation, isNewest: Bool) -> Resource {
        .environment(
            environment.name,
            created: isNewest ? nil : environment.created ?? environment.first.time)
    }

    func environmentVerdict(_ environment: Incarnation, isNewest: Bool) -> ResourceVerdict {
        let resource = Planner.resource(of: environment, isNewest: isNewest)
        let existence = world.existence(environment)
        var reasons: [Reason] = []
        switch existence {
        case .gone(let evidence):
            return ResourceVerdict(
                resource: resource, verdict: .gone, reasons: [], evidence: evidence)
        case .beingDestroyed(let evidence):
            let isOurs = environment.attempts(.envDestroy).contains(where: \.isAccepted)
            return verdict(
                resource,
                [
                    .blocked(
                        .beingDestroyed,
                        isOurs
                            ? "its destruction was accepted and is not seen to be complete"
                            : "it was seen on its way out", evidence,
                        unblock: "list the environments", needs: [.environments])
                ], evidence)
        case .unknown(let why, let evidence):
            // What only a misspelt command named has nothing that could be asked about it.
            let isAsked =
                !world.isMerelyNamed(environment)
                || world.casting.byEnvironment[environment.name] != nil
            reasons.append(
                .unknown(
                    .existence, why, evidence,
                    unblock: isAsked
                        ? "list the environments; do not destroy it again"
                        : "list the environments; two complete lists without it, 5 minutes apart and the later 25 minutes after it was named, show that there is none",
                    needs: isAsked
                        ? [.environments, .describe(environment.name)] : [.environments]))
            if !isAsked { return verdict(resource, reasons, evidence) }
            // One that was only never looked at is asked everything at once.
            guard environment.attempts(.envDestroy).isEmpty, environment.lastSighting == nil,
                environment.creation == nil
            else { return verdict(resource, reasons, evidence) }
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
            let isRestored = isNamed.contains { world.restored($0)?.first == environment.first }
            return verdict(
                resource,
                [
                    .notOurs(
                        .identity, "it is not the environment that \(migration.name) opened with",
                        migration.evidence + [environment.first.sequence],
                        unblock: isRestored
                            ? "nothing: keep \(name), which was made again in its place; to move on from it, declare a migration for it"
                            : "declare a migration for it")
                ], existence.evidence)
        }
        let asSource = parts.filter { $0.source?.name == name }
        let asTemporary = parts.filter { $0.temporary?.name == name }
        let asDestination = parts.filter { $0.destination?.name == name }
        // One that was opened and has not begun still counts on its source.
        let candidates = asSource.filter {
            world.abandonment($0) == nil
                && ($0.destination != nil || $0.isDeclared && $0.closed == nil)
        }
        // A clone that happens to be made in the same evening derives a migration of its own, which
        // says nothing against the declared one.
        let declared = candidates.filter { $0.isDeclared && !world.isRepeated($0) }
        let live = declared.isEmpty ? candidates : declared
        let succeeding = asDestination.filter { world.abandonment($0) == nil && $0.isDeclared }
        if !live.isEmpty || !asSource.isEmpty {
            for migration in live.isEmpty ? asSource.suffix(1) : live[...] {
                if migration.closed == nil, world.abandonment(migration) == nil,
                    let other = ended(migration)
                {
                    reasons.append(displacedReason(migration, by: other))
                } else {
                    reasons += world.sourceReasons(migration, environment)
                }
            }
            // Given up by one migration, it may be what a later one moves to, or dumps from.
            let began = (live.last ?? asSource.last)?.opened
            func isLater(_ other: Migration) -> Bool {
                other.isDeclared && world.abandonment(other) == nil
                    && began.map { other.opened > $0 } ?? true
            }
            for other in asDestination where isLater(other) {
                reasons += world.destinationReasons(other, environment)
            }
            for other in asTemporary where isLater(other) {
                reasons += world.temporaryReasons(other, environment)
            }
        } else if let migration = succeeding.last {
            reasons += world.destinationReasons(migration, environment)
        } else if let last = asTemporary.last {
            // One that is temporary to several is needed until the last of them is done with it.
            let users = asTemporary.filter(\.isDeclared)
            for migration in users.isEmpty ? [last] : users {
                reasons += world.temporaryReasons(migration, environment)
                reasons += protection(environment, migration)
            }
            // What another migration was to move to may hold what customers wrote there.
            for other in asDestination where other.isDeclared && other.name != last.name {
                reasons += world.destinationReasons(other, environment)
            }
        } else if let migration = asDestination.last {
            reasons += world.destinationReasons(migration, environment)
            if world.abandonment(migration) != nil { reasons += protection(environment, migration) }
        } else {
            reasons +=
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
        var proof: [SequenceNumber] = []
        if reasons.isEmpty {
            proof =
                live.isEmpty && asDestination.isEmpty && !asTemporary.isEmpty
                ? world.proof(temporary: environment)
                : (live.last ?? parts.last).map { world.proof($0) } ?? []
        }
        return verdict(resource, unique(reasons), World.merge(existence.evidence, proof))
    }

    /// Protection that this migration did not set is somebody's will.
    func protection(_ environment: Incarnation, _ migration: Migration) -> [Reason] {
        guard case .known(.on, let evidence) = world.protected(environment) else { return [] }
        if migration.isDeclared, let setter = protector(environment) {
            // What the destination is protected by is a step of the procedure, said to be the
            // migration's or not; a temporary environment is protected by nobody's book.
            let isOurs = setter.migration == migration.name
            let isStep =
                migration.destination?.first == environment.first && setter.migration == nil
            if isOurs || isStep { return [] }
        }
        return [
            .blocked(
                .protected, "\(environment.name) is protected", evidence,
                unblock: "fleet env protected \(environment.name) OFF, when it is yours")
        ]
    }

    /// The command by which an environment is protected; nil when it was only seen to be so.
    private func protector(_ environment: Incarnation) -> Attempt? {
        // A refused one changed nothing where it is known to be protected.
        guard let last = environment.attempts(.envProtected).last(where: { $0.outcome != .refused })
        else {
            return environment.creation.flatMap {
                $0.createArguments?.isProtected ?? false ? $0 : nil
            }
        }
        return last.action == .envProtected(environment: environment.name, state: .on) ? last : nil
    }

    /// Each reason once: what several facts say in the same words is said once, with what proves all of
    /// them.
    private func unique(_ reasons: [Reason]) -> [Reason] {
        var kept: [Reason] = []
        var places: [Reason: Int] = [:]
        for reason in reasons {
            guard let index = places[reason.claim] else {
                places[reason.claim] = kept.count
                kept.append(reason)
                continue
            }
            kept[index].evidence = World.merge(kept[index].evidence, reason.evidence)
            kept[index].needs = (kept[index].needs + reason.needs).unique()
        }
        return kept
    }

    func snapshotVerdict(_ key: SnapshotKey) -> ResourceVerdict {
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
            let reasons = unique(world.snapshotReasons(key))
            let proof = reasons.allSatisfy { !$0.removedBy.isEmpty } ? world.proof(key) : []
            return verdict(key.resource, reasons, World.merge(existence.evidence, proof))
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
                    environment.sightings.has(like: {
                        $0.shown.releases?.contains { $0.release == name } ?? false
                    })
                        || environment.attempts.has(like: { $0.loadedRelease == name })
                }
        default: return true
        }
    }
}
