import Ledger
import Projector

/// Which events can be taken back, and how.
enum Voiding {
    /// True for the types that `record void` accepts.
    static func isVoidable(_ type: EventType) -> Bool { obstacle(type) == nil }

    /// The command that takes an event back, its reason aside.
    static func command(_ sequence: SequenceNumber) -> [String] {
        ["ledger-cli", "record", "void", "\(sequence)"]
    }

    /// The command that ends a hold, its reason aside.
    static func release(of resource: String) -> [String] {
        ["ledger-cli", "record", "release-hold", resource]
    }

    /// A reason for whoever takes an event back at once and has no better one.
    static let reason = ["--reason", "recorded by mistake"]

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
        if let earlier = try all(in: store)[sequence] {
            throw CLIError.alreadyVoided(sequence, by: earlier)
        }
    }

    /// The events that do not count.
    ///
    /// - Throws: `StoreError`.
    static func voids(in store: LedgerStore) throws -> Voids { Voids(of: try events(in: store)) }

    /// The voided events and what took each back.
    ///
    /// - Throws: `StoreError`.
    static func all(in store: LedgerStore) throws -> [SequenceNumber: SequenceNumber] {
        let events = try events(in: store)
        let voids = Voids(of: events)
        var all: [SequenceNumber: SequenceNumber] = [:]
        for event in events where !voids.contains(event.sequence) {
            guard let number = event.data["sequence"]?.integer else { continue }
            all[SequenceNumber(number)] = event.sequence
        }
        return all
    }

    private static func events(in store: LedgerStore) throws -> [Event] {
        try store.events(
            matching: HistoryQuery(type: .exact(DecisionName.eventVoided.rawValue)))
    }

    /// The positions of events that cannot be taken back, and why.
    ///
    /// - Throws: `StoreError`.
    static func obstacles(in store: LedgerStore) throws -> [Int: String] {
        let names: [DecisionName] = [
            .ledgerCreated, .holdPlaced, .attachmentErased, .keyAdded, .keyRetired,
        ]
        var obstacles: [Int: String] = [:]
        for name in names {
            for event in try store.events(matching: HistoryQuery(type: .exact(name.rawValue))) {
                obstacles[event.sequence.number] = obstacle(event.type)
            }
        }
        return obstacles
    }

    /// Why an event of a type cannot be taken back; nil when it can.
    static func obstacle(_ type: EventType) -> String? {
        switch type {
        case .decision(.ledgerCreated): "cannot be voided"
        case .decision(.holdPlaced): "cannot be voided; end it with ledger-cli record release-hold"
        case .decision(.attachmentErased): "cannot be voided; what was erased is gone"
        case .decision(.keyAdded), .decision(.keyRetired):
            "cannot be voided; use ledger-cli key add or key retire"
        default: nil
        }
    }
}
