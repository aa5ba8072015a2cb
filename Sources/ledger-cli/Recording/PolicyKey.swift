import Fleet
import Ledger
import Projector

/// The policies that can be set.
enum PolicyKey: String, CaseIterable, Sendable {
    case cleanupOrder = "cleanup-order"
    case maintenancePropagation = "maintenance-propagation"
    case soak
    case clockSkew = "clock-skew"
    case planExpiry = "plan-expiry"
    case evidenceAge = "evidence-age"
    case approvals
    case redaction
    case publish
    case signatures

    /// The value while nobody has set another.
    var standard: String {
        switch self {
        case .cleanupOrder: "documented"
        case .maintenancePropagation: "60s"
        case .soak, .clockSkew: "0s"
        case .planExpiry, .evidenceAge: "24h"
        case .approvals: "0"
        case .redaction, .publish: ""
        case .signatures: "optional"
        }
    }

    /// What the policy decides.
    var meaning: String {
        switch self {
        case .cleanupOrder:
            "documented: the snapshot goes first; strict: only after the final one is seen"
        case .maintenancePropagation: "how long maintenance takes to reach every node"
        case .soak: "how long to wait after the drain before the source may go"
        case .clockSkew:
            "how far a time may be ahead of this clock, and the platform's clock behind it: what an accepted command made may be listed as older than the command by as much"
        case .planExpiry: "how long a plan can be applied"
        case .evidenceAge: "how long an observation of the outside counts"
        case .approvals: "how many others must approve a plan that apply carries out"
        case .redaction: "regular expressions, one a line, whose matches are secrets"
        case .publish: "where every new signed head goes, one place a line"
        case .signatures: "required: verify fails when an event is under no signed head"
        }
    }

    /// What a value looks like.
    var expected: String {
        switch self {
        case .cleanupOrder: "documented or strict"
        case .approvals: "a number from 0 to 99"
        case .redaction: "a regular expression"
        case .publish: "an absolute path, or the address and the public key of a witness"
        case .signatures: "optional or required"
        default: "a duration like 90s, 5m or 24h"
        }
    }

    /// True for a span of time.
    var isDuration: Bool {
        switch self {
        case .maintenancePropagation, .soak, .clockSkew, .planExpiry, .evidenceAge: true
        default: false
        }
    }

    /// The value as it is recorded: durations in the largest unit that divides them.
    ///
    /// - Throws: `CLIError.badPolicyValue`.
    func checked(_ value: String) throws(CLIError) -> String {
        let wrong = CLIError.badPolicyValue(key: rawValue, value: value, expected: expected)
        switch self {
        case .cleanupOrder:
            guard ["documented", "strict"].contains(value) else { throw wrong }
            return value
        case .approvals:
            guard let count = Int(value), 0...99 ~= count else { throw wrong }
            return String(count)
        case .redaction:
            for line in value.split(separator: "\n") {
                guard let pattern = try? RedactionPattern(String(line)) else { throw wrong }
                let isQuick = pattern.hostileTexts().allSatisfy {
                    BoundedSearch.shared.ranges(of: pattern, in: $0) != nil
                }
                guard isQuick else { throw .slowPattern(String(line)) }
            }
            return value
        case .publish:
            for line in value.split(separator: "\n") {
                let target = try? PublishTarget.parse(line.trimmingSpaces)
                guard let target else { throw wrong }
                if case .file(let path) = target, !path.hasPrefix("/") { throw wrong }
            }
            return value
        case .signatures:
            guard ["optional", "required"].contains(value) else { throw wrong }
            return value
        default:
            guard let span = Policy.span(value) else { throw wrong }
            return DurationText.format(span)
        }
    }
}

/// Durations as people write them: `90s`, `5m`, `24h`.
enum DurationText {
    /// The text of a span of whole seconds, in the largest unit up to hours that divides it.
    static func format(_ span: Span) -> String {
        let seconds = Int(span.milliseconds / 1000)
        for (unit, length) in [("h", 3600), ("m", 60)] where seconds != 0 {
            if seconds % length == 0 { return "\(seconds / length)\(unit)" }
        }
        return "\(seconds)s"
    }
}
