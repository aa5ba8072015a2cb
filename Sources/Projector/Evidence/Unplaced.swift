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

    /// When nobody can be served any more what a hostname answered that names no environment, and that
    /// may have led to one all the same.
    ///
    /// Such a value can have been served until something else was seen of the record, or it was switched;
    /// one that was seen last is another rule's question, however often it was seen. Without a time to
    /// live of its own it counts with the longest of the name.
    func unplacedEnds(_ history: HostHistory, off name: String) -> [(Timestamp, SequenceNumber)] {
        let values = history.answers.kinds.map(\.value)
        guard values.contains(where: { mayLead($0, to: name) }) else { return [] }
        let made = incarnations[name]?.first.flatMap { $0.creation == nil ? nil : $0.first }
        let early = history.answers.filter { answer in made.map { answer.moment < $0 } ?? false }
        let longest = values.compactMap(\.ttl).max()
        let switched = history.switches.filter(\.isAccepted).map(\.settled)
        var ends: [(Timestamp, SequenceNumber)] = []
        var next: Moment?
        var later: HostHistory.Answer?
        for answer in history.answers.reversed() {
            if let later, !later.value.hasRecord(of: answer.value) { next = later.moment }
            defer { if !answer.value.isCached { later = answer } }
            guard mayLead(answer.value, to: name), let ttl = answer.value.ttl ?? longest else {
                continue
            }
            // What the name had before there was such an environment is not the environment's.
            let isOlder = early.contains { $0.value.hasRecord(of: answer.value) }
            if isOlder { continue }
            let change = switched.filter { $0 > answer.moment }.min()
            guard
                let served = answer.value.isCached
                    ? answer.moment : [next, change].compactMap({ $0 }).min()
            else { continue }
            ends.append((served.time + .seconds(ttl), answer.moment.sequence))
        }
        return ends
    }

    /// True when an answer that names no environment is not known to lead to other ones alone.
    private func mayLead(_ answer: DNSAnswer, to name: String) -> Bool {
        guard answer.environment == nil, answer.target.map({ incarnations[$0] == nil }) ?? true
        else { return false }
        let shown =
            answer.addresses.isEmpty ? [answer.target].compactMap { $0 } : answer.addresses
        return shown.isEmpty
            || !shown.allSatisfy { crossings.places[$0].map { !$0.contains(name) } ?? false }
    }
}

extension DNSAnswer {
    /// True when both answers show the same record.
    func hasRecord(of other: DNSAnswer) -> Bool {
        target == other.target && addresses == other.addresses
    }
}
