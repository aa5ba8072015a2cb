import Ledger

/// How customers are moved, and moved back: C07 to C09, C18, C19 and C32.
extension ConformanceCheck {
    static let switchChecks: [ConformanceCheck] = [
        ConformanceCheck(
            "C07", .error, .precedence, "decided-before-switch",
            "The destination is tested and the decision is go before DNS is switched.",
            source: "migrate-between-plans.md"
        ) { conduct in .each(conduct.switches) { decided($0, conduct) } },
        ConformanceCheck(
            "C08", .warning, .precedence, "protected-before-switch",
            "The destination is protected before DNS is switched.",
            source: "migrate-between-plans.md"
        ) { conduct in
            .each(conduct.switches) { change in
                let commands = conduct.accepted(.envProtected) {
                    $0.subject == .environment(conduct.d)
                }.filter { $0.started < change.started }
                let creation = conduct.destination?.creation
                if let last = commands.last, case .envProtected(_, let state) = last.action {
                    return state == .on
                        ? .held(last.evidence + change.evidence)
                        : .broken(
                            "\(conduct.d) was not protected when DNS was switched to it",
                            last.evidence + change.evidence)
                }
                if let creation, creation.createArguments?.isProtected ?? false {
                    return .held(creation.evidence + change.evidence)
                }
                if let seen = conduct.destination?.sightings.last(where: {
                    $0.shown.protected != nil && $0.moment < change.started
                }), seen.shown.protected == .on {
                    return .held([seen.moment.sequence] + change.evidence)
                }
                return .broken(
                    "\(conduct.d) was not protected when DNS was switched to it", change.evidence)
            }
        },
        ConformanceCheck(
            "C09", .error, .existence, "open-by-end-of-drain",
            "Maintenance of the destination is seen OFF when customers arrive, at the latest when the old DNS answers have expired.",
            source: "migrate-between-plans.md, configure-dns.md"
        ) { openByDrain($0) },
        ConformanceCheck(
            "C18", .warning, .absence, "no-address-record",
            "Hostnames are switched to the endpoints of the destination, never to addresses: those change.",
            source: "going-live.md"
        ) { conduct in
            .absence(
                among: conduct.tried(.dnsSwitch),
                of: { $0.dns.map { isAddress($0.target) } ?? false }
            ) {
                "\($0.dns?.host ?? "") was switched \($0.at) to the address \($0.dns?.target ?? "")"
            }
        },
        ConformanceCheck(
            "C18", .warning, .precedence, "ttl-lowered-before-switch",
            "The time to live of every hostname is lowered before the switch.",
            source: "going-live.md, configure-dns.md"
        ) { conduct in .each(firstSwitches(conduct)) { lowered($0, conduct) } },
        ConformanceCheck(
            "C18", .error, .existence, "no-hostname-missed",
            "Every hostname of the shop is switched: www, apex, admin and those of every site.",
            source: "going-live.md, configure-dns.md"
        ) { conduct in
            guard let first = conduct.switches.first, conduct.switchesBack.isEmpty else {
                return .vacuous
            }
            let isDue =
                conduct.now - first.started.time > .hours(1) || conduct.migration.closed != nil
                || !conduct.sourceDestroys.isEmpty
                // The default environment is set once every name was switched.
                || conduct.tried(.configDefaultEnv).contains {
                    $0.action == .configDefaultEnv(environment: conduct.d)
                        && $0.started > first.started
                }
            return .each(conduct.hosts) { host in
                let history = conduct.world.state.hosts[host]
                if let change = conduct.switches.first(where: { $0.dns?.host == host }) {
                    return .held(change.evidence)
                }
                if let seen = history?.answers.last(where: { !$0.value.isAt(conduct.s) }) {
                    return .held([seen.moment.sequence])
                }
                guard isDue else { return .aside }
                return .broken(
                    "\(host) was not switched, others were \(first.at)",
                    first.evidence
                        + (history?.answers.suffix(1).map(\.moment.sequence) ?? []))
            }
        },
        ConformanceCheck(
            "C19", .warning, .precedence, "default-after-switch",
            "The default environment is changed after DNS was switched.",
            source: "migrate-between-plans.md"
        ) { conduct in
            let set = conduct.tried(.configDefaultEnv) { $0.subject == .environment(conduct.d) }
            return .precedence(of: conduct.switches, before: Array(set.prefix(1))) {
                "the default environment was set to \(conduct.d) \($0.at), before DNS was switched"
            }
        },
        ConformanceCheck(
            "C19", .error, .precedence, "default-before-destroy",
            "The default environment is the destination before the source is destroyed.",
            source: "migrate-between-plans.md, manage-environments.md"
        ) { conduct in
            .each(conduct.sourceDestroys) { destroy in
                guard let (past, _) = conduct.before(destroy) else { return .aside }
                let fact = past.defaultEnvironment
                if fact.value == conduct.d { return .held(destroy.evidence + fact.evidence) }
                // What was set or seen once and is not contradicted does not become wrong by age.
                let last = [
                    past.state.defaultAnswers.last.map { ($0.moment, $0.value) },
                    past.state.defaultAttempts.last(where: \.isAccepted).flatMap { attempt in
                        if case .configDefaultEnv(let name) = attempt.action {
                            (attempt.settled, name)
                        } else {
                            nil
                        }
                    },
                ].compactMap { $0 }.max { $0.0 < $1.0 }
                if last?.1 == conduct.d { return .held(destroy.evidence + fact.evidence) }
                return .broken(
                    "\(conduct.s) was destroyed \(destroy.at) while the default environment was "
                        + (last.map { "\($0.1)" } ?? "not known"),
                    destroy.evidence + fact.evidence)
            }
        },
        ConformanceCheck(
            "C32", .error, .precedence, "closed-before-switch-back",
            "On the way back the destination is effectively in maintenance before DNS points at the source again.",
            source: "policy"
        ) { conduct in
            .each(conduct.switchesBack) { back in
                conduct.closed(conduct.d, at: back.started).citing(back.evidence)
                    .saying("DNS was switched back to \(conduct.s) \(back.at), ")
            }
        },
        ConformanceCheck(
            "C32", .error, .precedence, "destination-closed-before-source-opens",
            "On the way back the source is opened only after the destination is closed: two open shops split the orders.",
            source: "policy"
        ) { conduct in
            guard let first = conduct.switches.first else { return .vacuous }
            let openings = conduct.maintenance(conduct.s, .off).filter {
                $0.started > first.started
            }
            return .each(openings) { opening in
                if conduct.tried(.envDestroy, on: conduct.d).contains(where: {
                    $0.isAccepted && $0.started < opening.started
                }) {
                    return .held(opening.evidence)
                }
                return conduct.closed(conduct.d, at: opening.started).citing(opening.evidence)
                    .saying("\(conduct.s) was opened \(opening.at), ")
            }
        },
    ]

    /// The first switch of each hostname.
    private static func firstSwitches(_ conduct: Conduct) -> [Attempt] {
        var seen: Set<String> = []
        return conduct.switches.filter { seen.insert($0.dns?.host ?? "").inserted }
    }

    private static func decided(_ change: Attempt, _ conduct: Conduct) -> Standing {
        let loaded = (conduct.destination?.attempts(.envLoad, .envActivate, .databaseLoad) ?? [])
            .last { $0.started < change.started }?.started
        let test = conduct.decision(before: change.started, after: loaded) {
            isTest($0, of: conduct.d)
        }
        let word = conduct.decision(before: change.started, after: loaded) {
            $0 == .go || $0 == .noGo
        }
        let evidence =
            change.evidence + [test?.moment.sequence, word?.moment.sequence].compactMap { $0 }
        let wrong: String? =
            switch (test?.value, word?.value) {
            case (nil, _): "before \(conduct.d) was tested"
            case (.testFailed, _): "after the test of \(conduct.d) failed"
            case (_, nil): "before go was decided"
            case (_, .noGo): "after no-go was decided"
            default: nil
            }
        if let wrong { return .broken("DNS was switched to \(conduct.d) \(wrong)", evidence) }
        if let test, let word, word.moment < test.moment,
            conduct.decision(
                before: word.moment, after: loaded,
                {
                    $0 == .testPassed(environment: conduct.d)
                }) == nil
        {
            return .broken(
                "DNS was switched to \(conduct.d) on a go that was decided before the test",
                evidence)
        }
        return .held(evidence)
    }

    private static func openByDrain(_ conduct: Conduct) -> CheckResult {
        guard let destination = conduct.destination, let first = conduct.switches.first,
            conduct.switchesBack.isEmpty
        else { return .vacuous }
        var end: Timestamp?
        for host in Set(conduct.switches.compactMap { $0.dns?.host }).sorted() {
            guard case .ends(let drained, _) = conduct.world.drain(host, off: conduct.s) else {
                continue
            }
            end = max(end ?? drained, drained)
        }
        let last = conduct.switches.last ?? first
        // Without a known time to live customers arrive with the switch itself.
        let due = max(end ?? last.started.time, last.started.time)
        let seen = destination.sightings.last {
            $0.shown.maintenance != nil && $0.moment.time <= due
        }
        let closing = conduct.maintenance(conduct.d, .on).last { on in
            on.started.time <= due && (seen.map { on.started > $0.moment } ?? true)
        }
        let evidence = World.merge(
            first.evidence, [seen?.moment.sequence].compactMap { $0 }, closing?.evidence ?? [])
        if let seen, seen.shown.maintenance == .off, closing == nil { return .satisfied(evidence) }
        guard due < conduct.now else { return .vacuous }
        if end == nil { return .unknown("when the old answers expired is not known", evidence) }
        return .violated([
            .init(
                message:
                    "maintenance of \(conduct.d) was not seen OFF by \(due.short), when the old DNS answers had expired"
                    + (seen?.shown.maintenance == .on ? "; it was last seen ON" : ""),
                evidence: evidence)
        ])
    }

    private static func lowered(_ change: Attempt, _ conduct: Conduct) -> Standing {
        guard let dns = change.dns else { return .aside }
        let seen = (conduct.world.state.hosts[dns.host]?.answers ?? []).filter {
            $0.moment < change.started && $0.value.ttl != nil && !$0.value.isCached
        }
        let highest = seen.compactMap(\.value.ttl).max()
        guard let last = dns.oldTTL ?? seen.last?.value.ttl else {
            return .open(
                "the time to live of \(dns.host) before the switch is not known", change.evidence)
        }
        let evidence = change.evidence + seen.suffix(1).map(\.moment.sequence)
        if last <= Limits.loweredTTL || highest.map({ last < $0 }) ?? false {
            return .held(evidence)
        }
        return .broken(
            "\(dns.host) was switched \(change.at) with a time to live of \(last) s, not lowered before",
            evidence)
    }

    private static func isAddress(_ target: String) -> Bool {
        let parts = target.split(separator: ".", omittingEmptySubsequences: false)
        let isFour = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        let isSix =
            target.contains(":")
            && target.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        return isFour || isSix
    }
}
