import GRDB

/// Postings of a ledger file: for each block of 256 events that is complete, which of them have a
/// text as their subject, type, actor, migration or hour.
///
/// A block has two pages or so and is written once, when its last event is appended, after the
/// postings of the blocks before it. An index with an entry for each event would have a page
/// changed in the middle of every column with every event. As with the nodes of the tree, 256 blocks
/// make one of the level above, which tells in which of them a text stands.
///
/// Postings are derived. A block without any, and the events behind the last block, are looked
/// through.
struct StoredPostings {
    let database: Database

    /// The levels that are kept, the exponents of how many events a block has.
    static let levels = [8, 16]

    /// What a text must be to satisfy a condition.
    struct Condition: Sendable, Hashable {
        let attribute: Posted
        /// The text, or the lowest one of a range.
        let text: String
        /// The end of a range, which is not part of it; nil for one text.
        let end: String?
    }

    /// Which parts of a block satisfy all conditions; nil when the block has no postings.
    ///
    /// At level 8 the parts are events, above they are blocks of the level below, of which each has
    /// something for every condition, not always in one event.
    ///
    /// - Throws: `DatabaseError`.
    func places(
        level: Int, block: Int, satisfying conditions: [Condition]
    ) throws -> Places? {
        var all = Places.all
        do {
            for condition in conditions where !all.isEmpty {
                var places = Places()
                let statement = try database.cachedStatement(sql: Self.select(condition))
                let bound = BoundStatement(statement)
                bound.bind([level, block])
                bound.bind(text: Array(condition.attribute.rawValue.utf8), at: 3)
                bound.bind(text: Array(condition.text.utf8), at: 4)
                if let end = condition.end { bound.bind(text: Array(end.utf8), at: 5) }
                let rows = RowReader(statement)
                while try rows.next() {
                    for place in rows.bytes(0) { places.insert(place) }
                }
                all.formIntersection(places)
            }
            guard all.isEmpty else { return all }
            return try isPosted(level: level, block: block) ? all : nil
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // Without the table, or with another one of its name, no block has postings.
            return nil
        }
    }

    /// The statement that reads what a block has for a condition.
    static func select(_ condition: Condition) -> String {
        "SELECT places FROM posting WHERE level = ? AND block = ? AND attribute = ? AND "
            + (condition.end == nil ? "value = ?" : "value >= ? AND value < ?")
    }

    private func isPosted(level: Int, block: Int) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT 1 FROM posting WHERE level = ? AND block = ? LIMIT 1")
        BoundStatement(statement).bind([level, block])
        return try RowReader(statement).next()
    }

    /// Posts the blocks that are complete with `size` events and were not with `before`.
    ///
    /// - Throws: `DatabaseError`; the transaction must be rolled back then.
    func complete(from before: Int, to size: Int, origin: String) throws {
        for block in before >> 8..<size >> 8 {
            try keep(try events(of: block, origin: Array(origin.utf8)), level: 8, block: block)
            if block & 255 == 255 {
                try keep(try blocks(of: block >> 8), level: 16, block: block >> 8)
            }
        }
    }

    /// Forgets every posting and makes them again from the records.
    ///
    /// - Throws: `DatabaseError`; the transaction must be rolled back then.
    func rebuild(size: Int, origin: String) throws {
        try database.execute(sql: "DELETE FROM posting")
        try complete(from: 0, to: size, origin: origin)
    }

    /// What the records of a block of level 8 say; one that cannot be read says nothing.
    private func events(of block: Int, origin: [UInt8]) throws -> GatheredPostings {
        var found = GatheredPostings()
        let statement = try database.cachedStatement(
            sql: """
                SELECT sequence, CAST(record AS BLOB) FROM event
                WHERE sequence > ? AND sequence <= ? ORDER BY sequence
                """)
        let rows = RowReader(statement)
        BoundStatement(statement).bind([block << 8, (block + 1) << 8])
        while try rows.next() {
            let place = UInt8(truncatingIfNeeded: rows.integer(0) - 1)
            let record = rows.bytes(1)
            let post = { (attribute: Posted, text: UnsafeRawBufferPointer) in
                found.add(attribute, text, at: place)
            }
            if let outline = origin.withUnsafeBytes({ RecordOutline(record, origin: $0) }) {
                outline.forEachPosted(post)
            } else {
                try? Record(storedBytes: Array(record)).event().forEachPosted(post)
            }
        }
        return found
    }

    /// What the blocks of level 8 say of which a block of level 16 is made.
    private func blocks(of block: Int) throws -> GatheredPostings {
        var found = GatheredPostings()
        let statement = try database.cachedStatement(
            sql: """
                SELECT block, attribute, value FROM posting
                WHERE level = 8 AND block >= ? AND block < ? ORDER BY block
                """)
        let rows = RowReader(statement)
        BoundStatement(statement).bind([block << 8, (block + 1) << 8])
        while try rows.next() {
            guard let attribute = Posted(rawValue: String(decoding: rows.bytes(1), as: UTF8.self))
            else { continue }
            found.add(
                attribute, rows.bytes(2), at: UInt8(truncatingIfNeeded: rows.integer(0)))
        }
        return found
    }

    /// Keeps the postings of a block in the place of whatever stands there.
    private func keep(_ postings: GatheredPostings, level: Int, block: Int) throws {
        let stale = try database.cachedStatement(
            sql: "DELETE FROM posting WHERE level = ? AND block = ?")
        let delete = BoundStatement(stale)
        delete.bind([level, block])
        try delete.run()
        let insert = BoundStatement(
            try database.cachedStatement(
                sql: """
                    INSERT INTO posting (level, block, attribute, value, places)
                    VALUES (?, ?, ?, ?, ?)
                    """))
        // In the order of the table, so that each goes behind the one before.
        try postings.forEach { attribute, text, places in
            insert.bind([level, block])
            insert.bind(text: Array(attribute.rawValue.utf8), at: 3)
            insert.bind(text: text, at: 4)
            insert.bind(blob: places, at: 5)
            try insert.run()
        }
    }
}
