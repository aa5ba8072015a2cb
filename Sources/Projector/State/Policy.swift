public import Ledger

/// The settled policy of a moment; each value is the default until a `policy.set` event changes it.
public struct Policy: Sendable, Hashable {
    /// In which order the migration's snapshot and the source are destroyed.
    public enum CleanupOrder: String, Sendable, Hashable {
        /// As published: the snapshot first.
        case documented
        /// The snapshot only after the source is gone and its final snapshot was seen.
        case strict
    }

    /// The order of destroying.
    public var cleanupOrder: CleanupOrder = .documented
    /// How long maintenance takes to reach all nodes (Fleet, "manage environments": up to a minute).
    public var maintenancePropagation: Span = .seconds(60)
    /// How long to wait after the drain before the source may go.
    public var soak: Span = .seconds(0)
    /// By how much the platform's clock may differ from ours.
    public var clockSkew: Span = .seconds(0)
    /// How long a plan holds.
    public var planExpiry: Span = .hours(24)
    /// How old a fact about the outside may be.
    public var evidenceAge: Span = .hours(24)
    /// How many actors other than the issuer must approve a plan.
    public var approvals: Int = 0
    /// Every key that was set, as text, also those that only other rooms read.
    public var values: [String: String] = [:]

    /// The defaults.
    public init() {}

    /// The keys that planning reads.
    public static let keys = [
        "cleanup-order", "maintenance-propagation", "soak", "clock-skew", "plan-expiry",
        "evidence-age", "approvals",
    ]

    /// Changes one value; false when the text is not one for the key.
    public mutating func set(_ key: String, to value: String) -> Bool {
        switch key {
        case "cleanup-order":
            guard let order = CleanupOrder(rawValue: value) else { return false }
            cleanupOrder = order
        case "approvals":
            guard let count = Int(value), count >= 0 else { return false }
            approvals = count
        case "maintenance-propagation":
            guard assign(value, to: \.maintenancePropagation) else { return false }
        case "soak": guard assign(value, to: \.soak) else { return false }
        case "clock-skew": guard assign(value, to: \.clockSkew) else { return false }
        case "plan-expiry": guard assign(value, to: \.planExpiry) else { return false }
        case "evidence-age": guard assign(value, to: \.evidenceAge) else { return false }
        default: break
        }
        values[key] = value
        return true
    }

    private mutating func assign(_ text: String, to path: WritableKeyPath<Policy, Span>) -> Bool {
        guard let span = Policy.span(text) else { return false }
        self[keyPath: path] = span
        return true
    }

    /// The span of a text such as `60s`, `60 s`, `5m`, `24h`, `3d` or plain seconds.
    public static func span(_ text: String) -> Span? {
        let compact = text.filter { $0 != " " }
        let digits = compact.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits), count <= 1_000_000_000 else { return nil }
        switch compact.dropFirst(digits.count) {
        case "", "s": return .seconds(count)
        case "m": return .minutes(count)
        case "h": return .hours(count)
        case "d": return .hours(count * 24)
        default: return nil
        }
    }
}
