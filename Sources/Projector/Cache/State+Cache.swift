public import Ledger

extension State {
    /// The state as bytes that `init(encoded:)` takes back; nil when something in it would not come
    /// back as it is.
    ///
    /// Equal histories have equal bytes, in whatever order they were folded in.
    public var encoded: [UInt8]? {
        var bytes: [UInt8] = []
        return encode(to: &bytes) ? bytes : nil
    }

    /// Adds `encoded` to bytes.
    ///
    /// - Returns: false, and nothing is added, when something would not come back as it is.
    public func encode(to bytes: inout [UInt8]) -> Bool {
        StateWriter.write(self, to: &bytes)
    }

    /// The state of some bytes; nil when `encoded` did not write them.
    public init?(encoded bytes: [UInt8]) {
        guard let state = StateReader.state(of: bytes, in: bytes.indices, isTrusting: false) else {
            return nil
        }
        self = state
    }

    /// The state of a part of some bytes; nil when they are no such bytes.
    ///
    /// For bytes that a sum has shown to be the ones that `encoded` gave: the histories in them are
    /// not looked through until they are asked for.
    public init?(unchanged bytes: [UInt8], in range: Range<Int>) {
        guard bytes.indices.contains(range),
            let state = StateReader.state(of: bytes, in: range, isTrusting: true)
        else {
            return nil
        }
        self = state
    }
}

extension Replay {
    /// A replay that goes on from a state which holds every event up to some sequence.
    ///
    /// Events fold in one after the other in the order of the log, whenever they happened: a late
    /// one finds its place in the histories. So a state goes on to be right until an event that it
    /// holds is voided, or is to be left out.
    public init(
        from state: State, voids: Voids, at: Timestamp? = nil, knownAt: SequenceNumber? = nil
    ) {
        self.init(voids: voids, at: at, knownAt: knownAt)
        resume(state)
    }
}

extension Voids {
    /// True when both leave out the same of the events up to a sequence.
    public func agree(with other: Voids, through last: SequenceNumber) -> Bool {
        voided(through: last) == other.voided(through: last)
    }
}
