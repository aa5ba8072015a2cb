public import Ledger

/// What is to be looked at again right before something is destroyed: the thing itself, what takes
/// its place, and where customers are sent.
public struct LastLooks: Sendable, Hashable {
    /// The environments to describe.
    public var environments: [String] = []
    /// True when the environments are to be listed: one of them is going or may be gone, and what is
    /// not there cannot be described.
    public var listsEnvironments = false
    /// The kinds of snapshot to list.
    public var snapshots: [SnapshotKind] = []
    /// True when the releases are to be listed.
    public var includesReleases = false
    /// True when the default environment is asked for, too; an answer that is not to be had proves
    /// nothing new, one that is counts.
    public var asksDefault = false
    /// The hostnames to look up.
    public var hosts: [String] = []
}

extension Planner {
    /// The names of all environments and snapshots that were ever heard of.
    public var knownNames: Set<String> {
        Set(world.incarnations.keys).union(world.state.snapshots.keys.map(\.name))
    }

    /// What is to be looked at again right before an action, which must then still be admitted;
    /// empty for what destroys nothing for good.
    public func lastLooks(before action: Action) -> LastLooks {
        var looks = LastLooks()
        var concerned: [Migration] = []
        switch action {
        case .envDestroy(let name, _, _):
            looks.environments = [name]
            looks.asksDefault = true
            concerned = migrations.filter { concerns(.environment(name), $0) }
            looks.hosts = Array(world.crossings.hosts[name] ?? [])
        case .snapshotDestroy(let name, let kind):
            looks.snapshots = [kind ?? .database]
            concerned = migrations.filter { concerns(.snapshot(kind ?? .database, name), $0) }
        case .releaseDestroy:
            looks.includesReleases = true
            looks.environments = world.incarnations.keys.filter { name in
                world.newest(name).map { !world.existence($0).isGone } ?? false
            }.sorted()
            return looks
        default: return looks
        }
        for migration in concerned {
            let parts = [
                migration.source, world.restored(migration), migration.destination,
                migration.temporary,
            ]
            for environment in parts.compactMap({ $0 }) {
                switch world.existence(environment) {
                case .live, .creating: looks.environments.append(environment.name)
                case .beingDestroyed, .unknown: looks.listsEnvironments = true
                case .gone: break
                }
            }
            looks.hosts += world.hostnames(migration)
        }
        var seen: Set<String> = []
        looks.environments = looks.environments.filter { seen.insert($0).inserted }
        looks.hosts = Set(looks.hosts).sorted()
        return looks
    }

    /// How what the last look shows differs from the thing that is meant, going by what was known
    /// before it; nil when it does not.
    ///
    /// - Parameters:
    ///   - observation: what is seen.
    ///   - action: what is to be done.
    ///   - created: the platform's date of the environment that is meant, when it is known better
    ///     than the newest one of that name.
    /// - Returns: the difference in words.
    public func difference(
        _ observation: Observation, before action: Action, created: Timestamp? = nil
    ) -> String? {
        switch observation {
        case .environment(let shown):
            let isMeant = action.subject == .environment(shown.environment)
            let known = isMeant ? created : nil
            guard let known = known ?? world.newest(shown.environment)?.created else { return nil }
            guard let seen = shown.created else { return "it does not say when it was created" }
            guard known != seen else { return nil }
            return "created \(seen.short), not \(known.short): another environment of that name"
        case .snapshots(let listed, let listing):
            guard case .snapshotDestroy(let name, let kind) = action, listed == kind ?? .database
            else { return nil }
            guard let row = listing.rows.first(where: { $0.snapshot == name }) else {
                return listing.isComplete ? "\(name) is not listed" : nil
            }
            let key = SnapshotKey(kind: listed, name: name)
            guard let known = world.state.snapshots[key]?.sightings.last?.row else { return nil }
            if known.environment != row.environment {
                return "\(name) is of \(row.environment), not of \(known.environment)"
            }
            guard let before = known.created, before != row.created else { return nil }
            return "\(name) was created \(row.created?.short ?? "at no time that is shown"), "
                + "not \(before.short): another snapshot of that name"
        default: return nil
        }
    }
}
