import Ledger
import Projector

extension Chronicle.Upkeep {
    /// What is billed: `f1-large, HA`; nil while it was not seen.
    var plan: String? {
        let parts = [size, isHighlyAvailable == true ? "HA" : nil].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// How long nobody has needed it: `3 days since the drain`; nil while somebody does.
    func idleness(_ now: Timestamp) -> String? {
        guard let idleSince else { return nil }
        let why = idleBecause.map { " since \($0)" } ?? ""
        return Duration.text((until ?? now) - idleSince) + why
    }

    /// `prod, f1-large, HA, idle for 3 days since the drain`.
    func sentence(_ now: Timestamp) -> String {
        [name, plan, idleness(now).map { "idle for \($0)" }].compactMap { $0 }
            .joined(separator: ", ")
    }

    /// The thing as people call it.
    var name: String {
        switch resource {
        case .environment(let name, _): name
        case .snapshot(let kind, let name): kind == .database ? name : "\(name) (nfs)"
        default: resource.description
        }
    }

    /// The thing as JSON.
    func json(_ now: Timestamp) -> JSONObject {
        JSONObject([
            ("resource", .string(resource.description)), ("role", .string(role)),
            ("size", size.map { .string($0) } ?? .null),
            ("ha", isHighlyAvailable.map { .bool($0) } ?? .null),
            ("since", .time(since)), ("until", .time(until)), ("idleSince", .time(idleSince)),
            ("idleBecause", idleBecause.map { .string($0) } ?? .null),
            (
                "idleSeconds",
                idleSince.map { .integer(Int(((until ?? now) - $0).milliseconds / 1000)) } ?? .null
            ), ("evidence", .sequences(evidence)),
        ])
    }
}
