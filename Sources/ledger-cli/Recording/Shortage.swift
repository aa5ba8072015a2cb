import Ledger

/// What of an observation found no room in a record.
struct Shortage: CustomStringConvertible {
    /// How much was left out.
    let count: Int
    private let type: EventType

    /// The shortage of an event; nil when all of it is there.
    init?(_ draft: EventDraft) {
        guard case .observation = draft.type, let count = draft.data["leftOut"]?.integer else {
            return nil
        }
        self.count = count
        type = draft.type
    }

    /// The shortage in words.
    var description: String {
        "\(type): the longest record has no room for \(count) of the rows: what is not among the "
            + "recorded ones is unknown, not gone"
    }

    /// Says so on standard error, as far as that can be written to: what was recorded stays.
    func tell() { try? Output.note("ledger: warning: \(self)") }
}
