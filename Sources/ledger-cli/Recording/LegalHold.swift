import Ledger
import Projector

/// What forbids that something about an event is erased.
///
/// A hold on the event, on its migration or on the whole ledger does. It is judged by the clock,
/// never by another present, and a void does not lift it: a hold ends by release or by date.
enum LegalHold {
    /// A hold that stands.
    struct Standing: Equatable {
        /// What is held.
        let resource: Resource
        /// The event that placed it.
        let sequence: SequenceNumber
        /// When it ends by itself.
        let until: Timestamp?
    }

    /// The holds that stand on an event now.
    ///
    /// - Throws: `StoreError`; `EventError` when a hold cannot be read.
    static func standing(
        on event: Event, in store: LedgerStore, now: Timestamp
    ) throws -> [Standing] {
        var resources: [Resource] = [.event(event.sequence)]
        if let migration = event.migration { resources.append(.migration(migration)) }
        resources.append(.ledger)
        return try resources.flatMap { try standing(on: $0, in: store, now: now) }
    }

    /// What is held at a time, by holds that no release ended, in order.
    ///
    /// - Throws: `StoreError`; `EventError` when a hold cannot be read.
    static func held(in store: LedgerStore, at time: Timestamp) throws -> [Resource] {
        let voids = try Voiding.voids(in: store)
        let events = try [DecisionName.holdPlaced, .holdReleased]
            .flatMap { try store.events(matching: HistoryQuery(type: .exact($0.rawValue))) }
            .filter { $0.time <= time }
            .sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        var held: [Resource] = []
        for event in events {
            switch try EventPayload(type: event.type, data: event.data) {
            case .decision(.holdReleased(let resource)) where !voids.contains(event.sequence):
                held.removeAll { $0 == resource }
            case .decision(.holdPlaced(let resource, _)):
                if !held.contains(resource) { held.append(resource) }
            default: continue
            }
        }
        return held
    }

    private static func standing(
        on resource: Resource, in store: LedgerStore, now: Timestamp
    ) throws -> [Standing] {
        let events = try [DecisionName.holdPlaced, .holdReleased]
            .flatMap {
                try store.events(
                    matching: HistoryQuery(
                        subject: .exact(resource.description), type: .exact($0.rawValue)))
            }
            .sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        var standing: [Standing] = []
        for event in events {
            switch try EventPayload(type: event.type, data: event.data) {
            case .decision(.holdReleased): standing = []
            case .decision(.holdPlaced(_, let until)):
                standing.append(
                    Standing(resource: resource, sequence: event.sequence, until: until))
            default: continue
            }
        }
        return standing.filter { $0.until.map { now < $0 } ?? true }
    }
}
