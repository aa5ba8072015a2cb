import Ledger

extension World {
    /// Every reason not to destroy the source of a migration now.
    func sourceReasons(_ migration: Migration, _ source: Incarnation) -> [Reason] {
        var reasons: [Reason] = []
        guard let destination = migration.destination, !existence(destination).isGone else {
            reasons.append(
                .blocked(
                    .noSuccessor,
                    "\(migration.roles.destination), which is to succeed \(source.name), does not exist",
                    migration.evidence, unblock: "create \(migration.roles.destination)"))
            return reasons + held(.environment(source.name), migration)
        }
        if !migration.isDeclared {
            reasons.append(
                .blocked(
                    .noSuccessor,
                    "the migration to \(destination.name) is only derived from the events",
                    migration.evidence,
                    unblock:
                        "ledger-cli migration open NAME --from \(source.name) --to \(destination.name) --method \(migration.roles.method.rawValue)"
                ))
        }
        if !destination.attempts(.envDestroy).isEmpty {
            reasons.append(
                .blocked(
                    .noSuccessor, "a destroy of \(destination.name) was attempted",
                    destination.attempts(.envDestroy).flatMap(\.evidence),
                    unblock: "look at \(destination.name)", needs: [.describe(destination.name)]))
        }
        if let abandoned = abandonment(migration) {
            reasons.append(
                .blocked(
                    .noSuccessor,
                    "the migration was abandoned or rolled back; \(source.name) is what serves",
                    abandoned, unblock: "nothing: keep \(source.name)"))
        }
        reasons += success(migration)
        reasons += notDefault(migration.roles.destination, otherwise: source)
        reasons += nfsPreserved(migration, source) + solrAcknowledged(migration, source)
        reasons += cacheFlushed(migration, destination)
        reasons += inFlight(source) + inFlight(destination)
        if let last = source.sightings.last(where: { $0.shown.status != nil }),
            let status = last.shown.status, status != "RUNNING"
        {
            reasons.append(
                .blocked(
                    .inFlight, "\(source.name) was last seen \(status)", [last.moment.sequence],
                    unblock: "see \(source.name) RUNNING", needs: [.describe(source.name)]))
        }
        return reasons + held(.environment(source.name), migration)
    }

    private func notDefault(_ wanted: String, otherwise source: Incarnation) -> [Reason] {
        demand(
            .notDefault, defaultEnvironment, is: wanted,
            otherwise: "the default environment is not \(wanted)",
            unblock: "fleet config default-env \(wanted)")
    }

    private func nfsPreserved(_ migration: Migration, _ source: Incarnation) -> [Reason] {
        switch nfs(source) {
        case .known(.off, _): return []
        case .unknown(let why, let evidence, let need):
            return [
                .unknown(
                    .nfsPreserved, why, evidence,
                    unblock: "record whether NFS of \(source.name) is on",
                    needs: [need].compactMap { $0 })
            ]
        case .known(.on, let evidence):
            let lastOn = source.attempts(.envSetting).last {
                $0.action == .envSetting(environment: source.name, setting: "nfs", value: "ON")
            }
            let kept = state.snapshots.keys.filter { isKept($0, of: source) }.map(\.name)
            let named = migration.destination?.creation?.createArguments?.nfsSnapshot.name
            let isMoved =
                named.map(kept.contains) ?? false
                || acknowledged(.nfs, migration, after: lastOn?.settled) != nil
            if isMoved, !kept.isEmpty { return [] }
            return [
                .blocked(
                    .nfsPreserved,
                    "NFS of \(source.name) is ON and destroying it saves only a database snapshot",
                    evidence,
                    unblock:
                        "fleet snapshot create \(source.name) --name NAME --type nfs, see it AVAILABLE, move the contents and ledger-cli record acknowledge nfs",
                    needs: [.snapshots(.nfs)])
            ]
        }
    }

    /// True for an nfs snapshot of the source that was asked for while the source was closed: the
    /// daily one may miss what was uploaded since.
    private func isKept(_ key: SnapshotKey, of source: Incarnation) -> Bool {
        guard key.kind == .nfs, snapshotStatus(key).value == "AVAILABLE",
            let history = state.snapshots[key], let row = history.sightings.last?.row,
            row.environment == source.name, row.type != "AUTOMATED", let created = row.created,
            !history.attempts.contains(where: { $0.action.name == .snapshotDestroy })
        else { return false }
        return closures(source).contains {
            $0.from.wholeSecond <= created && $0.contains(max(created, $0.from))
        }
    }

    private func solrAcknowledged(_ migration: Migration, _ source: Incarnation) -> [Reason] {
        let lastOn = source.attempts(.envSetting).last { attempt in
            if case .envSetting(_, "solr", let value) = attempt.action {
                Switch(word: value) == .on
            } else {
                false
            }
        }
        if acknowledged(.solr, migration, after: lastOn?.settled) != nil { return [] }
        return demand(
            .solrAcknowledged, solr(source), is: .off,
            otherwise: "Solr of \(source.name) is ON and is not cloned",
            unblock: "ledger-cli record acknowledge solr")
    }

    private func cacheFlushed(_ migration: Migration, _ destination: Incarnation) -> [Reason] {
        guard case .dump(let dump) = copy(migration) else { return [] }
        let flushed = destination.attempts(.envCacheFlush).contains {
            $0.isAccepted && $0.started > dump.load.settled
        }
        if flushed || acknowledged(.cache, migration, after: dump.load.settled) != nil { return [] }
        return [
            .blocked(
                .cacheFlushed, "the caches of \(destination.name) were not flushed after the load",
                dump.load.evidence, unblock: "fleet env cache flush \(destination.name)")
        ]
    }

    /// Every reason not to destroy a temporary environment now.
    func temporaryReasons(_ migration: Migration, _ temporary: Incarnation) -> [Reason] {
        var reasons = held(.environment(temporary.name), migration) + inFlight(temporary)
        let name = temporary.name
        switch defaultEnvironment {
        case .known(name, let evidence):
            reasons.append(
                .blocked(
                    .tempRole, "\(name) is the default environment", evidence,
                    unblock: "set another default environment"))
        case .known: break
        case .unknown(let why, let evidence, let need):
            reasons.append(
                .unknown(
                    .tempRole, why, evidence, unblock: "see the default environment",
                    needs: [need].compactMap { $0 }))
        }
        if temporary.creation == nil {
            reasons.append(
                .notOurs(
                    .tempRole, "\(name) is older than the ledger", [temporary.first.sequence],
                    unblock: "destroy it by hand if it is yours"))
        }
        for (host, history) in state.hosts.sorted(by: { $0.key < $1.key })
        where isOrWasAt(name, host, history) {
            reasons.append(
                .blocked(
                    .tempRole, "\(host) points at \(name) or did until lately",
                    history.answers.suffix(1).map(\.moment.sequence),
                    unblock: "switch \(host) away, wait for the drain and observe it",
                    needs: [.host(host)]))
        }
        reasons += sourceReplaced(.dumpVerified, migration, since: temporary.first)
        let closed = migration.closed.map { $0.value } ?? false
        let dump = temporary.attempts(.databaseDump).last
        if closed { return reasons }
        guard let dump, dump.isAccepted else {
            reasons.append(
                .blocked(
                    .dumpVerified,
                    dump.map { "the dump of \(name) was \($0.outcomeWords)" }
                        ?? "\(name) was not dumped", dump?.evidence ?? [temporary.first.sequence],
                    unblock: "dump \(name), or ledger-cli migration close --abandoned"))
            return reasons
        }
        if case .databaseDump(_, _, let path?) = dump.action {
            let bad = (state.files[path] ?? []).last {
                $0.moment > dump.settled
                    && ($0.value.hasTrailer == false || $0.value.hasCarriageReturns == true)
            }
            if let bad {
                reasons.append(
                    .blocked(
                        .dumpVerified, "\(path) is truncated or altered", [bad.moment.sequence],
                        unblock: "dump \(name) again"))
            }
        }
        return reasons
    }

    /// True unless a hostname never pointed at an environment or is known to have left it for good.
    private func isOrWasAt(_ name: String, _ host: String, _ history: HostHistory) -> Bool {
        guard
            history.answers.contains(where: { $0.value.isAt(name) })
                || history.switches.contains(where: { $0.dns?.isAt(name) ?? false })
        else { return false }
        guard case .at(let place, let answer) = location(host), place != name,
            case .ends(let end, _) = drain(host, off: name)
        else { return true }
        return answer.moment.time < end
    }

    /// What was copied from the source may be the last copy once the source's data was replaced.
    func sourceReplaced(_ rule: RuleName, _ migration: Migration, since: Moment?) -> [Reason] {
        let settled = decision(migration) { $0 == .lossAccepted || $0 == .writesReconciled }
        return (migration.source?.attempts(.databaseLoad, .databaseShell) ?? []).filter { writer in
            (since.map { writer.settled > $0 } ?? true)
                && (settled.map { writer.settled > $0.moment } ?? true)
        }.map {
            .blocked(
                rule,
                "\($0.action.name.rawValue) may have replaced the data of \(migration.roles.source)",
                $0.evidence,
                unblock: "compare the data, then ledger-cli record reconciled or accept-loss")
        }
    }

    /// The event that abandoned a migration, if any: a failed test, no-go, a closing, or the source reopened.
    func abandonment(_ migration: Migration) -> [SequenceNumber]? {
        if let closed = migration.closed, closed.value { return [closed.moment.sequence] }
        let since = migration.destination?.attempts(.envLoad, .envActivate, .databaseLoad).last?
            .started
        let test = decision(migration, after: since) {
            switch $0 {
            case .testPassed(migration.roles.destination), .testFailed(migration.roles.destination):
                true
            default: false
            }
        }
        if let test, case .testFailed = test.value { return [test.moment.sequence] }
        let word = decision(migration, after: since) { $0 == .go || $0 == .noGo }
        if let word, word.value == .noGo { return [word.moment.sequence] }
        guard let source = migration.source, let creation = migration.destination?.creation else {
            return nil
        }
        let end = closures(source).last?.end
        if let end, end.isCertain, end.time > creation.started.time { return end.evidence }
        return nil
    }

    /// Every reason not to destroy the destination of a migration now.
    func destinationReasons(_ migration: Migration, _ destination: Incarnation) -> [Reason] {
        guard let abandoned = abandonment(migration) else {
            return [
                .blocked(
                    .noSuccessor, "\(destination.name) is the destination of \(migration.name)",
                    World.merge(migration.evidence, destination.creation?.evidence ?? []),
                    unblock: "nothing: it is what the migration is for")
            ] + held(.environment(destination.name), migration)
        }
        var reasons: [Reason] = []
        if !migration.isDeclared {
            reasons.append(
                .blocked(
                    .noSuccessor, "the migration is only derived from the events",
                    migration.evidence,
                    unblock:
                        "ledger-cli migration open NAME --from \(migration.roles.source) --to \(destination.name) --method \(migration.roles.method.rawValue)"
                ))
        }
        if destination.creation == nil {
            reasons.append(
                .notOurs(
                    .identity, "\(destination.name) is older than the ledger",
                    [destination.first.sequence], unblock: "destroy it by hand if it is yours"))
        }
        return reasons + abortReasons(migration, destination, abandoned)
    }

    private func abortReasons(
        _ migration: Migration, _ destination: Incarnation, _ abandoned: [SequenceNumber]
    ) -> [Reason] {
        var reasons = sourceServing(migration)
        reasons += traffic(.trafficOffDestination, migration, at: migration.roles.source)
        if hostsLeft(destination) {
            reasons += drained(.trafficOffDestination, migration, off: destination.name)
        }
        switch defaultEnvironment {
        case .known(destination.name, let evidence):
            reasons.append(
                .blocked(
                    .notDefault, "\(destination.name) is the default environment", evidence,
                    unblock: "fleet config default-env \(migration.roles.source)"))
        case .known: break
        case .unknown(let why, let evidence, let need):
            reasons.append(
                .unknown(
                    .notDefault, why, evidence, unblock: "see the default environment",
                    needs: [need].compactMap { $0 }))
        }
        return reasons + customerWrites(migration)
            + sourceReplaced(.customerWrites, migration, since: destination.first)
            + inFlight(destination)
            + held(.environment(destination.name), migration)
    }

    private func hostsLeft(_ destination: Incarnation) -> Bool {
        state.hosts.values.contains { history in
            history.answers.contains { $0.value.isAt(destination.name) }
                || history.switches.contains { $0.dns?.isAt(destination.name) ?? false }
        }
    }

    func sourceServing(_ migration: Migration) -> [Reason] {
        if without == .sourceServing { return [] }
        guard let source = migration.source else {
            return [
                .unknown(
                    .sourceServing, "\(migration.roles.source) was never seen", [],
                    unblock: "describe it", needs: [.describe(migration.roles.source)])
            ]
        }
        return demand(
            .sourceServing, status(source), is: "RUNNING",
            otherwise: "\(source.name) is not RUNNING", unblock: "see \(source.name) RUNNING")
            + demand(
                .sourceServing, shownMaintenance(source), is: .off,
                otherwise: "\(source.name) is in maintenance",
                unblock: "fleet env maintenance \(source.name) OFF, then describe it")
    }

    func customerWrites(_ migration: Migration) -> [Reason] {
        if without == .customerWrites { return [] }
        switch exposure(migration) {
        case .none: return []
        case .unknown(let why, let evidence, let needs):
            return [
                .unknown(
                    .customerWrites, why, evidence, unblock: "look the hostnames up", needs: needs)
            ]
        case .interval(let from, let to, let evidence):
            let settled = decision(migration) { $0 == .lossAccepted || $0 == .writesReconciled }
            if let to, let settled, settled.moment.time >= to { return [] }
            return [
                .blocked(
                    .customerWrites,
                    "\(migration.roles.destination) may hold customer writes since \(from.short)",
                    evidence, unblock: "close it, then ledger-cli record reconciled or accept-loss")
            ]
        }
    }
}
