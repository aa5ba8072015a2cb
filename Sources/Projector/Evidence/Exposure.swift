import Ledger

/// Whether the destination may hold customer writes that the source lacks.
enum Exposure {
    /// It can hold none.
    case none([SequenceNumber])
    /// From the earliest moment it can have taken one until the latest; nil while it still can.
    case interval(from: Timestamp, to: Timestamp?, [SequenceNumber])
    /// Not known, with what would settle it.
    case unknown(String, [SequenceNumber], [Need])
}

extension World {
    /// The exposure of a migration's destination (`rules.md`, derived facts).
    func exposure(_ migration: Migration) -> Exposure {
        guard let destination = migration.destination else { return exposureOfUnseen(migration) }
        var last = exposure(migration, of: destination)
        // Who was led to the name afterwards came to the next one that has it.
        if case .interval(let from, _, let evidence) = last, destination.succeeded != nil,
            from >= end(of: destination)
        {
            last = .none(evidence)
        }
        let begun = begun(migration)
        // What an earlier one of the name took may be in this one, or nowhere any more.
        for earlier in incarnations[destination.name] ?? []
        where earlier.first >= begun && earlier.first < destination.first {
            switch (exposure(migration, of: earlier), last) {
            case (.none, _): continue
            // Nobody can have been led to one that was gone by then.
            case (.interval(let from, _, _), _) where from >= end(of: earlier): continue
            case (.unknown(let why, let evidence, let needs), _):
                return .unknown(why, evidence, needs)
            case (.interval(let from, _, let evidence), .interval(_, let to, let more)):
                return .interval(from: from, to: to, World.merge(evidence, more))
            case (.interval(let from, let to, let evidence), _):
                return .interval(
                    from: from, to: to ?? destination.first.time,
                    World.merge(evidence, [destination.first.sequence]))
            }
        }
        return last
    }

    /// The latest moment at which an environment with a successor can have been there.
    private func end(of earlier: Incarnation) -> Timestamp {
        earlier.succeeded?.time ?? now
    }

    /// A source that the ledger found closed was closed for a migration that is under way: what
    /// nobody looked for may be there, and serve.
    private func exposureOfUnseen(_ migration: Migration) -> Exposure {
        guard let source = migration.source,
            let found = source.sightings.first(where: { $0.shown.maintenance != nil }),
            found.shown.maintenance == .on,
            source.attempts(.envMaintenance).first.map({ $0.started > found.moment }) ?? true,
            state.environmentListings.last.map({ isStale($0.moment) }) ?? true
        else { return .none([]) }
        let name = migration.roles.destination
        return .unknown(
            "\(source.name) was found in maintenance, and whether \(name) is there was not looked at",
            [found.moment.sequence], [.environments, .describe(name)])
    }

    private func exposure(_ migration: Migration, of destination: Incarnation) -> Exposure {
        if let active = firstActivation(destination) {
            return exposure(migration, of: destination, since: active)
        }
        guard let possible = possibleActivation(destination) else {
            return .none(destination.creation?.evidence ?? [])
        }
        switch exposure(migration, of: destination, since: possible) {
        case .none(let evidence): return .none(evidence)
        case .unknown(let why, let evidence, let needs):
            return .unknown(why, evidence, needs + [.describe(destination.name)])
        case .interval(_, _, let evidence):
            return .unknown(
                "whether a release of \(destination.name) is active was not seen since one was loaded or customers were led there",
                World.merge([possible.sequence], evidence), [.describe(destination.name)])
        }
    }

    private func exposure(
        _ migration: Migration, of destination: Incarnation, since active: Moment
    ) -> Exposure {
        let hosts = hostnames(migration)
        let source = migration.roles.source
        // A recorded switch to where another migration went says nothing of this destination.
        let others = Set(siblings(of: migration).flatMap(places(of:)).map(\.name))
            .subtracting([destination.name, source])
        if hosts.allSatisfy({ state.hosts[$0]?.answers.isEmpty ?? true }) {
            return .unknown(
                "no hostname was ever looked up", [active.sequence],
                hosts.isEmpty ? [.host("HOSTNAME")] : hosts.map(Need.host))
        }
        var starts: [(Timestamp, [SequenceNumber])] = []
        // When customers may have come by a hostname of which nobody knows where it points.
        var doubts: [(Timestamp, Exposure)] = []
        for host in hosts {
            let history = state.hosts[host] ?? HostHistory()
            let since = arrivals(host, of: migration, at: destination)
            // A hostname can be switched to a name before the environment of that name is made, and
            // old answers lead there although it was switched back.
            let drained = self.drained(host, off: destination.name)
            let home = history.answers.last { answer in
                guard let drained, answer.value.isAt(source), !answer.value.isCached else {
                    return false
                }
                return answer.moment < since && answer.moment.time >= drained
            }
            func isAside(_ change: Attempt) -> Bool {
                others.contains { change.dns?.isAt($0) ?? false }
            }
            func isAside(_ answer: HostHistory.Answer) -> Bool {
                others.contains { place in
                    answer.value.isAt(place)
                        && history.switches.contains {
                            $0.settled < answer.moment && $0.dns?.isAt(place) ?? false
                        }
                }
            }
            let switched = history.switches.first { change in
                !(change.dns?.isAt(source) ?? false)
                    && !isAside(change)
                    && (change.started > since
                        || since == destination.first
                            && (home.map { change.settled > $0.moment } ?? true)
                            && change.dns?.isAt(destination.name) ?? false)
            }
            let away = history.answers.first {
                !$0.value.isAt(source) && !isAside($0) && $0.moment > since
            }
            let first = [switched?.started, away?.moment].compactMap { $0 }.min()
            let before = history.answers.last { answer in
                answer.value.isAt(source) && (first.map { answer.moment < $0 } ?? true)
            }
            guard let first else {
                // Looked up there before it was made, and nowhere else since, or not for long enough.
                let early = history.answers.last {
                    $0.value.isAt(destination.name) && $0.moment < destination.first
                }
                if let early,
                    history.answers.last?.moment == early.moment
                        || drained.map({ $0 > active.time })
                            ?? (active.time - early.moment.time <= policy.evidenceAge)
                {
                    starts.append((active.time, [early.moment.sequence]))
                    continue
                }
                guard let before else {
                    doubts.append(
                        (
                            active.time,
                            .unknown(
                                "\(host) was never looked up", [active.sequence], [.host(host)])
                        ))
                    continue
                }
                if let change = history.switches.first,
                    destination.isFound || change.started > active,
                    history.answers.first.map({ $0.moment > change.started }) ?? true
                {
                    doubts.append(
                        (
                            active.time,
                            .unknown(
                                "where \(host) pointed before it was switched is not known",
                                change.evidence, [.host(host, before: change.started.time)])
                        ))
                }
                let last = history.answers.last(where: isAside).map {
                    max($0.moment, before.moment)
                }
                if isStale(last ?? before.moment),
                    !isClosedNow(destination, since: max(before.moment.time, active.time))
                {
                    doubts.append(
                        (
                            before.moment.time,
                            .unknown(
                                "\(host) was last looked up at \(before.moment.time.short)",
                                [before.moment.sequence], [.host(host)])
                        ))
                }
                continue
            }
            // What a cache gave may be older than the look.
            let last = history.answers.filter { $0.value.isAt(source) && $0.moment < first }
                .compactMap { answer in history.servedSince(answer).map { ($0, answer.moment) } }
                .max { $0.0 < $1.0 }
            let evidence = World.merge([first.sequence], last.map { [$0.1.sequence] } ?? [])
            if let last, switched?.started == first, first.time - last.0 <= policy.evidenceAge {
                starts.append((first.time, evidence))
            } else {
                starts.append((last?.0 ?? active.time, evidence))
            }
        }
        doubts += strayNames(migration, besides: hosts, since: destination.first).map {
            (active.time, mayLead($0, to: destination))
        }
        guard let (start, evidence) = starts.min(by: { $0.0 < $1.0 }) else {
            return doubts.first?.1 ?? .none(World.merge([active.sequence], lookups(hosts)))
        }
        // One hostname that led there is enough; another one may have done so earlier.
        let from = max(doubts.map(\.0).min().map { min($0, start) } ?? start, active.time)
        return open(destination, from: from, backAt: returned(migration, hosts), evidence)
    }

    private func mayLead(_ host: String, to destination: Incarnation) -> Exposure {
        .unknown(
            "where \(host) leads is not known, perhaps to \(destination.name)",
            unplacedEvidence(host), [.host(host)])
    }

    /// When the last answer that leads to an environment has run out; nil when that is not known.
    private func drained(_ host: String, off name: String) -> Timestamp? {
        switch drain(host, off: name) {
        case .nothing: Timestamp(milliseconds: .min)
        case .ends(let end, _): end
        case .unknown: nil
        }
    }

    private func lookups(_ hosts: [String]) -> [SequenceNumber] {
        hosts.compactMap { state.hosts[$0]?.answers.last?.moment.sequence }
    }

    /// The part of `from…backAt` in which the destination was not effectively closed.
    private func open(
        _ destination: Incarnation, from: Timestamp, backAt: Timestamp?,
        _ evidence: [SequenceNumber]
    ) -> Exposure {
        let closures = self.closures(destination).filter { $0.confirmed != nil }
        var start = from
        while let closure = closures.first(where: { $0.contains(start) }) {
            guard let end = closure.end else {
                guard closure.confirmed.map(isStale) ?? true else {
                    return .none(World.merge(evidence, closure.evidence))
                }
                return .unknown(
                    "\(destination.name) was not seen in maintenance lately", closure.evidence,
                    [.describe(destination.name)])
            }
            start = end.time
        }
        if let backAt, start >= backAt { return .none(evidence) }
        let last = closures.last { $0.end == nil && $0.from >= start }
        let end = [last?.from, backAt].compactMap { $0 }.min()
        return .interval(
            from: start, to: end, World.merge(evidence, last?.evidence ?? []))
    }

    /// When every hostname was back at the source for good and drained off the destination.
    private func returned(_ migration: Migration, _ hosts: [String]) -> Timestamp? {
        var latest: Timestamp?
        for host in hosts {
            guard case .at(let place, let answer) = location(host), place == migration.roles.source
            else { return nil }
            switch drain(host, off: migration.roles.destination) {
            // It was never there.
            case .nothing: continue
            case .unknown: return nil
            case .ends(let end, _):
                guard answer.moment.time >= end else { return nil }
                latest = max(latest ?? end, end)
            }
        }
        return latest
    }

    /// True when an environment is effectively in maintenance now, or since a time, and was seen so
    /// lately.
    func isClosedNow(_ environment: Incarnation, since time: Timestamp? = nil) -> Bool {
        guard let last = closures(environment).last, last.end == nil, let confirmed = last.confirmed
        else { return false }
        return last.from <= time ?? now && !isStale(confirmed)
    }
}
