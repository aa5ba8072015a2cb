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

    /// Puts one question to one server.
    typealias Asking =
        @Sendable (
            _ name: String, _ type: NameQuestion.RecordType, _ server: NameServer?,
            _ recursively: Bool
        ) -> NameQuestion.Answer?

    /// Who is asked.
    var asking: Asking = { NameQuestion.ask($0, $1, of: $2, recursively: $3) }

    /// The answer for a hostname; one that failed says nothing about it.
    ///
    /// A question that nobody answered may hide where other customers are led, so it makes the whole
    /// look-up fail; but an alias of an endpoint leads everybody there, whatever its addresses are.
    func answer(for host: String) -> DNSAnswer {
        let failed = DNSAnswer(host: host, isFailed: true)
        guard let asked = ask(host, .address), let trail = trail(from: host, asked) else {
            return failed
        }
        let answer6 = ask(host, .address6)
        guard let asked6 = answer6 ?? (trail.endpoint.map { _ in NameQuestion.Answer(records: []) })
        else { return failed }
        let end = trail.chain.last ?? host
        var addresses = Set(trail.addresses(of: end) + asked.addresses(of: end))
        let end6 = asked6.chain(from: host).last ?? host
        addresses.formUnion(asked6.addresses(of: end6))
        guard !trail.records.isEmpty || !addresses.isEmpty else { return failed }

        var links = trail.links
        var isCached = trail.isCached
        if trail.endpoint == nil {
            var final6 = asked6.records.filter { $0.owner == end6 && $0.type == .address6 }
            if !final6.isEmpty, !asked6.isAuthoritative {
                let known = authority(for: end6, .address6)
                isCached = isCached || known == nil
                final6 = known?.records.filter { $0.owner == end6 } ?? final6
                addresses.formUnion(known?.addresses(of: end6) ?? [])
            }
            links += final6
        }
        var answer = DNSAnswer(
            host: host, ttl: links.map(\.ttl).max(), isCached: isCached, chain: trail.chain,
            addresses: addresses.sorted())
        let endpoint: String?
        if let alias = trail.endpoint {
            endpoint = alias
        } else {
            // Where it cannot be told which environments share an address, none is named.
            guard let found = flattened(addresses) else { return failed }
            endpoint = found.endpoint
        }
        answer.target = endpoint ?? trail.chain.last ?? answer.addresses.first
        answer.environment = endpoint.flatMap { Endpoint.environment(of: $0) }
        return answer
    }

    private func ask(_ name: String, _ type: NameQuestion.RecordType) -> NameQuestion.Answer? {
        asking(name, type, server, true)
    }

    /// The aliases from a hostname to an endpoint or to addresses.
    private struct Trail {
        var records: [NameQuestion.Record]
        /// True when a cache told a part of it.
        var isCached: Bool
        let host: String

        private var answer: NameQuestion.Answer { NameQuestion.Answer(records: records) }

        /// The names that the hostname leads to, one after the other.
        var chain: [String] { answer.chain(from: host) }
        /// The first of them that is an environment's.
        var endpoint: String? { chain.first { Endpoint.environment(of: $0) != nil } }
        /// The records whose change would lead customers elsewhere: what lies below an endpoint is
        /// the platform's own affair.
        var links: [NameQuestion.Record] {
            let above = endpoint.map { end in Array(chain.prefix { $0 != end }) } ?? chain
            return records.filter { ([host] + above).contains($0.owner) && $0.type != .server }
        }

        func addresses(of name: String) -> [String] { answer.addresses(of: name) }
    }

    /// How many aliases are followed.
    private static let longestChain = 16

    /// Follows a hostname; each zone's servers tell of their own links alone.
    ///
    /// Nil when a question was not answered.
    private func trail(from host: String, _ asked: NameQuestion.Answer) -> Trail? {
        let known = asked.isAuthoritative ? asked : authority(for: host, .address)
        var trail = Trail(
            records: (known ?? asked).records, isCached: known == nil, host: host)
        for _ in 0..<Resolver.longestChain {
            guard trail.endpoint == nil, let end = trail.chain.last,
                !trail.records.contains(where: { $0.owner == end })
            else { break }
            guard let onward = ask(end, .address) else { return nil }
            let known = onward.isAuthoritative ? onward : authority(for: end, .address)
            trail.isCached = trail.isCached || known == nil
            trail.records += (known ?? onward).records
        }
        return trail
    }

    /// What a server of the zone says; nil when none of them answers.
    private func authority(
        for host: String, _ type: NameQuestion.RecordType
    ) -> NameQuestion.Answer? {
        guard !staysWithServer else { return nil }
        let labels = host.split(separator: ".")
        for start in labels.indices.dropLast() {
            let zone = labels[start...].joined(separator: ".")
            let servers =
                ask(zone, .server)?.records
                .filter { $0.type == .server }.map(\.value) ?? []
            for name in servers.prefix(2) {
                let address = ask(name, .address)?.addresses(of: name)
                guard let address = address?.first,
                    let answer = asking(host, type, NameServer(host: address), false),
                    answer.isAuthoritative
                else { continue }
                return answer
            }
            if !servers.isEmpty { return nil }
        }
        return nil
    }

    private struct Flattened {
        let endpoint: String?
    }

    /// The endpoint that has all of some addresses in the same look-up.
    ///
    /// None when no environment or more than one has (an apex cannot be an alias, so it is flattened
    /// to addresses). Nil when a question was not answered: any environment may have the addresses then.
    private func flattened(_ addresses: Set<String>) -> Flattened? {
        guard !addresses.isEmpty else { return Flattened(endpoint: nil) }
        var found: [String: String] = [:]
        for (environment, names) in endpoints {
            for name in names {
                var its: Set<String> = []
                for type in [NameQuestion.RecordType.address, .address6] {
                    guard let answer = ask(name, type) else { return nil }
                    its.formUnion(answer.addresses(of: answer.chain(from: name).last ?? name))
                }
                if addresses.isSubset(of: its) { found[environment] = found[environment] ?? name }
            }
        }
        return Flattened(endpoint: found.count == 1 ? found.values.first : nil)
    }
}
