public import Ledger

/// Which events do not count any more, because an `event.voided` names them.
public struct Voids: Sendable {
    private var voided: Set<Int> = []

    /// Nothing is void.
    public init() {}

    /// The voids of a ledger's `event.voided` events, in any order.
    ///
    /// A void can itself be voided: the newest word counts. `knownAt` leaves out what was recorded later.
    public init(of events: some Sequence<Event>, knownAt: SequenceNumber? = nil) {
        var targets: [(sequence: Int, target: Int)] = []
        for event in events where event.type == .decision(.eventVoided) {
            if let knownAt, event.sequence > knownAt { continue }
            guard let target = event.data["sequence"]?.integer else { continue }
            targets.append((event.sequence.number, target))
        }
        for (sequence, target) in targets.sorted(by: { $0.sequence > $1.sequence })
        where !voided.contains(sequence) && target < sequence {
            voided.insert(target)
        }
    }

    /// The events up to a sequence that do not count.
    func voided(through last: SequenceNumber) -> Set<Int> { voided.filter { $0 <= last.number } }

    /// True when the event does not count.
    public func contains(_ sequence: SequenceNumber) -> Bool { voided.contains(sequence.number) }
}
