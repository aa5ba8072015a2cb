import Ledger

/// What is known of snapshots, and which part each plays.
extension World {
    /// Whether a snapshot is there.
    func existence(_ key: SnapshotKey) -> Existence {
        let history = state.snapshots[key] ?? SnapshotHistory()
        let current = generation(history, key.kind)
        let last = history.sightings.last
        return Presence(
            creation: current.creation,
            tries: history.attempts.all(like: { $0.action.name == .snapshotCreate })
                .filter { $0.settled > current.since },
            destroys: history.attempts.all(like: { $0.action.name == .snapshotDestroy })
                .filter { $0.started > current.since },
            lastSeen: last.flatMap { $0.moment > current.since ? $0.moment : nil },
            shown: { moment in
                history.sightings.events(after: max(moment, current.since)) { _ in true }
            },
            listings: World.later(
                (state.snapshotListings[key.kind] ?? [])[...], than: current.since),
            succeeded: nil, lastStatus: last?.row.status
        ).existence
    }

    /// Where the newest snapshot of a name begins: a name can be used again once it is free.
    func generation(
        _ history: SnapshotHistory, _ kind: SnapshotKind
    ) -> (since: Moment, creation: Attempt?) {
        let start =
            seenAgain(history, kind)
            ?? Moment(time: Timestamp(milliseconds: .min), sequence: SequenceNumber(0))
        guard let creation = history.attempts.newest(like: { $0.action.name == .snapshotCreate })
        else { return (start, nil) }
        let destroyed = history.attempts.oldest(like: { $0.action.name == .snapshotDestroy })
        let destroyedBefore = destroyed.map { $0.started < creation.started } ?? false
        guard creation.isAccepted, destroyedBefore else {
            return (start, creation.settled < start ? nil : creation)
        }
        let before = Moment(
            time: creation.started.time,
            sequence: SequenceNumber(creation.started.sequence.number - 1))
        return (max(start, before), creation)
    }

    /// The list that proved the last one of a name gone, when one was seen after it: that is another
    /// one, whoever made it.
    private func seenAgain(_ history: SnapshotHistory, _ kind: SnapshotKind) -> Moment? {
        guard let last = history.sightings.last,
            let destroy = history.attempts.newest(like: {
                $0.action.name == .snapshotDestroy && $0.isAccepted
            }), last.moment > destroy.settled
        else { return nil }
        let seen = history.sightings.events(after: destroy.settled) { _ in true }
        return World.later((state.snapshotListings[kind] ?? [])[...], than: destroy.settled)
            .first { !seen.contains($0.moment.sequence) && $0.moment < last.moment }?.moment
    }

    /// Its status token.
    func snapshotStatus(_ key: SnapshotKey) -> Fact<String> {
        let history = state.snapshots[key] ?? SnapshotHistory()
        guard let row = history.sightings.last else {
            return .unknown(
                "snapshot \(key.name) was never listed",
                Evidence(history.attempts.flatMap(\.evidence)),
                .snapshots(key.kind))
        }
        if let change = history.attempts.newest(settledAfter: row.moment, like: { _ in true }) {
            return .unknown(
                "snapshot \(key.name) was not listed since \(change.action.name.rawValue)",
                Evidence(change.evidence + [row.moment.sequence]), .snapshots(key.kind))
        }
        // A complete list that lacks it speaks against all that was seen of it before.
        let listings = state.snapshotListings[key.kind] ?? []
        if let missing = World.later(listings[...], than: row.moment).first {
            return .unknown(
                "snapshot \(key.name) is missing from a complete list",
                Evidence([row.moment.sequence, missing.moment.sequence]), .snapshots(key.kind))
        }
        return .known(row.row.status, row.proof)
    }

    /// The part that a snapshot plays.
    enum SnapshotRole {
        /// Taken of the source by the migration.
        case migration(Migration, Attempt)
        /// What the temporary environment was made from.
        case temporary(Migration, Incarnation, Attempt)
        /// Left behind by destroying an environment.
        case final(Incarnation, Migration?, Attempt)
        /// Somebody else's.
        case foreign
    }

    func role(_ key: SnapshotKey) -> SnapshotRole {
        let history = state.snapshots[key] ?? SnapshotHistory()
        if let row = history.sightings.first,
            !history.attempts.has(like: { $0.action.name == .snapshotCreate })
        {
            for incarnation in incarnations[row.row.environment] ?? [] {
                guard let destroy = destroy(thatLeft: row, of: incarnation) else { continue }
                let owner = (casting.byEnvironment[incarnation.name] ?? []).last {
                    [$0.source?.first, $0.destination?.first, $0.temporary?.first].contains(
                        incarnation.first)
                }
                return .final(incarnation, owner, destroy)
            }
            return .foreign
        }
        guard let creation = making(history),
            case .snapshotCreate(let environment, _, _, _) = creation.action
        else { return .foreign }
        let known = (casting.bySource[environment] ?? []).reversed()
            .filter { isOf($0.source, creation) }
        // One more clone of the same snapshot does not take it from the migration that declared it.
        let owners = known.filter(\.isDeclared) + known.filter { !$0.isDeclared }
        if key.kind == .database {
            for migration in owners where migration.source?.name == environment {
                // A clone of the destination's own snapshot, that somebody dumped, takes nothing from it.
                if let temporary = migration.temporary, temporary.seed == key.name,
                    migration.roles.method == .dump || migration.roles.temporary != nil,
                    !owners.contains(where: { $0.destination?.seed == key.name })
                {
                    return .temporary(migration, temporary, creation)
                }
            }
            // What was said to be of a migration is, though a clone of it looks like another one.
            let said = owners.filter { $0.isDeclared && $0.name == creation.migration }
            let seeded = owners.filter { $0.destination?.seed == key.name }
            let owner = (seeded.filter(\.isDeclared) + said + seeded).first {
                $0.source?.name == environment
            }
            if let owner { return .migration(owner, creation) }
        }
        // Taken before the migration was declared, it is still what its destination was made with.
        let given = owners.first {
            key.kind == .nfs && $0.isDeclared && $0.source?.name == environment
                && $0.destination?.nfsSeed == key.name
        }
        if let given { return .migration(given, creation) }
        for migration in owners where migration.source?.name == environment && migration.isDeclared
        {
            if creation.migration == migration.name
                || migration.destination == nil && creation.started > migration.opened
            {
                return .migration(migration, creation)
            }
        }
        return .foreign
    }

    /// The accepted destroy of an environment that left a snapshot behind: the snapshot is not older
    /// than the request, and was not seen before it.
    ///
    /// Somebody may say afterwards, without the time of the request, that an earlier try worked: then
    /// that one counts, unless the environment was seen RUNNING since the snapshot was made.
    private func destroy(
        thatLeft row: SnapshotHistory.Sighting, of environment: Incarnation
    ) -> Attempt? {
        guard let created = row.row.created, !isOfNext(created, after: environment) else {
            return nil
        }
        let destroys = environment.attempts(.envDestroy)
        guard let said = destroys.last(where: \.isAccepted) else { return nil }
        func follows(_ attempt: Attempt) -> Bool {
            row.moment > attempt.started && created >= attempt.started.time.wholeSecond - lag
        }
        if follows(said) { return said }
        let isSeenSince = environment.sightings.contains {
            $0.shown.status == "RUNNING" && $0.moment.time >= created
        }
        return isSeenSince ? nil : destroys.last(where: follows)
    }

    /// True when a snapshot was asked for of the very environment that a migration moves from, and not
    /// of another one of its name.
    private func isOf(_ source: Incarnation?, _ creation: Attempt) -> Bool {
        guard let source, (incarnations[source.name] ?? []).count > 1 else { return true }
        return source.attempts(.snapshotCreate).contains { $0.started == creation.started }
    }

    /// True for what was made when there was another environment of the name.
    func isOfNext(_ created: Timestamp, after environment: Incarnation) -> Bool {
        environment.replaced.map { created >= $0 } ?? false
    }

    /// True when the snapshot that destroying an environment left behind is there for certain: a
    /// daily one may have been taken in the same moment, and nobody knows which of two it is, nor
    /// what a list that was cut short lacks.
    func isSaved(_ environment: Incarnation) -> Bool {
        guard let destroy = environment.attempts(.envDestroy).last(where: \.isAccepted) else {
            return false
        }
        let finals = finalSnapshot(of: environment).filter { !existence($0).isGone }
        return finals.contains { wasListedWhole($0, after: destroy.settled) }
            && finals.allSatisfy { snapshotStatus($0).value == "AVAILABLE" }
    }

    /// The try that made what is listed: the newest one that it is not older than.
    ///
    /// One more try of the name is refused while there is one: the one that was not refused counts
    /// where nothing took away since what it may have made.
    private func making(_ history: SnapshotHistory) -> Attempt? {
        let tries = history.attempts.all(like: { $0.action.name == .snapshotCreate })
        guard let created = history.sightings.last?.row.created else { return tries.last }
        let possible = tries.filter { state.mayHaveTaken($0, created) }
        let standing = possible.last { attempt in
            attempt.outcome != .refused
                && !history.attempts.has(like: {
                    $0.action.name == .snapshotDestroy && $0.isAccepted
                        && $0.started > attempt.started && $0.started.time.wholeSecond <= created
                })
        }
        return standing ?? possible.last ?? tries.last
    }

    /// The snapshots that destroying an environment left behind.
    func finalSnapshot(of environment: Incarnation) -> [SnapshotKey] {
        (crossings.snapshots[environment.name] ?? []).filter { key in
            if case .final(let owner, _, _) = role(key) {
                owner.first == environment.first && owner.name == environment.name
            } else {
                false
            }
        }.sorted()
    }
}
