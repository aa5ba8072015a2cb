public import Ledger

/// The migrations that are open while a transcript is read, and what belongs to them.
public struct OpenMigrations: Sendable {
    /// Those that a ledger holds and that were open at a time.
    private let held: @Sendable (Timestamp) -> [MigrationRoles]
    /// Those that count where none was open: a migration may be declared after the fact.
    private let declared: [MigrationRoles]
    /// Those that were opened by what was read and are open still.
    private var opened: [MigrationRoles] = []
    /// When those were closed that are open no more.
    private var closed: [String: Timestamp] = [:]
    /// The snapshots that were taken for a migration, which no command but their creation links to
    /// an environment.
    private var snapshots: [Resource: String] = [:]

    /// Migrations that are open all the time.
    public init(_ open: [MigrationRoles]) { self.init(declared: open) { _ in open } }

    /// The migrations of a ledger.
    ///
    /// - Parameters:
    ///   - declared: those that count where none was open.
    ///   - held: those that were open at a time.
    public init(
        declared: [MigrationRoles], held: @escaping @Sendable (Timestamp) -> [MigrationRoles]
    ) {
        self.declared = declared
        self.held = held
    }

    /// The roles of those that were open at a time, as far as the transcript was read.
    func open(at time: Timestamp) -> [MigrationRoles] {
        func isElsewhere(_ roles: MigrationRoles) -> Bool {
            closed[roles.migration] == nil
                && !opened.contains { $0.migration == roles.migration }
        }
        let then = held(time).filter(isElsewhere) + opened
        return then.isEmpty ? declared.filter(isElsewhere) : then
    }

    /// The migration that an action or observation belongs to: the only one that was open then, when
    /// the command touches one of its environments, hostnames or snapshots.
    public func owner(of payload: EventPayload, at time: Timestamp) -> String? {
        if case .decision(.migrationOpened(let roles)) = payload { return roles.migration }
        let open = open(at: time)
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
            opened.removeAll { $0.migration == roles.migration }
            opened.append(roles)
        case .decision(.migrationClosed):
            let open = open(at: time)
            let name = migration ?? (open.count == 1 ? open.first?.migration : nil)
            opened.removeAll { $0.migration == name }
            if let name { closed[name] = time }
        case .action(let action, _, _):
            if case .snapshotCreate = action, let migration {
                snapshots[action.subject] = migration
            }
        default: break
        }
    }
}
