import Ledger

/// How the destination is made and filled: C05, C06, C10, C14, C17, C27.
extension ConformanceCheck {
    static let releaseChecks: [ConformanceCheck] = [
        ConformanceCheck(
            "C05", .error, .precedence, "running-before-load",
            "The environment is RUNNING before a release is loaded into it.",
            source: "manage-databases.md, first-deployment.md"
        ) { conduct in
            .each(conduct.tried(.envLoad, on: conduct.d)) { load in
                guard
                    let seen = conduct.destination?.sightings.last(where: {
                        $0.shown.status != nil && $0.moment < load.started
                    }), let status = seen.shown.status
                else {
                    return .broken(
                        "a release was loaded \(load.at) into \(conduct.d), which was not seen RUNNING before",
                        load.evidence)
                }
                let evidence = load.evidence + [seen.moment.sequence]
                return status == "CREATING"
                    ? .broken(
                        "a release was loaded \(load.at) into \(conduct.d), last seen CREATING",
                        evidence) : .held(evidence)
            }
        },
        ConformanceCheck(
            "C05", .error, .precedence, "loaded-before-activate",
            "The release is loaded and RUNNING before it is activated.",
            source: "first-deployment.md"
        ) { conduct in
            .each(conduct.tried(.envActivate, on: conduct.d)) { loadedBefore($0, conduct) }
        },
        ConformanceCheck(
            "C05", .error, .precedence, "active-before-test",
            "The release is ACTIVE before the destination is tested.",
            source: "migrate-between-plans.md, first-deployment.md"
        ) { activeBeforeTest($0) },
        ConformanceCheck(
            "C06", .warning, .existence, "same-release",
            "The destination gets the release that is active on the source.",
            source: "migrate-between-plans.md"
        ) { conduct in
            guard
                let activation = conduct.accepted(
                    .envActivate,
                    {
                        $0.subject == .environment(conduct.d)
                    }
                ).last, case .envActivate(_, let release) = activation.action
            else { return .vacuous }
            let shown = conduct.source?.sightings.last {
                ($0.shown.activeRelease ?? nil) != nil && $0.moment < activation.started
            }
            guard let shown, let active = shown.shown.activeRelease ?? nil else {
                return .unknown(
                    "which release is active on \(conduct.s) was never seen", activation.evidence)
            }
            let evidence = activation.evidence + [shown.moment.sequence]
            if active == release { return .satisfied(evidence) }
            return .violated([
                .init(
                    message:
                        "\(release) was activated on \(conduct.d) \(activation.at), while \(active) was active on \(conduct.s)",
                    evidence: evidence)
            ])
        },
        ConformanceCheck(
            "C10", .note, .precedence, "opened-before-test", in: [.dump],
            "Maintenance of the destination is turned OFF before the test; after the DNS switch conforms as well.",
            source: "migrate-between-plans.md"
        ) { conduct in
            guard let first = conduct.switches.first,
                let off = conduct.maintenance(conduct.d, .off).last(where: { $0.isAccepted })
            else { return .vacuous }
            if off.started < first.started { return .satisfied(off.evidence) }
            return .violated([
                .init(
                    message:
                        "\(conduct.d) was opened \(off.at), after the DNS switch \(first.at): the page has listed both orders",
                    evidence: World.merge(off.evidence, first.evidence))
            ])
        },
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
            return .precedence(
                of: conduct.accepted(.envDestroy) { $0.subject == .environment(temporary.name) },
                before: conduct.accepted(.snapshotDestroy) {
                    $0.subject == .snapshot(.database, seed)
                }
            ) { "snapshot \(seed) was destroyed \($0.at), before \(temporary.name) was" }
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
        setting(
            "certificate", "The destination has the shop's certificate, not a self-signed one.",
            source: "going-live.md", keys: ["ssl certificate"]
        ) { _, value, _ in value == "self-signed" ? "self-signed" : nil },
        setting(
            "whitelist", "The destination's whitelist is allow-all.", source: "going-live.md",
            keys: ["whitelist"]
        ) { _, value, _ in value == "allow-all" ? nil : value },
        setting(
            "recycling", "Recycling, the health check, is ON on the destination.",
            source: "going-live.md", keys: ["recycling", "health check"]
        ) { _, value, _ in Switch(word: value) == .off ? "OFF" : nil },
        setting(
            "autoscaling", "The destination scales as the source does.", source: "going-live.md",
            keys: [
                "autoscaling min", "autoscaling max", "autoscaling scale down threshold",
                "autoscaling scale up threshold", "autoscaling scale down rate",
                "autoscaling scale up rate", "autoscaling grace period",
            ]
        ) { key, value, source in
            guard let wanted = source[key], wanted != value else { return nil }
            return "\(value), on the source \(wanted)"
        },
        creation(
            "size-and-ha-said",
            "The destination is created with --size and --ha or --no-ha: they cannot be changed later.",
            source: "migrate-between-plans.md, plans.md"
        ) { creation, _ in
            let missing = [
                creation.size == nil ? "--size" : nil,
                creation.highAvailability == nil ? "--ha or --no-ha" : nil,
            ].compactMap { $0 }
            return missing.isEmpty ? nil : "without \(missing.joined(separator: " and "))"
        },
        creation(
            "plan-changed", "The destination has another size than the source.", source: "plans.md"
        ) { creation, size in
            size.map { $0 == creation.size } ?? false
                ? "with size \(creation.size ?? ""), which the source has already" : nil
        },
    ]

    private static func loadedBefore(_ activation: Attempt, _ conduct: Conduct) -> Standing {
        guard case .envActivate(let d, let release) = activation.action else { return .aside }
        let seen = conduct.destination?.sightings.last {
            $0.shown.releases != nil && $0.moment < activation.started
        }
        let load = conduct.tried(.envLoad, on: d).last {
            $0.loadedRelease == release && $0.started < activation.started
        }
        let shown = seen?.shown.releases?.first { $0.release == release }
        if let seen, load.map({ seen.moment > $0.settled }) ?? true {
            let evidence = activation.evidence + [seen.moment.sequence]
            guard let shown, ["RUNNING", "ACTIVE"].contains(shown.status) else {
                return .broken(
                    "\(release) was activated on \(d) \(activation.at), last seen "
                        + (shown?.status ?? "not loaded"), evidence)
            }
            return .held(evidence)
        }
        guard load != nil else {
            return .broken(
                "\(release) was activated on \(d) \(activation.at) without being loaded",
                activation.evidence)
        }
        return .open(
            "\(release) was not looked at between its load and its activation on \(d)",
            activation.evidence + (load?.evidence ?? []))
    }

    private static func activeBeforeTest(_ conduct: Conduct) -> CheckResult {
        let tests = conduct.world.state.decisions.filter { isTest($0.value, of: conduct.d) }
            .filter { mark in
                mark.migration.map { $0 == conduct.migration.name } ?? true
                    && conduct.destination.map { mark.moment > $0.first } ?? true
            }
        return .each(tests) { test in
            let activation = conduct.accepted(.envActivate) {
                $0.subject == .environment(conduct.d)
            }.last { $0.started < test.moment }
            let seen = conduct.destination?.sightings.last {
                $0.shown.releases != nil && $0.moment < test.moment
            }
            if let seen, activation.map({ seen.moment > $0.settled }) ?? true {
                let evidence = [test.moment.sequence, seen.moment.sequence]
                return (seen.shown.activeRelease ?? nil) != nil
                    ? .held(evidence)
                    : .broken(
                        "\(conduct.d) was tested at \(test.moment.time.short), when no release was seen ACTIVE",
                        evidence)
            }
            guard let activation else {
                return .broken(
                    "\(conduct.d) was tested at \(test.moment.time.short) without an active release",
                    [test.moment.sequence])
            }
            return .open(
                "\(conduct.d) was not looked at between the activation and the test",
                activation.evidence + [test.moment.sequence])
        }
    }

    /// C17: a setting of the destination as last shown before the first switch, or commanded since.
    private static func setting(
        _ name: String, _ sentence: String, source: String, keys: [String],
        _ fault:
            @escaping @Sendable (_ key: String, _ value: String, _ source: [String: String])
            -> String?
    ) -> ConformanceCheck {
        ConformanceCheck("C17", .warning, .existence, "\(name)-at-switch", sentence, source: source)
        { conduct in
            guard let first = conduct.switches.first, let destination = conduct.destination else {
                return .vacuous
            }
            func shown(_ environment: Incarnation?) -> [String: (String, SequenceNumber)] {
                var values: [String: (String, SequenceNumber)] = [:]
                for sighting in environment?.sightings ?? [] where sighting.moment < first.started {
                    for (key, value) in sighting.shown.settings {
                        values[key] = (value, sighting.moment.sequence)
                    }
                }
                for attempt in environment?.attempts(.envSetting) ?? []
                where attempt.started < first.started && attempt.isAccepted {
                    guard case .envSetting(_, let setting, let value) = attempt.action else {
                        continue
                    }
                    let key = setting == "cert" ? "ssl certificate" : setting
                    if let old = values[key], old.1 < attempt.started.sequence {
                        values[key] = (value, attempt.started.sequence)
                    }
                    // Many words in, another spelling out: what is so is not known until seen.
                    if setting.hasPrefix("autoscaling") {
                        for key in values.keys where key.hasPrefix("autoscaling") {
                            if let old = values[key], old.1 < attempt.started.sequence {
                                values[key] = nil
                            }
                        }
                    }
                }
                return values
            }
            let here = shown(destination)
            let there = shown(conduct.source).mapValues(\.0)
            return .each(keys.filter { here[$0] != nil }) { key in
                guard let (value, sequence) = here[key] else { return .aside }
                let evidence = [sequence] + first.evidence
                return fault(key, value, there).map {
                    .broken("\(key) of \(destination.name) at the switch: \($0)", evidence)
                } ?? .held(evidence)
            }
        }
    }

    /// C27: the arguments of the destination's creation, given the size of the source.
    private static func creation(
        _ name: String, _ sentence: String, source: String,
        _ fault: @escaping @Sendable (EnvironmentCreation, String?) -> String?
    ) -> ConformanceCheck {
        ConformanceCheck("C27", .warning, .existence, name, sentence, source: source) { conduct in
            let size = conduct.source?.sightings.last { $0.shown.size != nil }
            return .each(conduct.tried(.envCreate, on: conduct.d)) { attempt in
                guard let creation = attempt.createArguments else { return .aside }
                let evidence = attempt.evidence + [size?.moment.sequence].compactMap { $0 }
                return fault(creation, size?.shown.size).map {
                    .broken("\(conduct.d) was created \(attempt.at) \($0)", evidence)
                } ?? .held(attempt.evidence)
            }
        }
    }
}
