import Ledger

/// A hostname that still points at an environment that is gone.
struct DanglingName {
    var host: String
    var environment: String
    var evidence: [SequenceNumber]

    var message: String { "\(host) still points at \(environment), which is gone" }
}

extension World {
    /// The hostnames that still point at a destroyed environment (`rules.md`, DNS).
    func dangling() -> [DanglingName] {
        state.hosts.keys.sorted().compactMap { host in
            guard !crossings.ownNames.contains(host),
                case .at(let place, let answer) = location(host), let newest = newest(place)
            else { return nil }
            let existence = existence(newest)
            guard existence.isGone else { return nil }
            return DanglingName(
                host: host, environment: place,
                evidence: World.merge(existence.evidence, [answer.moment.sequence]))
        }
    }
}
