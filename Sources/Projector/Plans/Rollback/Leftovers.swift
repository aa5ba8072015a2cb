import Ledger

/// What a migration made and what becomes of it on the way back.
extension Planner {
    /// The destroying of what the migration made, once the source serves again.
    func leftoverSteps(_ migration: Migration, _ compensation: [Step], _ way: inout WayBack)
        -> [Step]
    {
        guard migration.isDeclared || compensation.isEmpty,
            migration.source.map(world.staying)?.isEmpty ?? true
        else { return [] }
        let isKept = mayBeDefault(migration.roles.destination, after: compensation)
        if isKept { way.needs += [world.defaultEnvironment.need].compactMap { $0 } }
        return (isKept ? [] : destinationLeftover(migration)) + temporaryLeftover(migration)
    }

    /// The question whether what a migration makes is there by now: what is still being created is not
    /// destroyed, and nothing else is left to be done.
    func makingNeeds(_ migration: Migration) -> [Need] {
        guard migration.isDeclared, let made = migration.destination, made.creation != nil,
            made.attempts(.envDestroy).isEmpty, made.wasSeen("RUNNING") == nil,
            !world.hasFailed(made)
        else { return [] }
        switch world.existence(made) {
        case .live, .creating: return [.environments]
        default: return []
        }
    }

    /// True for what was begun on an environment and not seen to end, which stops no step that takes
    /// back; what is being made of the environment does.
    private func isUnderWay(_ reason: Reason, on environment: Incarnation) -> Bool {
        reason.rule == .inFlight
            && environment.attempts.contains { attempt in
                attempt.evidence == reason.evidence && attempt.action.name != .snapshotCreate
            }
    }

    /// True when it is protected, or somebody tried and nobody knows what came of it.
    func mayBeProtected(_ environment: Incarnation) -> Bool {
        let protection = world.protected(environment).value
        return protection == .on
            || protection == nil && !environment.attempts(.envProtected).isEmpty
    }

    /// What must have been seen of the source before anything is destroyed beside it.
    private func serving(_ migration: Migration) -> String {
        "\(migration.roles.source) RUNNING with an active release and maintenance OFF, seen"
    }

    /// True when an environment is the default one, or may be, and no step makes another one so.
    private func mayBeDefault(_ name: String, after compensation: [Step]) -> Bool {
        let setting: Action = .configDefaultEnv(environment: name)
        switch world.defaultEnvironment {
        case .known(let known, _) where known != name: return false
        // Not seen lately, it is what it was seen to be last, or what somebody tried to make it.
        case .unknown
        where world.state.defaultAnswers.last?.value != name
            && !world.state.defaultAttempts.has(like: { $0.action == setting }):
            return false
        default: break
        }
        return !compensation.contains { step in
            guard case .action(let action) = step.command else { return false }
            return action.name == .configDefaultEnv && action != setting
        }
    }

    /// The temporary environment and its snapshot: what they were for is given up.
    private func temporaryLeftover(_ migration: Migration) -> [Step] {
        guard let temporary = migration.temporary, world.existence(temporary).isLive,
            !isSource(temporary.name), temporary.wasSeen("RUNNING") != nil,
            temporary.mortalAttempts.isEmpty,
            world.temporaryReasons(migration, temporary).allSatisfy({
                $0.rule == .dumpVerified || isUnderWay($0, on: temporary)
            }),
            world.sourceReplaced(.dumpVerified, migration, since: world.dataSince(temporary))
                .isEmpty,
            protection(temporary, migration).isEmpty
        else { return [] }
        let resource: Resource = .environment(temporary.name)
        var steps = [
            Step(
                resource: resource, command: .action(.envDestroy(environment: temporary.name)),
                because: "it was only made to be dumped",
                evidence: temporary.creation?.evidence ?? [],
                requires: [serving(migration)],
                completes: "\(resource) absent from a complete environment list")
        ]
        if mayBeProtected(temporary) {
            steps.insert(
                Step(
                    resource: resource,
                    command: .action(.envProtected(environment: temporary.name, state: .off)),
                    because: "a protected environment cannot be destroyed"), at: 0)
        }
        if let seed = temporary.seed {
            let key = SnapshotKey(kind: .database, name: seed)
            if case .temporary(let owner, _, let taken) = world.role(key),
                owner.name == migration.name, isDiscardable(key)
            {
                steps.append(discarding(key, of: temporary.name, taken))
            }
        }
        return steps
    }

    /// The snapshots of which nothing is there that was made from them.
    private func copyLeftover(_ migration: Migration) -> [Step] {
        world.state.snapshots.keys.sorted().compactMap { key in
            guard key.kind == .database, case .migration(let owner, let taken) = world.role(key),
                owner.name == migration.name, isDiscardable(key)
            else { return nil }
            return Step(
                resource: key.resource, command: .action(.snapshotDestroy(name: key.name)),
                because: "nothing that was made from it is there", evidence: taken.evidence,
                requires: [serving(migration)],
                completes: "\(key.resource) absent from a complete snapshot list")
        }
    }

    /// True when nothing but the steps before it stands between a snapshot and its destruction.
    private func isDiscardable(_ key: SnapshotKey) -> Bool {
        world.snapshotStatus(key).value == "AVAILABLE"
            && world.snapshotReasons(key).allSatisfy { reason in
                switch reason.rule {
                case .migrationSettled, .dumpVerified: true
                // A load into the source, or a destroy of it, is not undone by going back.
                case .snapshotInUse, .lastRecoveryPoint: !reason.removedBy.isEmpty
                default: false
                }
            }
    }

    private func discarding(_ key: SnapshotKey, of name: String, _ taken: Attempt) -> Step {
        Step(
            resource: key.resource, command: .action(.snapshotDestroy(name: key.name)),
            because: "it is of no use once \(name) is gone", evidence: taken.evidence,
            requires: ["environment/\(name) absent from a complete environment list"],
            completes: "\(key.resource) absent from a complete snapshot list")
    }

    private func destinationLeftover(_ migration: Migration) -> [Step] {
        guard let made = migration.destination else { return copyLeftover(migration) }
        if world.existence(made).isGone, world.customerWrites(migration).isEmpty {
            return copyLeftover(migration)
        }
        guard let destination = migration.destination, destination.creation != nil,
            world.makingDoubt(destination) == nil, !isSource(destination.name),
            world.existence(destination).isLive,
            destination.wasSeen("RUNNING") != nil || world.hasFailed(destination),
            world.customerWrites(migration).isEmpty,
            world.inFlight(destination).allSatisfy({ isUnderWay($0, on: destination) }),
            world.sourceReplaced(
                .customerWrites, migration, since: world.dataSince(destination)
            ).isEmpty,
            world.filesPreserved(migration, destination).isEmpty,
            world.held(.environment(destination.name), migration).isEmpty,
            destination.mortalAttempts.isEmpty,
            protection(destination, migration).isEmpty
        else { return [] }
        let resource: Resource = .environment(destination.name)
        var steps: [Step] = []
        if mayBeProtected(destination) {
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
                requires: [serving(migration)],
                completes: "\(resource) absent from a complete environment list"))
        if let seed = destination.seed {
            let key = SnapshotKey(kind: .database, name: seed)
            if case .migration(let owner, let taken) = world.role(key),
                owner.name == migration.name, isDiscardable(key)
            {
                steps.append(discarding(key, of: destination.name, taken))
            }
        }
        return steps
    }

    /// True when a migration was declared that starts from an environment: whether that one may go
    /// is for the migration's own clean-up to say.
    private func isSource(_ name: String) -> Bool {
        (world.casting.bySource[name] ?? []).contains(where: \.isDeclared)
    }

    /// What was made from a snapshot of the migration and has no part in it, or none yet.
    private func clones(of key: SnapshotKey, besides migration: Migration) -> [String] {
        let parts = [migration.source, migration.destination, migration.temporary]
        return world.incarnations.keys.sorted().compactMap { name in
            guard key.kind == .database, let clone = world.newest(name), clone.seed == key.name,
                !parts.contains(where: { $0?.name == name && $0?.first == clone.first }),
                !world.existence(clone).isGone
            else { return nil }
            return "environment/\(name)"
        }
    }

    func residue(_ migration: Migration, _ steps: [Step]) -> [String] {
        let planned = Set(
            steps.compactMap { step -> Resource? in
                guard case .action(let action) = step.command else { return nil }
                switch action {
                case .envDestroy, .snapshotDestroy: return step.resource
                default: return nil
                }
            })
        var left: [String] = []
        for name in [migration.destination, migration.temporary].compactMap({ $0 })
        where !world.existence(name).isGone && !planned.contains(.environment(name.name)) {
            left.append("environment/\(name.name)")
        }
        for key in world.state.snapshots.keys.sorted()
        where !world.existence(key).isGone && !planned.contains(key.resource) {
            switch world.role(key) {
            case .migration(let owner, _), .temporary(let owner, _, _):
                if owner.name == migration.name {
                    left += clones(of: key, besides: migration).filter { !left.contains($0) }
                    left.append(key.resource.description)
                }
            case .final(_, let owner?, _) where owner.name == migration.name:
                left.append(key.resource.description)
            default: break
            }
        }
        return left + unseenFinals(migration).map { "final snapshot of environment/\($0.name)" }
    }

    /// What was made and is not known to be gone, when no migration says what it was made for.
    func unownedResidue() -> [String] {
        let environments = world.incarnations.keys.sorted().filter { name in
            guard let made = world.newest(name), made.creation?.isAccepted ?? false else {
                return false
            }
            return !world.existence(made).isGone
        }
        let snapshots = world.state.snapshots.keys.sorted().filter { key in
            world.state.snapshots[key]?.attempts.has(like: {
                $0.action.name == .snapshotCreate && $0.isAccepted
            }) ?? false && !world.existence(key).isGone
        }
        return environments.map { "environment/\($0)" } + snapshots.map(\.resource.description)
    }

    /// What an abandoned migration made and destroyed, while no complete list has shown what that left:
    /// destroying saves a final database snapshot (Fleet, cleaning up environments).
    func unseenFinals(_ migration: Migration) -> [Incarnation] {
        guard migration.isDeclared, world.abandonment(migration) != nil else { return [] }
        let lists = (world.state.snapshotListings[.database] ?? [])[...]
        return [migration.destination, migration.temporary].compactMap { $0 }.filter { made in
            guard let destroy = made.attempts(.envDestroy).last(where: \.isAccepted),
                world.existence(made).isGone, made.creation != nil
            else { return false }
            return World.later(lists, than: destroy.settled).isEmpty
        }
    }

    /// The question what was left by what an abandoned migration destroyed.
    func finalNeeds(_ migration: Migration) -> [Need] {
        unseenFinals(migration).isEmpty ? [] : [.snapshots(.database)]
    }
}
