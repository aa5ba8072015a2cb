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
    /// At most so many events.
    public var limit: Int?
    /// True to list from the newest to the oldest, so that a limit keeps the newest.
    public var isNewestFirst: Bool

    /// A query by what is given.
    public init(
        subject: Match? = nil, type: Match? = nil, actor: String? = nil, migration: String? = nil,
        since: Timestamp? = nil, until: Timestamp? = nil, after: SequenceNumber? = nil,
        limit: Int? = nil, isNewestFirst: Bool = false
    ) {
        self.subject = subject
        self.type = type
        self.actor = actor
        self.migration = migration
        self.since = since
        self.until = until
        self.after = after
        self.limit = limit
        self.isNewestFirst = isNewestFirst
    }

    /// The statement and its arguments.
    var sql: (text: String, arguments: StatementArguments) {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        func add(_ condition: String, _ values: any DatabaseValueConvertible...) {
            conditions.append(condition)
            for value in values { arguments += [value] }
        }
        for (column, match) in [("subject", subject), ("type", type)] {
            switch match {
            case .exact(let text)?: add("\(column) = ?", text)
            case .prefix(let text)?:
                // The greatest scalar ends a range that, unlike LIKE, always uses the index.
                add("\(column) >= ? AND \(column) < ?", text, text + "\u{10FFFF}")
            case nil: break
            }
        }
        if let actor { add("actor = ?", actor) }
        if let migration { add("migration = ?", migration) }
        if let since { add("time >= ?", since.description) }
        if let until { add("time <= ?", until.description) }
        if let after { add("sequence > ?", after.number) }
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
}
