import Ledger

extension Planner {
    /// The attempts of which nothing says what came of them, by start.
    ///
    /// A doubt ends with an outcome that somebody reports, or with a look that shows what is there
    /// now; also once what it was about is gone. What is still to be looked at before anything is
    /// destroyed is for the rules to say.
    func attemptsInDoubt() -> [Attempt] {
        let unknown = world.incarnations.keys.compactMap { world.newest($0) }.flatMap {
            $0.attempts.all(like: { $0.outcome == .unknown })
        }
        return (world.state.inDoubt.values + unknown).filter { !isSettled($0) }
            .sorted { $0.started < $1.started }
    }

    private func isSettled(_ attempt: Attempt) -> Bool {
        func isOlder(_ moment: Moment?) -> Bool { moment.map { attempt.settled < $0 } ?? false }
        let state = world.state
        switch attempt.action {
        case .snapshotDestroy(let name, let kind):
            switch world.existence(SnapshotKey(kind: kind ?? .database, name: name)) {
            case .unknown: return false
            default: return true
            }
        case .releaseCreate(let release, _):
            return isOlder(state.releases[release]?.rows.last?.moment)
        case .releaseDestroy: return isOlder(state.releaseListings.last?.moment)
        case .configDefaultEnv: return isOlder(state.defaultAnswers.last?.moment)
        case .configSqlScript: return isOlder(state.scriptListings.last?.moment)
        case .dnsSwitch(let change): return isOlder(state.hosts[change.host]?.answers.last?.moment)
        case .logDelete: return false
        case .snapshotCreate(let name, _, _, _), .databaseDump(let name, _, _):
            // What they make outlives the environment.
            return environment(name, of: attempt).map { !world.isUnsettled(attempt, $0) } ?? false
        case .envCreate, .envDestroy, .envLoad, .envActivate, .envDeactivate, .envUnload,
            .envMaintenance, .envProtected, .envCacheFlush, .envSetting, .databaseLoad,
            .databaseShell, .databaseReboot:
            guard case .environment(let name, _) = attempt.action.subject,
                let environment = environment(name, of: attempt)
            else { return false }
            if world.existence(environment).isGone { return true }
            if case .envCreate = attempt.action, !world.mayBeMaking(attempt, environment) {
                return true
            }
            guard case .envDestroy = attempt.action else {
                return !world.isUnsettled(attempt, environment)
            }
            return isOlder(environment.sightings.newest(like: { $0.shown.status != nil })?.moment)
        }
    }

    /// The environment of a name that an attempt was about.
    private func environment(_ name: String, of attempt: Attempt) -> Incarnation? {
        world.incarnations[name]?.last { $0.first <= attempt.started }
    }
}
