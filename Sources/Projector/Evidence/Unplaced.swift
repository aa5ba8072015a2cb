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
}
