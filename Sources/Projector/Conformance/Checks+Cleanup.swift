import Ledger

/// What is destroyed, when, and what is left: C20 to C24.
extension ConformanceCheck {
    static let cleanupChecks: [ConformanceCheck] = [
        ConformanceCheck(
            "C20", .error, .precedence, "drained-before-snapshot-destroy",
            "The migration's snapshot is destroyed only when no customer is sent to the source any more.",
            source: "migrate-between-plans.md, configure-dns.md"
        ) { conduct in
            let names = Set(conduct.snapshots.compactMap(\.snapshotName))
            let destroys = conduct.tried(.snapshotDestroy) { action in
                guard case .snapshotDestroy(let name, let kind) = action else { return false }
                return kind != .nfs && names.contains(name)
            }
            return .each(destroys) { moved(before: $0, "the snapshot", conduct) }
        },
        ConformanceCheck(
            "C20", .error, .precedence, "drained-before-source-destroy",
            "The source is destroyed only when no customer is sent to it any more.",
            source: "migrate-between-plans.md, configure-dns.md"
        ) { conduct in
            .each(conduct.sourceDestroys) { moved(before: $0, conduct.s, conduct) }
        },
        ConformanceCheck(
            "C21", .warning, .precedence, "unprotected-directly-before-destroy",
            "Protection of the source is turned OFF directly before it is destroyed.",
            source: "migrate-between-plans.md, manage-environments.md"
        ) { conduct in
            .each(conduct.sourceDestroys) { destroy in
                let off = conduct.accepted(.envProtected) {
                    $0 == .envProtected(environment: conduct.s, state: .off)
                }.last { $0.started < destroy.started }
                guard let off else { return .aside }
                let between = conduct.commands.first {
                    $0.started > off.started && $0.started < destroy.started
                        && $0.outcome != .refused && $0.action.name != .envDestroy
                        && $0.action.name != .envProtected
                }
                guard let between else { return .held(off.evidence + destroy.evidence) }
                return .broken(
                    "protection of \(conduct.s) was turned OFF \(off.at), and \(between.action.name.rawValue) \(between.at) came before the destroy \(destroy.at)",
                    off.evidence + between.evidence + destroy.evidence)
            }
        },
        ConformanceCheck(
            "C21", .warning, .response, "source-not-left-unprotected",
            "When the source is not destroyed after all, its protection is turned ON again.",
            source: "manage-environments.md"
        ) { conduct in
            let off = conduct.accepted(.envProtected) {
                $0 == .envProtected(environment: conduct.s, state: .off)
            }.suffix(1)
            return .response(
                to: Array(off),
                due: {
                    Moment(
                        time: $0.started.time + Limits.unprotected, sequence: $0.started.sequence)
                },
                now: conduct.now,
                by: { off in
                    conduct.commands.first {
                        $0.started > off.started
                            && ($0.action == .envProtected(environment: conduct.s, state: .on)
                                && $0.isAccepted || isDestroy($0, of: conduct.s))
                    }?.started
                },
                otherwise: { off, answered in
                    "protection of \(conduct.s) was turned OFF \(off.at) and "
                        + (answered.map { "stayed so until \($0.time.short)" } ?? "left so")
                })
        },
        ConformanceCheck(
            "C22", .error, .precedence, "destination-protected-at-destroy",
            "The destination is protected when the source is destroyed.",
            source: "migrate-between-plans.md"
        ) { conduct in
            .each(conduct.sourceDestroys) { destroy in
                guard let (past, migration) = conduct.before(destroy) else { return .aside }
                guard let destination = migration.destination else {
                    return .broken(
                        "\(conduct.s) was destroyed \(destroy.at) without a destination",
                        destroy.evidence)
                }
                switch past.protected(destination) {
                case .known(.on, let evidence): return .held(destroy.evidence + evidence)
                case .known(.off, let evidence):
                    return .broken(
                        "\(conduct.s) was destroyed \(destroy.at) while \(conduct.d) was not protected",
                        destroy.evidence + evidence)
                case .unknown(let why, let evidence, _):
                    return .open(why, destroy.evidence + evidence)
                }
            }
        },
        ConformanceCheck(
            "C22", .error, .precedence, "destination-active-at-destroy",
            "The destination has an active release when the source is destroyed.",
            source: "migrate-between-plans.md"
        ) { conduct in
            .each(conduct.sourceDestroys) { destroy in
                guard let (past, migration) = conduct.before(destroy),
                    let destination = migration.destination
                else { return .aside }
                switch past.activeRelease(destination) {
                case .known(.some, let evidence): return .held(destroy.evidence + evidence)
                case .known(nil, let evidence):
                    return .broken(
                        "\(conduct.s) was destroyed \(destroy.at) while \(conduct.d) had no active release",
                        destroy.evidence + evidence)
                case .unknown(let why, let evidence, _):
                    return .open(why, destroy.evidence + evidence)
                }
            }
        },
        ConformanceCheck(
            "C23", .warning, .absence, "logs-kept",
            "Logs are kept: --delete-logs and log delete lose evidence.",
            source: "manage-logs.md, cleaning-up-environments.md"
        ) { conduct in
            .absence(
                among: conduct.commands.filter { $0.outcome != .refused && isLogRelevant($0) },
                of: deletesLogs
            ) { "\($0.action.name.rawValue) \($0.at) deleted logs" }
        },
        ConformanceCheck(
            "C23", .warning, .absence, "source-destroy-confirmed",
            "The platform's question before the source is destroyed is answered, not skipped.",
            source: "cleaning-up-environments.md"
        ) { conduct in
            .absence(among: conduct.sourceDestroys, of: skipsConfirmation) {
                "\(conduct.s) was destroyed \($0.at) with --no-confirm"
            }
        },
        ConformanceCheck(
            "C23", .note, .absence, "temporary-destroy-unconfirmed",
            "A temporary environment may be destroyed with --no-confirm.",
            source: "manage-databases.md"
        ) { conduct in
            .absence(among: conduct.tried(.envDestroy, on: conduct.t), of: skipsConfirmation) {
                "\(conduct.t ?? "") was destroyed \($0.at) with --no-confirm, as the page does"
            }
        },
        ConformanceCheck(
            "C24", .warning, .response, "final-snapshot-seen",
            "The final snapshot of the source is seen AVAILABLE within an hour of its destroy.",
            source: "cleaning-up-environments.md; policy"
        ) { conduct in
            .response(
                to: Array(
                    conduct.accepted(.envDestroy) { $0.subject == .environment(conduct.s) }.prefix(
                        1)),
                due: {
                    Moment(
                        time: $0.settled.time + Limits.finalSnapshot, sequence: $0.settled.sequence)
                },
                now: conduct.now,
                by: { _ in
                    guard let source = conduct.source else { return nil }
                    return conduct.world.finalSnapshot(of: source).compactMap { key in
                        conduct.world.state.snapshots[key]?.sightings.first {
                            $0.row.status == "AVAILABLE"
                        }?.moment
                    }.min()
                },
                otherwise: { destroy, seen in
                    "the final snapshot of \(conduct.s), destroyed \(destroy.at), was "
                        + (seen.map { "seen AVAILABLE only at \($0.time.short)" }
                            ?? "never seen AVAILABLE")
                })
        },
        ConformanceCheck(
            "C24", .warning, .response, "no-final-snapshot-left",
            "The final snapshots of temporary and abandoned environments are destroyed.",
            source: "cleaning-up-environments.md"
        ) { conduct in
            let ours = [conduct.temporary, conduct.destination].compactMap { $0 }.flatMap {
                conduct.world.finalSnapshot(of: $0)
            }
            guard conduct.isOver, !ours.isEmpty else { return .vacuous }
            let left = conduct.orphans.filter { $0.kind == .finalSnapshot }
            guard !left.isEmpty else {
                return .satisfied(
                    ours.flatMap { conduct.world.state.snapshots[$0]?.attempts ?? [] }
                        .flatMap(\.evidence))
            }
            return .violated(left.map { .init(message: $0.message, evidence: $0.evidence) })
        },
    ]

    /// Whether nobody was sent to the source any more when something that can bring it back went.
    private static func moved(before destroy: Attempt, _ what: String, _ conduct: Conduct)
        -> Standing
    {
        guard let (past, migration) = conduct.before(destroy) else { return .aside }
        let isBack = past.abandonment(migration) != nil || !conduct.switchesBack.isEmpty
        if isBack, destroy.action.name == .snapshotDestroy {
            // An abort: the source is what serves, and the snapshot goes after the destination.
            return .aside
        }
        let words = "\(what) was destroyed \(destroy.at): "
        if !conduct.switches.contains(where: { $0.started < destroy.started }),
            !conduct.hosts.contains(where: { host in
                past.state.hosts[host]?.answers.contains { $0.value.isAt(conduct.d) } ?? false
            })
        {
            return .broken(words + "DNS was not switched to \(conduct.d)", destroy.evidence)
        }
        let reasons =
            past.traffic(.trafficOffSource, migration, at: conduct.d)
            + past.drained(.drained, migration, off: conduct.s)
        return .rules(reasons, destroy.evidence).saying(words)
    }

    private static func isDestroy(_ attempt: Attempt, of environment: String) -> Bool {
        attempt.action.name == .envDestroy && attempt.outcome != .refused
            && attempt.action.subject == .environment(environment)
    }

    private static func isLogRelevant(_ attempt: Attempt) -> Bool {
        [.envDestroy, .envUnload, .logDelete].contains(attempt.action.name)
    }

    @Sendable private static func deletesLogs(_ attempt: Attempt) -> Bool {
        switch attempt.action {
        case .envDestroy(_, let deleteLogs, _), .envUnload(_, _, let deleteLogs): deleteLogs
        case .logDelete: true
        default: false
        }
    }

    @Sendable private static func skipsConfirmation(_ attempt: Attempt) -> Bool {
        if case .envDestroy(_, _, let noConfirm) = attempt.action { noConfirm } else { false }
    }
}
