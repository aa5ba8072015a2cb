import Ledger

/// The rules about where customers are sent, and who serves them there.
extension World {
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
        return unplaced(rule, migration, besides: hosts)
            + hosts.flatMap { host -> [Reason] in
                switch location(host) {
                case .unknown(let why, let evidence):
                    return [
                        .unknown(
                            rule, why, evidence,
                            unblock: "look \(host) up" + removal(host, migration),
                            needs: [.host(host)])
                    ]
                case .at(let place, let answer):
                    if place == goal { return [] }
                    // Only the way forward has successors: an abort must find every name at the source.
                    if rule == .trafficOffSource, place != migration.roles.source,
                        isSuccessor(place, of: goal, depth: 8)
                    {
                        return []
                    }
                    if let reason = anybody(rule, host, answer, migration, at: goal) {
                        return [reason]
                    }
                    // An answer from before the decision says nothing of a switch that nobody recorded.
                    let go = decision(migration) { $0 == .go }
                    let isOld = go.map { answer.moment < $0.moment } ?? false
                    let sibling = siblings(of: migration).last { $0.roles.destination == place }
                    let isLeft =
                        rule == .trafficOffSource && migration.closed == nil && migration.isDeclared
                    return [
                        .blocked(
                            rule, "\(host) still points at \(place)", [answer.moment.sequence],
                            unblock: isLeft && sibling != nil
                                ? "when \(place) is to stay: ledger-cli migration close \(migration.name) --abandoned"
                                : "switch \(host) to \(goal) and observe it"
                                    + (rule == .trafficOffSource
                                        ? retirement(host, migration, answer) : ""),
                            needs: isOld ? [.host(host)] : [])
                    ]
                }
            }
    }

    /// The hostnames of which nobody can say that they do not lead where no name may.
    ///
    /// Those of no other migration that point at what no environment is known by; in an abort, where
    /// every name was at the source before, only those that were led elsewhere since the destination was
    /// made.
    private func unplaced(_ rule: RuleName, _ migration: Migration, besides hosts: [String])
        -> [Reason]
    {
        let names =
            rule == .trafficOffSource
            ? unplacedNames(migration, besides: hosts)
            : strayNames(migration, besides: hosts, since: migration.destination?.first)
        let place =
            rule == .trafficOffSource ? migration.roles.source : migration.roles.destination
        return names.map { unplaced(rule, $0, perhapsAt: place) }
    }

    func unplaced(_ rule: RuleName, _ host: String, perhapsAt place: String) -> Reason {
        .unknown(
            rule, "\(host) points at something of no known environment, perhaps at \(place)",
            unplacedEvidence(host),
            unblock:
                "record where \(host) leads, or declare it as a hostname of the migration that it belongs to"
                + (forgetting(host).map { "; when it is none of the shop's: \($0)" } ?? ""),
            needs: [.host(host)])
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

    /// The environment that serves in the place of a migration's destination: itself, or, once a
    /// later declared migration has moved on from it and succeeded in all, the one after it.
    func successor(_ migration: Migration) -> Incarnation? {
        var last = migration
        for _ in 0..<8 {
            let later = (casting.bySource[last.roles.destination] ?? []).last { next in
                next.isDeclared && next.source?.first == last.destination?.first
                    && next.opened > last.opened && next.destination != nil
                    && abandonment(next) == nil && hasSucceeded(next)
            }
            guard let later else { break }
            last = later
        }
        return last.destination
    }

    /// True when a migration's own destination serves in the place of its source, all proven.
    func hasSucceeded(_ migration: Migration) -> Bool {
        guard let destination = migration.destination else { return false }
        // Its destination may itself have been succeeded: what must hold then is what does not pass.
        let isServing =
            destinationServing(destination).isEmpty && destinationProtected(destination).isEmpty
            || (casting.bySource[destination.name] ?? []).contains {
                $0.isDeclared && $0.source?.first == destination.first
                    && $0.opened > migration.opened
            }
        return isServing && decisionMade(migration, destination).isEmpty
            && copyQuiesced(migration).isEmpty && copyVerified(migration).isEmpty
            && sourceWrites(migration).isEmpty && sqlScripts(migration).isEmpty
            && traffic(.trafficOffSource, migration, at: destination.name).isEmpty
            && drained(.drained, migration, off: migration.roles.source).isEmpty
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
}
