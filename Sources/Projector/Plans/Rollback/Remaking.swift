import Ledger

/// What is left of a way back to a source that was recreated, or is about to be: its release, and
/// everything that brings customers back to it.
extension Planner {
    /// The source was recreated already: what is left of the way.
    func finish(
        _ again: Incarnation, of source: Incarnation, _ migration: Migration, _ start: WayBack
    ) -> WayBack {
        var way = start
        way.verdict = .restore
        way.because = "\(again.name) was recreated"
        var doubt: String?
        switch world.existence(again) {
        case .unknown(let why, _): doubt = why
        case .beingDestroyed: doubt = "it is being destroyed again"
        case .live, .creating, .gone: break
        }
        if let doubt {
            way.verdict = .unknown
            way.because += ": \(doubt)"
            way.needs = [.environments, .describe(again.name)]
            way.residue = residue(migration, [])
            return way
        }
        if let lack = world.lackOfRestored(migration).first(where: { $0.rule == .customerWrites }) {
            way.isLossy = true
            way.because += "; \(lack.message)"
        }
        return complete(&way, migration, releasing(again, of: source, &way), again: again)
    }

    /// What a recreated source lacks before it can serve.
    ///
    /// What was accepted is waited for and not ordered again: accepted is not done (Fleet, asynchrony).
    private func releasing(
        _ again: Incarnation, of source: Incarnation, _ way: inout WayBack
    ) -> [Step] {
        let name = again.name
        guard again.wasSeen("RUNNING") != nil else {
            way.needs.append(.describe(name))
            let making = waiting(
                "\(name) is RUNNING", again, again.creation?.evidence ?? [],
                completes: "environment/\(name) RUNNING")
            return [making] + releasing(source, loaded: [], &way)
        }
        let tries = again.attempts(.envLoad, .envActivate)
        let pending = tries.last { world.isUnsettled($0, again) }
        let shown = again.sightings.newest(like: { $0.shown.releases != nil })?.shown.releases ?? []
        if let pending, let release = pending.loadedRelease {
            way.needs.append(.describe(name))
            guard case .envLoad = pending.action else {
                return [
                    waiting(
                        "\(release) is active on \(name)", again, pending.evidence,
                        completes: "\(release) ACTIVE"), byHand(name),
                ]
            }
            return [
                waiting(
                    "\(release) is loaded on \(name)", again, pending.evidence,
                    completes: "\(release) RUNNING")
            ] + releasing(source, loaded: [release], &way)
        }
        switch world.activeRelease(again) {
        case .known(.some, _): return []
        case .unknown(_, _, let need)
        where again.sightings.newest(like: { $0.shown.activeRelease != nil })
            .map { $0.shown.activeRelease != .some(nil) } ?? false:
            // It was active when it was seen last, and nothing was done to it since.
            way.needs += [need].compactMap { $0 }
            return []
        default: break
        }
        if let loading = shown.first(where: { $0.status == "LOADING" }) {
            way.needs.append(.describe(name))
            return [
                waiting(
                    "\(loading.release) is loaded on \(name)", again, [],
                    completes: "\(loading.release) RUNNING")
            ] + releasing(source, loaded: [loading.release], &way)
        }
        let loaded = shown.filter { $0.status == "RUNNING" }.map(\.release)
        return releasing(source, loaded: loaded, &way)
    }

    /// Loads and activates the release that was active on a source, on the one that is made in its
    /// place and has some releases loaded.
    func releasing(_ source: Incarnation, loaded: [String], _ way: inout WayBack) -> [Step] {
        let resource: Resource = .environment(source.name)
        guard
            let release = source.sightings.last(where: { ($0.shown.activeRelease ?? nil) != nil })?
                .shown.activeRelease ?? nil
        else {
            return [
                Step(
                    resource: resource,
                    command: .manual(
                        "load and activate the release that was active on \(source.name)"),
                    because: "which one it was is not recorded",
                    requires: ["\(resource) RUNNING"])
            ]
        }
        let loading = Step(
            resource: resource,
            command: .action(.envLoad(environment: source.name, release: release)),
            because: "\(release) was active", requires: ["\(resource) RUNNING"],
            completes: "\(release) RUNNING")
        let isLoaded = loaded.contains(release)
        let rebuilding = isLoaded ? [] : rebuilding(release, on: source.name, &way)
        return rebuilding + (isLoaded ? [] : [loading]) + [
            Step(
                resource: resource,
                command: .action(.envActivate(environment: source.name, release: release)),
                because: "\(release) was active", requires: ["\(release) RUNNING"],
                completes: "\(release) ACTIVE"),
            byHand(source.name),
        ]
    }

    private func byHand(_ name: String) -> Step {
        Step(
            resource: .environment(name),
            command: .manual("restore the certificate, whitelist, NFS and Solr of \(name) by hand"),
            because: "they are not part of a snapshot")
    }

    private func waiting(
        _ goal: String, _ again: Incarnation, _ evidence: [SequenceNumber], completes: String
    ) -> Step {
        Step(
            resource: .environment(again.name),
            command: .manual("wait until \(goal) and describe \(again.name)"),
            because: "it is under way and was not seen to be done", evidence: evidence,
            completes: completes)
    }

    /// Closes the destination, gives up or carries over its writes, and moves customers, after the
    /// steps that make the source or what is missing on the one that was made again.
    func complete(
        _ way: inout WayBack, _ migration: Migration, _ making: [Step], again: Incarnation? = nil
    ) -> WayBack {
        let name = migration.roles.source
        let destination = migration.destination.flatMap {
            world.existence($0).isGone ? nil : $0
        }
        // Whatever has the name is what customers are sent to, the migration's own or not.
        let serving = world.newest(migration.roles.destination).flatMap {
            world.existence($0).mayTakeWrites ? $0 : nil
        }
        let moving = moving(migration, to: again, &way)
        let isMoved = moving.isEmpty && unseenNames(migration).isEmpty
        let opening = opening(name, again, beside: serving ?? destination)
        if let again, opening.isEmpty, wasOpenedUnseen(again) { way.needs.append(.describe(name)) }
        // Beside a source that serves again it takes no more writes once no answer leads there.
        let isLeft = isMoved && opening.isEmpty && lingering(migration).isEmpty
        let closing = isLeft ? [] : (serving ?? destination).map(closing) ?? []
        if closing.contains(where: \.isManual) {
            way.needs += [serving ?? destination].compactMap { $0 }.map { .describe($0.name) }
        }
        let restoring = defaultBack(migration, &way) + protecting(name, again)
        let loss =
            isMoved && opening.isEmpty
            ? [] : lossStep(way, migration, requires: closing.isEmpty ? [] : closed(migration))
        way.steps = making + closing + loss + moving + opening + restoring
        way.residue = residue(migration, way.steps)
        let data = again.map { world.sourceData($0, migration, since: $0.first) } ?? .own(nil)
        let own = ownWrites(of: again, madeFor: migration, data)
        var copied: [Step] = []
        if let destination {
            copied = making + closing + shutting(name, again)
            copied +=
                own.isToBeMerged
                ? merging(from: destination, into: name, again, own)
                : carrying(from: destination, to: name, again, own)
            copied += moving + [openingStep(name, beside: destination)] + restoring
        }
        if case .broken(_, let why) = data {
            let byHand = Step(
                resource: .environment(name),
                command: .manual("load \(name) in full, or destroy it and make it again"),
                because: "it is not known to be whole: \(why)")
            way.steps = copied
            if copied.isEmpty {
                way.steps = making + closing + shutting(name, again) + [byHand]
                way.steps += moving + opening + restoring
            }
            way.because += "; it is not known to be whole: \(why)"
        } else if data.isCarriedNow, way.isLossy {
            way.steps = copied
        }
        if let again, way.steps.isEmpty { return served(way, again) }
        guard way.isLossy else { return way }
        way.because += staleness(migration, own)
        let isOwn = !data.isBroken && !data.isCarriedNow
        way.choices =
            isOwn
            ? choices(way, migration, copied, own: own, isLoaded: false)
            : choices(migration, copyBack: copied, restore: [], own: own)
        return way
    }

    /// Every step was taken: the source serves, unless something of it is yet to be seen.
    private func served(_ way: WayBack, _ again: Incarnation) -> WayBack {
        var way = way
        guard way.needs.isEmpty else {
            way.verdict = .unknown
            way.because =
                wasOpenedUnseen(again)
                ? "\(again.name) was told to open and was not seen open since"
                : "\(again.name) was recreated, and that customers are back was not seen"
            return way
        }
        way.verdict = .nothing
        way.isLossy = false
        way.because = "\(again.name) was recreated and serves already"
        return way
    }

    /// Points the names at the new environment, which has new addresses: what was seen of a name
    /// before it was made says nothing of it.
    private func moving(_ migration: Migration, to again: Incarnation?, _ way: inout WayBack)
        -> [Step]
    {
        let name = migration.roles.source
        return world.hostnames(migration).flatMap { host -> [Step] in
            guard let again else { return movingBack(host, to: name) }
            switch world.location(host) {
            case .at(name, let answer) where answer.moment > again.first: return []
            case .at: break
            case .unknown:
                way.needs.append(.host(host))
                if wasSwitched(host, to: name) { return [] }
            }
            return movingBack(host, to: name)
        }
    }

    /// Opens the source unless it was seen open, or was told to open and is yet to be seen.
    private func opening(
        _ name: String, _ again: Incarnation?, beside destination: Incarnation?
    ) -> [Step] {
        if let again {
            if case .known(.off, _) = world.shownMaintenance(again) { return [] }
            if let last = again.attempts(.envMaintenance).last, last.isAccepted,
                last.action == .envMaintenance(environment: name, state: .off),
                wasOpenedUnseen(again)
            {
                return []
            }
        }
        return [openingStep(name, beside: destination)]
    }

    private func openingStep(_ name: String, beside destination: Incarnation?) -> Step {
        Step(
            resource: .environment(name),
            command: .action(.envMaintenance(environment: name, state: .off)),
            because: "whether a new environment starts in maintenance is not documented",
            requires: destination.map { ["maintenance of \($0.name) effective"] } ?? [],
            completes: "maintenance mode OFF in a description of \(name)")
    }

    private func protecting(_ name: String, _ again: Incarnation?) -> [Step] {
        if let again, world.protected(again).value == .on { return [] }
        return [
            Step(
                resource: .environment(name),
                command: .action(.envProtected(environment: name, state: .on)),
                because: "\(name) is to serve customers")
        ]
    }
}
