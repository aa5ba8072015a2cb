public import Ledger

/// Folds events into a state.
public struct Replay: Sendable {
    /// What was replayed so far.
    public private(set) var state = State()
    private let voids: Voids
    private let at: Timestamp?
    private let knownAt: SequenceNumber?

    /// A replay that has seen nothing.
    ///
    /// `at` leaves out what happened later, `knownAt` what was recorded later.
    public init(voids: Voids, at: Timestamp? = nil, knownAt: SequenceNumber? = nil) {
        self.voids = voids
        self.at = at
        self.knownAt = knownAt
    }

    /// The state of a ledger's events.
    ///
    /// - Throws: `EventError.malformed` when the data of an event does not fit its type.
    public static func state(
        of events: some Collection<Event>, at: Timestamp? = nil, knownAt: SequenceNumber? = nil
    ) throws(EventError) -> State {
        var replay = Replay(voids: Voids(of: events, knownAt: knownAt), at: at, knownAt: knownAt)
        for event in events { try replay.apply(event) }
        return replay.state
    }

    /// Folds one event in; events may come in any order.
    ///
    /// - Throws: `EventError.malformed` when the data of the event does not fit its type.
    public mutating func apply(_ event: Event) throws(EventError) {
        if let at, event.time > at { return }
        if let knownAt, event.sequence > knownAt { return }
        state.count += 1
        let moment = Moment(event)
        if !event.type.isBookkeeping, state.newest.map({ $0 < moment }) ?? true {
            state.newest = moment
        }
        guard let payload = try EventPayload(type: event.type, data: event.data) else {
            state.unreadable.insertInOrder(Mark(event, event.type.description))
            return
        }
        let isVoided = voids.contains(event.sequence)
        switch payload {
        case .action(let action, let outcome, let report):
            // Voiding what the ledger itself executed cannot undo it: its facts become unknown.
            if isVoided, event.basis != .executed { return }
            let counted = isVoided && outcome != .started ? .unknown : outcome
            state.add(event, action, counted, report)
        case .observation(let observation):
            if !isVoided { state.add(event, observation) }
        case .decision(let decision):
            // A hold ends by release or by date only, so that a void cannot lift one.
            // What the ledger itself started is not undone by a void either.
            if isVoided, decision.name != .holdPlaced,
                !(decision.isStart && event.basis == .executed)
            {
                return
            }
            state.add(event, decision)
        }
    }
}

extension Decision {
    /// True for the start of a command that has no action of its own.
    fileprivate var isStart: Bool {
        guard case .noteAdded(let note) = self else { return false }
        return note.outcome == .started
    }
}

extension EventType {
    /// True for acts on the ledger itself.
    ///
    /// They carry the clock of whoever keeps it and say nothing about the time of the migration, which may lie years before its import.
    fileprivate var isBookkeeping: Bool {
        guard case .decision(let name) = self else { return false }
        switch name {
        case .ledgerCreated, .keyAdded, .keyRetired, .attachmentErased, .eventVoided, .policySet,
            .planIssued, .planApproved, .planFinished:
            return true
        default: return false
        }
    }
}
