import Fleet
import Ledger
import Projector

/// Reads again, right before something is destroyed, what its verdict leans on: the thing itself by
/// name and creation, what takes its place, and where customers are sent.
struct FreshLook {
    /// Why nothing may be destroyed after all.
    struct Obstacle: Hashable {
        /// What was looked at.
        var place: String
        /// What is wrong there.
        var what: String
    }

    /// Looks and records; no obstacles mean that everything was seen and the thing is the one meant.
    ///
    /// - Parameters:
    ///   - action: what is to be done.
    ///   - observer: who looks.
    ///   - cause: the event that the looks follow from.
    ///   - created: the platform's date of the environment that is meant, when it is known better
    ///     than the ledger's newest one of that name.
    /// - Returns: what stands in the way.
    /// - Throws: what looking throws; `StoreError`, `PlanError`.
    static func take(
        before action: Action, _ observer: Observer, cause: EventID? = nil,
        created: Timestamp? = nil
    ) throws -> [Obstacle] {
        let planner = try observer.evaluation().planner()
        var obstacles: [Obstacle] = []
        for target in planner.targets(before: action) {
            let look = try observer.see(target, cause: cause).look
            if !look.observation.isComplete {
                obstacles.append(
                    Obstacle(place: target.command, what: look.problem ?? "not seen whole"))
            }
            if let difference = planner.difference(
                action, look.observation, created: created)
            {
                obstacles.append(Obstacle(place: target.command, what: difference))
            }
        }
        return obstacles
    }
}

extension Planner {
    /// What is looked at before an action.
    func targets(before action: Action) -> [LookTarget] {
        var environments: Set<String> = []
        var targets: [LookTarget] = []
        var owners: [Migration] = []
        switch action {
        case .envDestroy(let name, _, _), .envUnload(let name, _, _), .envProtected(let name, _):
            environments.insert(name)
            owners = migrations.filter { $0.roleNames.contains(name) }
            targets.append(.platform(.defaultEnvironment))
        case .snapshotDestroy(let name, let kind):
            targets.append(.platform(.snapshotList(kind)))
            let key = SnapshotKey(kind: kind ?? .database, name: name)
            let owner = world.state.snapshots[key]?.sightings.last?.row.environment
            owners = migrations.filter { $0.roleNames.contains(owner ?? "") }
        case .releaseDestroy:
            targets.append(.platform(.releaseList))
            environments.formUnion(world.incarnations.keys.filter(isThere))
        default: return []
        }
        for migration in owners { environments.formUnion(migration.roleNames.filter(isThere)) }
        targets += environments.sorted().map { .platform(.envDescribe($0)) }
        var hosts = Set(owners.flatMap(\.roles.hostnames))
        if !owners.isEmpty { hosts.formUnion(world.state.hosts.keys) }
        return targets + hosts.sorted().map { .host($0) }
    }

    private func isThere(_ name: String) -> Bool {
        guard world.incarnations[name] != nil else { return false }
        let verdict = verdicts().last { verdict in
            if case .environment(name, created: nil) = verdict.resource { true } else { false }
        }
        return verdict?.verdict != .gone
    }

    /// How what is seen differs from the thing that is meant; nil when it does not.
    func difference(
        _ action: Action, _ observation: Observation, created: Timestamp? = nil
    ) -> String? {
        switch (action, observation) {
        case (.envDestroy(let name, _, _), .environment(let shown)) where shown.environment == name:
            guard let known = created ?? world.incarnations[name]?.last?.created,
                let seen = shown.created, known != seen
            else { return nil }
            return "created \(seen.short), not \(known.short): another environment of that name"
        case (.snapshotDestroy(let name, let kind), .snapshots(let listed, let listing))
        where listed == kind ?? .database:
            guard let row = listing.rows.first(where: { $0.snapshot == name }) else {
                return listing.isComplete ? "\(name) is not listed" : nil
            }
            let key = SnapshotKey(kind: listed, name: name)
            guard let known = world.state.snapshots[key]?.sightings.last?.row else { return nil }
            if known.environment != row.environment { return "it is of \(row.environment)" }
            guard let before = known.created, let now = row.created, before != now else {
                return nil
            }
            return "created \(now.short), not \(before.short): another snapshot of that name"
        default: return nil
        }
    }
}

extension Migration {
    /// The names of the environments with a part in it.
    var roleNames: Set<String> {
        Set([roles.source, roles.destination, temporary?.name].compactMap { $0 })
    }
}
