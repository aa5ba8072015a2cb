import Fleet
import Ledger

/// Looks hostnames up and says which environment they point at.
///
/// The time to live comes from a server that knows the zone when one answers; otherwise it is the
/// rest that a cache has left, a lower bound, and marked so.
struct Resolver: Sendable {
    /// The server that is asked; nil for those of the system.
    var server: NameServer?
    /// The endpoints of each environment, to recognise a flattened name by its addresses.
    var endpoints: [String: [String]] = [:]
    /// True to look only at what the server says.
    var staysWithServer = false

    /// The answer for a hostname; one that failed says nothing about it.
    func answer(for host: String) -> DNSAnswer {
        guard let asked = NameQuestion.ask(host, .address, of: server) else {
            return DNSAnswer(host: host, isFailed: true)
        }
        let authoritative = asked.isAuthoritative ? asked : authority(for: host)
        let known = authoritative ?? asked
        let chain = known.chain(from: host)
        let end = chain.last ?? host
        var addresses = Set(known.addresses(of: end) + asked.addresses(of: end))
        let six = NameQuestion.ask(end, .address6, of: server)
        addresses.formUnion(six?.addresses(of: six?.chain(from: end).last ?? end) ?? [])
        if addresses.isEmpty, !chain.isEmpty {
            // The server of the zone need not know where its aliases lead.
            let direct = NameQuestion.ask(end, .address, of: server)
            addresses.formUnion(direct?.addresses(of: direct?.chain(from: end).last ?? end) ?? [])
        }
        let own = known.records.filter { $0.owner == host }
        guard !own.isEmpty || !addresses.isEmpty else {
            return DNSAnswer(host: host, isFailed: true)
        }
        var answer = DNSAnswer(
            host: host, ttl: own.map(\.ttl).min(), isCached: authoritative == nil, chain: chain,
            addresses: addresses.sorted())
        let endpoint = chain.first { Endpoint.environment(of: $0) != nil } ?? flattened(addresses)
        answer.target = endpoint ?? chain.last ?? answer.addresses.first
        answer.environment = endpoint.flatMap { Endpoint.environment(of: $0) }
        return answer
    }

    /// What a server of the zone says; nil when none of them answers.
    private func authority(for host: String) -> NameQuestion.Answer? {
        guard !staysWithServer else { return nil }
        let labels = host.split(separator: ".")
        for start in labels.indices.dropLast() {
            let zone = labels[start...].joined(separator: ".")
            let servers =
                NameQuestion.ask(zone, .server, of: server)?.records
                .filter { $0.type == .server }.map(\.value) ?? []
            for name in servers.prefix(2) {
                let address = NameQuestion.ask(name, .address, of: server)?.addresses(of: name)
                guard let address = address?.first,
                    let answer = NameQuestion.ask(
                        host, .address, of: NameServer(host: address), recursively: false),
                    answer.isAuthoritative
                else { continue }
                return answer
            }
            if !servers.isEmpty { return nil }
        }
        return nil
    }

    /// The endpoint that has all of some addresses in the same look-up; nil when no environment or
    /// more than one has (an apex cannot be an alias, so it is flattened to addresses).
    private func flattened(_ addresses: Set<String>) -> String? {
        guard !addresses.isEmpty else { return nil }
        var found: [String: String] = [:]
        for (environment, names) in endpoints {
            for name in names {
                let answers = [NameQuestion.RecordType.address, .address6].compactMap {
                    NameQuestion.ask(name, $0, of: server)
                }
                let its = Set(
                    answers.flatMap { $0.addresses(of: $0.chain(from: name).last ?? name) })
                if addresses.isSubset(of: its) { found[environment] = found[environment] ?? name }
            }
        }
        return found.count == 1 ? found.values.first : nil
    }
}
