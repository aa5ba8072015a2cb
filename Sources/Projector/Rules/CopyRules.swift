import Ledger

/// The rules about the copy: closed when it was taken, proven to be the source's data, untouched since.
extension World {
    func copyQuiesced(_ migration: Migration) -> [Reason] {
        guard let source = migration.source else { return [] }
        let copy = copy(migration)
        // A copy that did not arrive was still taken when its dump began.
        guard let point = copy.point ?? dumped(migration) else {
            return [
                .blocked(
                    .copyQuiesced, "no copy of \(source.name) is known", copy.evidence,
                    unblock: clockAdvice(
                        migration.destination,
                        otherwise: "copy \(source.name) while it is in maintenance"))
            ]
        }
        let evidence = World.merge(
            [point.sequence], source.attempts(.envMaintenance).flatMap(\.evidence))
        guard let closure = closures(source).last(where: { $0.contains(point.time) }) else {
            if let last = closures(source).last, last.from <= point.time,
                last.end?.isCertain == false
            {
                return [
                    .unknown(
                        .copyQuiesced,
                        "maintenance of \(source.name) may have been opened before the copy",
                        // A look cannot tell that it never was.
                        evidence,
                        unblock:
                            "close \(source.name) again and take a new copy once that is effective")
                ]
            }
            return [
                .blocked(
                    .copyQuiesced,
                    "\(source.name) was not effectively in maintenance when the copy was taken at \(point.time.short)",
                    evidence,
                    unblock: clockAdvice(
                        copy,
                        otherwise:
                            "take a new copy once maintenance of \(source.name) is effective"))
            ]
        }
        guard closure.confirmed != nil else {
            return [
                .unknown(
                    .copyQuiesced,
                    "maintenance of \(source.name) was not seen ON since it can be effective",
                    evidence, unblock: "describe \(source.name)", needs: [.describe(source.name)])
            ]
        }
        return []
    }

    /// When the newest dump of the source was taken, of itself or through an environment that was made
    /// from a snapshot of it.
    private func dumped(_ migration: Migration) -> Moment? {
        guard migration.roles.method == .dump else { return nil }
        let ends = [migration.source, migration.temporary].compactMap { $0 }
        let dumps = ends.flatMap { end in
            end.attempts(.databaseDump).filter(\.isAccepted).map { (end, $0) }
        }
        guard let (end, dump) = dumps.max(by: { $0.1.started < $1.1.started }),
            dump.started > begun(migration)
        else { return nil }
        guard end.name != migration.roles.source else { return dump.started }
        guard let seed = end.seed, let creation = end.creation else { return nil }
        return taking(of: seed, for: creation)?.point
    }

    func copyVerified(_ migration: Migration) -> [Reason] {
        if without == .copyVerified { return [] }
        let copy = copy(migration)
        return copiedBroken(copy, migration) + faults(of: copy, migration)
    }

    private func faults(of copy: Copy, _ migration: Migration) -> [Reason] {
        let rule = RuleName.copyVerified
        switch copy {
        case .none(let why, let evidence):
            return [
                .blocked(
                    rule, why, evidence,
                    unblock: clockAdvice(
                        migration.destination,
                        otherwise: "copy the source's data to \(migration.roles.destination)"
                            + (migration.destination?.attempts(.databaseLoad).last?.isAccepted
                                ?? false
                                ? " again, or compare it, then ledger-cli record reconciled" : "")))
            ]
        case .partial(let left, let evidence):
            let what = left.dumpedWords
            let destination = migration.roles.destination
            return [
                .blocked(
                    rule,
                    left.isAccepted
                        ? "\(what) was dumped and never loaded"
                        : "the dump of \(what) was \(left.outcomeWords) and nothing of it was loaded",
                    evidence,
                    unblock: (left.isAccepted ? "load it into" : "dump it and load it into")
                        + " \(destination), or compare the data, then ledger-cli record reconciled")
            ]
        case .dump(let dump):
            for part in [dump] + dump.besides {
                if let (why, evidence) = contradiction(part) {
                    return [
                        .blocked(
                            rule, why, World.merge(evidence, part.dump.evidence),
                            unblock: "dump and load again")
                    ]
                }
                if let reason = otherDatabase(part) ?? otherData(part, migration)
                    ?? goneBefore(part)
                {
                    return [reason]
                }
                // What was accepted is there, and a dump of it shows that it was made.
                if let seed = part.seed, let source = migration.source,
                    seed.taken.row != nil || !seed.taken.attempt.isAccepted
                        || !seed.taken.isOnly
                {
                    let reasons = seedVerified(
                        seed.name, seed.taken, (seed.taken.row, seed.taken.contrary), of: source,
                        for: migration.roles.destination, evidence: part.dump.evidence)
                    if !reasons.isEmpty { return reasons }
                }
            }
            return shellSince(dump.load, migration)
        case .snapshot(let name, let taken, let creation):
            guard let destination = migration.destination, let source = migration.source else {
                return []
            }
            var reasons = seedVerified(
                name, taken, rows(of: name, for: creation), of: source, for: destination.name,
                evidence: creation.evidence)
            // One of the name that was there before may be what is seen.
            if !creation.isAccepted, destination.created == nil {
                reasons.append(
                    .unknown(
                        rule,
                        "the creation of \(destination.name) was \(creation.outcomeWords), and when it was created was not seen",
                        creation.evidence, unblock: "describe \(destination.name)",
                        needs: [.describe(destination.name)]))
            }
            reasons += madeOtherwise(destination, migration)
            if destination.wasSeen("RUNNING") == nil {
                reasons.append(
                    .unknown(
                        rule, "\(destination.name) was never seen RUNNING", creation.evidence,
                        unblock: "describe \(destination.name)",
                        needs: [.describe(destination.name)]))
            }
            return reasons + shellSince(creation, migration)
        }
    }

    /// That the snapshot which data was copied from is one of the closed source: as it was listed.
    private func seedVerified(
        _ name: String, _ taken: Copy.Taking?,
        _ seen: (row: SnapshotHistory.Sighting?, contrary: SnapshotHistory.Sighting?),
        of source: Incarnation, for destination: String, evidence: [SequenceNumber]
    ) -> [Reason] {
        guard let row = seen.row else {
            return [
                .unknown(
                    .copyVerified,
                    "snapshot \(name) was not listed between its making and that of \(destination)",
                    World.merge(evidence, taken?.attempt.evidence ?? []),
                    unblock: "list the snapshots", needs: [.snapshots(.database)])
            ]
        }
        let evidence = World.merge([row.moment.sequence], taken?.attempt.evidence ?? [])
        if let other = seen.contrary {
            return [
                .blocked(
                    .copyVerified,
                    "which snapshot had the name \(name) when \(destination) was created is not known",
                    World.merge(evidence, [other.moment.sequence]),
                    unblock: "create \(destination) from a snapshot that nothing else is named like"
                )
            ]
        }
        if row.row.environment != source.name {
            return [
                .blocked(
                    .copyVerified, "snapshot \(name) is of \(row.row.environment)", evidence,
                    unblock: "create \(destination) from a snapshot of \(source.name)")
            ]
        }
        guard let created = row.row.created else {
            return [
                .unknown(
                    .copyVerified, "when snapshot \(name) was created was not seen", evidence,
                    unblock: "list the snapshots", needs: [.snapshots(.database)])
            ]
        }
        let effective = taken.flatMap { taken in
            closures(source).last { $0.contains(taken.attempt.started.time) }
        }?.from
        if let effective, let taken,
            created + state.allowance(for: taken.attempt, created) < effective.wholeSecond
        {
            return [
                .blocked(
                    .copyVerified,
                    "snapshot \(name) was created at \(created.short), before maintenance was effective",
                    evidence,
                    unblock: clockAdvice(row.row, taken.attempt, otherwise: "take a new copy"))
            ]
        }
        return []
    }

    /// A dump of one database that was loaded into another, or of which only one side is named.
    private func otherDatabase(_ copy: Copy.Dump) -> Reason? {
        let (dumped, loaded) = copy.databases
        guard dumped != loaded else { return nil }
        let evidence = World.merge(copy.dump.evidence, copy.load.evidence)
        let unblock = "dump and load again, naming the same database in both commands"
        guard let dumped, let loaded else {
            return .unknown(
                .copyVerified,
                "database \(dumped ?? loaded ?? "") is named by one of dump and load only",
                evidence, unblock: unblock)
        }
        return .blocked(
            .copyVerified, "database \(dumped) was dumped and database \(loaded) was loaded",
            evidence, unblock: unblock)
    }

    /// A dump of what a destroy may have taken before can hold nothing.
    private func goneBefore(_ copy: Copy.Dump) -> Reason? {
        guard case .databaseDump(let name, _, _) = copy.dump.action,
            let dumped = incarnations[name]?.last(where: { $0.first < copy.dump.started }),
            let destroy = dumped.mortalAttempts.first(where: {
                $0.started < copy.dump.settled
            })
        else { return nil }
        return .blocked(
            .copyVerified, "\(name) may have been gone when it was dumped",
            World.merge(destroy.evidence, copy.dump.evidence),
            // One that is gone is never seen again.
            unblock: (existence(dumped).isGone ? nil : survival(dumped, [destroy]))
                ?? "dump and load again")
    }

    /// What was put into the temporary environment before it was dumped is in the dump as well.
    private func otherData(_ copy: Copy.Dump, _ migration: Migration) -> Reason? {
        guard copy.seed != nil, case .databaseDump(let name, _, _) = copy.dump.action,
            let dumped = incarnations[name]?.last(where: { $0.first < copy.dump.started })
        else { return nil }
        let settled = decision(migration) { $0 == .writesReconciled }
        let writer = dumped.attempts(.databaseLoad, .databaseShell).last { writer in
            writer.started < copy.dump.settled
                && (settled.map { writer.settled > $0.moment } ?? true)
        }
        return writer.map {
            .blocked(
                .copyVerified,
                "\($0.action.name.rawValue) may have put other data into \(name) before it was dumped",
                World.merge($0.evidence, copy.dump.evidence),
                unblock: "compare the data, then ledger-cli record reconciled")
        }
    }

    /// A shell may have changed the copy; a test that passed later shows that it is still good.
    private func shellSince(_ copied: Attempt, _ migration: Migration) -> [Reason] {
        guard
            let shell = migration.destination?.attempts(.databaseShell).last(where: {
                $0.settled > copied.settled
            }),
            decision(
                migration, after: shell.settled,
                { if case .testPassed = $0 { true } else { false } }) == nil
        else { return [] }
        return [
            .unknown(
                .copyVerified,
                "a shell was opened on the database of \(migration.roles.destination) after the copy",
                shell.evidence, unblock: "test \(migration.roles.destination) again")
        ]
    }
}
