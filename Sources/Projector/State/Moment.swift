public import Ledger

/// When something happened and which event says so; the order of replay (`time`, then `sequence`).
public struct Moment: Sendable, Hashable, Comparable {
    /// When it happened.
    public var time: Timestamp
    /// The event that says so.
    public var sequence: SequenceNumber

    /// A moment of an event.
    public init(time: Timestamp, sequence: SequenceNumber) {
        self.time = time
        self.sequence = sequence
    }

    /// The moment of an event.
    public init(_ event: Event) { self.init(time: event.time, sequence: event.sequence) }

    /// The moment of an occurrence.
    init(_ occurrence: Occurrence) {
        self.init(time: occurrence.time, sequence: occurrence.sequence)
    }

    /// Moments in the order of replay.
    public static func < (a: Moment, b: Moment) -> Bool {
        a.time == b.time ? a.sequence < b.sequence : a.time < b.time
    }
}

/// Something that has a place in a history.
protocol Timed {
    /// Its place.
    var moment: Moment { get }
}

extension Array where Element: Timed {
    /// Puts an element at its place; the common case, the end, costs nothing.
    mutating func insertInOrder(_ element: Element) {
        guard let last, element.moment < last.moment else { return append(element) }
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if element.moment < self[middle].moment { high = middle } else { low = middle + 1 }
        }
        insert(element, at: low)
    }
}

/// A value that was said or seen at a moment.
public struct Mark<Value: Sendable & Hashable>: Sendable, Hashable, Timed {
    /// When, and by which event.
    public var moment: Moment
    /// What.
    public var value: Value
    /// How the ledger knows.
    public var basis: Basis
    /// The migration that the event names.
    public var migration: String?

    init(moment: Moment, value: Value, basis: Basis, migration: String?) {
        self.moment = moment
        self.value = value
        self.basis = basis
        self.migration = migration
    }

    init(_ occurrence: Occurrence, _ value: Value) {
        moment = Moment(occurrence)
        self.value = value
        basis = occurrence.basis
        migration = occurrence.author.migration
    }
}
