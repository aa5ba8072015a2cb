import Ledger

/// What becomes of the copy: C11 to C13, C15 and C16.
extension ConformanceCheck {
    static let loadChecks: [ConformanceCheck] = [
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

    static func isTest(_ decision: Decision, of environment: String) -> Bool {
        decision == .testPassed(environment: environment)
            || decision == .testFailed(environment: environment)
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
            let restored = conduct.destination?.nfsSeed
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
