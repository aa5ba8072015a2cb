import Ledger

/// The release of the destination: the same for both methods.
extension Planner {
    func releaseDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due? {
        let d = destination.name
        guard destination.wasSeen("RUNNING") != nil else {
            return Due(
                phase: "create the destination", observe: [.describe(d)],
                unsafe: ["env load before \(d) is RUNNING"])
        }
        if case .known(.some, _) = world.activeRelease(destination) { return nil }
        let active = source.sightings.last { ($0.shown.activeRelease ?? nil) != nil }
        // A description that was cut off does not tell that none is active.
        if active == nil, !source.sightings.has(like: { $0.shown.activeRelease != nil }),
            destination.attempts(.envLoad).isEmpty
        {
            return Due(
                phase: "release", observe: [.describe(source.name)],
                unsafe: ["env load before it is seen which release \(source.name) serves"])
        }
        let release = (active?.shown.activeRelease ?? nil) ?? Placeholder.release
        let loading = Due(
            phase: "release",
            steps: [
                step(
                    .envLoad(environment: d, release: release),
                    "\(release) is active on \(source.name)",
                    completes: "\(release) RUNNING on \(d)")
            ])
        guard let load = destination.attempts(.envLoad).last else {
            return servicesDue(migration, source, destination) ?? loading
        }
        let name = load.loadedRelease ?? release
        // One that was not accepted and left no trace is tried again.
        let looked = destination.sightings.last {
            $0.shown.releases != nil && $0.moment > load.settled
        }
        if !load.isAccepted, let looked,
            !(looked.shown.releases ?? []).contains(where: { $0.release == name })
        {
            return loading
        }
        // Nor does a description show one that has no part about releases.
        if !load.isAccepted, looked == nil,
            let silent = destination.sightings.newest(like: \.isDescription),
            silent.moment > load.settled, silent.shown.status == "RUNNING"
        {
            return loading
        }
        let isRunning = destination.sightings.contains { sighting in
            sighting.moment > load.settled
                && (sighting.shown.releases ?? []).contains {
                    $0.release == name && ($0.status == "RUNNING" || $0.status == "ACTIVE")
                }
        }
        if !isRunning, let status = failure(of: name, looked) {
            return Due(
                phase: "release",
                steps: [
                    step(
                        .envLoad(environment: d, release: name),
                        "\(name) was seen \(status) on \(d)",
                        completes: "\(name) RUNNING on \(d)")
                ],
                unsafe: [
                    "waiting for \(name), which was seen \(status): try again, or go back by ledger-cli plan rollback"
                ])
        }
        guard isRunning else {
            return Due(
                phase: "release", observe: [.describe(d)],
                unsafe: ["env activate before \(name) is RUNNING"])
        }
        guard
            destination.attempts(.envActivate).contains(where: {
                $0.isAccepted && $0.started > load.started
            })
        else {
            return Due(
                phase: "release",
                steps: [
                    step(
                        .envActivate(environment: d, release: name), "\(name) is loaded",
                        completes: "\(name) ACTIVE on \(d)")
                ])
        }
        return Due(
            phase: "release", observe: [.describe(d)], unsafe: ["the test before \(name) is ACTIVE"]
        )
    }

    /// The status by which a look shows that a release has failed.
    private func failure(of release: String, _ look: EnvironmentHistory.Sighting?) -> String? {
        let shown = look?.shown.releases?.first { $0.release == release }
        return shown.flatMap { World.isFailure($0.status) ? $0.status : nil }
    }
}
