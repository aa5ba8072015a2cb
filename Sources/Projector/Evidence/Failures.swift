import Ledger

/// What was seen to have failed: the words are not documented, only that it happens (Fleet, releases
/// and SQL scripts).
extension World {
    /// True for a status that says that nothing comes of a thing any more.
    static func isFailure(_ status: String) -> Bool {
        let word = status.uppercased()
        return word.contains("FAIL") || word.contains("ERROR")
    }

    /// True when an environment was never seen RUNNING and the newest look shows that it failed.
    func hasFailed(_ environment: Incarnation) -> Bool {
        guard environment.wasSeen("RUNNING") == nil,
            let last = environment.sightings.newest(like: { $0.shown.status != nil }),
            let status = last.shown.status
        else { return false }
        return World.isFailure(status)
    }
}
