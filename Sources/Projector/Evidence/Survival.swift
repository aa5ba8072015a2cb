import Ledger

/// Whether an environment outlived the attempts to destroy it.
extension Incarnation {
    /// When a look that shows it RUNNING settles an attempt to destroy it; nil when none does, since the
    /// platform said yes.
    ///
    /// Of a destroy that was refused any later look tells. One of unknown outcome may have been taken
    /// and still be under way, for as long as an absence takes to be proven.
    private func outlivedFrom(_ destroy: Attempt) -> Timestamp? {
        switch destroy.outcome {
        case .accepted: nil
        case .refused: destroy.settled.time
        case .started, .unknown: destroy.settled.time + Presence.patience
        }
    }

    /// True when it was seen RUNNING after an attempt to destroy it, late enough to settle that.
    func outlived(_ destroy: Attempt) -> Bool {
        guard let from = outlivedFrom(destroy),
            let seen = sightings.newest(like: { $0.shown.status == "RUNNING" })?.moment
        else { return false }
        return seen > destroy.settled && seen.time >= from
    }

    /// The attempts to destroy it that no look has settled.
    var mortalAttempts: [Attempt] { attempts(.envDestroy).filter { !outlived($0) } }

    /// From when on a look settles what was tried; nil when the platform said yes to one.
    func outlivedFrom(_ destroys: [Attempt]) -> Timestamp? {
        let times = destroys.map(outlivedFrom)
        return times.contains(nil) ? nil : times.compactMap { $0 }.max()
    }
}
