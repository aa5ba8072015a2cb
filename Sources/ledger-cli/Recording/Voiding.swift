import Ledger

/// Which events can be taken back, and how.
enum Voiding {
    /// True for the types that `record void` accepts.
    static func isVoidable(_ type: EventType) -> Bool { obstacle(type) == nil }

    /// The command that takes an event back, its reason aside.
    static func command(_ sequence: SequenceNumber) -> [String] {
        ["ledger-cli", "record", "void", "\(sequence)"]
    }

    /// Looks whether a position holds an event that can be taken back.
    ///
    /// - Throws: `CLIError.noSuchEvent`, `.notVoidable` or `.alreadyVoided`; `StoreError`.
    static func check(_ sequence: SequenceNumber, in store: LedgerStore) throws {
        guard let event = try store.event(sequence) else {
            throw CLIError.noSuchEvent(sequence.number, size: try store.size())
        }
        if let why = obstacle(event.type) {
            throw CLIError.notVoidable(sequence, why: "\(event.type) \(why)")
        }
        if let earlier = try voids(of: sequence, in: store).first {
            throw CLIError.alreadyVoided(sequence, by: earlier.sequence)
        }
    }

    /// The events that take back the event at a position.
    ///
    /// - Throws: `StoreError`.
    static func voids(of sequence: SequenceNumber, in store: LedgerStore) throws -> [Event] {
        try store.events(
            matching: HistoryQuery(
                subject: .exact(Resource.event(sequence).description), type: .exact(DecisionName.eventVoided.rawValue)))
    }

    /// The voided events and what took each back.
    ///
    /// - Throws: `StoreError`; `EventError` when an event cannot be read.
    static func all(in store: LedgerStore) throws -> [SequenceNumber: SequenceNumber] {
        var all: [SequenceNumber: SequenceNumber] = [:]
        let query = HistoryQuery(type: .exact(DecisionName.eventVoided.rawValue))
        for event in try store.events(matching: query) {
            guard
                case .decision(.eventVoided(let sequence))? = try EventPayload(
                    type: event.type, data: event.data)
            else { continue }
            all[sequence] = all[sequence] ?? event.sequence
        }
        return all
    }

    /// Why an event of a type cannot be taken back; nil when it can.
    private static func obstacle(_ type: EventType) -> String? {
        switch type {
        case .decision(.ledgerCreated): "cannot be voided"
        case .decision(.eventVoided): "cannot be voided; record the voided event again instead"
        case .decision(.attachmentErased): "cannot be voided; what was erased is gone"
        case .decision(.keyAdded), .decision(.keyRetired):
            "cannot be voided; use ledger-cli key add or key retire"
        default: nil
        }
    }
}
