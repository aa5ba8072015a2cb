public import Ledger

/// A state at a present: what every derived fact is a function of.
public struct World: Sendable {
    /// The histories.
    public let state: State
    /// The present.
    public let now: Timestamp
    /// The environments by name, oldest incarnation first.
    public let incarnations: [String: [Incarnation]]
    /// Which things bear on which others.
    private(set) var crossings = Crossings()
    /// By how much the platform's clock is known to be behind, and policy lets it be.
    private(set) var lag: Span = .seconds(0)
    /// Every migration, declared or derived.
    private var known: [Migration] = []
    /// The migrations by the names in them.
    private(set) var casting = Casting()
    /// The rule that is left out, to see whether its absence is noticed; nil outside such a test.
    let without: RuleName?

    /// A state at a present.
    public init(state: State, now: Timestamp) {
        self.init(state: state, now: now, without: nil)
    }

    init(state: State, now: Timestamp, without: RuleName?) {
        self.state = state
        self.now = now
        self.without = without
        var incarnations: [String: [Incarnation]] = [:]
        for name in state.environments.keys {
            incarnations[name] = state.incarnations(of: name)
        }
        self.incarnations = incarnations
        if policy.clockSkew > .seconds(0) { lag = provenLag(within: policy.clockSkew) }
        crossings = Crossings(self)
        known = resolveMigrations()
        casting = Casting(known)
    }

    /// Every migration: declared ones, and what looks like one among the rest.
    func migrations() -> [Migration] { known }

    var policy: Policy { state.policy }

    /// The reasons that count: all, but for those of a rule that is left out.
    func counted(_ reasons: [Reason]) -> [Reason] {
        without.map { rule in reasons.filter { $0.rule != rule } } ?? reasons
    }

    /// The newest environment of a name.
    func newest(_ name: String) -> Incarnation? { incarnations[name]?.last }

    /// True when a fact about the outside is too old to be leant on.
    func isStale(_ moment: Moment) -> Bool { now - moment.time > policy.evidenceAge }

    /// Evidence in order, each event once.
    static func merge(_ evidence: any Sequence<SequenceNumber>...) -> [SequenceNumber] {
        var events: Set<SequenceNumber> = []
        for part in evidence { events.formUnion(part) }
        return events.sorted()
    }
}
