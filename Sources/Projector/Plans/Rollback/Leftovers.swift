import Ledger

/// What a migration made and what becomes of it on the way back.
extension Planner {
    /// The destroying of what the migration made, once the source serves again.
    func leftoverSteps(_ migration: Migration, _ compensation: [Step]) -> [Step] {
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
            if case .migration(let owner, let taken) = world.role(key),
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

    func residue(_ migration: Migration, _ steps: [Step]) -> [String] {
        let planned = Set(steps.map(\.resource))
        var left: [String] = []
        for name in [migration.destination, migration.temporary].compactMap({ $0 })
        where !world.existence(name).isGone && !planned.contains(.environment(name.name)) {
            left.append("environment/\(name.name)")
        }
        for key in world.state.snapshots.keys.sorted()
        where !world.existence(key).isGone && !planned.contains(key.resource) {
            switch world.role(key) {
            case .migration(let owner, _), .temporary(let owner, _, _):
                if owner.name == migration.name { left.append(key.resource.description) }
            default: break
            }
        }
        return left
    }
}
