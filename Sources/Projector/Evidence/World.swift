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
    /// Every migration, declared or derived.
    private var known: [Migration] = []
    /// The migrations by the names in them.
    private(set) var casting = Casting()

    /// A state at a present.
    public init(state: State, now: Timestamp) {
        self.state = state
        self.now = now
        var incarnations: [String: [Incarnation]] = [:]
        for name in state.environments.keys {
            incarnations[name] = state.incarnations(of: name)
        }
        self.incarnations = incarnations
        crossings = Crossings(self)
        known = resolveMigrations()
        casting = Casting(known)
    }

    /// Every migration: declared ones, and what looks like one among the rest.
    func migrations() -> [Migration] { known }

    var policy: Policy { state.policy }

    /// The newest environment of a name.
    func newest(_ name: String) -> Incarnation? { incarnations[name]?.last }

    /// True when a fact about the outside is too old to be leant on.
    func isStale(_ moment: Moment) -> Bool { now - moment.time > policy.evidenceAge }

    /// Evidence in order, each event once.
    static func merge(_ evidence: [SequenceNumber]...) -> [SequenceNumber] {
        Array(Set(evidence.joined())).sorted()
    }
}
