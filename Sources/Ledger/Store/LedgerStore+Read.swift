/// Single questions, each answered on a snapshot of its own.
extension LedgerStore {
    /// The number of events.
    ///
    /// - Throws: `StoreError`.
    public func size() throws(StoreError) -> Int { try ask { try $0.size() } }

    /// The RFC 6962 root of the first `size` records, of all when nil.
    ///
    /// - Throws: `StoreError.noSuchSize`, `.damagedTree`.
    public func root(size: Int? = nil) throws(StoreError) -> Digest {
        try ask { try $0.root(size: size) }
    }

    /// The record at a sequence, unread; nil beyond the end.
    ///
    /// - Throws: `StoreError`.
    public func record(_ sequence: SequenceNumber) throws(StoreError) -> Record? {
        try ask { try $0.record(sequence) }
    }

    /// The event at a sequence; nil beyond the end.
    ///
    /// - Throws: `StoreError.damagedRecord`.
    public func event(_ sequence: SequenceNumber) throws(StoreError) -> Event? {
        try ask { try $0.event(sequence) }
    }

    /// The events that a query asks for.
    ///
    /// - Throws: `StoreError.damagedRecord`.
    public func events(matching query: HistoryQuery) throws(StoreError) -> [Event] {
        try ask { try $0.events(matching: query) }
    }

    /// Calls a body with the events that a query asks for, some at a time, in its order.
    ///
    /// Each time is a snapshot of its own, so that a body that waits for whoever reads keeps nobody
    /// waiting; events that are appended meanwhile are not among them.
    ///
    /// - Parameters:
    ///   - query: what is asked for.
    ///   - length: at most so many events at a time; a thousand of them are some MiB.
    ///   - body: is given the events.
    /// - Throws: what the body throws, or `StoreError.damagedRecord`.
    public func forEachPage(
        matching query: HistoryQuery, of length: Int = 1_000, _ body: ([Event]) throws -> Void
    ) throws {
        var query = query
        var rest = query.limit ?? .max
        let end = SequenceNumber(try size() + 1)
        query.before = query.before.map { min($0, end) } ?? end
        while rest > 0 {
            query.limit = min(rest, length)
            let page = try events(matching: query)
            guard let last = page.last?.sequence else { return }
            try body(page)
            rest -= page.count
            if query.isNewestFirst { query.before = last } else { query.after = last }
        }
    }

    /// The attachment of an event by its name; nil when the record refers to none of that name.
    ///
    /// - Throws: `StoreError.attachmentAltered` when the content does not agree with the record.
    public func attachment(
        _ sequence: SequenceNumber, name: String
    ) throws(StoreError) -> StoredAttachment? {
        try ask { try $0.attachment(sequence, name: name) }
    }

    /// Signed heads, the newest first.
    ///
    /// - Throws: `StoreError`.
    public func signedHeads(newest limit: Int? = nil) throws(StoreError) -> [SignedHead] {
        try ask { try $0.signedHeads(newest: limit) }
    }

    /// The signed head of the most events, of several the one that was kept last.
    ///
    /// - Throws: `StoreError`.
    public func newestHead() throws(StoreError) -> SignedHead? { try ask { try $0.newestHead() } }

    /// The keys that the ledger's events name.
    ///
    /// - Throws: `StoreError`.
    public func logKeys() throws(StoreError) -> LogKeys { try ask { try $0.logKeys() } }

    /// Calls a body for each event in the order of the log, all from one snapshot.
    ///
    /// The body must not call the store; `read` gives it a snapshot to ask.
    ///
    /// - Throws: what the body throws, or `StoreError`.
    public func forEachEvent(
        from first: SequenceNumber = SequenceNumber(1), through last: SequenceNumber? = nil,
        _ body: (Event) throws -> Void
    ) throws {
        try read { try $0.forEachEvent(from: first, through: last, body) }
    }

    private func ask<Value>(
        _ question: (LedgerSnapshot) throws -> Value
    ) throws(StoreError) -> Value {
        try StoreError.translating(path) { try read(again: true, question) }
    }
}
