import Ledger

extension State {
    mutating func add(
        _ event: Event, _ action: Action, _ outcome: Outcome, _ report: ActionReport
    ) {
        if outcome != .started, let start = settledStart(of: event, action) {
            guard var attempt = inDoubt.removeValue(forKey: start) else { return }
            let started = attempt.started.sequence
            attempt.ended = Moment(event)
            attempt.outcome = outcome
            attempt.report = report
            place(attempt) { list in list.settle(started, with: attempt) }
            return
        }
        let attempt = Attempt(event, action, outcome, report)
        if outcome == .started { inDoubt[event.id] = attempt }
        place(attempt) { list in list.insertInOrder(attempt) }
    }

    /// The start that an outcome belongs to: the one it names as its cause, or, for an outcome that
    /// someone reported afterwards, the newest one of the same action that is still in doubt and
    /// that nothing has overtaken.
    private func settledStart(of event: Event, _ action: Action) -> EventID? {
        if let cause = event.cause, inDoubt[cause] != nil { return cause }
        guard event.basis != .executed else { return nil }
        return
            inDoubt
            .filter {
                $0.value.action == action && $0.value.started.time <= event.time
                    && !isOvertaken($0.value, before: Moment(event))
            }
            .max { $0.value.started < $1.value.started }?.key
    }

    private mutating func place(_ attempt: Attempt, _ put: (inout [Attempt]) -> Void) {
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
