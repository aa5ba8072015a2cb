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

    /// The statement and its arguments.
    ///
    /// Left alone, SQLite would walk the whole log for a range, to have the order for nothing;
    /// from the list of a subquery it gets both the index and the order.
    var sql: (text: String, arguments: StatementArguments) {
        var exact: [(condition: String, value: String)] = []
        var ranges: [(condition: String, value: String)] = []
        for (column, match) in [("subject", subject), ("type", type)] {
            switch match {
            case .exact(let text)?: exact.append(("\(column) = ?", text))
            case .prefix(let text)?:
                // The greatest scalar ends a range that, unlike LIKE, always has an index.
                ranges.append(("\(column) >= ?", text))
                ranges.append(("\(column) < ?", text + "\u{10FFFF}"))
            case nil: break
            }
        }
        if let actor { exact.append(("actor = ?", actor)) }
        if let migration { exact.append(("migration = ?", migration)) }
        if let since { ranges.append(("time >= ?", since.description)) }
        if let until { ranges.append(("time <= ?", until.description)) }

        var conditions = exact.map(\.condition)
        let inRange = ranges.map(\.condition).joined(separator: " AND ")
        if !ranges.isEmpty {
            conditions.append(
                exact.isEmpty
                    ? "sequence IN (SELECT sequence FROM event WHERE \(inRange))" : inRange)
        }
        var arguments = StatementArguments(exact.map(\.value) + ranges.map(\.value))
        if let after {
            conditions.append("sequence > ?")
            arguments += [after.number]
        }
        if let before {
            conditions.append("sequence < ?")
            arguments += [before.number]
        }
        var text = "SELECT sequence, CAST(record AS BLOB) FROM event"
        if !conditions.isEmpty { text += " WHERE " + conditions.joined(separator: " AND ") }
        text += " ORDER BY sequence" + (isNewestFirst ? " DESC" : "")
        if let limit {
            text += " LIMIT ?"
            arguments += [limit]
        }
        return (text, arguments)
    }
}

extension LedgerSnapshot {
    /// The events that a query asks for, in the order of the log.
    ///
    /// - Throws: `StoreError.damagedRecord`, `.io`.
    public func events(matching query: HistoryQuery) throws(StoreError) -> [Event] {
        try StoreError.translating(path) {
            let (text, arguments) = query.sql
            let rows = try Row.fetchCursor(database, sql: text, arguments: arguments)
            var events: [Event] = []
            while let row = try rows.next() {
                let record = Record(storedBytes: try row.bytes(atIndex: 1))
                events.append(
                    try LedgerSnapshot.event(of: record, at: SequenceNumber(row[0])))
            }
            return events
        }
    }

    /// The records that a query asks for, unread, in its order.
    ///
    /// - Throws: `StoreError.io`.
    public func records(matching query: HistoryQuery) throws(StoreError) -> [StoredRecord] {
        try StoreError.translating(path) {
            let (text, arguments) = query.sql
            let rows = try Row.fetchCursor(database, sql: text, arguments: arguments)
            var records: [StoredRecord] = []
            while let row = try rows.next() {
                let record = Record(storedBytes: try row.bytes(atIndex: 1))
                records.append(
                    StoredRecord(
                        sequence: SequenceNumber(row[0]), record: record,
                        leafHash: MerkleTree.leafHash(record.bytes)))
            }
            return records
        }
    }
}
