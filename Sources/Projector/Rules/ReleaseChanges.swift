import Ledger

/// What came of the commands that change which releases an environment has, and which is active.
extension World {
    /// True when a description shows what a load, an activation or its reverse is for, or was made so
    /// long after it that it will not come; or when another one in its place was seen to come.
    ///
    /// They are under way when they are accepted (Fleet, releases): a look shortly afterwards still shows
    /// what was before.
    func isReleaseSettled(_ attempt: Attempt, _ environment: Incarnation) -> Bool {
        let shown = environment.sightings.newest(like: { sighting in
            guard let isDone = shows(sighting.shown, doneBy: attempt) else { return false }
            return isDone || attempt.outcome == .refused
                || sighting.moment.time >= attempt.settled.time + Presence.patience
        })
        if let shown, shown.moment > attempt.settled { return true }
        let later = environment.attempts.newest(like: {
            $0.isAccepted && $0.action.changesTheSame(as: attempt.action)
        })
        guard let later, later.started > attempt.started else { return false }
        return isReleaseSettled(later, environment)
    }

    /// Whether a description shows that a change of the releases was made; nil when it does not tell.
    private func shows(_ shown: EnvironmentDescription, doneBy attempt: Attempt) -> Bool? {
        switch attempt.action {
        case .envLoad(_, let release):
            // An old description may name the active release alone.
            if shown.activeRelease == .some(release) { return true }
            return shown.releases.map { loads in
                loads.contains { $0.release == release && $0.status != "LOADING" }
            }
        case .envActivate(_, let release): return shown.activeRelease.map { $0 == release }
        case .envDeactivate: return shown.activeRelease.map { $0 == nil }
        case .envUnload(_, let release, _):
            return shown.releases.map { loads in !loads.contains { $0.release == release } }
        default: return nil
        }
    }
}
