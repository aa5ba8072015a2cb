import Ledger

/// The test, the decision and the switch: the same for both methods.
extension Planner {
    func switchDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due {
        let name = destination.name
        if let due = copyTrouble(migration) { return due }
        if let due = filesDue(migration, source, destination) { return due }
        if !world.decisionMade(migration, destination).isEmpty {
            return testDue(migration, destination)
        }
        if world.protected(destination).value != .on {
            return Due(
                phase: "protect",
                steps: [
                    step(
                        .envProtected(environment: name, state: .on),
                        "customers are about to arrive"
                    )
                ])
        }
        let serving = world.destinationServing(destination)
        if serving.contains(where: { $0.verdict == .unknown }) {
            return Due(
                phase: "switch", observe: [.describe(name)],
                unsafe: ["the DNS switch before maintenance OFF is seen on \(name)"])
        }
        if let due = namesDue(migration, destination) { return due }
        if !serving.isEmpty {
            return Due(
                phase: "open",
                steps: [
                    step(.envMaintenance(environment: name, state: .off), "customers are arriving")
                ])
        }
        return drainDue(migration, source, destination)
    }

    /// A copy that is not the source's data, whole and last, must not be switched to.
    func copyTrouble(_ migration: Migration) -> Due? {
        let reasons =
            world.copyQuiesced(migration) + world.copyVerified(migration)
            + world.sourceWrites(migration) + world.sqlScripts(migration)
        guard !reasons.isEmpty else { return nil }
        let needs = reasons.flatMap(\.needs).unique()
        let isBlocked = reasons.contains { $0.verdict == .blocked }
        let isSwitched =
            migration.destination.map { world.isLed(to: $0, of: migration) } ?? false
        let deed =
            isSwitched ? "the destruction of \(migration.roles.source)" : "the DNS switch"
        if let destination = migration.destination,
            reasons.allSatisfy({ $0.unblock == "test \(destination.name) again" })
        {
            // What a shell left behind only a test can tell: the first one, or one more.
            guard world.decisionMade(migration, destination).isEmpty else { return nil }
            return Due(
                phase: "test", steps: [testing(destination)],
                unsafe: reasons.map { "\(deed): \($0.message); \($0.unblock)" })
        }
        let warnings = reasons.map { "\(deed): \($0.message); \($0.unblock)" }
        let settled = reasons.filter { $0.verdict == .blocked || $0.needs.isEmpty }
        if isBlocked || needs.isEmpty, var due = copyAgain(migration, settled) {
            due.unsafe = warnings + due.unsafe
            return due
        }
        return Due(phase: "copy", observe: isBlocked ? [] : needs, unsafe: warnings)
    }

    private func testDue(_ migration: Migration, _ destination: Incarnation) -> Due {
        let name = destination.name
        let warning = ["the DNS switch before test and go"]
        if isPossiblyClosed(destination), world.exposure(migration).isNone {
            if let due = arrivals(migration, destination, warning) { return due }
            let opening = step(
                .envMaintenance(environment: name, state: .off), "the test needs the shop",
                completes: "maintenance mode OFF in a description of \(name)")
            return Due(phase: "test", steps: [opening], unsafe: warning)
        }
        let reasons = world.decisionMade(migration, destination)
        let isTested = reasons.contains { $0.unblock.contains("decision go") }
        return Due(
            phase: "test",
            steps: (isTested ? [] : [testing(destination)]) + [deciding(migration)],
            unsafe: warning)
    }

    private func testing(_ destination: Incarnation) -> Step {
        Step(
            resource: .environment(destination.name),
            command: .ledger(["ledger-cli", "record", "test", destination.name, "passed"]),
            because: "the destination is to be tested")
    }

    private func deciding(_ migration: Migration) -> Step {
        Step(
            resource: .migration(migration.name),
            command: .ledger(["ledger-cli", "record", "decision", "go"]),
            because: "somebody decides")
    }

    /// Opened for the test, the destination would also be open to whoever a hostname leads there.
    private func arrivals(
        _ migration: Migration, _ destination: Incarnation, _ switching: [String]
    ) -> Due? {
        let name = destination.name
        let warning = "maintenance \(name) OFF before test and go: customers may come by"
        var unseen: [String] = []
        var leading: [String] = []
        for host in world.hostnames(migration) {
            switch world.location(host) {
            case .unknown: unseen.append(host)
            case .at(name, _): leading.append(host)
            case .at:
                // Where no time to live is known, old answers may lead there for as long as one likes.
                switch world.drain(host, off: name) {
                case .nothing: break
                case .ends(let end, _): if end > world.now { leading.append(host) }
                case .unknown:
                    if world.crossings.hosts[name]?.contains(host) ?? false { leading.append(host) }
                }
            }
        }
        if !leading.isEmpty {
            return Due(
                phase: "test", steps: [testing(destination), deciding(migration)],
                unsafe: switching + ["\(warning) \(leading.joined(separator: ", "))"])
        }
        guard !unseen.isEmpty else { return nil }
        return Due(
            phase: "test", observe: unseen.map(Need.host),
            unsafe: switching + ["\(warning) \(unseen.joined(separator: ", "))"])
    }

    /// Switches the names; where they point and for how long must be seen before.
    private func namesDue(_ migration: Migration, _ destination: Incarnation) -> Due? {
        let name = destination.name
        var left: [String] = []
        var doubtful: [String] = []
        for host in world.hostnames(migration) {
            let history = world.state.hosts[host] ?? HostHistory()
            if history.answers.last?.value.isAt(name) ?? false { continue }
            guard let change = world.leading(host, to: destination, of: migration).last else {
                left.append(host)
                continue
            }
            if change.isAccepted {
                if isStillElsewhere(change, history),
                    !(history.answers.last.map { world.hasMoved(host, $0, to: name) } ?? false)
                {
                    left.append(host)
                }
                continue
            }
            // A switch that was not accepted may have worked; a look tells.
            let isLookedUp = history.answers.last.map { $0.moment > change.settled } ?? false
            if isLookedUp { left.append(host) } else { doubtful.append(host) }
        }
        if world.hostnames(migration).isEmpty {
            return Due(phase: "switch", observe: [.host("HOSTNAME")])
        }
        if !doubtful.isEmpty {
            return Due(phase: "switch", observe: doubtful.map(Need.host))
        }
        guard !left.isEmpty else { return nil }
        let unseen = left.filter { host in
            !(world.state.hosts[host]?.answers.contains { $0.value.ttl != nil } ?? false)
        }
        return Due(
            phase: "switch",
            steps: left.map {
                step(
                    .dnsSwitch(DNSSwitch(host: $0, target: name, environment: name)),
                    "test and go are recorded; change it at the DNS provider, then record it",
                    completes: "\($0) observed at \(name) after the old time to live")
            }, observe: unseen.map(Need.host))
    }

    /// True when a name was seen elsewhere after the last cached answer of its old record had run out.
    private func isStillElsewhere(_ change: Attempt, _ history: HostHistory) -> Bool {
        guard let last = history.answers.last, last.moment > change.settled else { return false }
        let lives = history.answers.filter { $0.moment < change.settled }.compactMap(\.value.ttl)
        guard let longest = (lives + [change.dns?.oldTTL].compactMap { $0 }).max() else {
            return false
        }
        return last.moment.time >= change.settled.time + .seconds(longest)
    }

    private func drainDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due {
        let name = destination.name
        let moving =
            world.traffic(.trafficOffSource, migration, at: name)
            + world.drained(.drained, migration, off: source.name)
        if world.defaultEnvironment.value != name {
            return Due(
                phase: "default",
                steps: [
                    step(
                        .configDefaultEnv(environment: name),
                        "new environments are to be copied from \(name)")
                ], observe: moving.flatMap(\.needs))
        }
        if !moving.isEmpty {
            return Due(
                phase: "drain", steps: cleaning(migration), observe: moving.flatMap(\.needs),
                unsafe: moving.map { "destroying \(source.name): \($0.message)" })
        }
        let reasons = world.sourceReasons(migration, source)
        let steps = cleaning(migration) + handwork(reasons, source)
        let needs = reasons.flatMap(\.needs).unique()
        // Where nothing is left to be looked at, what would unblock it is all there is to say.
        let words =
            needs.isEmpty ? reasons.map { "\($0.message); \($0.unblock)" } : reasons.map(\.message)
        return Due(
            phase: "clean up", steps: steps, observe: needs,
            unsafe: ["anything but the steps of plan cleanup"] + words)
    }
}

extension Exposure {
    var isNone: Bool { if case .none = self { true } else { false } }
}
