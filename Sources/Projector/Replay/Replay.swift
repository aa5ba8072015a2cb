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

    mutating func resume(_ state: State) { self.state = state }

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
        try apply(Occurrence(event))
    }

    /// Folds one occurrence in; they may come in any order.
    ///
    /// - Throws: `EventError.malformed` when the data of the event does not fit its type.
    public mutating func apply(_ occurrence: Occurrence) throws(EventError) {
        if let at, occurrence.time > at { return }
        if let knownAt, occurrence.sequence > knownAt { return }
        state.count += 1
        let content = occurrence.content
        let moment = Moment(occurrence)
        let isVoided = voids.contains(occurrence.sequence)
        // A mistyped time that was taken back must not be the present of everything else.
        if !isVoided, !content.type.isBookkeeping, state.newest.map({ $0 < moment }) ?? true {
            state.newest = moment
        }
        if !isVoided, occurrence.time > occurrence.recordedTime, content.type.isEvidence {
            state.foretold.insertInOrder(
                State.Foretold(moment: moment, recorded: occurrence.recordedTime))
        }
        switch content.type {
        case .action(_, let outcome):
            guard let deed = content.deed else { break }
            // Voiding what the ledger itself executed cannot undo it: its facts become unknown.
            if isVoided, occurrence.basis != .executed { return }
            let isBegun = outcome != .started
            let start = occurrence.cause.flatMap { state.inDoubt[$0]?.started.sequence }
            let isTaken = isVoided || isBegun && (start.map(voids.contains) ?? false)
            let counted = isTaken && isBegun ? .unknown : outcome
            return state.add(occurrence, deed, counted)
        case .observation(let name):
            guard content.isReadable else { break }
            if !isVoided { state.add(occurrence, name) }
            return
        case .decision, .other: break
        }
        switch try content.payload.get() {
        case .decision(let decision)?:
            // A hold ends by release or by date only, so that a void cannot lift one.
            // What the ledger itself started is not undone by a void either.
            if isVoided, decision.name != .holdPlaced,
                !(decision.isStart && occurrence.basis == .executed)
            {
                return
            }
            state.add(occurrence, decision)
        case .action?, .observation?: break
        case nil where isVoided: break
        case nil: state.unreadable.insertInOrder(Mark(occurrence, content.type.description))
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
    /// True for acts on the ledger itself, and for holds, which no void takes back.
    ///
    /// They carry the clock of whoever keeps it and say nothing about the time of the migration, which may lie years before its import.
    /// A hold forbids whatever the present is, so it need not be one.
    fileprivate var isBookkeeping: Bool {
        guard case .decision(let name) = self else { return false }
        switch name {
        case .ledgerCreated, .keyAdded, .keyRetired, .attachmentErased, .eventVoided, .policySet,
            .planIssued, .planApproved, .planFinished, .holdPlaced:
            return true
        default: return false
        }
    }

    /// True for what a verdict can lean on: a note says nothing that is judged.
    fileprivate var isEvidence: Bool { !isBookkeeping && self != .decision(.noteAdded) }
}
