import GRDB

/// Which events to list; what is nil does not restrict.
public struct HistoryQuery: Sendable, Hashable {
    /// How a text is compared, byte by byte.
    public enum Match: Sendable, Hashable {
        /// The whole text.
        case exact(String)
        /// How it begins.
        case prefix(String)
    }

    /// The subject: `.exact("environment/prod")`, `.prefix("snapshot/")`.
    public var subject: Match?
    /// The type: `.exact("env.destroy.accepted")`, `.prefix("env.destroy.")`.
    public var type: Match?
    /// The actor's id.
    public var actor: String?
    /// The migration's name.
    public var migration: String?
    /// The earliest time at which it happened.
    public var since: Timestamp?
    /// The latest time at which it happened.
    public var until: Timestamp?
    /// Only events after this one.
    public var after: SequenceNumber?
    /// Only events before this one.
    public var before: SequenceNumber?
    /// At most so many events.
    public var limit: Int?
    /// True to list from the newest to the oldest, so that a limit keeps the newest.
    public var isNewestFirst: Bool

    /// A query by what is given.
    public init(
        subject: Match? = nil, type: Match? = nil, actor: String? = nil, migration: String? = nil,
        since: Timestamp? = nil, until: Timestamp? = nil, after: SequenceNumber? = nil,
        before: SequenceNumber? = nil, limit: Int? = nil, isNewestFirst: Bool = false
    ) {
        self.subject = subject
        self.type = type
        self.actor = actor
        self.migration = migration
        self.since = since
        self.until = until
        self.after = after
        self.before = before
        self.limit = limit
        self.isNewestFirst = isNewestFirst
    }

    /// What the postings are asked for; no event is left out that is asked for.
    var conditions: [StoredPostings.Condition] {
        var conditions: [StoredPostings.Condition] = []
        func add(_ attribute: Posted, _ match: Match?) {
            switch match {
            case .exact(let text)?:
                conditions.append(.init(attribute: attribute, text: text, end: nil))
            case .prefix(let text)?:
                conditions.append(
                    .init(attribute: attribute, text: text, end: HistoryQuery.end(of: text)))
            case nil: break
            }
        }
        add(.subject, subject)
        add(.migration, migration.map { .exact($0) })
        add(.actor, actor.map { .exact($0) })
        add(.type, type)
        if since != nil || until != nil {
            func hour(_ time: Timestamp?) -> String {
                String((time?.description ?? "").prefix(Posted.hourLength))
            }
            conditions.append(
                .init(
                    attribute: .time, text: hour(since), end: HistoryQuery.end(of: hour(until))))
        }
        return conditions
    }

    /// The statement that reads a stretch of the log, and its arguments but for the stretch, which
    /// are its first and its last sequence.
    var sql: (text: String, arguments: [String]) {
        var conditions: [(text: String, value: String)] = []
        for (column, match) in [("subject", subject), ("type", type)] {
            switch match {
            case .exact(let text)?: conditions.append(("\(column) = ?", text))
            case .prefix(let text)?:
                conditions.append(("\(column) >= ?", text))
                conditions.append(("\(column) < ?", HistoryQuery.end(of: text)))
            case nil: break
            }
        }
        if let actor { conditions.append(("actor = ?", actor)) }
        if let migration { conditions.append(("migration = ?", migration)) }
        if let since { conditions.append(("time >= ?", since.description)) }
        if let until { conditions.append(("time <= ?", until.description)) }
        let text =
            "SELECT sequence, CAST(record AS BLOB) FROM event WHERE sequence >= ? AND sequence <= ?"
            + conditions.map { " AND " + $0.text }.joined() + " ORDER BY sequence"
            + (isNewestFirst ? " DESC" : "")
        return (text, conditions.map(\.value))
    }

    /// What is greater than every text that begins like this: no text of ours has the greatest scalar.
    private static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }
}

extension LedgerSnapshot {
    /// The events that a query asks for, in the order of the log.
    ///
    /// - Throws: `StoreError.damagedRecord`, `.io`.
    public func events(matching query: HistoryQuery) throws(StoreError) -> [Event] {
        try StoreError.translating(path) {
            var events: [Event] = []
            try forEachRecord(matching: query) { sequence, record in
                events.append(try LedgerSnapshot.event(of: record, at: sequence))
            }
            return events
        }
    }

    /// The records that a query asks for, unread, in its order.
    ///
    /// - Throws: `StoreError.io`.
    public func records(matching query: HistoryQuery) throws(StoreError) -> [StoredRecord] {
        try StoreError.translating(path) {
            var records: [StoredRecord] = []
            try forEachRecord(matching: query) { sequence, record in
                records.append(
                    StoredRecord(
                        sequence: sequence, record: record,
                        leafHash: MerkleTree.leafHash(record.bytes)))
            }
            return records
        }
    }

    private func forEachRecord(
        matching query: HistoryQuery, _ body: (SequenceNumber, Record) throws -> Void
    ) throws {
        let (text, values) = query.sql
        let statement = try database.cachedStatement(sql: text)
        let bound = BoundStatement(statement)
        var rest = query.limit ?? .max
        let size = try size()
        let before = query.after?.number ?? 0
        let last = min(size, (query.before?.number ?? .max) - 1)
        guard rest > 0, before < last else { return }
        let stretches = Stretches(
            postings: StoredPostings(database: database), conditions: query.conditions, size: size,
            isReversed: query.isNewestFirst, bounds: before + 1...last)
        try stretches.forEach { stretch in
            bound.bind([stretch.lowerBound, stretch.upperBound])
            for (index, value) in values.enumerated() {
                bound.bind(text: Array(value.utf8), at: index + 3)
            }
            let rows = RowReader(statement)
            while rest > 0, try rows.next() {
                try body(
                    SequenceNumber(rows.integer(0)), Record(storedBytes: Array(rows.bytes(1))))
                rest -= 1
            }
            return rest > 0
        }
    }
}
