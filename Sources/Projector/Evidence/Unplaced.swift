import Ledger

/// Hostnames that lead to what no environment is known by, such as an address.
extension World {
    /// Those that may belong to a migration.
    func unplacedNames(_ migration: Migration, besides hosts: [String]) -> [String] {
        crossings.unplaced.subtracting(hosts).sorted().filter {
            state.hosts[$0] != nil && !casting.isOfOthers($0, than: migration)
        }
    }

    /// Those among them that may lead to an environment since a moment: they were switched since, or
    /// were not seen at one and the same place before it and ever since.
    func strayNames(_ migration: Migration, besides hosts: [String], since moment: Moment?)
        -> [String]
    {
        guard let moment else { return [] }
        return unplacedNames(migration, besides: hosts).filter { host in
            let history = state.hosts[host] ?? HostHistory()
            if history.switches.contains(where: { $0.settled > moment && $0.outcome != .refused }) {
                return true
            }
            guard let before = history.answers.last(where: { $0.moment < moment }) else {
                return true
            }
            return history.answers.contains { answer in
                answer.moment > moment && !answer.value.isFailed
                    && (answer.value.target != before.value.target
                        || answer.value.addresses != before.value.addresses)
            }
        }
    }

    /// The newest events about where such a name leads.
    func unplacedEvidence(_ host: String) -> [SequenceNumber] {
        let history = state.hosts[host] ?? HostHistory()
        return World.merge(
            history.answers.suffix(1).map(\.moment.sequence),
            history.switches.suffix(1).flatMap(\.evidence))
    }

    /// Since when a release of an environment may be active although none was ever seen or loaded: the
    /// last look that tells so is from before customers were led there.
    func possibleService(_ environment: Incarnation, inactive: Moment?) -> Moment? {
        let led = (crossings.hosts[environment.name] ?? []).flatMap {
            arrivals($0, at: environment)
        }.max()
        guard let led else { return nil }
        if let inactive, inactive > led, !isStale(inactive) { return nil }
        return inactive ?? environment.first
    }

    /// When a hostname was led to an environment last, and before that when it last left.
    private func arrivals(_ host: String, at environment: Incarnation) -> [Moment] {
        guard let history = state.hosts[host] else { return [] }
        let answers = history.answers.filter { $0.value.isAt(environment.name) }.map(\.moment)
        let switches = history.switches.filter {
            $0.outcome != .refused && $0.dns?.isAt(environment.name) ?? false
        }.map(\.settled)
        let led = (answers + switches).filter { moment in
            moment > environment.first && (environment.succeeded.map { moment < $0 } ?? true)
        }.sorted()
        let away = history.answers.last {
            !$0.value.isAt(environment.name) && !$0.value.isCached
        }?.moment
        guard let away else { return Array(led.prefix(1)) }
        return [led.last { $0 < away }, led.first { $0 > away }].compactMap { $0 }
    }
}
