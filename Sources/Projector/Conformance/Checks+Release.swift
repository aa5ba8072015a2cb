import Ledger

/// The release on the destination: C05, C06 and C10.
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
}
