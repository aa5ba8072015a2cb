/// The keys that sign a ledger's heads, as its own events name them.
///
/// The first key stands in `ledger.created`, further ones in `key.added`; `key.retired` ends one. What
/// is said after the first key counts only when a key that signed before vouched for it: when it signed
/// the head that ends with that very event. A later head does not say who wrote the event, so that who
/// can add a record cannot make a key of the ledger. The first key of a log that was created without one
/// vouches for itself. All this is what the log says of itself: a verifier believes it only as far as a
/// head covers it that a key it trusts has signed.
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
    /// What counts for nothing, as no key that signed before vouched for it.
    public private(set) var unvouched: [KeyStatement] = []

    /// No keys.
    public init() {}

    /// Follows what an event says of a key.
    ///
    /// - Parameters:
    ///   - statement: what the next event that speaks of a key says.
    ///   - trusted: keys that are believed whatever the log says, unless it has retired them.
    ///   - isRooted: whether a key may be believed because the log begins with it.
    ///   - isVouched: whether one of some keys signed the head that ends with that event.
    /// - Throws: what `isVouched` throws.
    mutating func follow<Failure: Error>(
        _ statement: KeyStatement, besides trusted: [VerifierKey] = [], isRooted: Bool = true,
        isVouched: (_ by: [VerifierKey]) throws(Failure) -> Bool
    ) throws(Failure) {
        let isFirst = isRooted && entries.isEmpty
        var counts = isFirst && statement.kind == .created
        if !counts {
            counts = try isVouched(voucher(of: statement, besides: trusted, isFirst: isFirst))
        }
        guard counts else {
            unvouched.append(statement)
            return
        }
        if let index = entries.firstIndex(where: { $0.key == statement.key }) {
            if statement.kind == .retired, entries[index].retired == nil {
                entries[index].retired = statement.sequence
            }
        } else if statement.kind != .retired {
            entries.append(
                Entry(key: statement.key, added: statement.sequence, retired: nil))
        } else if trusted.contains(statement.key) {
            entries.append(
                Entry(key: statement.key, added: 0, retired: statement.sequence))
        }
    }

    /// Whose signature makes a statement count.
    private func voucher(
        of statement: KeyStatement, besides trusted: [VerifierKey], isFirst: Bool
    ) -> [VerifierKey] {
        let sequence = statement.sequence
        var keys = entries.filter { $0.added < sequence && $0.signs(size: sequence) }.map(\.key)
        keys += trusted.filter { key in
            !keys.contains(key) && entry(of: key)?.retired.map { sequence <= $0 } ?? true
        }
        if isFirst, statement.kind == .added, !keys.contains(statement.key) {
            keys.append(statement.key)
        }
        return keys
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
    /// The keys that the ledger's events name, as far as the heads in the file vouch for them.
    ///
    /// - Throws: `StoreError`.
    public func logKeys() throws(StoreError) -> LogKeys {
        try follow(.beginning, through: size()).known.keys
    }

    /// The keys of the first events, given those of fewer, and what the events after them say of keys.
    func follow(
        _ known: FollowedKeys, through end: Int
    ) throws(StoreError) -> (known: FollowedKeys, later: [KeyStatement]) {
        let known = known.size <= (try size()) ? known : .beginning
        let end = max(end, known.size)
        var keys = known.keys
        var later: [KeyStatement] = []
        for statement in try keyStatements(after: known.size) {
            guard statement.sequence <= end else {
                later.append(statement)
                continue
            }
            try keys.follow(statement) { (by) throws(StoreError) in
                try isHead(endingWith: statement.sequence, signedBy: by)
            }
        }
        return (FollowedKeys(keys: keys, size: end), later)
    }

    private func keyStatements(after size: Int) throws(StoreError) -> [KeyStatement] {
        var found: [Event] = []
        for type in [
            HistoryQuery.Match.exact(DecisionName.ledgerCreated.rawValue), .prefix("key."),
        ] {
            let query = HistoryQuery(type: type, after: SequenceNumber(size))
            found += try events(matching: query)
        }
        return found.sorted { $0.sequence < $1.sequence }.compactMap(KeyStatement.init)
    }

    /// Whether one of some keys signed a head that ends with an event, over the records as they are.
    private func isHead(
        endingWith sequence: Int, signedBy keys: [VerifierKey]
    ) throws(StoreError) -> Bool {
        let heads = try signedHeads(size: sequence)
        guard !heads.isEmpty, !keys.isEmpty else { return false }
        let (root, origin) = (try root(size: sequence), try origin())
        return heads.contains { $0.root == root && $0.isSigned(by: keys, origin: origin) }
    }
}

extension SignedHead {
    /// Whether one of some keys signed just what the row says.
    func isSigned(by keys: [VerifierKey], origin: String) -> Bool {
        guard let note = try? SignedNote.parse(note).verify(with: keys).note,
            let checkpoint = try? Checkpoint.parse(note)
        else { return false }
        return checkpoint.isOf(origin: origin) && checkpoint.size == size
            && checkpoint.root == root
    }
}
