import Ledger

/// How the data travels: C01 to C04 and C11 to C16.
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
        ConformanceCheck(
            "C11", .error, .precedence, "loaded-before-open", in: [.dump],
            "The load is complete before maintenance of the destination is turned OFF.",
            source: "migrate-between-plans.md"
        ) { conduct in
            let closing = conduct.maintenance(conduct.d, .on).first
            return .precedence(
                of: conduct.accepted(.databaseLoad) {
                    $0.subject == .environment(conduct.d)
                },
                before: conduct.maintenance(conduct.d, .off).filter { off in
                    closing.map { $0.started < off.started } ?? false
                }
            ) { off in
                "maintenance OFF of \(conduct.d) was asked for \(off.at), before a load was complete"
            }
        },
        ConformanceCheck(
            "C12", .warning, .response, "caches-flushed-after-load", in: [.dump],
            "After the load the destination's caches are flushed, before it is opened or tested.",
            source: "migrate-between-plans.md"
        ) { conduct in
            let last = conduct.accepted(.databaseLoad) { $0.subject == .environment(conduct.d) }
                .suffix(1)
            return .response(
                to: Array(last),
                due: { load in
                    let opened = conduct.maintenance(conduct.d, .off).first {
                        $0.started > load.settled
                    }?.started
                    let tested = conduct.world.state.decisions.first { mark in
                        mark.moment > load.settled && isTest(mark.value, of: conduct.d)
                    }?.moment
                    return [opened, tested].compactMap { $0 }.min()
                }, now: conduct.now,
                by: { load in
                    conduct.accepted(.envCacheFlush) { $0.subject == .environment(conduct.d) }
                        .first { $0.started > load.settled }?.started
                },
                otherwise: { load, flushed in
                    "the caches of \(conduct.d) were "
                        + (flushed.map {
                            "flushed only at \($0.time.short), after it was opened or tested"
                        }
                            ?? "not flushed after the load \(load.at)")
                })
        },
        ConformanceCheck(
            "C13", .warning, .absence, "live-source-not-dumped",
            "A live environment is not dumped: a dump locks its database for long.",
            source: "manage-databases.md"
        ) { conduct in
            .each(conduct.tried(.databaseDump, on: conduct.s)) { dump in
                if case .broken(let how, let evidence) = conduct.closed(conduct.s, at: dump.started)
                {
                    return .broken(
                        "\(conduct.s) was dumped \(dump.at), \(how)", dump.evidence + evidence)
                }
                return .held(dump.evidence)
            }
        },
        ConformanceCheck(
            "C13", .warning, .absence, "source-not-dumped-beside-temporary", in: [.dump],
            "Where a temporary environment is made for the dump, the source itself is not dumped.",
            source: "manage-databases.md"
        ) { conduct in
            guard let t = conduct.t else { return .vacuous }
            return .absence(
                among: conduct.tried(.databaseDump),
                of: { $0.action.subject == .environment(conduct.s) }
            ) { "\(conduct.s) was dumped \($0.at) though \(t) is there for it" }
        },
        ConformanceCheck(
            "C13", .note, .absence, "closed-source-dumped", in: [.dump],
            "A dump of the source locks its database; harmless while it is in maintenance.",
            source: "manage-databases.md"
        ) { conduct in
            .each(conduct.tried(.databaseDump, on: conduct.s)) { dump in
                guard conduct.sourceClosures.contains(where: { $0.contains(dump.started.time) })
                else { return .aside }
                return .broken(
                    "\(conduct.s) was dumped \(dump.at) while in maintenance: the lock is harmless",
                    dump.evidence)
            }
        },
        ConformanceCheck(
            "C15", .error, .existence, "no-sql-scripts",
            "No automatic SQL script is configured when the destination or the temporary environment is created: it would change the copy.",
            source: "manage-sql-scripts.md"
        ) { conduct in
            let created = [conduct.destination, conduct.temporary].compactMap { $0?.creation }
            guard !created.isEmpty else { return .vacuous }
            return .each([conduct.migration]) {
                .rules(conduct.world.sqlScripts($0), created.flatMap(\.evidence))
            }
        },
        ConformanceCheck(
            "C16", .error, .existence, "nfs-contents-kept",
            "When NFS is ON on the source, an nfs snapshot is taken and restored into the destination: destroying an environment saves its database only.",
            source: "nfs.md, cleaning-up-environments.md"
        ) { nfsKept($0) },
        ConformanceCheck(
            "C16", .warning, .precedence, "settings-before-release",
            "NFS and Solr are enabled on the destination before the release is loaded: only releases loaded later see them.",
            source: "nfs.md, solr.md"
        ) { conduct in
            let enabled = conduct.accepted(.envSetting) { action in
                guard case .envSetting(conduct.d, let setting, let value) = action else {
                    return false
                }
                return (setting == "nfs" || setting == "solr") && Switch(word: value) == .on
            }
            let loads = conduct.accepted(.envLoad) { $0.subject == .environment(conduct.d) }
            return .each(enabled) { setting in
                guard case .envSetting(_, let name, _) = setting.action else { return .aside }
                if let first = loads.first, first.started < setting.started,
                    !loads.contains(where: { $0.started > setting.settled })
                {
                    return .broken(
                        "\(name) of \(conduct.d) was turned ON \(setting.at), after the release was loaded",
                        setting.evidence + first.evidence)
                }
                return .held(setting.evidence)
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

    static func isTest(_ decision: Decision, of environment: String) -> Bool {
        decision == .testPassed(environment: environment)
            || decision == .testFailed(environment: environment)
    }

    /// How a snapshot was last seen before an environment was created from it.
    static func available(_ name: String, before creation: Attempt, _ conduct: Conduct) -> Standing
    {
        let history = conduct.world.state.snapshots[SnapshotKey(kind: .database, name: name)]
        let taken = conduct.world.taking(of: name, before: creation.started)
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
        var openings = conduct.maintenance(conduct.s, .off).map { ($0.started, $0.evidence) }
        // Seen open without a command of ours.
        let closure = conduct.sourceClosures.last { closure in
            closure.from <= point.time && closure.end.map { $0.settled > point.time } ?? true
        }
        if let closed = closure?.end,
            !conduct.maintenance(conduct.s, .off).contains(where: {
                $0.evidence == closed.evidence
            }), let sequence = closed.evidence.first
        {
            openings.append((Moment(time: closed.settled, sequence: sequence), closed.evidence))
        }
        let within = openings.filter { isWithin($0.0) }
        guard !within.isEmpty else { return .satisfied([point.sequence]) }
        return .each(within) { moment, evidence in
            if conduct.isRollingBack(at: moment) { return .held(evidence) }
            return .broken(
                "\(conduct.s) was opened at \(moment.time.short), after the copy at \(point.time.short), with no rollback open",
                evidence + [point.sequence])
        }
    }

    private static func nfsKept(_ conduct: Conduct) -> CheckResult {
        guard let source = conduct.source,
            let moved = conduct.switches.first ?? conduct.sourceDestroys.first
        else { return .vacuous }
        let fact = conduct.world.nfs(source)
        switch fact {
        case .known(.off, _): return .vacuous
        case .unknown(let why, let evidence, _): return .unknown(why, evidence.events)
        case .known(.on, let evidence):
            let kept = conduct.world.state.snapshots.filter { key, history in
                key.kind == .nfs
                    && history.sightings.contains {
                        $0.row.environment == conduct.s && $0.row.status == "AVAILABLE"
                    }
                    && history.attempts.contains { $0.action.name == .snapshotCreate }
            }
            let restored = conduct.destination?.creation?.createArguments?.nfsSnapshot.name
            let isMoved =
                restored.map { name in kept.keys.contains { $0.name == name } } ?? false
                || conduct.world.acknowledged(.nfs, conduct.migration, after: nil) != nil
            if !kept.isEmpty, isMoved { return .satisfied(evidence.events) }
            return .violated([
                .init(
                    message:
                        "NFS of \(conduct.s) is ON and "
                        + (kept.isEmpty
                            ? "no nfs snapshot of it was seen AVAILABLE"
                            : "its nfs snapshot was not restored into \(conduct.d)"),
                    evidence: World.merge(evidence, moved.evidence))
            ])
        }
    }
}

extension Conduct {
    /// True when going back had been decided at a moment, or when nothing forward followed.
    func isRollingBack(at moment: Moment) -> Bool {
        let words: [Moment] = world.state.decisions.filter { mark in
            (mark.migration == migration.name || mark.value == .testFailed(environment: d))
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
