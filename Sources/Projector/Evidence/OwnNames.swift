import Ledger

/// The names that the platform gives its environments: nobody can lead one of them anywhere, and what
/// one answers says nothing of where the shop's customers go.
struct OwnNames: Sendable {
    private var names: Set<String> = []

    init() {}

    /// Those among the names that were looked up; not what somebody declared to be the shop's.
    init(_ state: State, _ incarnations: [String: [Incarnation]]) {
        let declared = Set(state.declarations.values.flatMap(\.roles.hostnames))
        let asked = state.hosts.keys.filter { !declared.contains($0) }
        guard !asked.isEmpty else { return }
        let environments = Dictionary(
            incarnations.keys.map { ($0.lowercased()[...], $0) },
            uniquingKeysWith: { first, _ in first })
        // Names of an environment that is not heard of are left to be asked about.
        let candidates = asked.compactMap { host -> (String, [Substring])? in
            let labels = host.split(separator: ".")
            guard let place = labels.lastIndex(where: { environments[$0] != nil }), place > 0
            else { return nil }
            let fleet = Array(labels[(place + 1)...])
            return fleet.suffix(3) == ["f", "nchr", "io"] ? (host, fleet) : nil
        }
        guard !candidates.isEmpty else { return }
        var fleets: Set<[Substring]> = []
        for (name, incarnation) in incarnations.compactMapValues(\.last) {
            let shown = incarnation.sightings.newest(like: { !$0.shown.endpoints.isEmpty })
            for endpoint in shown?.shown.endpoints.values ?? [:].values {
                let labels = endpoint.lowercased().split(separator: ".")
                guard let place = labels.lastIndex(of: name.lowercased()[...]), place > 0
                else { continue }
                fleets.insert(Array(labels[(place + 1)...]))
            }
        }
        names = Set(candidates.filter { fleets.contains($0.1) }.map(\.0))
    }

    /// True for an endpoint of an environment.
    func contains(_ host: String) -> Bool { names.contains(host) }
}
