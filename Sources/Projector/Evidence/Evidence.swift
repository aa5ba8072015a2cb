public import Ledger

/// The events behind a fact, how it is known by them, and when it was last confirmed.
///
/// A fact is as good as its last confirmation (`rules.md`, principle 4), and what somebody reported
/// is not what the ledger carried out itself; both stand beside the value.
public struct Evidence: Sendable, Hashable {
    /// The events, oldest first.
    public let events: [SequenceNumber]
    /// How it is known: executed, observed, reported or imported; nil when no event speaks of it.
    public let basis: Basis?
    /// When it was last confirmed.
    public let confirmed: Timestamp?

    /// The events alone, when they only bear on something that is not known.
    public init(_ events: some Sequence<SequenceNumber>) {
        self.init(events, basis: nil, confirmed: nil)
    }

    /// Events with how and when they make something known.
    public init(
        _ events: some Sequence<SequenceNumber>, basis: Basis?, confirmed: Timestamp?
    ) {
        self.events = Set(events).sorted()
        self.basis = basis
        self.confirmed = confirmed
    }
}

extension Evidence: RandomAccessCollection {
    /// The first position.
    public var startIndex: Int { events.startIndex }

    /// The position after the last.
    public var endIndex: Int { events.endIndex }

    /// The event at a position.
    public subscript(position: Int) -> SequenceNumber { events[position] }
}

extension Evidence: ExpressibleByArrayLiteral {
    /// Events written down one by one.
    public init(arrayLiteral elements: SequenceNumber...) { self.init(elements) }
}

extension Attempt {
    /// What the attempt proves when it was accepted.
    var proof: Evidence { Evidence(evidence, basis: basis, confirmed: settled.time) }
}

extension EnvironmentHistory.Sighting {
    /// What the look proves.
    var proof: Evidence { Evidence([moment.sequence], basis: basis, confirmed: moment.time) }
}

extension SnapshotHistory.Sighting {
    /// What the row proves.
    var proof: Evidence { Evidence([moment.sequence], basis: basis, confirmed: moment.time) }
}

extension Mark {
    /// What the event proves.
    var proof: Evidence { Evidence([moment.sequence], basis: basis, confirmed: moment.time) }
}

extension ReleaseHistory.Sighting {
    /// What the row proves.
    var proof: Evidence { Evidence([moment.sequence], basis: basis, confirmed: moment.time) }
}

extension HostHistory.Answer {
    /// What the answer proves.
    var proof: Evidence { Evidence([moment.sequence], basis: basis, confirmed: moment.time) }
}
