/// The keys that sign a ledger's heads, as its own events name them.
///
/// The first key stands in `ledger.created`, further ones in `key.added`; `key.retired` ends one.
/// This is what the log says of itself: a verifier believes it only as far as a head covers it that
/// a key it trusts has signed.
public struct LogKeys: Hashable, Sendable {
    /// A key and the events that speak of it.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public let key: VerifierKey
        /// The event that names it.
        public let added: Int
        /// The event that retires it.
        public internal(set) var retired: Int?

        /// Whether the key may sign the head of a size: from the head that covers its addition to
        /// the one that ends with its retirement, which old and new keys sign together.
        public func signs(size: Int) -> Bool { added <= size && size <= retired ?? Int.max }
    }

    /// The keys in the order in which they were added.
    public private(set) var entries: [Entry] = []

    /// No keys.
    public init() {}

    /// Follows an event; one that speaks of no key, or of none that can be read, changes nothing.
    public mutating func follow(_ event: Event) {
        let isNaming: Bool
        switch event.type {
        case .decision(.ledgerCreated), .decision(.keyAdded): isNaming = true
        case .decision(.keyRetired): isNaming = false
        default: return
        }
        guard let text = event.data["vkey"]?.string, let key = try? VerifierKey.parse(text) else {
            return
        }
        let sequence = event.sequence.number
        if let index = entries.firstIndex(where: { $0.key == key }) {
            if !isNaming, entries[index].retired == nil { entries[index].retired = sequence }
        } else if isNaming {
            entries.append(Entry(key: key, added: sequence, retired: nil))
        }
    }

    /// What the events say of a key.
    public func entry(of key: VerifierKey) -> Entry? { entries.first { $0.key == key } }

    /// The keys that may sign the head of a size.
    public func signing(size: Int) -> [VerifierKey] {
        entries.filter { $0.signs(size: size) }.map(\.key)
    }

    /// The keys that are not retired.
    public var active: [VerifierKey] { entries.filter { $0.retired == nil }.map(\.key) }
}

/// The keys that the first events of a log name, to go on from.
struct FollowedKeys: Sendable {
    /// The keys.
    let keys: LogKeys
    /// How many events were followed.
    let size: Int

    /// The keys of a log without events.
    static let beginning = FollowedKeys(keys: LogKeys(), size: 0)
}

extension LedgerSnapshot {
    /// The keys that the ledger's events name.
    ///
    /// - Throws: `StoreError`.
    public func logKeys() throws(StoreError) -> LogKeys { try follow(.beginning).keys }

    /// The keys of the whole log, given those of its beginning.
    func follow(_ known: FollowedKeys) throws(StoreError) -> FollowedKeys {
        let size = try size()
        let known = known.size <= size ? known : .beginning
        var found: [Event] = []
        for type in [
            HistoryQuery.Match.exact(DecisionName.ledgerCreated.rawValue), .prefix("key."),
        ] {
            let query = HistoryQuery(type: type, after: SequenceNumber(known.size))
            found += try events(matching: query)
        }
        var keys = known.keys
        for event in found.sorted(by: { $0.sequence < $1.sequence }) { keys.follow(event) }
        return FollowedKeys(keys: keys, size: size)
    }
}
