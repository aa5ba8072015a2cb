public import Ledger

/// One try at an action, from its start to its outcome.
public struct Attempt: Sendable, Hashable, Timed {
    /// What was tried.
    public var action: Action
    /// When it was issued.
    public var started: Moment
    /// When its outcome was known; nil while it is in doubt.
    public var ended: Moment?
    /// What came of it; `.started` while it is in doubt.
    public var outcome: Outcome
    /// How it was carried out.
    public var report: ActionReport
    /// How the ledger knows.
    public var basis: Basis
    /// Who tried.
    public var actor: Actor
    /// The migration that the event names.
    public var migration: String?

    init(_ event: Event, _ action: Action, _ outcome: Outcome, _ report: ActionReport) {
        self.action = action
        started = Moment(event)
        ended = outcome == .started ? nil : Moment(event)
        self.outcome = outcome
        self.report = report
        basis = event.basis
        actor = event.actor
        migration = event.migration
    }

    /// Its place in a history: when it was issued.
    public var moment: Moment { started }

    /// The moment after which a look at the platform shows what came of it.
    public var settled: Moment { ended.map { max($0, started) } ?? started }

    /// True when the platform said yes.
    public var isAccepted: Bool { outcome == .accepted }

    /// True when it was started and nothing says how it ended.
    public var isInDoubt: Bool { outcome == .started }

    /// The start that a report may speak of, though it stands as a try of its own: the same words,
    /// still without an outcome, and something else in between that decided the same fact.
    ///
    /// Whether the start worked, before that, or the thing was done once more, after it, nobody
    /// said: what came last is not known.
    func namesake(in attempts: [Attempt]) -> Attempt? {
        guard basis != .executed, !isInDoubt else { return nil }
        return attempts.last { $0.isInDoubt && $0.action == action && $0.started < started }
    }

    /// The events that tell of it.
    public var evidence: [SequenceNumber] {
        guard let ended, ended.sequence != started.sequence else { return [started.sequence] }
        return [started.sequence, ended.sequence]
    }

    /// How it ended, for messages: `accepted`, `refused`, `of unknown outcome`, `without an outcome`.
    var outcomeWords: String {
        switch outcome {
        case .accepted: "accepted"
        case .refused: "refused"
        case .unknown: "of unknown outcome"
        case .started: "without an outcome"
        }
    }
}

extension Array where Element == Attempt {
    /// Replaces the attempt that began with an event.
    mutating func settle(_ started: SequenceNumber, with attempt: Attempt) {
        guard let index = lastIndex(where: { $0.started.sequence == started }) else { return }
        self[index] = attempt
    }
}
