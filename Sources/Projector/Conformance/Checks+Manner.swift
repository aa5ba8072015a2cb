import Ledger

/// How commands were given and what they took: C25, C26 and C28 to C31.
extension ConformanceCheck {
    static let manner: [ConformanceCheck] = [
        ConformanceCheck(
            "C25", .error, .absence, "no-command-after-destroy",
            "Nothing is asked of an environment that was destroyed.",
            source: "cleaning-up-environments.md"
        ) { conduct in
            let environments = [conduct.source, conduct.destination].compactMap { $0 }
            return .each(environments) { environment in
                guard
                    let destroy = conduct.commands.first(where: {
                        $0.action.name == .envDestroy && $0.isAccepted
                            && $0.action.subject == .environment(environment.name)
                    })
                else { return .aside }
                let later = environment.attempts.first {
                    $0.started > destroy.settled && $0.action.name != .envCreate
                }
                guard let later else { return .held(destroy.evidence) }
                return .broken(
                    "\(later.action.name.rawValue) on \(environment.name) \(later.at), after it was destroyed \(destroy.at)",
                    later.evidence + destroy.evidence)
            }
        },
        ConformanceCheck(
            "C25", .error, .absence, "name-not-reused",
            "The name of an environment that was destroyed is not used again: its hostnames would be the same.",
            source: "access-your-environments.md; policy"
        ) { conduct in
            let again = conduct.world.newest(conduct.s).flatMap { newest in
                newest.first == conduct.source?.first ? nil : newest
            }
            let made = [conduct.destination, conduct.temporary, again].compactMap { $0 }
            return .each(made) { environment in
                guard let creation = environment.creation else { return .aside }
                // A restore makes the source again under its name.
                if environment.name == conduct.s, conduct.isRollingBack(at: creation.started) {
                    return .aside
                }
                let earlier = conduct.world.incarnations[environment.name]?.last {
                    $0.first < environment.first
                }
                guard let earlier else { return .held(creation.evidence) }
                return .broken(
                    "\(environment.name) was created \(creation.at) under a name that an earlier environment had",
                    creation.evidence + [earlier.first.sequence])
            }
        },
        ConformanceCheck(
            "C26", .warning, .absence, "no-forced-snapshot",
            "A snapshot needs no --force; an environment without high availability does.",
            source: "manage-snapshots.md"
        ) { conduct in
            .absence(
                among: conduct.tried(.snapshotCreate),
                of: { if case .snapshotCreate(_, _, _, true) = $0.action { true } else { false } }
            ) { "snapshot \($0.snapshotName ?? "") was taken \($0.at) with --force" }
        },
        ConformanceCheck(
            "C28", .warning, .timed, "snapshot-duration",
            "A snapshot takes a few minutes, no more than \(Limits.snapshot.words).",
            source: "manage-databases.md; policy"
        ) { conduct in
            .each(conduct.accepted(.snapshotCreate)) { taken in
                guard case .snapshotCreate(_, let name, let kind, _) = taken.action else {
                    return .aside
                }
                let rows =
                    (conduct.world.state.snapshots[
                        SnapshotKey(kind: kind ?? .database, name: name)]?.sightings ?? []).filter {
                        $0.moment > taken.started
                    }
                return took(
                    "snapshot \(name)", taken, rows.map { ($0.moment, $0.row.status) },
                    done: "AVAILABLE", limit: Limits.snapshot)
            }
        },
        ConformanceCheck(
            "C28", .warning, .timed, "creation-duration",
            "An environment is created in 15 to 25 minutes, no more than \(Limits.creation.words).",
            source: "manage-databases.md; policy"
        ) { conduct in
            .each([conduct.destination, conduct.temporary].compactMap { $0 }) { environment in
                guard let creation = environment.creation, creation.isAccepted else {
                    return .aside
                }
                let seen = environment.sightings.compactMap { sighting in
                    sighting.shown.status.map { (sighting.moment, $0) }
                }
                return took(
                    environment.name, creation, seen, done: "RUNNING", limit: Limits.creation)
            }
        },
        ConformanceCheck(
            "C28", .warning, .timed, "downtime",
            "Customers are without a shop for up to an hour.", source: "migrate-between-plans.md"
        ) { conduct in
            guard let downtime = conduct.downtime else { return .vacuous }
            let length = (downtime.to ?? conduct.now) - downtime.from
            if length > Limits.downtime {
                return .violated([
                    .init(
                        message:
                            "the shop was closed for \(length.words) from \(downtime.from.short)"
                            + (downtime.to == nil ? " and still is" : ""),
                        evidence: downtime.evidence)
                ])
            }
            return downtime.to == nil ? .vacuous : .satisfied(downtime.evidence)
        },
        ConformanceCheck(
            "C28", .warning, .timed, "outside-platform-windows",
            "Snapshots and dumps are not taken in the backup window 13:00-14:00 UTC nor on Tuesdays 14:00-15:00 UTC.",
            source: "faq/updates-and-maintenance.md"
        ) { conduct in
            .each(conduct.tried(.snapshotCreate) + conduct.tried(.databaseDump)) { attempt in
                guard let window = Limits.window(attempt.started.time) else {
                    return .held(attempt.evidence)
                }
                return .broken(
                    "\(attempt.action.name.rawValue) \(attempt.at) falls into \(window)",
                    attempt.evidence)
            }
        },
        remark(
            "operands-in-order", "swapped-operands",
            "The environment comes after the verb: env load ENVIRONMENT RELEASE.",
            source: "manage-releases.md", words: "swapped the operands"),
        remark(
            "snapshot-named-by-option", "positional-name",
            "A snapshot is named with --name.", source: "manage-snapshots.md",
            words: "named the snapshot by position"),
        ConformanceCheck(
            "C29", .warning, .absence, "no-dash-in-name",
            "The name of a new environment has no dash.", source: "manage-environments.md"
        ) { conduct in
            .absence(
                among: conduct.tried(.envCreate),
                of: { $0.createArguments?.environment.contains("-") ?? false }
            ) { "\($0.createArguments?.environment ?? "") was created \($0.at)" }
        },
        ConformanceCheck(
            "C30", .error, .absence, "echo-matches",
            "The platform's answer names what was asked for.", source: "cleaning-up-releases.md"
        ) { conduct in
            .absence(among: conduct.commands, of: { $0.report.detail == "echo-differs" }) {
                "\($0.action.name.rawValue) of \($0.action.subject) \($0.at) was answered for something else"
            }
        },
        ConformanceCheck(
            "C30", .error, .response, "doubt-settled-before-next",
            "What came of a command whose outcome is unknown is looked at before the next command that depends on it.",
            source: "policy"
        ) { conduct in
            .each(conduct.commands.filter { $0.outcome == .unknown || $0.isInDoubt }) {
                settled($0, conduct)
            }
        },
        ConformanceCheck(
            "C31", .warning, .timed, "source-not-left-closed",
            "A source in maintenance is followed by the switch or by a rollback within \(Limits.abandoned.words).",
            source: "migrate-between-plans.md; policy"
        ) { conduct in
            guard let on = conduct.closing else { return .vacuous }
            let answer = (conduct.switches + conduct.maintenance(conduct.s, .off))
                .filter { $0.started > on.started }.map(\.started).min()
            let length = (answer?.time ?? conduct.now) - on.started.time
            if length > Limits.abandoned {
                return .violated([
                    .init(
                        message:
                            "\(conduct.s) was in maintenance for \(length.words) from \(on.started.time.short) without a switch or a rollback",
                        evidence: World.merge(
                            on.evidence, [answer?.sequence].compactMap { $0 }))
                ])
            }
            return answer.map { .satisfied(World.merge(on.evidence, [$0.sequence])) } ?? .vacuous
        },
    ]

    private static func remark(
        _ name: String, _ remark: String, _ sentence: String, source: String, words: String
    ) -> ConformanceCheck {
        ConformanceCheck("C29", .warning, .absence, name, sentence, source: source) { conduct in
            let relevant: Set<ActionName> =
                remark == "positional-name" ? [.snapshotCreate] : [.envLoad, .envActivate]
            return .absence(
                among: conduct.commands.filter { relevant.contains($0.action.name) },
                of: { $0.report.remarks.contains(remark) }
            ) { "\($0.action.name.rawValue) of \($0.action.subject) \($0.at) \(words)" }
        }
    }

    /// How long something took, by the first look that shows it done.
    private static func took(
        _ what: String, _ attempt: Attempt, _ seen: [(Moment, String)], done: String, limit: Span
    ) -> Standing {
        guard let last = seen.last else { return .aside }
        let finished = seen.first { $0.1 == done }
        let end = finished?.0 ?? last.0
        let evidence = attempt.evidence + [end.sequence]
        let length = end.time - attempt.started.time
        if length > limit {
            return .broken(
                "\(what), asked for \(attempt.at), was "
                    + (finished == nil ? "still \(last.1)" : "first seen \(done)")
                    + " \(length.words) later", evidence)
        }
        return finished == nil ? .aside : .held(evidence)
    }

    /// Whether somebody looked before the next command that depends on one of unknown outcome.
    private static func settled(_ attempt: Attempt, _ conduct: Conduct) -> Standing {
        let touched = attempt.touched
        let next = conduct.commands.first {
            $0.started > attempt.started && !$0.touched.isDisjoint(with: touched)
                && !$0.retells(attempt)
        }
        guard let next else { return .aside }
        let state = conduct.world.state
        var looks: [Moment] = []
        for resource in touched {
            switch resource {
            case .environment(let name, _):
                looks += state.environments[name]?.sightings.map(\.moment) ?? []
            case .snapshot(let kind, let name):
                looks += state.snapshotListings[kind]?.map(\.moment) ?? []
                looks +=
                    state.snapshots[SnapshotKey(kind: kind, name: name)]?.sightings.map(\.moment)
                    ?? []
            case .dns(let host): looks += state.hosts[host]?.answers.map(\.moment) ?? []
            default: break
            }
        }
        switch attempt.action.name {
        case .configDefaultEnv: looks += state.defaultAnswers.map(\.moment)
        case .envCreate, .envDestroy: looks += state.environmentListings.map(\.moment)
        case .configSqlScript: looks += state.scriptListings.map(\.moment)
        default: break
        }
        let look = looks.filter { $0 > attempt.settled && $0 < next.started }.min()
        if let look { return .held(attempt.evidence + [look.sequence]) }
        return .broken(
            "\(attempt.action.name.rawValue) of \(attempt.action.subject) \(attempt.at) was \(attempt.outcomeWords) and \(next.action.name.rawValue) \(next.at) followed without a look",
            attempt.evidence + next.evidence)
    }
}

extension Attempt {
    /// True when somebody said afterwards what came of a command, for the time of it.
    fileprivate func retells(_ other: Attempt) -> Bool {
        action == other.action && basis != .executed
            && started.time - other.started.time < .seconds(1)
    }

    /// The resources that it changes or reads.
    var touched: Set<Resource> {
        switch action {
        case .envCreate(let creation):
            var touched: Set<Resource> = [.environment(creation.environment)]
            if let name = creation.snapshot.name { touched.insert(.snapshot(.database, name)) }
            return touched
        case .snapshotCreate(let environment, let name, let kind, _):
            return [.environment(environment), .snapshot(kind ?? .database, name)]
        case .databaseDump(_, _, let path?), .databaseLoad(_, _, let path?):
            return [action.subject, .file(path)]
        default: return [action.subject]
        }
    }
}
