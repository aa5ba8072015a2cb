import Fleet
import Ledger
import Projector

/// Reads again, right before something is destroyed, what its verdict leans on: the thing itself by
/// name and creation, what takes its place, and where customers are sent.
///
/// The guard of `run` and `apply` both look this way; what they then make of what the ledger says
/// is theirs.
struct FreshLook {
    /// Why nothing may be destroyed after all.
    struct Obstacle: Hashable {
        /// What was looked at.
        var place: String
        /// What is wrong there.
        var what: String
    }

    /// Looks and records; no obstacles mean that everything was seen and the thing is the one meant.
    ///
    /// - Parameters:
    ///   - action: what is to be done.
    ///   - observer: who looks.
    ///   - cause: the event that the looks follow from.
    ///   - created: the platform's date of the environment that is meant, when it is known better
    ///     than the ledger's newest one of that name.
    /// - Returns: what stands in the way.
    /// - Throws: what looking throws; `StoreError`, `PlanError`.
    static func take(
        before action: Action, _ observer: Observer, cause: EventID? = nil,
        created: Timestamp? = nil
    ) throws -> [Obstacle] {
        var observer = observer
        let planner = try observer.evaluation().planner()
        let looks = planner.lastLooks(before: action)
        let progress = Progress()
        defer { try? progress.clear() }
        var obstacles: [Obstacle] = []
        for target in looks.targets {
            try progress.show(target.command)
            let look = try observer.see(target, cause: cause).look
            let isAside = target == .platform(.defaultEnvironment)
            if !look.observation.isComplete, !isAside {
                obstacles.append(
                    Obstacle(place: target.command, what: look.problem ?? "not seen whole"))
            }
            if let difference = planner.difference(
                look.observation, before: action, created: created)
            {
                obstacles.append(Obstacle(place: target.command, what: difference))
            }
        }
        guard !looks.hosts.isEmpty else { return obstacles }
        try observer.learnEndpoints()
        for host in looks.hosts {
            let target = LookTarget.host(host)
            try progress.show(target.command)
            let look = try observer.see(target, cause: cause).look
            if !look.observation.isComplete {
                obstacles.append(
                    Obstacle(place: target.command, what: look.problem ?? "no answer"))
            }
        }
        return obstacles
    }
}

extension LastLooks {
    /// What is looked at on the platform, in order.
    fileprivate var targets: [LookTarget] {
        environments.map { .platform(.envDescribe($0)) }
            + (listsEnvironments ? [.platform(.envList)] : [])
            + snapshots.map { .platform(.snapshotList($0 == .database ? nil : $0)) }
            + (includesReleases ? [.platform(.releaseList)] : [])
            + (asksDefault ? [.platform(.defaultEnvironment)] : [])
    }
}
