import Ledger

/// The temporary environment of a dump: C14.
extension ConformanceCheck {
    static let temporaryChecks: [ConformanceCheck] = [
        ConformanceCheck(
            "C14", .error, .precedence, "temporary-running-before-dump", in: [.dump],
            "The temporary environment is RUNNING before it is dumped.",
            source: "manage-databases.md"
        ) { conduct in
            .each(conduct.tried(.databaseDump, on: conduct.t)) { dump in
                guard
                    let seen = conduct.temporary?.sightings.last(where: {
                        $0.shown.status != nil && $0.moment < dump.started
                    }), seen.shown.status != "CREATING"
                else {
                    return .broken(
                        "\(conduct.t ?? "") was dumped \(dump.at) and not seen RUNNING before",
                        dump.evidence)
                }
                return .held(dump.evidence + [seen.moment.sequence])
            }
        },
        ConformanceCheck(
            "C14", .error, .precedence, "temporary-dumped-before-destroy", in: [.dump],
            "The temporary environment is dumped before it is destroyed.",
            source: "manage-databases.md"
        ) { conduct in
            guard let t = conduct.t else { return .vacuous }
            let destroys = conduct.tried(.envDestroy, on: t).filter {
                !conduct.isRollingBack(at: $0.started)
            }
            return .precedence(
                of: conduct.accepted(.databaseDump) { $0.subject == .environment(t) },
                before: destroys
            ) { "\(t) was destroyed \($0.at) before a dump of it was accepted" }
        },
        ConformanceCheck(
            "C14", .error, .precedence, "temporary-running-before-snapshot-destroy", in: [.dump],
            "The snapshot of a temporary environment is kept until the environment is RUNNING.",
            source: "manage-databases.md"
        ) { conduct in
            guard let temporary = conduct.temporary, let seed = temporary.seed else {
                return .vacuous
            }
            let destroys = conduct.tried(.snapshotDestroy) {
                $0.subject == .snapshot(.database, seed)
            }
            return .each(destroys) { destroy in
                let running = temporary.sightings.first {
                    $0.shown.status == "RUNNING" && $0.moment < destroy.started
                }
                let gone = temporary.attempts(.envDestroy).first { $0.started < destroy.started }
                guard let proof = running.map({ [$0.moment.sequence] }) ?? gone?.evidence else {
                    return .broken(
                        "snapshot \(seed) was destroyed \(destroy.at), before \(temporary.name) was seen RUNNING",
                        destroy.evidence)
                }
                return .held(destroy.evidence + proof)
            }
        },
        ConformanceCheck(
            "C14", .error, .succession, "temporary-destroyed-before-snapshot", in: [.dump],
            "The temporary environment is destroyed before the snapshot that it was made from.",
            source: "manage-databases.md"
        ) { conduct in
            guard let temporary = conduct.temporary, let seed = temporary.seed else {
                return .vacuous
            }
            let destroys = conduct.accepted(.envDestroy) {
                $0.subject == .environment(temporary.name)
            }
            let later = conduct.accepted(.snapshotDestroy) {
                $0.subject == .snapshot(.database, seed)
            }
            return .each(later) { destroy in
                if let before = destroys.last(where: { $0.settled < destroy.started }) {
                    return .held(before.evidence + destroy.evidence)
                }
                // Lists tell of one whose answer was lost.
                if let (past, _) = conduct.before(destroy),
                    let its = past.incarnations[temporary.name]?.last(where: {
                        $0.first == temporary.first
                    }), case .gone(let evidence) = past.existence(its)
                {
                    return .held(evidence + destroy.evidence)
                }
                return .broken(
                    "snapshot \(seed) was destroyed \(destroy.at), before \(temporary.name) was",
                    destroy.evidence)
            }
        },
        ConformanceCheck(
            "C14", .warning, .response, "temporary-destroyed", in: [.dump],
            "The temporary environment and its snapshot are destroyed when the dump is done.",
            source: "manage-databases.md"
        ) { conduct in
            guard conduct.isOver, conduct.temporary != nil else { return .vacuous }
            let left = conduct.orphans.filter {
                $0.kind == .temporaryEnvironment || $0.kind == .temporarySnapshot
            }
            guard !left.isEmpty else {
                return .satisfied(conduct.temporary?.creation?.evidence ?? [])
            }
            return .violated(left.map { .init(message: $0.message, evidence: $0.evidence) })
        },
    ]
}
