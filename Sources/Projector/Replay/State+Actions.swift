import Ledger

extension State {
    mutating func add(_ occurrence: Occurrence, _ deed: Undertaking, _ outcome: Outcome) {
        for said in deed.report.echoed {
            let other = Undertaking(action: said, report: ActionReport())
            let attempt = Attempt(occurrence, other, .unknown)
            place(attempt) { list in list.insertInOrder(attempt) }
        }
        if outcome != .started, let start = settledStart(of: occurrence, deed.action) {
            guard var attempt = inDoubt.removeValue(forKey: start) else { return }
            attempt.end(occurrence, deed, outcome)
            place(attempt) { list in
                list.change(last: { $0.started.sequence == attempt.started.sequence }) {
                    $0 = attempt
                }
            }
            return
        }
        let attempt = Attempt(occurrence, deed, outcome)
        if outcome == .started { inDoubt[occurrence.id] = attempt }
        place(attempt) { list in list.insertInOrder(attempt) }
    }

    /// The start that an outcome belongs to: the one it names as its cause, or, for an outcome that
    /// someone reported afterwards, the newest one of the same action that is still in doubt and
    /// that nothing has overtaken.
    private func settledStart(of occurrence: Occurrence, _ action: Action) -> EventID? {
        if inDoubt.isEmpty { return nil }
        if let cause = occurrence.cause, inDoubt[cause] != nil { return cause }
        guard occurrence.basis != .executed else { return nil }
        return
            inDoubt
            .filter {
                $0.value.started.time <= occurrence.time && $0.value.action == action
                    && !isOvertaken($0.value, before: Moment(occurrence))
            }
            .max { $0.value.started < $1.value.started }?.key
    }

    private mutating func place(_ attempt: Attempt, _ put: (inout Chronology<Attempt>) -> Void) {
        switch attempt.action {
        case .envCreate(let creation):
            put(&environments[creation.environment, default: EnvironmentHistory()].attempts)
        case .snapshotCreate(let environment, let name, let kind, _):
            put(&environments[environment, default: EnvironmentHistory()].attempts)
            let key = SnapshotKey(kind: kind ?? .database, name: name)
            put(&snapshots[key, default: SnapshotHistory()].attempts)
        case .snapshotDestroy(let name, let kind):
            let key = SnapshotKey(kind: kind ?? .database, name: name)
            put(&snapshots[key, default: SnapshotHistory()].attempts)
        case .databaseDump(let environment, _, let path):
            put(&environments[environment, default: EnvironmentHistory()].attempts)
            if let path { put(&dumps[path, default: []]) }
        case .releaseCreate(let object, _):
            put(&releases[object, default: ReleaseHistory()].attempts)
        case .releaseDestroy(let release):
            put(&releases[release, default: ReleaseHistory()].attempts)
        case .configDefaultEnv: put(&defaultAttempts)
        case .configSqlScript: put(&scriptAttempts)
        case .logDelete: put(&logAttempts)
        case .dnsSwitch(let change): put(&hosts[change.host, default: HostHistory()].switches)
        case .envDestroy, .envLoad, .envActivate, .envDeactivate, .envUnload, .envMaintenance,
            .envProtected, .envCacheFlush, .envSetting, .databaseLoad, .databaseShell,
            .databaseReboot:
            guard case .environment(let name, _) = attempt.action.subject else { return }
            put(&environments[name, default: EnvironmentHistory()].attempts)
        }
    }
}
