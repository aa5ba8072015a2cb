public import Ledger

/// A migration with its roles resolved to the environments that play them.
public struct Migration: Sendable {
    /// The roles.
    public let roles: MigrationRoles
    /// True when someone declared it; false when it was derived from the events.
    public let isDeclared: Bool
    /// When it was opened, or when the destination was created.
    public let opened: Moment
    /// The events that declare it or that it is derived from.
    public let evidence: [SequenceNumber]
    /// The closing, and whether it abandoned the migration.
    public let closed: Mark<Bool>?
    /// The source; nil when the ledger never heard of it.
    public let source: Incarnation?
    /// The destination; nil while it is not made.
    public let destination: Incarnation?
    /// The temporary environment.
    public let temporary: Incarnation?

    /// The migration's name.
    public var name: String { roles.migration }
}

extension World {
    /// The migrations of the state: the declared ones first.
    func resolveMigrations() -> [Migration] {
        let declared = state.declarations.values.map(resolve)
            .sorted { ($0.opened, $0.name) < ($1.opened, $1.name) }
        return declared + derivedMigrations(besides: declared)
    }

    private func resolve(_ declaration: State.Declaration) -> Migration {
        let roles = declaration.roles
        let source = source(of: declaration)
        let destinations = incarnations[roles.destination] ?? []
        let closed = state.closing(of: declaration)
        let destination =
            destinations.last { candidate in
                (closed.map { candidate.first <= $0.moment } ?? true)
                    && !isOfEarlierTry(candidate, declaration)
                    && !isOfLaterMove(candidate, declaration, from: source)
            }
        let temporaries = incarnations[roles.temporary ?? ""] ?? []
        return Migration(
            roles: roles, isDeclared: true, opened: declaration.opened,
            evidence: declaration.evidence, closed: closed, source: source,
            destination: destination,
            temporary: temporary(
                temporaries.last { !isOfEarlierTry($0, declaration) }, declaration, destination))
    }

    /// The declared temporary environment; the derived one where there is none of that name, or it is
    /// gone and nobody dumped it: the words were about another one than the deeds.
    private func temporary(
        _ named: Incarnation?, _ declaration: State.Declaration, _ destination: Incarnation?
    ) -> Incarnation? {
        if let named {
            let isDumped = named.attempts.has(like: {
                $0.action.name == .databaseDump && $0.outcome != .refused
            })
            if isDumped || !existence(named).isGone { return named }
        }
        return derivedTemporary(
            of: declaration.roles.source, for: destination, since: declaration.opened) ?? named
    }

    /// The one that a migration opened with; declared afterwards, the one that was there then.
    private func source(of declaration: State.Declaration) -> Incarnation? {
        let sources = incarnations[declaration.roles.source] ?? []
        let there = sources.last { $0.first <= declaration.opened } ?? sources.first
        // A try at making it again that was refused made none; one that is older was there by then.
        if let there, there.lastSighting == nil, there.creation?.outcome == .refused,
            let older = sources.first(where: { source in
                source.created.map { $0 < declaration.opened.time } ?? false
            })
        {
            return older
        }
        return there
    }

    /// True when an environment had a part in another migration and was gone before this one opened:
    /// who tries again under the same names, or goes back to one, begins anew.
    private func isOfEarlierTry(_ candidate: Incarnation, _ declaration: State.Declaration) -> Bool
    {
        let isRepeated = state.declarations.values.contains { other in
            [other.roles.destination, other.roles.source, other.roles.temporary]
                .contains(candidate.name)
                && other.roles.migration != declaration.roles.migration
                && other.opened < declaration.opened
        }
        return isRepeated && isGone(candidate, before: declaration.opened)
    }

    /// True when an environment was made for another migration, which moves from elsewhere to the same
    /// name and was opened after the one of this migration was gone: nobody need have said that this
    /// one is closed.
    private func isOfLaterMove(
        _ candidate: Incarnation, _ declaration: State.Declaration, from source: Incarnation?
    ) -> Bool {
        guard candidate.creation?.migration != declaration.roles.migration else { return false }
        let earlier = (incarnations[candidate.name] ?? []).filter {
            $0.first < candidate.first && !isOfEarlierTry($0, declaration)
        }
        return state.declarations.values.contains { other in
            other.roles.destination == candidate.name
                && other.roles.migration != declaration.roles.migration
                && other.opened > declaration.opened && other.opened < candidate.first
                && self.source(of: other).map {
                    $0.name != source?.name || $0.first != source?.first
                }
                    ?? false
                && !earlier.isEmpty
                && earlier.allSatisfy { isGone($0, before: other.opened) }
        }
    }

    private func isGone(_ environment: Incarnation, before moment: Moment) -> Bool {
        guard existence(environment).isGone else { return false }
        let last = environment.attempts.newest(like: { _ in true })?.settled
        return [last, environment.lastSighting?.moment].allSatisfy { seen in
            seen.map { $0 < moment } ?? true
        }
    }

    /// An environment made from a snapshot of the source, dumped and never switched to.
    ///
    /// Only one that was made for this migration: after its opening, or whose dump was loaded into
    /// the destination. Somebody else's clone that was dumped once is not temporary.
    private func derivedTemporary(
        of source: String, for destination: Incarnation?, since opened: Moment?
    ) -> Incarnation? {
        let loaded = Set(
            (destination?.attempts(.databaseLoad) ?? []).compactMap { attempt -> String? in
                if case .databaseLoad(_, _, let path) = attempt.action { path } else { nil }
            })
        let keys = Set((crossings.snapshots[source] ?? []) + (crossings.taken[source] ?? []))
        let seeds = keys.filter { $0.kind == .database && snapshotSource($0.name) == source }
        let dumped = seeds.flatMap { crossings.dumped[$0.name] ?? [] }
        let candidates = dumped.compactMap { newest -> Incarnation? in
            let name = newest.name
            guard name != destination?.name, name != source, !hostsEver(at: name) else {
                return nil
            }
            let dumps = newest.attempts(.databaseDump)
            let isLoaded = dumps.contains { dump in
                if case .databaseDump(_, _, let path?) = dump.action {
                    loaded.contains { FilePath.isSame($0, path) }
                } else {
                    false
                }
            }
            let isMadeSince = opened.map { newest.first > $0 } ?? false
            return !dumps.isEmpty && (isLoaded || isMadeSince) ? newest : nil
        }
        return candidates.max { ($0.first, $0.name) < ($1.first, $1.name) }
    }

    /// The environment that a database snapshot of a name was taken of.
    func snapshotSource(_ name: String) -> String? {
        snapshotSource(SnapshotKey(kind: .database, name: name))
    }

    /// The environment that a snapshot was taken of.
    func snapshotSource(_ key: SnapshotKey) -> String? {
        guard let history = state.snapshots[key] else { return nil }
        if let row = history.sightings.last?.row { return row.environment }
        for attempt in history.attempts.reversed() {
            if case .snapshotCreate(let environment, _, _, _) = attempt.action {
                return environment
            }
        }
        return nil
    }

    private func hostsEver(at name: String) -> Bool {
        !(crossings.hosts[name] ?? []).isEmpty
    }

    private func derivedMigrations(besides declared: [Migration]) -> [Migration] {
        let taken = Set(
            declared.flatMap { migration in
                [migration.destination?.name, migration.temporary?.name].compactMap { $0 }
            })
        var derived: [Migration] = []
        for name in incarnations.keys.sorted() where !taken.contains(name) {
            guard let clone = incarnations[name]?.last, let creation = clone.creation,
                let sourceName = origin(of: creation), sourceName != name,
                let source = incarnations[sourceName]?.last(where: { $0.first <= clone.first })
                    ?? incarnations[sourceName]?.first
            else { continue }
            let isLoaded = !clone.attempts(.databaseLoad).isEmpty
            let isClosed = source.attempts(.envMaintenance).contains {
                if case .envMaintenance(_, .on) = $0.action { true } else { false }
            }
            let isDumped = !clone.attempts(.databaseDump).isEmpty
            let hosts = crossings.switched[name] ?? []
            guard !hosts.isEmpty || isLoaded || isClosed && !isDumped else { continue }
            let roles = MigrationRoles(
                migration: "derived/\(sourceName)-\(name)", source: sourceName, destination: name,
                method: isLoaded ? .dump : .snapshot, hostnames: hosts.sorted())
            derived.append(
                Migration(
                    roles: roles, isDeclared: false, opened: creation.started,
                    evidence: creation.evidence, closed: nil, source: source, destination: clone,
                    temporary: derivedTemporary(of: sourceName, for: clone, since: nil)))
        }
        return derived
    }

    /// The environment whose data a creation copies.
    private func origin(of creation: Attempt) -> String? {
        guard let arguments = creation.createArguments else { return nil }
        if let snapshot = arguments.snapshot.name { return snapshotSource(snapshot) }
        if let source = arguments.source.name { return source }
        if case .none = arguments.source { return nil }
        return state.defaultEnvironment(at: creation.started, within: policy.evidenceAge)
    }
}

extension State {
    /// The default environment at a moment, by the newest answer or accepted command before it; nil
    /// when nothing lately said so, or something since may have changed it.
    func defaultEnvironment(at moment: Moment, within age: Span) -> String? {
        let answer = defaultAnswers.last { $0.moment < moment }
        let command = defaultAttempts.last { $0.started < moment }
        if let command, answer.map({ $0.moment < command.settled }) ?? true {
            guard command.isAccepted, command.settled < moment,
                moment.time - command.settled.time <= age,
                case .configDefaultEnv(let name) = command.action
            else { return nil }
            return name
        }
        guard let answer, moment.time - answer.moment.time <= age else { return nil }
        return answer.value
    }
}

extension Attempt {
    var dns: DNSSwitch? {
        guard case .dnsSwitch(let change) = action else { return nil }
        return change
    }
}

extension DNSSwitch {
    /// True when the record is to point at an environment, named or by one of its endpoints.
    func isAt(_ name: String) -> Bool {
        environment == name || environment == nil && target == name
    }
}

extension DNSAnswer {
    /// True when the answer points at an environment, named or by one of its endpoints.
    func isAt(_ name: String) -> Bool {
        environment == name || environment == nil && target == name
    }
}
