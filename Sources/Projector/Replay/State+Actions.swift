import Ledger

extension State {
    mutating func add(_ occurrence: Occurrence, _ deed: Undertaking, _ outcome: Outcome) {
        for said in deed.report.echoed {
            let other = Undertaking(action: said, report: ActionReport())
            let attempt = Attempt(occurrence, other, .unknown)
            place(attempt)
        }
        if outcome != .started, let start = settledStart(of: occurrence, deed.action) {
            guard var attempt = inDoubt.removeValue(forKey: start) else { return }
            attempt.end(occurrence, deed, outcome)
            return place(attempt, isKnown: true)
        }
        let attempt = Attempt(occurrence, deed, outcome)
        if outcome == .started, isTold(attempt) { return }
        if outcome == .started { inDoubt[occurrence.id] = attempt }
        place(attempt)
    }

    /// The start that an outcome belongs to: the one it names as its cause, or, for an outcome that
    /// someone reported afterwards, the newest one of the same action that is still in doubt and
    /// that nothing has overtaken.
    private func settledStart(of occurrence: Occurrence, _ action: Action) -> EventID? {
        if inDoubt.isEmpty { return nil }
        if let cause = occurrence.cause, inDoubt[cause] != nil { return cause }
        guard occurrence.basis != .executed else { return nil }
        let moment = Moment(occurrence)
        var starts: [(started: Moment, id: EventID)] = []
        for (id, start) in inDoubt
        where start.started.time <= occurrence.time && start.action == action {
            starts.append((start.started, id))
        }
        // From the newest on, so that hundreds of them need not all be looked into.
        return starts.sorted { $0.started > $1.started }.first { start in
            inDoubt[start.id].map { !isOvertaken($0, before: moment) } ?? false
        }?.id
    }

    /// True for a start from elsewhere whose outcome came before it in the log, both of one instant:
    /// the order of lines tells nothing then, and the outcome says all that the start does.
    private func isTold(_ start: Attempt) -> Bool {
        guard start.basis != .executed else { return false }
        return rivals(of: start.action).elements(at: start.started.time).contains { told in
            told.action == start.action && !told.isInDoubt && told.evidence.count == 1
                && told.started.sequence < start.started.sequence
        }
    }

    /// Puts an attempt into the histories that it belongs to, or in place of its start there.
    private mutating func place(_ attempt: Attempt, isKnown: Bool = false) {
        switch attempt.action {
        case .envCreate(let creation):
            environments[creation.environment, default: EnvironmentHistory()].attempts.put(
                attempt, isKnown)
        case .snapshotCreate(let environment, let name, let kind, _):
            environments[environment, default: EnvironmentHistory()].attempts.put(attempt, isKnown)
            let key = SnapshotKey(kind: kind ?? .database, name: name)
            snapshots[key, default: SnapshotHistory()].attempts.put(attempt, isKnown)
        case .snapshotDestroy(let name, let kind):
            let key = SnapshotKey(kind: kind ?? .database, name: name)
            snapshots[key, default: SnapshotHistory()].attempts.put(attempt, isKnown)
        case .databaseDump(let environment, _, let path):
            environments[environment, default: EnvironmentHistory()].attempts.put(attempt, isKnown)
            if let path { dumps[path, default: []].put(attempt, isKnown) }
        case .releaseCreate(let object, _):
            releases[object, default: ReleaseHistory()].attempts.put(attempt, isKnown)
        case .releaseDestroy(let release):
            releases[release, default: ReleaseHistory()].attempts.put(attempt, isKnown)
        case .configDefaultEnv: defaultAttempts.put(attempt, isKnown)
        case .configSqlScript: scriptAttempts.put(attempt, isKnown)
        case .logDelete: logAttempts.put(attempt, isKnown)
        case .dnsSwitch(let change):
            hosts[change.host, default: HostHistory()].switches.put(attempt, isKnown)
        case .envDestroy, .envLoad, .envActivate, .envDeactivate, .envUnload, .envMaintenance,
            .envProtected, .envCacheFlush, .envSetting, .databaseLoad, .databaseShell,
            .databaseReboot:
            guard case .environment(let name, _) = attempt.action.subject else { return }
            environments[name, default: EnvironmentHistory()].attempts.put(attempt, isKnown)
        }
    }
}

extension Chronology<Attempt> {
    fileprivate mutating func put(_ attempt: Attempt, _ isKnown: Bool) {
        guard isKnown else { return insertInOrder(attempt) }
        change(last: { $0.started.sequence == attempt.started.sequence }) { $0 = attempt }
    }
}
