import Fleet
import Ledger
import Projector

/// The policies of a ledger: the newest value of each key, else its default.
struct Settings {
    /// The values that were set, by key.
    private(set) var values: [String: String] = [:]
    /// The events that set them, by key.
    private(set) var sources: [String: SequenceNumber] = [:]

    /// The policies that a ledger's events set, voided events aside.
    ///
    /// - Throws: `StoreError`; `EventError` when an event cannot be read.
    init(_ store: LedgerStore) throws {
        let changes = try store.events(
            matching: HistoryQuery(type: .exact(DecisionName.policySet.rawValue)))
        guard !changes.isEmpty else { return }
        let voids = try Voiding.voids(in: store)
        for event in changes.sorted(by: { ($0.time, $0.sequence) < ($1.time, $1.sequence) })
        where !voids.contains(event.sequence) {
            guard
                case .decision(.policySet(let key, let value))? = try EventPayload(
                    type: event.type, data: event.data)
            else { continue }
            values[key] = value
            sources[key] = event.sequence
        }
    }

    /// The value of a policy.
    func value(_ key: PolicyKey) -> String { values[key.rawValue] ?? key.standard }

    /// How far a time may be ahead of the clock.
    var clockSkew: Span { Policy.span(value(.clockSkew)) ?? .seconds(0) }

    /// The patterns whose matches are secrets, beside the usual ones.
    var redaction: [RedactionPattern] {
        value(.redaction).split(separator: "\n").compactMap { try? RedactionPattern(String($0)) }
    }

    /// Content without its secrets; only text is looked at.
    func redacted(_ content: AttachmentContent) -> AttachmentContent {
        guard content.mediaType.hasPrefix("text/"),
            let text = String(validating: content.bytes, as: UTF8.self)
        else { return content }
        return AttachmentContent(
            bytes: Array(Redaction.redact(text, patterns: redaction).utf8),
            mediaType: content.mediaType)
    }
}
