import Ledger

extension World {
    /// What happened in a migration, by time.
    func milestones(of migration: Migration) -> [Chronicle.Milestone] {
        var all: [Chronicle.Milestone] = []
        if migration.isDeclared {
            all.append(
                .init(
                    point: .opened, time: migration.opened.time,
                    resource: .migration(migration.name),
                    text: "migration \(migration.name) opened", act: migration.opened.sequence,
                    evidence: migration.evidence))
        }
        all += closingAndCopy(migration)
        all += destinationPoints(migration)
        all += judgements(migration)
        all += switching(migration)
        all += destruction(migration)
        if let closed = migration.closed {
            all.append(
                .init(
                    point: .ended, time: closed.moment.time, resource: .migration(migration.name),
                    text:
                        "migration \(migration.name) \(closed.value ? "abandoned" : "closed")",
                    act: closed.moment.sequence, evidence: [closed.moment.sequence]))
        }
        return all.sorted {
            ($0.time, $0.evidence.first?.number ?? 0) < ($1.time, $1.evidence.first?.number ?? 0)
        }
    }

    private func milestone(
        _ point: Chronicle.Point, _ attempt: Attempt, _ text: String
    ) -> Chronicle.Milestone {
        Chronicle.Milestone(
            point: point, time: attempt.started.time, resource: attempt.action.subject,
            text: attempt.isAccepted ? text : "\(text): \(attempt.outcomeWords)",
            act: attempt.started.sequence, evidence: attempt.evidence)
    }

    /// Maintenance of the source, and the moment that the data is from.
    private func closingAndCopy(_ migration: Migration) -> [Chronicle.Milestone] {
        var all: [Chronicle.Milestone] = []
        for attempt in migration.source?.attempts(.envMaintenance) ?? [] {
            guard case .envMaintenance(let name, let state) = attempt.action else { continue }
            all.append(
                state == .on
                    ? milestone(.closed, attempt, "\(name) closed to customers")
                    : milestone(.reopened, attempt, "\(name) opened to customers"))
        }
        switch copy(migration) {
        case .snapshot(let name, let taken?, _):
            all.append(milestone(.copyPoint, taken.attempt, "copy point: snapshot \(name)"))
        case .dump(let dump):
            if let seed = dump.seed {
                all.append(
                    milestone(
                        .copyPoint, seed.taken.attempt, "copy point: snapshot \(seed.name)"))
                all.append(milestone(.dumped, dump.dump, "dump to \(dump.path)"))
            } else {
                all.append(milestone(.copyPoint, dump.dump, "copy point: dump to \(dump.path)"))
            }
        case .snapshot(_, nil, _), .partial, .none:
            // No copy that counts; a snapshot or dump that was tried is told all the same.
            for attempt in (migration.source?.attempts(.snapshotCreate, .databaseDump) ?? [])
            where attempt.started >= migration.opened {
                let isSnapshot = attempt.action.name == .snapshotCreate
                all.append(
                    milestone(
                        isSnapshot ? .copyPoint : .dumped, attempt, attempt.action.name.rawValue))
            }
        }
        return all
    }

    private func destinationPoints(_ migration: Migration) -> [Chronicle.Milestone] {
        var all: [Chronicle.Milestone] = []
        for (role, environment) in cast(of: migration) where role != "source" {
            guard let creation = environment.creation else { continue }
            all.append(milestone(.created, creation, "creation of \(environment.name) ordered"))
        }
        guard let destination = migration.destination else { return all }
        for attempt in destination.attempts {
            switch attempt.action {
            case .databaseLoad(let name, _, let path):
                all.append(
                    milestone(.loaded, attempt, "\(path ?? "a dump") loaded into \(name)"))
            case .envActivate(let name, let release):
                all.append(milestone(.activated, attempt, "\(release) active in \(name)"))
            case .envProtected(let name, .on):
                all.append(milestone(.protected, attempt, "\(name) protected"))
            case .envMaintenance(let name, let state):
                all.append(
                    milestone(
                        state == .on ? .closed : .reopened, attempt,
                        "\(name) \(state == .on ? "closed" : "opened")"))
            default: break
            }
        }
        return all
    }

    /// Tests and decisions; which event made them is all that a mark knows of who did.
    private func judgements(_ migration: Migration) -> [Chronicle.Milestone] {
        state.decisions.filter { $0.migration == nil || $0.migration == migration.name }
            .compactMap { mark in
                let (point, text): (Chronicle.Point, String)
                switch mark.value {
                case .testPassed(let name): (point, text) = (.tested, "test of \(name) passed")
                case .testFailed(let name): (point, text) = (.tested, "test of \(name) failed")
                case .go: (point, text) = (.decided, "decision: go")
                case .noGo: (point, text) = (.decided, "decision: no go")
                case .lossAccepted: (point, text) = (.decided, "loss of writes accepted")
                case .writesReconciled: (point, text) = (.decided, "writes reconciled")
                case .gapAcknowledged(let gap):
                    (point, text) = (.decided, "gap acknowledged: \(gap.rawValue)")
                default: return nil
                }
                return Chronicle.Milestone(
                    point: point, time: mark.moment.time,
                    resource: mark.value.resource ?? .migration(migration.name), text: text,
                    act: mark.moment.sequence, evidence: [mark.moment.sequence])
            }
    }

    /// Hostnames that were switched to one place within a minute are one milestone.
    private func switching(_ migration: Migration) -> [Chronicle.Milestone] {
        let hosts = hostnames(migration)
        let switches = hosts.flatMap { state.hosts[$0]?.switches ?? [] }
            .filter { $0.started >= migration.opened || !migration.isDeclared }
            .sorted { $0.started < $1.started }
        var groups: [[Attempt]] = []
        for attempt in switches {
            if let last = groups.last?.last, last.dns?.target == attempt.dns?.target,
                last.outcome == attempt.outcome,
                attempt.started.time - last.started.time <= .minutes(1)
            {
                groups[groups.count - 1].append(attempt)
            } else {
                groups.append([attempt])
            }
        }
        var all = groups.compactMap { group -> Chronicle.Milestone? in
            guard let first = group.first, let change = first.dns else { return nil }
            let names = group.count == 1 ? change.host : "\(group.count) hostnames"
            var milestone = milestone(.switched, first, "\(names) switched to \(change.target)")
            milestone.evidence = World.merge(group.flatMap(\.evidence))
            return milestone
        }
        if let (end, evidence) = drainEnd(migration), end <= now {
            all.append(
                .init(
                    point: .drained, time: end, resource: .environment(migration.roles.source),
                    text: "old DNS answers expired", act: nil, evidence: evidence))
        }
        for attempt in state.defaultAttempts where attempt.started >= migration.opened {
            guard case .configDefaultEnv(let name) = attempt.action,
                [migration.roles.source, migration.roles.destination].contains(name)
            else { continue }
            all.append(milestone(.defaultMoved, attempt, "\(name) is the default environment"))
        }
        return all
    }

    /// Destructions and the proof of absence.
    private func destruction(_ migration: Migration) -> [Chronicle.Milestone] {
        var all: [Chronicle.Milestone] = []
        for (_, environment) in cast(of: migration) {
            all += environment.attempts(.envDestroy).map {
                milestone(.destroyed, $0, "destroy of \(environment.name)")
            }
            if let gone = goneSince(existence(environment)) {
                all.append(
                    .init(
                        point: .gone, time: gone.time,
                        resource: .environment(environment.name),
                        text: "\(environment.name) is gone", act: nil, evidence: gone.evidence))
            }
        }
        for key in snapshots(of: migration) {
            let destroys = state.snapshots[key]?.attempts.filter {
                $0.action.name == .snapshotDestroy
            }
            all += (destroys ?? []).map {
                milestone(.destroyed, $0, "destroy of snapshot \(key.name)")
            }
            if destroys?.isEmpty == false, let gone = goneSince(existence(key)) {
                all.append(
                    .init(
                        point: .gone, time: gone.time, resource: key.resource,
                        text: "snapshot \(key.name) is gone", act: nil, evidence: gone.evidence))
            }
        }
        return all
    }

    /// When the absence of a thing was proven.
    func goneSince(_ existence: Existence) -> (time: Timestamp, evidence: [SequenceNumber])? {
        guard case .gone(let evidence) = existence else { return nil }
        let listings = state.environmentListings + state.snapshotListings.values.flatMap { $0 }
        let last = listings.filter { evidence.contains($0.moment.sequence) }
            .map(\.moment.time).max()
        return last.map { ($0, evidence) }
    }

    /// When the last old answer for any hostname expires; nil while one was not switched or nothing
    /// is known of it.
    func drainEnd(_ migration: Migration) -> (Timestamp, [SequenceNumber])? {
        var latest: Timestamp?
        var all: [SequenceNumber] = []
        for host in hostnames(migration) {
            guard case .ends(let end, let evidence) = drain(host, off: migration.roles.source)
            else { return nil }
            latest = max(latest ?? end, end)
            all += evidence
        }
        return latest.map { ($0, World.merge(all)) }
    }
}

extension Decision {
    /// The environment that a test is about.
    fileprivate var resource: Resource? {
        switch self {
        case .testPassed(let environment), .testFailed(let environment): .environment(environment)
        default: nil
        }
    }
}
