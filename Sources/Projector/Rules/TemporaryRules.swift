import Ledger

/// The rules for destroying a temporary environment.
extension World {
    /// Every reason not to destroy a temporary environment now.
    func temporaryReasons(_ migration: Migration, _ temporary: Incarnation) -> [Reason] {
        var reasons = held(.environment(temporary.name), migration) + inFlight(temporary)
        reasons += beingMade(from: temporary) + neededElsewhere(temporary, besides: migration)
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
                    .tempRole, originWords(temporary), originEvidence(temporary),
                    unblock: clockAdvice(
                        temporary, otherwise: "destroy it by hand if it is yours")))
        }
        reasons += madeByNobodyKnown(.tempRole, temporary)
        reasons += (crossings.hosts[name] ?? []).sorted().compactMap {
            customers(by: $0, at: temporary, migration)
        }
        reasons += strayNames(
            migration, besides: hostnames(migration), since: temporary.first
        ).map { unplaced(.tempRole, $0, perhapsAt: name) }
        reasons += sourceReplaced(.dumpVerified, migration, since: dataSince(temporary))
        reasons += filesPreserved(migration, temporary) + sourceSurvives(migration, temporary)
        let settled = decision(migration) { $0 == .writesReconciled }
        for writer in temporary.attempts(.databaseLoad, .databaseShell)
        where settled.map({ writer.settled > $0.moment }) ?? true {
            reasons.append(
                .blocked(
                    .dumpVerified,
                    "\(writer.action.name.rawValue) may have put other data into \(name)",
                    writer.evidence,
                    unblock: "compare the data, then ledger-cli record reconciled"))
        }
        // What was copied for an abandoned migration is not needed.
        let isAbandoned = migration.closed.map { $0.value } ?? false
        return reasons + (isAbandoned ? [] : dumpVerified(migration, temporary))
    }

    /// Another open migration that names it as its temporary environment and has no copy through it yet.
    private func neededElsewhere(_ temporary: Incarnation, besides migration: Migration) -> [Reason]
    {
        let others = (casting.byEnvironment[temporary.name] ?? []).filter { other in
            other.isDeclared && other.name != migration.name && other.closed == nil
                && other.temporary?.name == temporary.name
                && other.temporary?.first == temporary.first
        }
        return others.filter { other in
            let isDumped = temporary.attempts(.databaseDump).contains {
                $0.isAccepted && $0.migration == other.name
            }
            return !isDumped && abandonment(other) == nil && !copyVerified(other).isEmpty
        }.map { other in
            .blocked(
                .tempRole,
                "\(temporary.name) is temporary to \(other.name) as well, which has no copy of it yet",
                other.evidence,
                unblock:
                    "copy through it for \(other.name), or ledger-cli migration close \(other.name)"
            )
        }
    }

    /// No hostname may lead to a temporary environment, and what customers wrote while one did is
    /// nowhere else.
    func customers(
        by host: String, at temporary: Incarnation, _ migration: Migration
    ) -> Reason? {
        let name = temporary.name
        let answers = state.hosts[host]?.answers ?? []
        let evidence = answers.suffix(1).map(\.moment.sequence)
        guard case .at(let place, let answer) = location(host), place != name,
            !isOfAnybody(answer),
            case .ends(let end, _) = drain(host, off: name), answer.moment.time >= end
        else {
            return .blocked(
                .tempRole, "\(host) points at \(name) or did until lately", evidence,
                unblock: "switch \(host) away, wait for the drain and observe it",
                needs: [.host(host)])
        }
        let settled = decision(migration) { $0 == .lossAccepted || $0 == .writesReconciled }
        if let settled, settled.moment.time >= end { return nil }
        guard let active = firstActivation(temporary) else {
            guard let possible = possibleActivation(temporary), possible.time <= end else {
                return nil
            }
            return .unknown(
                .tempRole,
                "\(host) led to \(name), and whether a release was active there was not seen since",
                World.merge([possible.sequence], evidence), unblock: "describe \(name)",
                needs: [.describe(name)])
        }
        guard active.time <= end else { return nil }
        return .blocked(
            .tempRole, "\(host) led to \(name), which may hold customer writes since",
            World.merge([active.sequence], evidence),
            unblock: "compare the data, then ledger-cli record reconciled or accept-loss")
    }

    /// The dump is a file somewhere: unless the source is there, what the dump was taken of is kept
    /// until the destination holds a copy or the source's final snapshot is seen.
    private func sourceSurvives(_ migration: Migration, _ temporary: Incarnation) -> [Reason] {
        guard let source = migration.source, !copyVerified(migration).isEmpty, !isSaved(source)
        else { return [] }
        switch existence(source) {
        case .live where source.attempts(.envDestroy).isEmpty || inFlight(source).isEmpty:
            return []
        case .unknown(let why, let evidence):
            return [
                .unknown(
                    .lastRecoveryPoint,
                    "\(temporary.name) may hold the last copy of \(source.name): \(why)", evidence,
                    unblock: "see \(source.name) RUNNING or its final snapshot AVAILABLE",
                    needs: [.environments, .snapshots(.database)])
            ]
        case let standing:
            return [
                .blocked(
                    .lastRecoveryPoint,
                    "\(temporary.name) may hold the last copy of \(source.name), which is not known to stay",
                    standing.evidence,
                    unblock: "see the final snapshot of \(source.name) AVAILABLE",
                    needs: [.snapshots(.database)])
            ]
        }
    }

    /// The earliest moment that the data in an environment can be from: that of the snapshot that it
    /// was made from; the newest one, which nobody named, is a day old at most.
    func dataSince(_ environment: Incarnation) -> Moment {
        if let seed = environment.seed, let creation = environment.creation,
            let taken = taking(of: seed, for: creation)
        {
            return min(taken.point, environment.first)
        }
        return Moment(time: environment.first.time - .hours(25), sequence: SequenceNumber(0))
    }

    /// What was copied from the source may be the last copy once the source's data was replaced.
    ///
    /// That what the destination alone holds may be lost says nothing of what the source held.
    func sourceReplaced(
        _ rule: RuleName, _ migration: Migration, since: Moment?,
        by kinds: [ActionName] = [.databaseLoad, .databaseShell]
    ) -> [Reason] {
        // Once the destination has succeeded, writes to the source are as the acknowledgement says.
        let isCopied =
            abandonment(migration) == nil && success(migration).allSatisfy { $0.rule == .soak }
        let settled = decision(migration) {
            $0 == .writesReconciled || isCopied && $0 == .gapAcknowledged(.sourceWrites)
        }
        let looked = decision(migration) { $0 == .gapAcknowledged(.sourceWrites) }
        let sources =
            (migration.source.map(lives) ?? []) + [restored(migration)].compactMap { $0 }
        return sources.flatMap { source in
            source.attempts.all(like: { kinds.contains($0.action.name) })
        }.filter { writer in
            (since.map { writer.settled > $0 } ?? true)
                && (settled.map { writer.settled > $0.moment } ?? true)
                && (writer.isShell ? looked : nil).map { writer.settled > $0.moment } ?? true
        }.map {
            .blocked(
                rule,
                "\($0.action.name.rawValue) may have replaced the data of \(migration.roles.source)",
                $0.evidence,
                unblock: $0.isShell
                    ? "compare the data, then ledger-cli record acknowledge source-writes"
                    : "compare the data, then ledger-cli record reconciled")
        }
    }
}

extension Attempt {
    /// True for one in which somebody may have written by hand, or only looked.
    fileprivate var isShell: Bool { action.name == .databaseShell }
}
