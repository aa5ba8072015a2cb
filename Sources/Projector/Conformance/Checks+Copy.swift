import Ledger

/// How the source is copied: C01 to C04.
extension ConformanceCheck {
    static let copyChecks: [ConformanceCheck] = [
        ConformanceCheck(
            "C01", .error, .precedence, "source-closed-before-snapshot", in: [.snapshot],
            "Maintenance of the source is effective, a minute after ON, before its snapshot is taken.",
            source: "migrate-between-plans.md, manage-environments.md"
        ) { conduct in
            .each(conduct.snapshots) { taken in
                conduct.closed(conduct.s, at: taken.started).citing(taken.evidence)
                    .saying("snapshot \(taken.snapshotName ?? "") was taken \(taken.at), ")
            }
        },
        ConformanceCheck(
            "C02", .error, .precedence, "source-closed-before-dump", in: [.dump],
            "Maintenance of the source is effective before the dump, or before the snapshot that the dump is taken of.",
            source: "migrate-between-plans.md, manage-environments.md"
        ) { conduct in
            .each(conduct.dumps) { copy in
                conduct.closed(conduct.s, at: copy.point.started).citing(copy.point.evidence)
                    .saying(what(copy.point))
            }
        },
        ConformanceCheck(
            "C02", .error, .precedence, "destination-closed-before-dump", in: [.dump],
            "Maintenance of the destination is effective before the source is dumped.",
            source: "migrate-between-plans.md, manage-environments.md"
        ) { conduct in
            .each(conduct.dumps) { copy in
                conduct.closed(conduct.d, at: copy.point.started).citing(copy.point.evidence)
                    .saying(what(copy.point))
            }
        },
        ConformanceCheck(
            "C02", .error, .precedence, "both-closed-before-load", in: [.dump],
            "Source and destination are in maintenance while the dump is loaded.",
            source: "migrate-between-plans.md"
        ) { conduct in
            .each(
                conduct.tried(.databaseLoad, on: conduct.d).flatMap {
                    [($0, conduct.s), ($0, conduct.d)]
                }
            ) { load, name in
                conduct.closed(name, at: load.started).citing(load.evidence)
                    .saying("\(conduct.d) was loaded \(load.at), ")
            }
        },
        ConformanceCheck(
            "C03", .error, .absence, "source-stays-closed",
            "The source stays in maintenance from the copy until it is destroyed, unless the migration is rolled back.",
            source: "migrate-between-plans.md"
        ) { sourceStaysClosed($0) },
        ConformanceCheck(
            "C04", .error, .precedence, "snapshot-available-before-create", in: [.snapshot],
            "The snapshot is AVAILABLE before an environment is created from it.",
            source: "manage-databases.md, manage-snapshots.md"
        ) { conduct in
            .each(conduct.tried(.envCreate, on: conduct.d)) { creation in
                guard let seed = creation.createArguments?.snapshot.name else { return .aside }
                return available(seed, before: creation, conduct)
            }
        },
        ConformanceCheck(
            "C04", .error, .existence, "destination-names-snapshot", in: [.snapshot],
            "The destination is created with --snapshot and the migration's snapshot of the source.",
            source: "migrate-between-plans.md, manage-environments.md"
        ) { conduct in
            .each(conduct.tried(.envCreate, on: conduct.d)) { creation in
                guard let seed = creation.createArguments?.snapshot.name else {
                    return .broken(
                        "\(conduct.d) was created \(creation.at) without naming a snapshot: the platform takes the latest one, perhaps the automated one of the night",
                        creation.evidence)
                }
                guard let owner = conduct.world.snapshotSource(seed) else {
                    return .open("of what snapshot \(seed) is was never seen", creation.evidence)
                }
                guard owner == conduct.s else {
                    return .broken(
                        "\(conduct.d) was created \(creation.at) from snapshot \(seed) of \(owner)",
                        creation.evidence)
                }
                return .held(creation.evidence)
            }
        },
    ]

    private static func what(_ copy: Attempt) -> String {
        switch copy.action {
        case .snapshotCreate(_, let name, _, _): "snapshot \(name) was taken \(copy.at), "
        case .databaseDump(let environment, _, _): "\(environment) was dumped \(copy.at), "
        default: ""
        }
    }

    /// How a snapshot was last seen before an environment was created from it.
    static func available(_ name: String, before creation: Attempt, _ conduct: Conduct) -> Standing
    {
        let history = conduct.world.state.snapshots[SnapshotKey(kind: .database, name: name)]
        let taken = conduct.world.taking(of: name, for: creation)?.attempt
        let rows = (history?.sightings ?? []).filter { row in
            row.moment < creation.started && (taken.map { row.moment > $0.started } ?? true)
        }
        guard let last = rows.last else {
            return .broken(
                "\(creation.createArguments?.environment ?? "") was created \(creation.at) from snapshot \(name), which was not seen AVAILABLE before",
                creation.evidence + (taken?.evidence ?? []))
        }
        let evidence = creation.evidence + [last.moment.sequence]
        guard last.row.status == "AVAILABLE" else {
            return .broken(
                "\(creation.createArguments?.environment ?? "") was created \(creation.at) from snapshot \(name), last seen \(last.row.status)",
                evidence)
        }
        return .held(evidence)
    }

    private static func sourceStaysClosed(_ conduct: Conduct) -> CheckResult {
        guard let point = conduct.copyPoint else { return .vacuous }
        let end = conduct.sourceDestroys.first { $0.isAccepted }?.started
        func isWithin(_ moment: Moment) -> Bool {
            moment > point && (end.map { moment < $0 } ?? true)
        }
        let ends = conduct.sourceClosures.compactMap(\.end).filter(\.isCertain)
        // One that was not accepted may have opened it, and did when it was seen open.
        var openings = conduct.maintenance(conduct.s, .off).map { off in
            let isSeen = off.isAccepted || ends.contains { $0.evidence == off.evidence }
            return (off.started, off.evidence, isSeen ? nil : off.outcomeWords)
        }
        // Seen open without a command of ours.
        let closure = conduct.sourceClosures.last { closure in
            closure.from <= point.time && closure.end.map { $0.settled > point.time } ?? true
        }
        if let closed = closure?.end,
            !conduct.maintenance(conduct.s, .off).contains(where: {
                $0.evidence == closed.evidence
            }), let sequence = closed.evidence.first
        {
            openings.append(
                (
                    Moment(time: closed.settled, sequence: sequence), closed.evidence,
                    closed.isCertain ? nil : "not accepted"
                ))
        }
        let within = openings.filter { isWithin($0.0) }
        guard !within.isEmpty else { return .satisfied([point.sequence]) }
        return .each(within) { moment, evidence, doubt in
            if conduct.isRollingBack(at: moment) { return .held(evidence) }
            if let doubt {
                return .open(
                    "maintenance OFF of \(conduct.s) at \(moment.time.short), after the copy at \(point.time.short), was \(doubt): it may have been open",
                    evidence + [point.sequence])
            }
            return .broken(
                "\(conduct.s) was opened at \(moment.time.short), after the copy at \(point.time.short), with no rollback open",
                evidence + [point.sequence])
        }
    }
}

extension Conduct {
    /// True when going back had been decided at a moment, or when nothing forward followed.
    func isRollingBack(at moment: Moment) -> Bool {
        let words: [Moment] = world.state.decisions.filter { mark in
            (mark.migration == migration.name || world.isTest(mark, of: migration))
                && [.noGo, .lossAccepted, .writesReconciled, .testFailed(environment: d)]
                    .contains(mark.value)
        }.map(\.moment)
        let plans = world.state.planMarks.filter { mark in
            guard case .planIssued(let issue) = mark.value else { return false }
            return issue.plan == "rollback"
                && (issue.migration == nil || issue.migration == migration.name)
        }.map(\.moment)
        let abandoned = migration.closed.flatMap { $0.value ? $0.moment : nil }
        let starts =
            words + plans + switchesBack.map(\.started)
            + tried(.envDestroy, on: d).map(\.started) + [abandoned].compactMap { $0 }
        if starts.contains(where: { $0 < moment }) { return true }
        // Opened first and given up afterwards: a rollback in another order, if no customer moved.
        let isForward = switches.contains { $0.started > moment }
        let wasForward = switches.contains { $0.started < moment }
        let isGivenUp =
            !starts.isEmpty || destination == nil && migration.closed != nil
        return isGivenUp && !isForward && !wasForward
    }
}
