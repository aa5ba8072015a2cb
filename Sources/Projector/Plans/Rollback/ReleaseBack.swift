import Ledger

/// The release that customers met on the source before the migration.
extension Planner {
    /// What may have left the source without an active release, when nobody has seen one since: what
    /// was made beside it may then be all that can serve.
    func possiblyIdle(_ source: Incarnation) -> [Attempt] {
        let seen = source.sightings.newest(like: { $0.shown.activeRelease != nil })?.moment
        return source.attempts(.envDeactivate, .envUnload).filter { attempt in
            seen.map { $0 < attempt.settled } ?? true
        }
    }

    /// Loads and activates the release again when the source is known to have none that is active:
    /// an environment without one has no usable address (Fleet, staging environment).
    ///
    /// What may have changed it and was not looked at since is asked for.
    func releaseBack(_ source: Incarnation, _ way: inout WayBack) -> [Step] {
        let name = source.name
        let resource: Resource = .environment(name)
        let active = world.activeRelease(source)
        if case .unknown(_, _, let need?) = active,
            let last = source.attempts(.envDeactivate, .envUnload, .envActivate, .envLoad).last,
            source.sightings.last.map({ $0.moment < last.settled }) ?? true
                || !possiblyIdle(source).isEmpty
        {
            way.needs.append(need)
            return []
        }
        guard case .known(.none, let evidence) = active else { return [] }
        let loaded = source.sightings.last { $0.shown.releases != nil }?.shown.releases ?? []
        guard let shown = source.sightings.last(where: { ($0.shown.activeRelease ?? nil) != nil }),
            let release = shown.shown.activeRelease ?? nil
        else {
            return firstActivation(
                of: source, loaded.filter { $0.status == "RUNNING" }.map(\.release))
        }
        let isLoaded = loaded.contains { $0.release == release && $0.status == "RUNNING" }
        let proof = World.merge(evidence.events, [shown.moment.sequence])
        let load = Step(
            resource: resource,
            command: .action(.envLoad(environment: name, release: release)),
            because: "\(release) was active and is not loaded any more", evidence: proof,
            completes: "\(release) RUNNING")
        let activate = Step(
            resource: resource,
            command: .action(.envActivate(environment: name, release: release)),
            because: "\(release) was active", evidence: proof, requires: ["\(release) RUNNING"],
            completes: "\(release) ACTIVE")
        if isLoaded { return [activate] }
        return rebuilding(release, on: name, &way) + [load, activate]
    }

    /// What makes a source serve on which no release was ever seen active: the only one that is loaded
    /// there, or, where there are several or none, whichever people know it to be.
    private func firstActivation(of source: Incarnation, _ loaded: [String]) -> [Step] {
        let name = source.name
        guard let last = source.sightings.newest(like: { $0.shown.activeRelease != nil }),
            World.tellsRelease(last)
        else { return [] }
        let why = "no release of \(name) is active, and none was ever seen active there"
        guard let release = loaded.first, loaded.count == 1 else {
            return [
                Step(
                    resource: .environment(name),
                    command: .manual("load and activate the release that \(name) is to serve"),
                    because: why, evidence: [last.moment.sequence],
                    completes: "a release ACTIVE on \(name)")
            ]
        }
        return [
            Step(
                resource: .environment(name),
                command: .action(.envActivate(environment: name, release: release)),
                because: "\(why); \(release) is the only one that is loaded",
                evidence: [last.moment.sequence], completes: "\(release) ACTIVE")
        ]
    }
}
