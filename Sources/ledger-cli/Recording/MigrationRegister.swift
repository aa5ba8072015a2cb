import Ledger
import Projector

/// The migrations that were opened and closed, in the order in which that happened.
struct MigrationRegister {
    /// A migration and whether it has ended.
    struct Entry: Hashable {
        /// The roles as they were opened last.
        var roles: MigrationRoles
        /// The event that opened it; nil while it is only being imported.
        var opened: SequenceNumber?
        /// When it was opened.
        var openedTime: Timestamp
        /// The event that closed it.
        var closed: SequenceNumber?
        /// When it was closed.
        var closedTime: Timestamp?
        /// True when it was closed as abandoned.
        var isAbandoned = false
    }

    private enum Change {
        case opened(MigrationRoles)
        case closed(String, abandoned: Bool)
    }

    private var changes: [(time: Timestamp, sequence: SequenceNumber?, change: Change)] = []

    /// A register without migrations.
    init() {}

    /// The migrations of a ledger, voided events aside.
    ///
    /// - Throws: `StoreError`; `EventError` when an event cannot be read.
    init(_ store: LedgerStore) throws {
        let voids = try Voiding.voids(in: store)
        let events = try [DecisionName.migrationOpened, .migrationClosed]
            .flatMap { try store.events(matching: HistoryQuery(type: .exact($0.rawValue))) }
            .filter { !voids.contains($0.sequence) }
            .sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        for event in events { try follow(event.draft, sequence: event.sequence) }
    }

    /// Follows an event that opens or closes a migration; any other changes nothing.
    ///
    /// - Throws: `EventError` when the event cannot be read.
    mutating func follow(_ draft: EventDraft, sequence: SequenceNumber? = nil) throws(EventError) {
        switch draft.type {
        case .decision(.migrationOpened), .decision(.migrationClosed): break
        default: return
        }
        switch try EventPayload(type: draft.type, data: draft.data) {
        case .decision(.migrationOpened(let roles)):
            insert(.opened(roles), draft.time, sequence)
        case .decision(.migrationClosed(let abandoned)):
            insert(.closed(draft.migration ?? "", abandoned: abandoned), draft.time, sequence)
        default: return
        }
    }

    private mutating func insert(
        _ change: Change, _ time: Timestamp, _ sequence: SequenceNumber?
    ) {
        let index = changes.lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0
        changes.insert((time, sequence, change), at: index)
    }

    /// All of them as they stand in the end.
    var entries: [Entry] { entries(at: nil) }

    /// The names of all.
    var names: [String] { entries.map(\.roles.migration) }

    /// Those that are not closed in the end.
    var open: [MigrationRoles] { entries.filter { $0.closedTime == nil }.map(\.roles) }

    /// Those that were open at a time; when none was, those that are open in the end, since a
    /// migration may be declared after the fact.
    ///
    /// What was opened at that very time is open, and what was closed then is still open: a
    /// transcript that is imported again finds what it found the first time.
    func open(at time: Timestamp) -> [MigrationRoles] {
        let then = openThen(time)
        return then.isEmpty ? open : then
    }

    /// Those that were open at a time and no others.
    func openThen(_ time: Timestamp) -> [MigrationRoles] {
        entries(at: time).filter { $0.closedTime == nil }.map(\.roles)
    }

    /// When a migration was closed before a time, and not opened again by then.
    func closing(of name: String, before time: Timestamp) -> Timestamp? {
        entries(at: time).first { $0.roles.migration == name && $0.openedTime < time }?.closedTime
    }

    private func entries(at time: Timestamp?) -> [Entry] {
        // One that was opened again stands where it was opened last.
        var entries: [Entry?] = []
        var places: [String: Int] = [:]
        for (when, sequence, change) in changes {
            switch change {
            case .opened(let roles):
                if let time, when > time { continue }
                if let place = places[roles.migration] { entries[place] = nil }
                places[roles.migration] = entries.count
                entries.append(Entry(roles: roles, opened: sequence, openedTime: when))
            case .closed(let name, let abandoned):
                if let time, when >= time { continue }
                guard let place = places[name] else { continue }
                entries[place]?.closed = sequence
                entries[place]?.closedTime = when
                entries[place]?.isAbandoned = abandoned
            }
        }
        return entries.compactMap { $0 }
    }
}
