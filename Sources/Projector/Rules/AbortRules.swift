import Ledger

/// The rules for destroying the destination of an abandoned migration.
extension World {
    /// The event that abandoned a migration, if any: a failed test, no-go, a closing, or the source reopened.
    func abandonment(_ migration: Migration) -> [SequenceNumber]? {
        if let closed = migration.closed, closed.value { return [closed.moment.sequence] }
        let since =
            migration.destination.map { destination in
                [destination.lastChange?.settled, renewed(destination)].compactMap { $0 }.max()
            } ?? migration.opened
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
        guard let closure = closures(source).last, let end = closure.end, end.isCertain,
            end.time > creation.started.time, isCopied(migration, before: end.time),
            !hostnames(migration).contains(where: { isLed($0, to: migration.roles.destination) })
        else { return nil }
        return end.evidence
    }

    /// True when the reopening of the source at a moment made a copy stale; by the dump method the
    /// destination is made while the shop is open, and holds nothing of it before the load.
    private func isCopied(_ migration: Migration, before time: Timestamp) -> Bool {
        guard migration.roles.method == .dump, let destination = migration.destination else {
            return true
        }
        return destination.attempts(.databaseLoad).contains { $0.started.time < time }
    }

    /// True when the newest word about a hostname leads customers to an environment: to open the
    /// source beside it is a mistake and no way back.
    func isLed(_ host: String, to name: String) -> Bool {
        guard let history = state.hosts[host] else { return false }
        let answer = history.answers.last { !$0.value.isCached } ?? history.answers.last
        let change = history.switches.last { $0.outcome != .refused }
        guard let change, answer.map({ $0.moment < change.settled }) ?? true else {
            return answer?.value.isAt(name) ?? false
        }
        return change.dns?.isAt(name) ?? false
    }

    /// Every reason not to destroy the destination of a migration now.
    func destinationReasons(_ migration: Migration, _ destination: Incarnation) -> [Reason] {
        guard let abandoned = abandonment(migration) ?? (without == .abandoned ? [] : nil) else {
            return [
                .blocked(
                    .noSuccessor, "\(destination.name) is the destination of \(migration.name)",
                    World.merge(migration.evidence, destination.creation?.evidence ?? []),
                    unblock: restored(migration).map {
                        "once \($0.name) serves again: ledger-cli migration close \(migration.name) --abandoned"
                    } ?? "nothing: it is what the migration is for")
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
                    .identity, originWords(destination), originEvidence(destination),
                    unblock: clockAdvice(
                        destination, otherwise: "destroy it by hand if it is yours")))
        }
        return reasons + madeByNobodyKnown(.identity, destination)
            + abortReasons(migration, destination, abandoned)
    }

    /// Every reason not to destroy what a migration made and makes once more of a better copy, while
    /// its source stays closed for it.
    func discardReasons(_ migration: Migration, _ environment: Incarnation) -> [Reason] {
        guard environment.creation != nil else {
            return [
                .notOurs(
                    .identity, originWords(environment), originEvidence(environment),
                    unblock: clockAdvice(
                        environment, otherwise: "destroy it by hand if it is yours"))
            ]
        }
        guard environment.name == migration.roles.destination else {
            return temporaryReasons(migration, environment).filter { $0.rule != .dumpVerified }
                + sourceReplaced(.customerWrites, migration, since: dataSince(environment))
        }
        return madeByNobodyKnown(.identity, environment)
            + abortReasons(migration, environment, []).filter { $0.rule != .sourceServing }
            + supplanted(migration)
    }

    private func abortReasons(
        _ migration: Migration, _ destination: Incarnation, _ abandoned: [SequenceNumber]
    ) -> [Reason] {
        var reasons = sourceServing(migration)
        reasons += traffic(
            .trafficOffDestination, migration,
            at: succeeded(besides: migration)?.roles.destination ?? migration.roles.source)
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
        return reasons + customerWrites(migration) + lackOfRestored(migration)
            + sourceReplaced(.customerWrites, migration, since: dataSince(destination))
            + filesPreserved(migration, destination)
            + inFlight(destination) + beingMade(from: destination)
            + held(.environment(destination.name), migration)
    }

    /// Turning NFS off destroys its instance (Fleet, nfs): what was moved to an environment of the
    /// migration may then be the last copy of the source's files.
    func filesPreserved(_ migration: Migration, _ holder: Incarnation) -> [Reason] {
        guard let source = migration.source, let creation = holder.creation,
            let lost = ([creation] + holder.rivalCreations)
                .compactMap({ $0.createArguments?.nfsSnapshot.name })
                .first(where: { !isStillThere(SnapshotKey(kind: .nfs, name: $0)) })
        else { return [] }
        let off = source.attempts(.envSetting).last {
            $0.action == .envSetting(environment: source.name, setting: "nfs", value: "OFF")
        }
        let seen = source.sightings.last {
            $0.shown.nfs == .off && $0.moment > creation.started
        }
        guard let since = [off?.settled, seen?.moment].compactMap({ $0 }).max(),
            acknowledged(.nfs, migration, after: since) == nil
        else { return [] }
        return [
            .blocked(
                .nfsPreserved,
                "NFS of \(source.name) was turned OFF, and \(holder.name) may hold the last copy of its files",
                World.merge(
                    off?.evidence ?? [], [seen?.moment.sequence].compactMap { $0 },
                    creation.evidence),
                unblock:
                    "see nfs snapshot \(lost) AVAILABLE, or ledger-cli record acknowledge nfs",
                needs: [.snapshots(.nfs)])
        ]
    }

    private func isStillThere(_ key: SnapshotKey) -> Bool {
        snapshotStatus(key).value == "AVAILABLE"
            && state.snapshots[key]?.attempts.contains { $0.action.name == .snapshotDestroy }
                == false
    }

    private func hostsLeft(_ destination: Incarnation) -> Bool {
        state.hosts.contains { host, history in
            guard !crossings.ownNames.contains(host) else { return false }
            return history.answers.contains { $0.value.isAt(destination.name) }
                || history.switches.contains { $0.dns?.isAt(destination.name) ?? false }
        }
    }

    func sourceServing(_ migration: Migration) -> [Reason] {
        if without == .sourceServing || succeeded(besides: migration) != nil { return [] }
        let again = restored(migration)
        guard let source = again ?? migration.source else {
            return [
                .unknown(
                    .sourceServing, "\(migration.roles.source) was never seen", [],
                    unblock: "describe it", needs: [.describe(migration.roles.source)])
            ]
        }
        let other = supplanted(migration)
        if !other.isEmpty { return other }
        return staying(source)
            + demand(
                .sourceServing, status(source), is: "RUNNING",
                otherwise: "\(source.name) is not RUNNING", unblock: "see \(source.name) RUNNING")
            + demand(
                .sourceServing, shownMaintenance(source), is: .off,
                otherwise: "\(source.name) is in maintenance",
                unblock: siblings(of: migration).last {
                    $0.isDeclared && $0.closed == nil && abandonment($0) == nil
                }.map {
                    "wait until \($0.name) is done"
                } ?? "fleet env maintenance \(source.name) OFF, then describe it")
            + idle(source)
    }

    /// Why the environment that a migration copied is not there any more, although one of its name may
    /// be and serve: what is known of that name since is said of another one.
    private func supplanted(_ migration: Migration) -> [Reason] {
        guard restored(migration) == nil, let source = migration.source,
            let other = source.succeeded
        else { return [] }
        let name = migration.roles.destination
        return [
            .blocked(
                .sourceServing,
                "another environment has the name \(source.name): the one that was copied is gone, and \(name) may hold the last copy of its data",
                World.merge(existence(source).evidence, [other.sequence]),
                unblock:
                    "keep \(name) until its data is compared with that of \(source.name), then destroy it by hand; when event \(other.sequence) is a mistake: ledger-cli record void \(other.sequence) --reason …"
            )
        ]
    }

    /// An environment has no usable address, and serves nobody, before a release is active on it.
    private func idle(_ source: Incarnation) -> [Reason] {
        switch activeRelease(source) {
        case .known(.some, _): []
        case .known(.none, let evidence):
            [
                .blocked(
                    .sourceServing, "no release of \(source.name) is active", evidence,
                    unblock: "load and activate its release, then describe it")
            ]
        case .unknown(let why, let evidence, let need):
            [
                .unknown(
                    .sourceServing, why, evidence,
                    unblock: need.flatMap(looking) ?? "describe \(source.name)",
                    needs: [need].compactMap { $0 })
            ]
        }
    }

    /// Why a source may be about to go although it was seen RUNNING: accepted is not done, and one
    /// that is being destroyed may look as before for a while.
    func staying(_ source: Incarnation) -> [Reason] {
        let destroys = source.attempts(.envDestroy)
        if let destroy = destroys.last(where: \.isAccepted) {
            return [
                .blocked(
                    .sourceServing, "the destruction of \(source.name) was accepted",
                    destroy.evidence, unblock: "nothing: it is not coming back")
            ]
        }
        guard let destroy = destroys.last(where: { $0.outcome != .refused }),
            source.sightings.newest(like: { $0.shown.status == "RUNNING" }).map({
                $0.moment.time < destroy.settled.time + Presence.patience
            }) ?? true
        else { return [] }
        return [
            .unknown(
                .sourceServing,
                "the destruction of \(source.name) was \(destroy.outcomeWords), and it may still begin",
                destroy.evidence,
                unblock:
                    "see \(source.name) RUNNING after \((destroy.settled.time + Presence.patience).short)",
                needs: [.describe(source.name)])
        ]
    }

    func customerWrites(_ migration: Migration) -> [Reason] {
        if without == .customerWrites { return [] }
        switch exposure(migration) {
        case .none: return []
        case .unknown(let why, let evidence, let needs):
            return [
                .unknown(
                    .customerWrites, why, evidence,
                    unblock: needs.first.flatMap(looking) ?? "look the hostnames up", needs: needs)
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
