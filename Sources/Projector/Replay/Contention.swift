import Ledger

extension Action {
    /// True when another action after this one decides the fact that this one was to change
    /// (`rules.md`, principle 4: an action voids exactly the facts that it can change).
    func isOvertaken(by other: Action) -> Bool {
        guard self != other else { return false }
        switch (self, other) {
        case (.configDefaultEnv, .configDefaultEnv): return true
        case (.configSqlScript(_, let mine), .configSqlScript(_, let theirs)):
            return mine == theirs
        case (.dnsSwitch(let mine), .dnsSwitch(let theirs)): return mine.host == theirs.host
        case (.databaseDump(_, _, let mine?), .databaseDump(_, _, let theirs?)):
            return FilePath.isSame(mine, theirs)
        default: break
        }
        guard subject == other.subject else { return false }
        return changedFact == other.changedFact || other.changedFact == .existence
    }

    /// What an action changes about its subject.
    private var changedFact: ChangedFact {
        switch self {
        case .envCreate, .envDestroy, .snapshotCreate, .snapshotDestroy, .releaseCreate,
            .releaseDestroy:
            .existence
        case .envLoad, .envActivate, .envDeactivate, .envUnload: .releases
        case .envMaintenance: .maintenance
        case .envProtected: .protection
        case .envSetting(_, let setting, _): .setting(setting)
        case .databaseLoad, .databaseShell: .contents
        case .envCacheFlush, .databaseDump, .databaseReboot, .configDefaultEnv, .configSqlScript,
            .logDelete, .dnsSwitch:
            .nothing(name)
        }
    }
}

private enum ChangedFact: Hashable {
    case existence, releases, maintenance, protection, contents
    case setting(String)
    /// Nothing that another action on the same subject would change too.
    case nothing(ActionName)
}

extension State {
    /// True when something that was tried after a start decides its fact, so that a later report of
    /// the same words must speak of another try.
    func isOvertaken(_ attempt: Attempt, before moment: Moment) -> Bool {
        rivals(of: attempt.action).contains { rival in
            rival.started > attempt.started && rival.started < moment
                && attempt.action.isOvertaken(by: rival.action)
        }
    }

    /// The tries among which those are that may change the same fact.
    func rivals(of action: Action) -> Chronology<Attempt> {
        switch action {
        case .configDefaultEnv: defaultAttempts
        case .configSqlScript: scriptAttempts
        case .logDelete: []
        case .dnsSwitch(let change): hosts[change.host]?.switches ?? []
        case .snapshotCreate(_, let name, let kind, _), .snapshotDestroy(let name, let kind):
            snapshots[SnapshotKey(kind: kind ?? .database, name: name)]?.attempts ?? []
        case .releaseCreate(let release, _), .releaseDestroy(let release):
            releases[release]?.attempts ?? []
        case .databaseDump(let environment, _, let path):
            Chronology(
                Array(environments[environment]?.attempts ?? [])
                    + (path.map { dumps(to: $0) } ?? []))
        case .envCreate(let creation): environments[creation.environment]?.attempts ?? []
        case .envDestroy(let name, _, _), .envLoad(let name, _), .envActivate(let name, _),
            .envDeactivate(let name), .envUnload(let name, _, _), .envMaintenance(let name, _),
            .envProtected(let name, _), .envCacheFlush(let name), .envSetting(let name, _, _),
            .databaseLoad(let name, _, _), .databaseShell(let name, _), .databaseReboot(let name):
            environments[name]?.attempts ?? []
        }
    }
}
