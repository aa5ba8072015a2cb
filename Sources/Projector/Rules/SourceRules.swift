import Ledger

/// The rules for destroying the source of a migration.
extension World {
    /// Every reason not to destroy the source of a migration now.
    func sourceReasons(_ migration: Migration, _ source: Incarnation) -> [Reason] {
        var reasons: [Reason] = []
        guard let destination = successor(migration), !existence(destination).isGone else {
            reasons.append(
                .blocked(
                    .noSuccessor,
                    "\(migration.roles.destination), which is to succeed \(source.name), does not exist",
                    migration.evidence,
                    unblock: withoutSuccessor(migration, source)))
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
        let destroys = destination.mortalAttempts
        if !destroys.isEmpty {
            reasons.append(
                .blocked(
                    .noSuccessor, "a destroy of \(destination.name) was attempted",
                    destroys.flatMap(\.evidence),
                    unblock: survival(destination, destroys) ?? "look at \(destination.name)",
                    needs: [.describe(destination.name)]))
        }
        if let abandoned = abandonment(migration) {
            reasons.append(
                .blocked(
                    .noSuccessor,
                    "the migration was abandoned or rolled back; \(source.name) is what serves",
                    abandoned, unblock: "nothing: keep \(source.name)"))
        }
        reasons += success(migration)
        reasons += notDefault(destination.name, otherwise: source)
        reasons += nfsPreserved(migration, source) + solrAcknowledged(migration, source)
        reasons += migration.destination.map { cacheFlushed(migration, $0) } ?? []
        reasons += inFlight(source) + beingMade(from: source) + inFlight(destination)
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

    /// The look that would show that an environment outlived attempts to destroy it; nil when the platform
    /// said yes to one.
    func survival(_ environment: Incarnation, _ destroys: [Attempt]) -> String? {
        environment.outlivedFrom(destroys).map {
            "see \(environment.name) RUNNING" + ($0 > now ? " at \($0.short) or later" : "")
        }
    }

    /// What to do about a migration whose destination is not there: one that was given up is done with.
    private func withoutSuccessor(_ migration: Migration, _ source: Incarnation) -> String {
        if abandonment(migration) != nil {
            return
                "nothing: keep \(source.name); to move on from it: ledger-cli migration open NAME --from \(source.name) --to ENV --method \(migration.roles.method.rawValue)"
        }
        let mistake =
            migration.isDeclared && migration.closed == nil
            ? ", or, when it was declared by mistake, ledger-cli migration close \(migration.name) --abandoned"
            : ""
        return "create \(migration.roles.destination)" + mistake
    }

    private func notDefault(_ wanted: String, otherwise source: Incarnation) -> [Reason] {
        demand(
            .notDefault, defaultEnvironment, is: wanted,
            otherwise: "the default environment is not \(wanted)",
            unblock: "fleet config default-env \(wanted)")
    }

    func nfsPreserved(_ migration: Migration, _ source: Incarnation) -> [Reason] {
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
            let seen = seenTurnedOn(source, "nfs", \.nfs)
            let kept = keptFiles(of: source, migration)
            let named = migration.destination?.nfsSeed
            let emptied = migration.destination.flatMap { filesLost($0) }
            // Nothing is moved to what is not there yet, and what is stored while the shop is open
            // again is not what was moved before.
            let closed = closures(source).last.map {
                Moment(time: $0.from, sequence: SequenceNumber(0))
            }
            let made = migration.destination?.creation?.started
            let isMoved =
                emptied == nil && named.map(kept.contains) ?? false
                || acknowledged(
                    .nfs, migration,
                    after: [lastOn?.settled, seen, emptied?.moment, closed, made]
                        .compactMap { $0 }.max()) != nil
            if isMoved, !kept.isEmpty { return [] }
            if let emptied, !kept.isEmpty {
                let name = migration.roles.destination
                return [
                    .blocked(
                        .nfsPreserved,
                        "NFS of \(name) \(emptied.words), and what was moved to it may be gone",
                        World.merge(emptied.evidence, evidence.events),
                        unblock:
                            "turn NFS of \(name) ON with an nfs snapshot, see the files there, then ledger-cli record acknowledge nfs"
                    )
                ]
            }
            if let name = kept.first {
                let destination = migration.roles.destination
                return [
                    .blocked(
                        .nfsPreserved,
                        "nfs snapshot \(name) is AVAILABLE, and nobody said that its contents are on \(destination)",
                        evidence,
                        unblock:
                            "move the contents to \(destination), then ledger-cli record acknowledge nfs"
                    )
                ]
            }
            return [
                .blocked(
                    .nfsPreserved,
                    "NFS of \(source.name) is ON and destroying it saves only a database snapshot",
                    evidence,
                    unblock:
                        "fleet snapshot create \(source.name) --name NAME --type nfs, see it AVAILABLE, move the contents and ledger-cli record acknowledge nfs",
                    needs: areFilesListed(source) ? [] : [.snapshots(.nfs)])
            ]
        }
    }

    /// When NFS of an environment was OFF last, or may have been, since it was made: turning it OFF
    /// destroys its instance (Fleet, nfs), whatever is turned ON later.
    func filesLost(_ environment: Incarnation) -> (
        moment: Moment, words: String, evidence: [SequenceNumber]
    )? {
        let changes = environment.attempts(.envSetting).filter { attempt in
            if case .envSetting(_, "nfs", _) = attempt.action { true } else { false }
        }
        let looks = environment.sightings.filter { $0.shown.nfs != nil }
        let turned = changes.last { change in
            guard case .envSetting(_, _, let value) = change.action, Switch(word: value) != .on
            else { return false }
            if change.isAccepted { return true }
            // Seen ON before anybody turned it ON again, it never was OFF.
            let look = looks.first { $0.moment > change.settled }
            let next = changes.first { $0.started > change.started }
            return look.map { look in
                look.shown.nfs == .off || next.map { $0.started < look.moment } ?? false
            } ?? true
        }
        let seen = looks.last { look in
            look.shown.nfs == .off
                && (environment.creation.map { look.moment > $0.started } ?? true)
        }
        let told = turned.map { turned in
            (
                turned.settled,
                turned.isAccepted ? "was turned OFF" : "may have been turned OFF",
                turned.evidence
            )
        }
        let looked = seen.map { ($0.moment, "was seen OFF", [$0.moment.sequence]) }
        return [told, looked].compactMap { $0 }.max { $0.0 < $1.0 }
    }

    /// True when a complete list of the nfs snapshots shows that none of an environment is being made.
    private func areFilesListed(_ source: Incarnation) -> Bool {
        guard let list = state.snapshotListings[.nfs]?.last else { return false }
        let isAsked = source.attempts(.snapshotCreate).contains { attempt in
            guard case .snapshotCreate(_, _, .nfs, _) = attempt.action else { return false }
            return attempt.settled > list.moment && attempt.outcome != .refused
        }
        let isMaking = (crossings.snapshots[source.name] ?? []).contains { key in
            key.kind == .nfs && state.snapshots[key]?.sightings.last?.row.status == "CREATING"
        }
        return !isAsked && !isMaking
    }

    /// The nfs snapshots of the source that hold all its files.
    func keptFiles(of source: Incarnation, _ migration: Migration) -> [String] {
        state.snapshots.keys.filter { isKept($0, of: source, migration) }.map(\.name).sorted()
    }

    /// True for an nfs snapshot of the source that was asked for while the source was closed, and
    /// stayed so: the daily one may miss what was uploaded since, as does one before an opening.
    private func isKept(
        _ key: SnapshotKey, of source: Incarnation, _ migration: Migration
    ) -> Bool {
        guard key.kind == .nfs, snapshotStatus(key).value == "AVAILABLE",
            let history = state.snapshots[key], let row = history.sightings.last?.row,
            row.environment == source.name, row.type != "AUTOMATED", let created = row.created,
            !history.attempts.contains(where: { $0.action.name == .snapshotDestroy })
        else { return false }
        let settled = decision(migration) {
            [.gapAcknowledged(.nfs), .gapAcknowledged(.sourceWrites), .writesReconciled]
                .contains($0)
        }?.moment.time
        let closures = closures(source)
        // What is sent after somebody's word is not covered by it: the source must be closed by then.
        let isCovered =
            closures.last.flatMap { last in
                settled.map { last.end == nil && last.from <= $0 }
            } ?? false
        return closures.contains { closure in
            closure.from.wholeSecond <= created && closure.contains(max(created, closure.from))
                && (closure.end == nil || isCovered)
        }
    }

    /// When a setting was first seen ON after it was last OFF: what was acknowledged till then was
    /// not this instance.
    private func seenTurnedOn(
        _ source: Incarnation, _ name: String,
        _ setting: KeyPath<EnvironmentDescription, Switch?>
    ) -> Moment? {
        guard let on = source.sightings.last(where: { $0.shown[keyPath: setting] == .on }) else {
            return nil
        }
        let seen = source.sightings.last {
            $0.shown[keyPath: setting] == .off && $0.moment < on.moment
        }?.moment
        let told = source.attempts(.envSetting).last { attempt in
            guard case .envSetting(_, name, let value) = attempt.action else { return false }
            return Switch(word: value) == .off && attempt.isAccepted && attempt.settled < on.moment
        }?.settled
        guard let off = [seen, told].compactMap({ $0 }).max() else { return nil }
        let first = source.sightings.first {
            $0.shown[keyPath: setting] == .on && $0.moment > off
        }?.moment
        // What was commanded before it was seen was known then.
        let commanded = source.attempts(.envSetting).first { attempt in
            guard case .envSetting(_, name, let value) = attempt.action else { return false }
            return Switch(word: value) == .on && attempt.isAccepted && attempt.settled > off
                && (first.map { attempt.settled < $0 } ?? false)
        }?.settled
        return commanded ?? first
    }

    private func solrAcknowledged(_ migration: Migration, _ source: Incarnation) -> [Reason] {
        let lastOn = source.attempts(.envSetting).last { attempt in
            if case .envSetting(_, "solr", let value) = attempt.action {
                Switch(word: value) == .on
            } else {
                false
            }
        }
        let since = [lastOn?.settled, seenTurnedOn(source, "solr", \.solr)].compactMap { $0 }.max()
        if acknowledged(.solr, migration, after: since) != nil { return [] }
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
}
