public import Ledger

/// The migrations that are open while a transcript is read, and what belongs to them.
public struct OpenMigrations: Sendable {
    /// The roles of each.
    public private(set) var open: [MigrationRoles]
    /// When those were closed that are open no more.
    private var closed: [String: Timestamp] = [:]
    /// The snapshots that were taken for a migration, which no command but their creation links to
    /// an environment.
    private var snapshots: [Resource: String] = [:]

    /// The migrations that are open at the start.
    public init(_ open: [MigrationRoles]) { self.open = open }

    /// The migration that an action or observation belongs to: the only open one, when the command
    /// touches one of its environments, hostnames or snapshots.
    public func owner(of payload: EventPayload) -> String? {
        if case .decision(.migrationOpened(let roles)) = payload { return roles.migration }
        guard open.count == 1, let roles = open.first else { return nil }
        let environments = [roles.source, roles.destination] + (roles.temporary.map { [$0] } ?? [])
        switch payload {
        case .action(let action, _, _):
            switch action {
            case .envCreate(let creation):
                let touched = [creation.environment, creation.source.name].compactMap { $0 }
                if touched.contains(where: environments.contains) { return roles.migration }
                let snapshot = creation.snapshot.name.map { Resource.snapshot(.database, $0) }
                return snapshot.flatMap { snapshots[$0] }
            case .snapshotCreate(let environment, _, _, _):
                return environments.contains(environment) ? roles.migration : nil
            case .dnsSwitch(let change):
                let isOurs =
                    roles.hostnames.contains(change.host)
                    || change.environment.map(environments.contains) == true
                return isOurs ? roles.migration : nil
            default: return owner(of: action.subject, roles, environments)
            }
        case .observation(.dns(let answer)):
            let isOurs =
                roles.hostnames.contains(answer.host)
                || answer.environment.map(environments.contains) == true
            return isOurs ? roles.migration : nil
        case .observation(let observation):
            return owner(of: observation.subject, roles, environments)
        case .decision: return nil
        }
    }

    private func owner(
        of subject: Resource, _ roles: MigrationRoles, _ environments: [String]
    ) -> String? {
        if case .environment(let name, _) = subject, environments.contains(name) {
            return roles.migration
        }
        return snapshots[subject] == roles.migration ? roles.migration : nil
    }

    /// When a migration of a name was closed before a time, and not opened since; its name is taken.
    func closing(of name: String, before time: Timestamp) -> Timestamp? {
        closed[name].flatMap { $0 < time ? $0 : nil }
    }

    /// Follows what opens and closes migrations and what is made for them.
    mutating func note(_ payload: EventPayload, _ migration: String?, at time: Timestamp) {
        switch payload {
        case .decision(.migrationOpened(let roles)):
            open.removeAll { $0.migration == roles.migration }
            open.append(roles)
        case .decision(.migrationClosed):
            let name = migration ?? (open.count == 1 ? open.first?.migration : nil)
            open.removeAll { $0.migration == name }
            if let name { closed[name] = time }
        case .action(let action, _, _):
            if case .snapshotCreate = action, let migration {
                snapshots[action.subject] = migration
            }
        default: break
        }
    }
}
