public import Ledger

/// A state at a present: what every derived fact is a function of.
public struct World: Sendable {
    /// The histories.
    public let state: State
    /// The present.
    public let now: Timestamp
    /// The environments by name, oldest incarnation first.
    public let incarnations: [String: [Incarnation]]

    /// A state at a present.
    public init(state: State, now: Timestamp) {
        self.state = state
        self.now = now
        var incarnations: [String: [Incarnation]] = [:]
        for name in state.environments.keys {
            incarnations[name] = state.incarnations(of: name)
        }
        self.incarnations = incarnations
    }

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
