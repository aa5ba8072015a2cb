import Ledger

/// The rules that say whether a migration's destination has succeeded the source.
extension World {
    func destinationServing(_ destination: Incarnation, rule: RuleName = .destinationServing)
        -> [Reason]
    {
        let name = destination.name
        var reasons = demand(
            rule, status(destination), is: "RUNNING", otherwise: "\(name) is not RUNNING",
            unblock: "wait until \(name) is seen RUNNING")
        switch activeRelease(destination) {
        case .known(.some, _): break
        case .known(nil, let evidence):
            reasons.append(
                .blocked(
                    rule, "\(name) has no active release", evidence,
                    unblock: "load and activate the release on \(name)"))
        case .unknown(let why, let evidence, let need):
            reasons.append(
                .unknown(
                    rule, why, evidence, unblock: "describe \(name)",
                    needs: [need].compactMap { $0 }))
        }
        let command = destination.attempts(.envMaintenance).last
        if let command, case .envMaintenance(_, .on) = command.action, command.isAccepted,
            destination.sightings.last(where: { $0.shown.maintenance != nil }).map({
                $0.moment < command.settled
            }) ?? true
        {
            reasons.append(
                .blocked(
                    rule, "\(name) was put into maintenance", command.evidence,
                    unblock: "turn maintenance of \(name) OFF and look"))
        } else {
            reasons += demand(
                rule, shownMaintenance(destination), is: .off,
                otherwise: "\(name) is in maintenance",
                unblock: "see maintenance OFF on \(name)")
        }
        return reasons
    }

    func destinationProtected(_ destination: Incarnation) -> [Reason] {
        demand(
            .destinationProtected, protected(destination), is: .on,
            otherwise: "\(destination.name) is not protected",
            unblock: "fleet env protected \(destination.name) ON")
    }

    func decisionMade(_ migration: Migration, _ destination: Incarnation) -> [Reason] {
        let change = destination.attempts(.envLoad, .envActivate, .databaseLoad).last
        let since = change?.started
        let test = decision(migration, after: since) {
            if case .testPassed(migration.roles.destination) = $0 {
                true
            } else if case .testFailed(migration.roles.destination) = $0 {
                true
            } else {
                false
            }
        }
        let word = decision(migration, after: since) { $0 == .go || $0 == .noGo }
        let evidence = World.merge(
            change?.evidence ?? [],
            [test?.moment.sequence, word?.moment.sequence].compactMap { $0 })
        guard let test, case .testPassed = test.value else {
            return [
                .blocked(
                    .decisionMade,
                    test == nil
                        ? "no test of \(destination.name) since its last load"
                        : "the test of \(destination.name) failed",
                    evidence, unblock: "ledger-cli record test \(destination.name) passed")
            ]
        }
        guard let word, word.value == .go else {
            return [
                .blocked(
                    .decisionMade, word == nil ? "go was not decided" : "the decision is no-go",
                    evidence, unblock: "ledger-cli record decision go")
            ]
        }
        let passed = state.decisions.contains {
            mark in
            mark.value == test.value && mark.moment < word.moment
                && (since.map { mark.moment > $0 } ?? true)
        }
        guard passed else {
            return [
                .blocked(
                    .decisionMade, "go was decided before a test passed", evidence,
                    unblock: "ledger-cli record decision go")
            ]
        }
        return []
    }

    /// `traffic-off-source` or, in an abort, `traffic-off-destination`.
    func traffic(_ rule: RuleName, _ migration: Migration, at goal: String) -> [Reason] {
        let hosts = hostnames(migration)
        if hosts.isEmpty {
            return [
                .unknown(
                    rule, "no hostname of the migration is known", migration.evidence,
                    unblock: "declare the hostnames and look them up", needs: [.host("HOSTNAME")])
            ]
        }
        return hosts.flatMap { host -> [Reason] in
            switch location(host) {
            case .unknown(let why, let evidence):
                return [
                    .unknown(rule, why, evidence, unblock: "look \(host) up", needs: [.host(host)])
                ]
            case .at(let place, let answer):
                if place == goal { return [] }
                // Only the way forward has successors: an abort must find every name at the source.
                if rule == .trafficOffSource, place != migration.roles.source,
                    isSuccessor(place, of: goal, depth: 8)
                {
                    return []
                }
                return [
                    .blocked(
                        rule, "\(host) still points at \(place)", [answer.moment.sequence],
                        unblock: "switch \(host) to \(goal) and observe it")
                ]
            }
        }
    }

    /// True when a later declared migration moved on from one environment to another, verified.
    private func isSuccessor(_ place: String, of goal: String, depth: Int) -> Bool {
        guard depth > 0 else { return false }
        return (casting.bySource[goal] ?? []).contains { migration in
            guard migration.isDeclared, copyVerified(migration).isEmpty else { return false }
            return migration.roles.destination == place
                || isSuccessor(place, of: migration.roles.destination, depth: depth - 1)
        }
    }

    func drained(_ rule: RuleName, _ migration: Migration, off name: String) -> [Reason] {
        hostnames(migration).flatMap { host -> [Reason] in
            switch drain(host, off: name) {
            case .nothing: return []
            case .unknown(let evidence):
                return [
                    .unknown(
                        rule, "the old time to live of \(host) is not known", evidence,
                        unblock: "record the switch with its old TTL",
                        needs: [
                            Need(
                                fact: "old TTL of \(host)",
                                command: [
                                    "ledger-cli", "record", "dns", host, "--to",
                                    migration.roles.destination, "--old-ttl", "SECONDS", "--at",
                                    "TIME",
                                ])
                        ])
                ]
            case .ends(let end, let evidence):
                if end > now {
                    return [
                        .blocked(
                            rule, "old answers for \(host) are served until \(end.short)", evidence,
                            unblock: "wait until \(end.short), then look \(host) up")
                    ]
                }
                guard case .at(_, let answer) = location(host) else { return [] }
                if answer.moment.time < end {
                    return [
                        .unknown(
                            rule, "\(host) was not looked up since the drain ended at \(end.short)",
                            World.merge(evidence, [answer.moment.sequence]),
                            unblock: "look \(host) up", needs: [.host(host)])
                    ]
                }
                if policy.soak > .seconds(0), end + policy.soak > now {
                    return [
                        .blocked(
                            .soak,
                            "the soak after the drain lasts until \((end + policy.soak).short)",
                            evidence, unblock: "wait until \((end + policy.soak).short)")
                    ]
                }
                return []
            }
        }
    }

    func copyQuiesced(_ migration: Migration) -> [Reason] {
        guard let source = migration.source else { return [] }
        let copy = copy(migration)
        guard let point = copy.point else {
            return [
                .blocked(
                    .copyQuiesced, "no copy of \(source.name) is known", copy.evidence,
                    unblock: "copy \(source.name) while it is in maintenance")
            ]
        }
        let evidence = World.merge(
            [point.sequence], source.attempts(.envMaintenance).flatMap(\.evidence))
        guard let closure = closures(source).last(where: { $0.contains(point.time) }) else {
            let doubtful = closures(source).last {
                $0.from <= point.time && $0.end?.isCertain == false
            }
            if doubtful != nil {
                return [
                    .unknown(
                        .copyQuiesced,
                        "maintenance of \(source.name) may have been opened before the copy",
                        evidence, unblock: "describe \(source.name)",
                        needs: [.describe(source.name)])
                ]
            }
            return [
                .blocked(
                    .copyQuiesced,
                    "\(source.name) was not effectively in maintenance when the copy was taken at \(point.time.short)",
                    evidence,
                    unblock: "take a new copy once maintenance of \(source.name) is effective")
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

    func copyVerified(_ migration: Migration) -> [Reason] {
        let rule = RuleName.copyVerified
        switch copy(migration) {
        case .none(let why, let evidence):
            return [
                .blocked(
                    rule, why, evidence,
                    unblock: "copy the source's data to \(migration.roles.destination)")
            ]
        case .dump(let dump):
            if let (why, evidence) = contradiction(dump) {
                return [
                    .blocked(
                        rule, why, World.merge(evidence, dump.dump.evidence),
                        unblock: "dump and load again")
                ]
            }
            return shellSince(dump.load, migration)
        case .snapshot(let name, let taken, let creation):
            guard let destination = migration.destination, let source = migration.source else {
                return []
            }
            var reasons: [Reason] = []
            let rows = state.snapshots[SnapshotKey(kind: .database, name: name)]?.sightings ?? []
            let first = rows.first { row in taken.map { row.moment > $0.started } ?? true }
            if let first {
                let evidence = World.merge([first.moment.sequence], taken?.evidence ?? [])
                let effective = taken.flatMap { attempt in
                    closures(source).last { $0.contains(attempt.started.time) }
                }?.from
                if first.row.environment != source.name {
                    reasons.append(
                        .blocked(
                            rule, "snapshot \(name) is of \(first.row.environment)", evidence,
                            unblock: "create \(destination.name) from a snapshot of \(source.name)")
                    )
                } else if let created = first.row.created {
                    if let effective, created < effective.wholeSecond {
                        reasons.append(
                            .blocked(
                                rule,
                                "snapshot \(name) was created at \(created.short), before maintenance was effective",
                                evidence, unblock: "take a new copy"))
                    }
                } else {
                    reasons.append(
                        .unknown(
                            rule, "when snapshot \(name) was created was not seen", evidence,
                            unblock: "list the snapshots", needs: [.snapshots(.database)]))
                }
            } else {
                reasons.append(
                    .unknown(
                        rule, "snapshot \(name) was never listed", creation.evidence,
                        unblock: "list the snapshots", needs: [.snapshots(.database)]))
            }
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

    func sourceWrites(_ migration: Migration) -> [Reason] {
        let rule = RuleName.sourceWrites
        guard let source = migration.source, let point = copy(migration).point else { return [] }
        let unblock =
            "bring the writes over and ledger-cli record reconciled, or ledger-cli record acknowledge source-writes"
        let settled = decision(migration) {
            $0 == .writesReconciled || $0 == .gapAcknowledged(.sourceWrites)
        }
        let writers = source.attempts(.databaseLoad, .databaseShell).filter { writer in
            writer.started > point && (settled.map { writer.settled > $0.moment } ?? true)
        }
        var reasons = writers.map {
            Reason.blocked(
                rule,
                "\($0.action.name.rawValue) may have written to \(source.name) after the copy",
                $0.evidence, unblock: unblock)
        }
        let from = settled.map { max($0.moment.time, point.time) } ?? point.time
        let closures = self.closures(source)
        let since = World.merge(
            [point.sequence], source.attempts(.envMaintenance).suffix(2).flatMap(\.evidence))
        guard
            let closure = closures.last(where: { $0.contains(from) })
                ?? closures.last(where: { $0.from <= from })
        else {
            reasons.append(
                .blocked(rule, "\(source.name) was open after the copy", since, unblock: unblock))
            return reasons
        }
        if let end = closure.end {
            if end.isCertain {
                reasons.append(
                    .blocked(
                        rule,
                        "\(source.name) may have been open since \(end.time.short), after the copy",
                        World.merge(end.evidence, [point.sequence]), unblock: unblock))
            } else {
                reasons.append(
                    .unknown(
                        rule,
                        "maintenance of \(source.name) may have been turned OFF at \(end.time.short)",
                        end.evidence, unblock: "describe \(source.name)",
                        needs: [.describe(source.name)]))
            }
        } else if closure.confirmed.map(isStale) ?? true {
            reasons.append(
                .unknown(
                    rule, "\(source.name) was not seen in maintenance lately", closure.evidence,
                    unblock: "describe \(source.name)", needs: [.describe(source.name)]))
        }
        return reasons
    }

    func sqlScripts(_ migration: Migration) -> [Reason] {
        [migration.destination, migration.temporary].compactMap { $0 }.flatMap {
            environment -> [Reason] in
            guard let creation = environment.creation else { return [] }
            if acknowledged(.sqlScripts, migration, after: creation.started) != nil { return [] }
            switch scripts(at: creation.started) {
            case .known(let names, _) where names.isEmpty: return []
            case .known(let names, let evidence):
                return [
                    .blocked(
                        .sqlScripts,
                        "automatic SQL scripts ran on \(environment.name): \(names.joined(separator: ", "))",
                        World.merge(evidence, creation.evidence),
                        unblock: "ledger-cli record acknowledge sql-scripts")
                ]
            case .unknown(let why, let evidence, let need):
                return [
                    .unknown(
                        .sqlScripts, why, World.merge(evidence, creation.evidence),
                        unblock: "list the scripts", needs: [need].compactMap { $0 })
                ]
            }
        }
    }

    /// The automatic SQL scripts at a moment: the listing before it, or a later one when no change lies between.
    private func scripts(at moment: Moment) -> Fact<[String]> {
        let listings = state.scriptListings.filter { $0.value.isComplete || !$0.value.rows.isEmpty }
        let before = listings.last { $0.moment < moment }
        let changes = state.scriptAttempts
        if let before,
            !changes.contains(where: { $0.settled > before.moment && $0.started < moment }),
            before.value.isComplete || !before.value.rows.isEmpty
        {
            return .known(before.value.rows, [before.moment.sequence])
        }
        if let after = listings.first(where: { $0.moment > moment }),
            !changes.contains(where: { $0.started > moment && $0.started < after.moment })
        {
            return .known(after.value.rows, [after.moment.sequence])
        }
        if let first = changes.first(where: { $0.started > moment }), first.isAccepted,
            case .configSqlScript(.remove, let name) = first.action
        {
            return .known([name], first.evidence)
        }
        if let last = changes.last(where: { $0.settled < moment }), last.isAccepted,
            case .configSqlScript(.add, let name) = last.action
        {
            return .known([name], last.evidence)
        }
        return .unknown(
            "whether automatic SQL scripts ran was never seen", changes.flatMap(\.evidence),
            .scripts)
    }

    /// The events that the success of a migration is proven by, when it is.
    func proof(_ migration: Migration) -> [SequenceNumber] {
        let source = migration.source
        let closure = source.flatMap { closures($0).last }?.evidence ?? []
        let decisions = [
            decision(migration) { if case .testPassed = $0 { true } else { false } },
            decision(migration) { $0 == .go },
        ].compactMap { $0?.moment.sequence }
        let hosts = hostnames(migration).compactMap {
            state.hosts[$0]?.answers.last?.moment.sequence
        }
        let destination = migration.destination.map { destination in
            World.merge(
                status(destination).evidence, shownMaintenance(destination).evidence,
                protected(destination).evidence)
        }
        return World.merge(
            migration.evidence, closure, copy(migration).evidence, decisions, hosts,
            destination ?? [], defaultEnvironment.evidence,
            source.map { World.merge(nfs($0).evidence, solr($0).evidence) } ?? [])
    }

    /// All that must hold for the destination to have succeeded the source.
    func success(_ migration: Migration) -> [Reason] {
        guard let destination = migration.destination else {
            return [
                .blocked(
                    .noSuccessor, "\(migration.roles.destination) does not exist",
                    migration.evidence, unblock: "create \(migration.roles.destination)")
            ]
        }
        return destinationServing(destination) + destinationProtected(destination)
            + decisionMade(migration, destination)
            + traffic(.trafficOffSource, migration, at: migration.roles.destination)
            + drained(.drained, migration, off: migration.roles.source) + copyQuiesced(migration)
            + copyVerified(migration) + sourceWrites(migration) + sqlScripts(migration)
    }
}
