import Ledger

/// The parts of a way back to a source that is still there, in the order in which they are done.
///
/// The destination is closed and effective, what it alone holds is given up or carried over, the
/// names go back, and only then the source is opened: opened before, both would take orders
/// (`rules.md`, rollback, order).
struct ReturnParts {
    /// Closes the destination, when it may still be open.
    var closing: [Step] = []
    /// Makes the source able to serve again.
    var serving: [Step] = []
    /// Points every moved hostname back.
    var moving: [Step] = []
    /// Opens the source.
    var opening: [Step] = []
    /// Puts the default environment and the source's protection back.
    var restoring: [Step] = []

    var isEmpty: Bool {
        closing.isEmpty && serving.isEmpty && moving.isEmpty && opening.isEmpty && restoring.isEmpty
    }
}

extension Planner {
    /// The source is still there: compensate every step that was taken, latest first.
    func returnTo(_ source: Incarnation, _ migration: Migration, _ start: WayBack) -> WayBack {
        var way = start
        let name = source.name
        let moved = world.hostnames(migration).filter { host in
            if case .at(let place, _) = world.location(host) { return place != name }
            guard let history = world.state.hosts[host] else { return false }
            // Where nobody looked lately it is as it was seen last.
            return history.answers.last.map { !$0.value.isAt(name) } ?? false
                || history.switches.contains { !($0.dns?.isAt(name) ?? true) }
        }
        let lingering = lingering(migration)
        var isExposed = true
        // Of one that only has the destination's name the exposure says nothing.
        if case .none = way.exposure, !isStranger(migration) { isExposed = false }
        var isDoubtful = false
        if case .unknown = way.exposure { isDoubtful = true }
        // The source is not opened beside one that is open, though no hostname leads there now.
        let mayServe =
            !moved.isEmpty || isDoubtful
            || isExposed && (!lingering.isEmpty || isPossiblyClosed(source))
        var parts = ReturnParts()
        // Whatever has the name is what customers are sent to, the migration's own or not.
        if mayServe {
            parts.closing =
                world.newest(migration.roles.destination).map(closing)
                // Never seen, and customers are sent there all the same.
                ?? [closingStep(migration.roles.destination, evidence: [])]
        }
        let closed = mayServe ? closed(migration) : []
        if parts.closing.contains(where: \.isManual) {
            way.needs.append(.describe(migration.roles.destination))
        }
        let off = turnedOff(source, migration)
        let data = sourceData(source, migration)
        parts.serving = releaseBack(source, &way) + off.steps + flushing(source, data)
        let idle = possiblyIdle(source)
        let rebuilt = parts.serving.first { if case .release = $0.resource { true } else { false } }
        for host in moved {
            if case .unknown = world.location(host) { way.needs.append(.host(host)) }
            if !wasSwitched(host, to: name) {
                parts.moving += movingBack(host, to: name, requires: closed)
            }
        }
        parts.opening = opening(source, requires: closed)
        parts.restoring = defaultBack(migration, &way) + protecting(source)
        let own = ownWrites(of: source, migration, data)
        if case .broken(let load, let why) = data, !isStranger(migration) {
            return reloading(source, migration, parts, own, load, why, way)
        }
        let isAbandoned = world.abandonment(migration) != nil
        let isSentBack = world.hostnames(migration).contains { host in
            let switches = world.state.hosts[host]?.switches.filter { _ in true } ?? []
            return switches.last?.dns?.isAt(name) ?? false
                && switches.contains {
                    $0.started > migration.opened && !($0.dns?.isAt(name) ?? true)
                }
        }
        let replaced = replacement(of: migration)
        let compensation =
            parts.closing + parts.serving + parts.moving + parts.opening + parts.restoring
        let unseen = served(migration) ? unseenNames(migration) : []
        way.needs += unseen.map(Need.host)
        let leftovers =
            moved.isEmpty && lingering.isEmpty && unseen.isEmpty && idle.isEmpty
                && replaced.isEmpty
            ? leftoverSteps(migration, compensation, &way) : []
        if parts.isEmpty, moved.isEmpty, replaced.isEmpty, idle.isEmpty,
            isAbandoned || leftovers.isEmpty && isNoMore(migration, way.exposure)
                || lingering.isEmpty && unseen.isEmpty && way.exposure.isOver && isSentBack
        {
            way.verdict = .nothing
            way.isLossy = false
            way.because = "\(name) serves already"
            if !isStranger(migration), wasOpenedUnseen(source) {
                way.verdict = way.exposure.isNone ? .clean : .unknown
                way.because = "\(name) was told to open and was not seen open since"
                way.needs.append(.describe(name))
            }
            way.residue = residue(migration, [])
            return way
        }
        way.steps =
            parts.closing
            + (moved.isEmpty && parts.opening.isEmpty
                ? []
                : lossStep(way, migration, requires: parts.closing.isEmpty ? [] : closed))
            + parts.serving + parts.moving + parts.opening
            + parts.restoring + leftovers
        if compensation.isEmpty {
            // What is destroyed beside the source must be seen to leave customers served.
            let serving = leftovers.isEmpty ? [] : world.sourceServing(migration)
            way.needs += serving.flatMap(\.needs) + makingNeeds(migration)
        }
        way.residue = residue(migration, leftovers)
        if case .unknown(let why, _)? = migration.destination.map(world.existence),
            mayServe
        {
            way.verdict = .unknown
            way.because = "\(migration.roles.destination): \(why)"
            way.needs = [.environments, .describe(migration.roles.destination)]
        } else if way.isLossy {
            way.verdict = .lossy
            way.because =
                "\(migration.roles.destination) may hold customer writes that \(name) lacks; sessions and carts are lost in every direction"
                + staleness(migration, own)
                + (off.loss.map { "; \($0)" } ?? "")
            way.needs += own.reasons.flatMap(\.needs)
            let carrying = copyBack(source, migration, parts, own)
            if data.isCarriedNow, !carrying.isEmpty {
                way.steps = carrying
                way.choices = choices(migration, copyBack: carrying, restore: [], own: own)
            } else {
                var isLoaded = false
                if case .carried = data { isLoaded = true }
                way.choices = choices(way, migration, carrying, own: own, isLoaded: isLoaded)
            }
        } else if case .unknown(let why, _, let needs) = way.exposure {
            way.verdict = .unknown
            way.because = why
            way.needs = needs
        } else if let reason = replaced.first {
            way.verdict = .unknown
            way.because = "\(reason.message): \(reason.unblock)"
        } else if let (host, place) = moved.lazy.compactMap({ elsewhere($0, migration) }).first {
            way.verdict = .unknown
            way.because = "\(host) leads to \(place), and what customers wrote there is not known"
        } else if isStranger(migration) || !moved.isEmpty && migration.destination == nil {
            way.verdict = .unknown
            way.because =
                "\(migration.roles.destination) is not the one that the migration made, and what it holds is not known"
            way.needs = moved.map(Need.host) + [.describe(migration.roles.destination)]
        } else if let idle = idle.last {
            way.verdict = .unknown
            way.because =
                "\(idle.action.name.rawValue) on \(name) was \(idle.outcomeWords), and whether a release is active there was not seen since"
        } else if let rebuilt {
            way.verdict = .unknown
            way.because = "\(rebuilt.resource), which \(name) served, may be gone"
        } else if let loss = off.loss {
            way.verdict = .lossy
            way.isLossy = true
            way.because = "\(loss); no customer write in a database is lost"
        } else {
            way.because = "no customer write is lost; sessions and carts are"
        }
        return way
    }

    /// A hostname with the place that it leads to, when that is neither end of a migration.
    private func elsewhere(_ host: String, _ migration: Migration) -> (String, String)? {
        var place: String?
        if case .at(let known, _) = world.location(host) {
            place = known
        } else if let change = world.state.hosts[host]?.switches.last(where: {
            $0.outcome != .refused
        })?.dns {
            place = change.environment ?? change.target
        }
        guard let place, place != migration.roles.source, place != migration.roles.destination
        else { return nil }
        return (host, place)
    }

    /// The hostnames of which nobody has seen lately where they lead.
    func unseenNames(_ migration: Migration) -> [String] {
        world.hostnames(migration).filter { host in
            if case .unknown = world.location(host) { true } else { false }
        }
    }

    /// True when the destination may have met customers: before a release is active it has no usable
    /// address.
    private func served(_ migration: Migration) -> Bool {
        migration.destination.map {
            world.firstActivation($0) != nil || world.possibleActivation($0) != nil
        } ?? false
    }

    /// The hostnames of which old answers may still lead to the destination.
    func lingering(_ migration: Migration) -> [String] {
        let destination = migration.roles.destination
        return world.hostnames(migration).filter { host in
            guard world.crossings.hosts[destination]?.contains(host) ?? false else { return false }
            switch world.drain(host, off: destination) {
            case .nothing: return false
            case .ends(let end, _): return end > world.now
            case .unknown: return true
            }
        }
    }

    /// What to say when the destination lacks writes of the source, so that neither side has all.
    func staleness(_ migration: Migration, _ own: OwnWrites) -> String {
        own.isToBeMerged
            ? "; \(migration.roles.source) may hold writes that \(migration.roles.destination) lacks"
            : ""
    }

    func closingStep(_ name: String, evidence: [SequenceNumber]) -> Step {
        Step(
            resource: .environment(name),
            command: .action(.envMaintenance(environment: name, state: .on)),
            because: "\(name) must take no more writes before customers leave it",
            evidence: evidence,
            completes:
                "maintenance mode ON in a description of \(name), 60 s or more after it was accepted"
        )
    }

    /// What is to be seen before anything that rests on the destination taking no more writes.
    func closed(_ migration: Migration) -> [String] {
        ["maintenance of \(migration.roles.destination) effective"]
    }

    /// Somebody must say that what only the destination holds may be lost, once nothing is added to it:
    /// said before, it does not cover what is taken after it.
    func lossStep(
        _ way: WayBack, _ migration: Migration, requires: [String]
    ) -> [Step] {
        var isUncertain = false
        if case .unknown = way.exposure { isUncertain = true }
        guard way.isLossy || isUncertain else { return [] }
        // Said already, after the destination took its last write.
        if case .interval(_, let end?, _) = way.exposure,
            let accepted = world.decision(migration, { $0 == .lossAccepted }),
            accepted.moment.time >= end
        {
            return []
        }
        return [
            Step(
                resource: .ledger, command: .ledger(["ledger-cli", "record", "accept-loss"]),
                because:
                    "the writes that only the destination holds are lost unless they are carried over first (then: ledger-cli record reconciled)",
                requires: requires)
        ]
    }

    /// Points a hostname back: the provider is changed by hand, then the switch is recorded.
    func movingBack(_ host: String, to name: String, requires: [String] = []) -> [Step] {
        [
            Step(
                resource: .dns(host),
                command: .manual("at the DNS provider, point \(host) back at \(name)"),
                because: isAt(host, name)
                    ? "\(name) is a new environment, with new addresses"
                    : "\(host) points away from \(name)", requires: requires),
            Step(
                resource: .dns(host),
                command: .action(
                    .dnsSwitch(DNSSwitch(host: host, target: name, environment: name))),
                because: "the switch is recorded",
                completes: "\(host) observed at \(name) after the drain"),
        ]
    }

    private func isAt(_ host: String, _ name: String) -> Bool {
        if case .at(name, _) = world.location(host) { true } else { false }
    }

    /// True when the newest word on a hostname is an accepted switch to an environment.
    func wasSwitched(_ host: String, to name: String) -> Bool {
        guard let history = world.state.hosts[host], let change = history.switches.last,
            change.isAccepted, change.dns?.isAt(name) ?? false
        else { return false }
        return history.answers.last.map { $0.moment < change.settled } ?? true
    }

    /// True when the destination's name now belongs to an environment that is not the migration's.
    private func isStranger(_ migration: Migration) -> Bool {
        guard let newest = world.newest(migration.roles.destination) else { return false }
        return newest.first != migration.destination?.first && !world.existence(newest).isGone
    }
}
