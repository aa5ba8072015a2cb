import GRDB

/// Writing along what another writer is about to append, and finding what was written so.
extension Appender {
    /// Finds rows by their id.
    static func lookup(in database: Database) throws -> Statement {
        try database.cachedStatement(
            sql: "SELECT sequence, CAST(record AS BLOB), CAST(leaf AS BLOB) FROM event WHERE id = ?"
        )
    }

    /// The row of an id; nil when there is none.
    static func find(_ id: EventID, _ lookup: Statement) throws -> StoredRecord? {
        let rows = RowReader(lookup)
        BoundStatement(lookup).bind(text: Array(id.description.utf8), at: 1)
        guard try rows.next() else { return nil }
        return StoredRecord(
            sequence: SequenceNumber(rows.integer(0)),
            record: Record(storedBytes: Array(rows.bytes(1))), leafHash: Digest(rows.bytes(2)))
    }

    /// Where the events stand that another writer wrote for this one; nil unless all are there.
    static func find(_ ids: [EventID], in database: Database) throws -> [Appended]? {
        let lookup = try lookup(in: database)
        var places: [Appended] = []
        places.reserveCapacity(ids.count)
        for id in ids {
            guard let found = try find(id, lookup), let leafHash = found.leafHash else {
                return nil
            }
            places.append(
                Appended(sequence: found.sequence, id: id, isNew: true, leafHash: leafHash))
        }
        return places
    }

    /// Appends what another writer has put down: all of it, or nothing when an id is taken or an event
    /// makes no record.
    ///
    /// - Throws: `DatabaseError`, `StoreError`; the transaction must be rolled back then.
    mutating func append(along events: [Event]) throws -> Bool {
        let mark = mark
        do {
            for event in events {
                guard try !holds(event.id) else { throw NotAlong() }
                move(to: event.recordedTime)
                _ = try append(event.draft, index: 0, existing: .compare)
            }
            return true
        } catch  where error is NotAlong || error is StoreError {
            guard goBack(to: mark) else { throw error }
            return false
        }
    }

    private struct NotAlong: Error {}
}
