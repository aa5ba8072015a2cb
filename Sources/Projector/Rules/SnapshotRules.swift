import Ledger

/// The rules for destroying snapshots.
extension World {
    /// Every reason not to destroy a snapshot now, with the reasons that a destroyed environment removes.
    func snapshotReasons(_ key: SnapshotKey) -> [Reason] {
        let resource = key.resource
        let seen = state.snapshots[key]?.sightings.last
        let evidence = seen.map { [$0.moment.sequence] } ?? []
        switch role(key) {
        case .foreign:
            if let (environment, destroy) = mayBeFinal(key) {
                return [
                    .blocked(
                        .finalSnapshotKept, "it may be the final snapshot of \(environment.name)",
                        World.merge(evidence, destroy.evidence),
                        unblock: "keep it; \(settling(destroy))")
                ] + inUse(key) + held(resource, nil)
            }
            if let (environment, destroy, lead) = earlyFinal(key) {
                return [
                    .blocked(
                        .finalSnapshotKept,
                        "it may be the final snapshot of \(environment.name), though by the platform's clock it was created \(lead.words) before the destroy was asked for",
                        World.merge(evidence, destroy.evidence),
                        unblock: "keep it; \(World.skewAdvice(lead))")
                ] + inUse(key) + held(resource, nil)
            }
            return undeclared(key, evidence) + inUse(key) + held(resource, nil)
        case .final(let environment, let migration, let destroy):
            let proof = World.merge(evidence, destroy.evidence)
            var reasons = held(resource, migration) + available(key) + inUse(key)
            if finalSnapshot(of: environment).count > 1 {
                // A daily one may have been taken in the same moment.
                reasons.append(
                    .notOurs(
                        .copyProvenance,
                        "more than one snapshot of \(environment.name) appeared after its destruction",
                        proof, unblock: "destroy it by hand if it is yours"))
            } else if !wasListedWhole(key, after: destroy.settled) {
                // A list that was cut short may lack the final one and show a daily one.
                reasons.append(
                    .unknown(
                        .copyProvenance,
                        "whether it is the only snapshot of \(environment.name) since its destruction was not seen",
                        proof, unblock: "list the snapshots", needs: [.snapshots(key.kind)]))
            }
            if let migration, migration.source?.first != environment.first {
                if environment.creation == nil {
                    reasons.append(
                        .notOurs(
                            .copyProvenance,
                            "\(environment.name) is older than the ledger, and so may be what it held",
                            proof, unblock: "destroy it by hand if it is yours"))
                }
                reasons += madeByNobodyKnown(.copyProvenance, environment)
                // What was copied from the source may be the last copy of it by now.
                reasons += sourceReplaced(
                    .lastRecoveryPoint, migration, since: dataSince(environment))
            }
            if let migration, migration.temporary?.first == environment.first {
                reasons += copyVerified(migration) + lastCopyWithoutSource(key, migration)
                // The environment is gone: what customers wrote there is nowhere else any more.
                reasons += (crossings.hosts[environment.name] ?? []).sorted().compactMap {
                    customers(by: $0, at: environment, migration)
                }.map { reason in
                    .blocked(
                        .finalSnapshotKept, reason.message, reason.evidence,
                        unblock: "keep it, or ledger-cli record accept-loss")
                }
            } else if let migration, migration.destination?.first == environment.first,
                abandonment(migration) != nil
            {
                // Accepted or not, what customers wrote there is nowhere else any more.
                if !exposure(migration).isNone {
                    reasons.append(
                        .blocked(
                            .finalSnapshotKept,
                            "\(environment.name) may have taken customer writes, and it holds the only copy of them",
                            proof, unblock: "keep it; destroy it by hand when nobody needs it"))
                }
                reasons += lastCopyWithoutSource(key, migration)
            } else {
                reasons.append(
                    .blocked(
                        .finalSnapshotKept, "it is the final snapshot of \(environment.name)",
                        proof, unblock: "keep it; destroy it by hand when nobody needs it"))
            }
            return reasons
        case .temporary(let migration, let temporary, let creation):
            var reasons =
                available(key) + provenance(key, creation, migration) + inUse(key)
                + held(resource, migration)
            reasons += temporaryReasons(migration, temporary).filter { $0.rule == .dumpVerified }
            if !existence(temporary).isGone {
                var reason = Reason.blocked(
                    .snapshotInUse, "\(temporary.name) was made from it and is still there",
                    World.merge(creation.evidence, temporary.creation?.evidence ?? []),
                    unblock: "destroy \(temporary.name) first")
                reason.removedBy = [.environment(temporary.name)]
                reason.removedWhen =
                    "environment/\(temporary.name) absent from a complete environment list"
                reasons.append(reason)
            }
            return reasons + lastRecoveryPoint(key, migration)
        case .migration(let migration, let creation):
            return available(key) + provenance(key, creation, migration) + inUse(key)
                + migrationSettled(migration) + lastRecoveryPoint(key, migration)
                + held(resource, migration)
        }
    }

    /// True when a complete list showed it after a moment.
    func wasListedWhole(_ key: SnapshotKey, after moment: Moment) -> Bool {
        let seen = state.snapshots[key]?.sightings.events(after: moment) { _ in true } ?? []
        return (state.snapshotListings[key.kind] ?? []).contains {
            seen.contains($0.moment.sequence)
        }
    }

    func available(_ key: SnapshotKey) -> [Reason] {
        demand(
            .snapshotAvailable, snapshotStatus(key), is: "AVAILABLE",
            otherwise: "snapshot \(key.name) is \(snapshotStatus(key).value ?? "not AVAILABLE")",
            unblock: snapshotStatus(key).value.map(World.isFailure) ?? false
                ? "nothing: it will not become AVAILABLE; destroy it by hand"
                : "wait until it is seen AVAILABLE")
    }

    private func migrationSettled(_ migration: Migration) -> [Reason] {
        if abandonment(migration) != nil {
            let serving = sourceServing(migration)
            guard serving.isEmpty else {
                return serving.map {
                    .blocked(
                        .migrationSettled, "the migration is abandoned and \($0.message)",
                        $0.evidence, unblock: $0.unblock, needs: $0.needs)
                }
            }
            guard let destination = migration.destination, !existence(destination).isGone else {
                return []
            }
            var reason = Reason.blocked(
                .migrationSettled, "\(destination.name) was made from it and is not gone",
                existence(destination).evidence, unblock: "destroy \(destination.name) first")
            reason.removedBy = [.environment(destination.name)]
            reason.removedWhen =
                "environment/\(destination.name) absent from a complete environment list"
            return [reason]
        }
        if neverMade(migration) { return [] }
        return success(migration).filter { $0.rule != .soak }.map { reason in
            Reason(
                rule: .migrationSettled, verdict: reason.verdict == .unknown ? .unknown : .blocked,
                message: "\(reason.rule.rawValue): \(reason.message)", evidence: reason.evidence,
                unblock: reason.unblock, needs: reason.needs)
        }
    }

    /// True when the source serves again after the copy was taken, and the destination was seen not
    /// to be there: nothing but the copy is left of the migration.
    private func neverMade(_ migration: Migration) -> Bool {
        guard migration.destination == nil, let source = migration.source,
            let opening = source.attempts(.envMaintenance).last,
            opening.action == .envMaintenance(environment: source.name, state: .off),
            opening.isAccepted,
            opening.started > source.attempts(.snapshotCreate).last?.settled ?? migration.opened,
            sourceServing(migration).isEmpty
        else { return false }
        return state.environmentListings.last.map { $0.moment > opening.settled } ?? false
    }

    /// A final snapshot was made from a copy of the source, which is all that is left once the source
    /// goes.
    private func lastCopyWithoutSource(_ key: SnapshotKey, _ migration: Migration) -> [Reason] {
        if let source = migration.source, existence(source).isLive { return [] }
        return lastRecoveryPoint(key, migration)
    }

    private func lastRecoveryPoint(_ key: SnapshotKey, _ migration: Migration) -> [Reason] {
        guard let source = migration.source else {
            return [
                .unknown(
                    .lastRecoveryPoint,
                    "\(migration.roles.source) was never seen, and it may be the last copy of it",
                    migration.evidence, unblock: "see \(migration.roles.source) RUNNING",
                    needs: [.environments])
            ]
        }
        let destroys = source.attempts(.envDestroy)
        if key.kind == .nfs {
            // Contents that were moved before the destroy are not what was given up after it.
            let destroy = destroys.last(where: \.isAccepted) ?? destroys.last
            let emptied = migration.destination.flatMap { filesLost($0)?.moment }
            if let destroy,
                acknowledged(
                    .nfs, migration,
                    after: [destroy.settled, emptied].compactMap { $0 }.max()) != nil
            {
                return []
            }
            return [
                .blocked(
                    .lastRecoveryPoint, "destroying \(source.name) saves no nfs snapshot",
                    migration.evidence,
                    unblock: "after \(source.name) is gone: ledger-cli record acknowledge nfs")
            ]
        }
        // An earlier one of the name was another one.
        let taken = state.snapshots[key].flatMap { history in
            let since = generation(history, key.kind).since
            return history.attempts.first {
                $0.action.name == .snapshotCreate && $0.settled > since
            }
        }
        let replaced = sourceReplaced(.lastRecoveryPoint, migration, since: taken?.started)
        if !replaced.isEmpty, !isCarriedHome(migration, since: taken?.started) { return replaced }
        if destroys.isEmpty {
            guard existence(source).isLive else {
                return [
                    .blocked(
                        .lastRecoveryPoint,
                        "\(source.name) is not known to be there, and it may be the last copy of it",
                        existence(source).evidence, unblock: "see \(source.name) RUNNING",
                        needs: [.environments])
                ]
            }
            guard policy.cleanupOrder == .strict, abandonment(migration) == nil else { return [] }
            var reason = Reason.blocked(
                .lastRecoveryPoint, "policy cleanup-order is strict and \(source.name) is not gone",
                state.policyMarks.map(\.moment.sequence),
                unblock: "destroy \(source.name) first and see its final snapshot AVAILABLE")
            reason.removedBy = [.environment(source.name)]
            reason.removedWhen =
                "environment/\(source.name) absent from a complete environment list and its final snapshot AVAILABLE"
            return [reason]
        }
        if isSaved(source) || isRestoredWhole(source, migration) { return [] }
        let (unblock, needs) = finalAwaited(of: source)
        return [
            .blocked(
                .lastRecoveryPoint,
                "it may be the last copy of \(source.name): a destroy was attempted and no final snapshot was seen AVAILABLE",
                destroys.flatMap(\.evidence), unblock: unblock, needs: needs)
        ]
    }

    /// True when all that a source took is in the one that was made in its place and serves.
    private func isRestoredWhole(_ source: Incarnation, _ migration: Migration) -> Bool {
        guard let seed = restored(migration)?.seed else { return false }
        return isWhole(SnapshotKey(kind: .database, name: seed), of: source, migration)
            && sourceServing(migration).isEmpty
    }
}
