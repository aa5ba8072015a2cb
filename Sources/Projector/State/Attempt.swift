public import Ledger

/// One try at an action, from its start to its outcome.
public struct Attempt: Sendable, Hashable {
    /// When it was issued.
    public internal(set) var started: Moment
    /// When its outcome was known; nil while it is in doubt.
    public internal(set) var ended: Moment?
    /// What came of it; `.started` while it is in doubt.
    public internal(set) var outcome: Outcome
    /// How the ledger knows.
    public let basis: Basis
    private var deed: Undertaking
    private let worker: Author

    /// An attempt as its first event tells of it.
    init(_ occurrence: Occurrence, _ deed: Undertaking, _ outcome: Outcome) {
        started = Moment(occurrence)
        ended = outcome == .started ? nil : Moment(occurrence)
        self.outcome = outcome
        basis = occurrence.basis
        self.deed = deed
        worker = occurrence.author
    }

    /// What was tried.
    public var action: Action { deed.action }
    /// How it was carried out.
    public var report: ActionReport { deed.report }
    /// Who tried.
    public var actor: Actor { worker.actor }
    /// The migration that the event names.
    public var migration: String? { worker.migration }

    /// Takes down how it ended.
    mutating func end(_ occurrence: Occurrence, _ deed: Undertaking, _ outcome: Outcome) {
        ended = Moment(occurrence)
        self.outcome = outcome
        let isSame = deed.action == self.deed.action
        self.deed = isSame ? deed : Undertaking(action: self.deed.action, report: deed.report)
    }

    /// Two attempts are the same when the same events tell of them.
    public static func == (a: Attempt, b: Attempt) -> Bool {
        a.started == b.started && a.ended == b.ended && a.outcome == b.outcome
            && a.basis == b.basis && a.action == b.action && a.report == b.report
            && a.actor == b.actor && a.migration == b.migration
    }

    /// Feeds what tells attempts of one ledger apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(started)
        hasher.combine(ended)
        hasher.combine(outcome)
    }

    /// Its place in a history: when it was issued.
    public var moment: Moment { started }

    /// The moment after which a look at the platform shows what came of it.
    public var settled: Moment { ended.map { max($0, started) } ?? started }

    /// True when the platform said yes.
    public var isAccepted: Bool { outcome == .accepted }

    /// True when it was started and nothing says how it ended.
    public var isInDoubt: Bool { outcome == .started }

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

extension Attempt: Chronicled {
    /// When its outcome was known.
    public var ending: Moment? { ended }

    /// The outcome, then the basis.
    public var code: Int { outcome.code << 2 | basis.code }

    /// The command.
    public var shared: Undertaking { deed }

    /// Who was at work.
    public var author: Author? { worker }

    /// Somebody tried.
    public static var isAuthored: Bool { true }

    /// The attempt of a code.
    public init?(
        moment: Moment, ending: Moment?, code: Int, shared: Undertaking, author: Author?
    ) {
        guard 0..<16 ~= code, let author else { return nil }
        started = moment
        ended = ending
        outcome = Outcome(code: code >> 2)
        basis = Basis(code: code)
        deed = shared
        worker = author
    }
}

extension Outcome {
    /// A number below four.
    fileprivate var code: Int {
        switch self {
        case .started: 0
        case .accepted: 1
        case .refused: 2
        case .unknown: 3
        }
    }

    fileprivate init(code: Int) {
        switch code & 3 {
        case 0: self = .started
        case 1: self = .accepted
        case 2: self = .refused
        default: self = .unknown
        }
    }
}
