import GRDB

/// One unchanging view of a ledger, valid inside the closure that it is given to.
///
/// Nothing here is cached: every answer comes from the file.
public struct LedgerSnapshot {
    let database: Database
    let path: String
    /// Makes another connection to the file, to read it on two threads; nil when there is none.
    var another: (() throws -> DatabaseQueue)?

    /// The number of events.
    ///
    /// - Throws: `StoreError`.
    public func size() throws(StoreError) -> Int {
        try StoreError.translating(path) {
            let rows = RowReader(
                try database.cachedStatement(sql: "SELECT max(sequence) FROM event"))
            let last = try rows.next() ? rows.integer(0) : 0
            if last > LedgerSnapshot.unquestioned, try mostEvents() < last {
                throw StoreError.damagedTree(
                    reason: "the file has no room for the events before event \(last)")
            }
            return max(0, last)
        }
    }

    /// So many events are believed without a look at the size of the file.
    private static let unquestioned = 1 << 24

    /// More events than the file could hold, if each were as short as a record can be.
    private func mostEvents() throws -> Int {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let page = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        return pages.multipliedReportingOverflow(by: page).partialValue / 64
    }

    /// The hashes of complete subtrees as they are stored.
    public var hashes: some HashReader { hashes(withNodes: true) }

    /// The same, from the leaf hashes alone when the nodes are not to be trusted: they are derived.
    public func hashes(withNodes: Bool) -> some HashReader {
        StoredHashes(
            StoredNodes(database: database), levels: withNodes ? [0] + StoredNodes.levels : [0])
    }

    /// The RFC 6962 root of the first `size` records, of all when nil.
    ///
    /// It rests on the stored leaf hashes, and on no node that contradicts a signed head of that size;
    /// whether the hashes are the records' is for verification.
    ///
    /// - Throws: `StoreError.noSuchSize`, `.damagedTree`.
    public func root(size: Int? = nil) throws(StoreError) -> Digest {
        let actual = try self.size()
        let size = size ?? actual
        guard 0...actual ~= size else { throw .noSuchSize(size, actual: actual) }
        return try StoreError.translating(path) {
            let root = try hashes.root(size: size)
            guard let head = try newestHead(size: size), head.root != root else { return root }
            return try hashes(withNodes: false).root(size: size)
        }
    }

    /// The record at a sequence, unread; nil beyond the end.
    ///
    /// - Throws: `StoreError`.
    public func record(_ sequence: SequenceNumber) throws(StoreError) -> Record? {
        try StoreError.translating(path) {
            let row = try Row.fetchOne(
                try database.cachedStatement(
                    sql: "SELECT CAST(record AS BLOB) FROM event WHERE sequence = ?"),
                arguments: [sequence.number])
            return try row.map { Record(storedBytes: try $0.bytes(atIndex: 0)) }
        }
    }

    /// The event at a sequence; nil beyond the end.
    ///
    /// - Throws: `StoreError.damagedRecord` when the bytes are none or say another sequence.
    public func event(_ sequence: SequenceNumber) throws(StoreError) -> Event? {
        guard let record = try record(sequence) else { return nil }
        return try LedgerSnapshot.event(of: record, at: sequence)
    }

    /// The sequence of the event with an id; nil when there is none.
    ///
    /// - Throws: `StoreError`.
    public func sequence(of id: EventID) throws(StoreError) -> SequenceNumber? {
        try StoreError.translating(path) {
            try Int.fetchOne(
                database, sql: "SELECT sequence FROM event WHERE id = ?",
                arguments: [id.description]
            ).map { SequenceNumber($0) }
        }
    }

    /// Calls a body for each event in the order of the log, one in memory at a time.
    ///
    /// - Throws: what the body throws, or `StoreError`.
    public func forEachEvent(
        from first: SequenceNumber = SequenceNumber(1), through last: SequenceNumber? = nil,
        _ body: (Event) throws -> Void
    ) throws {
        try forEachRow(
            "SELECT sequence, CAST(record AS BLOB) FROM event", from: first, through: last
        ) { row in
            let record = Record(storedBytes: try row.bytes(atIndex: 1))
            try body(try LedgerSnapshot.event(of: record, at: SequenceNumber(row[0])))
        }
    }

    /// Calls a body for each row of the log as it is stored, readable or not.
    ///
    /// - Throws: what the body throws, or `StoreError`.
    public func forEachRecord(
        from first: SequenceNumber = SequenceNumber(1), through last: SequenceNumber? = nil,
        _ body: (StoredRecord) throws -> Void
    ) throws {
        try forEachRow(
            "SELECT sequence, CAST(record AS BLOB), CAST(leaf AS BLOB) FROM event", from: first,
            through: last
        ) { row in
            try body(
                StoredRecord(
                    sequence: SequenceNumber(row[0]),
                    record: Record(storedBytes: try row.bytes(atIndex: 1)),
                    leafHash: try row.digest(atIndex: 2)))
        }
    }

    private func forEachRow(
        _ select: String, from first: SequenceNumber, through last: SequenceNumber?,
        _ body: (Row) throws -> Void
    ) throws {
        let rows = try StoreError.translating(path) {
            try Row.fetchCursor(
                database,
                sql: "\(select) WHERE sequence >= ? AND sequence <= ? ORDER BY sequence",
                arguments: [first.number, last?.number ?? Int.max])
        }
        while let row = try StoreError.translating(path, { try rows.next() }) { try body(row) }
    }

    static func event(
        of record: Record, at sequence: SequenceNumber
    ) throws(StoreError) -> Event {
        do {
            let event = try record.event()
            guard event.sequence == sequence else {
                throw StoreError.damagedRecord(
                    sequence, reason: "its record says it is event \(event.sequence)")
            }
            return event
        } catch let error as EventError {
            throw .damagedRecord(sequence, reason: error.description)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .damagedRecord(sequence, reason: "\(error)")
        }
    }

    /// Signed heads, the newest first: `limit` of them at most, all when nil.
    ///
    /// - Throws: `StoreError`.
    public func signedHeads(newest limit: Int? = nil) throws(StoreError) -> [SignedHead] {
        try StoreError.translating(path) {
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(LedgerSnapshot.headColumns) FROM checkpoint
                    ORDER BY number DESC LIMIT ?
                    """,
                arguments: [limit ?? -1])
            return try rows.map { try LedgerSnapshot.head($0) }
        }
    }

    /// The signed head of the most events, of several the one that was kept last; nil without any.
    ///
    /// A witness's answer may come late: the head that was kept last can be an older one.
    ///
    /// - Parameter size: only heads of that size.
    /// - Returns: the head.
    /// - Throws: `StoreError`.
    public func newestHead(size: Int? = nil) throws(StoreError) -> SignedHead? {
        try StoreError.translating(path) {
            let row = try Row.fetchOne(
                try database.cachedStatement(
                    sql: """
                        SELECT \(LedgerSnapshot.headColumns) FROM checkpoint
                        WHERE size = coalesce(?, (SELECT max(size) FROM checkpoint))
                        ORDER BY number DESC LIMIT 1
                        """),
                arguments: [size])
            return try row.map { try LedgerSnapshot.head($0) }
        }
    }

    /// The columns of a head, of whatever type an altered file has them: reading must not trap.
    static let headColumns = """
        coalesce(CAST(size AS INTEGER), -1), CAST(root AS BLOB), coalesce(CAST(note AS TEXT), '')
        """

    static func head(_ row: Row) throws -> SignedHead {
        // What is no hash stands for one that no tree has, so that it agrees with nothing.
        let none = Digest(hashing: Array("no root".utf8))
        return SignedHead(size: row[0], root: try row.digest(atIndex: 1) ?? none, note: row[2])
    }
}

/// A row of the log, unread.
public struct StoredRecord: Sendable, Hashable {
    /// Where it stands.
    public let sequence: SequenceNumber
    /// Its bytes.
    public let record: Record
    /// The hash stored beside it; nil when what is stored is not 32 bytes.
    public let leafHash: Digest?
}
