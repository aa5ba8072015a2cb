import Ledger

extension Planner {
    /// The verdict of every release that was listed, built or loaded.
    func releaseVerdicts() -> [ResourceVerdict] {
        var names = Set(world.state.releases.keys)
        let live = world.incarnations.values.compactMap(\.last).filter {
            !world.existence($0).isGone
        }
        for environment in live {
            names.formUnion(environment.attempts.kinds.compactMap(\.loadedRelease))
            names.formUnion(
                environment.sightings.newest(like: { $0.shown.releases != nil })?.shown.releases?
                    .map(
                        \.release) ?? [])
        }
        for migration in migrations {
            if let active = migration.source.flatMap(lastActive) { names.insert(active) }
        }
        return names.sorted().map { verdict(ofRelease: $0, live) }
    }

    /// True for what is gone and cannot be brought back as far as is known.
    private func isLost(_ source: Incarnation, _ migration: Migration) -> Bool {
        world.existence(source).isGone
            && wayBack(displacing(migration) ?? migration).verdict == .impossible
    }

    private func lastActive(_ environment: Incarnation) -> String? {
        environment.sightings.newest(like: { ($0.shown.activeRelease ?? nil) != nil })?.shown
            .activeRelease
            ?? nil
    }

    private func verdict(ofRelease name: String, _ live: [Incarnation]) -> ResourceVerdict {
        let history = world.state.releases[name] ?? ReleaseHistory()
        let resource: Resource = .release(name)
        var evidence =
            history.rows.suffix(1).map(\.moment.sequence) + history.attempts.flatMap(\.evidence)
        var reasons: [Reason] = []
        if let destroy = history.attempts.last(where: { $0.action.name == .releaseDestroy }) {
            let absent = world.state.releaseListings.first { mark in
                mark.moment > destroy.settled
                    && !history.rows.contains { $0.moment.sequence == mark.moment.sequence }
            }
            if destroy.isAccepted, let absent {
                return ResourceVerdict(
                    resource: resource, verdict: .gone, reasons: [],
                    evidence: destroy.evidence + [absent.moment.sequence])
            }
            reasons.append(
                destroy.isAccepted
                    ? .blocked(
                        .beingDestroyed,
                        "its destruction was accepted and is not seen to be complete",
                        destroy.evidence, unblock: "list the releases", needs: [.releases])
                    : .unknown(
                        .existence, "its destruction was \(destroy.outcomeWords)", destroy.evidence,
                        unblock: "list the releases", needs: [.releases]))
        }
        reasons += world.held(resource, nil)
        if let row = history.rows.last, row.value.status == "AVAILABLE" {
            if !world.state.environmentListings.contains(where: { !world.isStale($0.moment) }) {
                reasons.append(
                    .unknown(
                        .releaseLoaded, "which environments there are is not known", evidence,
                        unblock: "list the environments", needs: [.environments]))
            }
        } else {
            reasons.append(
                .unknown(
                    .existence, "it was not seen AVAILABLE", evidence,
                    unblock: "list the releases", needs: [.releases]))
        }
        for environment in live.sorted(by: { $0.name < $1.name }) {
            switch world.releases(environment) {
            case .known(let loaded, let proof):
                if loaded.contains(name) {
                    evidence += proof
                    reasons.append(
                        .blocked(
                            .releaseLoaded,
                            "it is loaded in \(environment.name) or was active there before", proof,
                            unblock: "keep it"))
                }
            case .unknown(_, let proof, let need):
                let wasLoaded =
                    environment.attempts.has(like: { $0.loadedRelease == name })
                    || environment.sightings.has(like: {
                        $0.shown.releases?.contains { $0.release == name } ?? false
                    })
                reasons.append(
                    wasLoaded
                        ? .blocked(
                            .releaseLoaded, "it was loaded into \(environment.name)", proof,
                            unblock: "describe \(environment.name)")
                        : .unknown(
                            .releaseLoaded, "the releases of \(environment.name) are not known",
                            proof, unblock: "describe \(environment.name)",
                            needs: [need].compactMap { $0 }))
            }
        }
        for migration in migrations {
            guard let source = migration.source, lastActive(source) == name else { continue }
            let proof =
                source.sightings.newest(like: { ($0.shown.activeRelease ?? nil) == name }).map {
                    [$0.moment.sequence]
                } ?? []
            evidence += proof
            reasons.append(
                .blocked(
                    .releaseNeeded,
                    isLost(source, migration)
                        ? "\(source.name) served it; should a snapshot of \(source.name) turn up, a restore needs it"
                        : "a restore or rollback of \(source.name) needs it", proof,
                    unblock: "keep it"))
        }
        if !history.attempts.contains(where: { $0.action.name == .releaseCreate && $0.isAccepted })
        {
            let ours = Reason.notOurs(
                .copyProvenance, "this ledger did not create it", evidence,
                unblock: "destroy it by hand if it is yours")
            reasons = reasons.filter { $0.verdict != .unknown } + [ours]
        }
        reasons = world.counted(reasons)
        let worst = reasons.map(\.verdict).max { $0.weight < $1.weight } ?? .safe
        return ResourceVerdict(
            resource: resource, verdict: worst, reasons: reasons, evidence: World.merge(evidence))
    }
}
