import Foundation
import GRDB

/// A sum over the entries of each index of `event`, to hold what an index has against what the records
/// say: two sets of entries give the same sum only when they are the same, as far as anyone who
/// does not know the key of this process's hashes can bring about.
struct IndexSums: Sendable, Equatable {
    private var sums = [UInt64](repeating: 0, count: Schema.columns.count)

    /// Adds the entries that an event should have.
    mutating func add(_ event: Event, at sequence: SequenceNumber) {
        for (index, column) in Schema.columns.enumerated() {
            guard var value = event.indexed(column.name) else { continue }
            value.withUTF8 { add(UnsafeRawBufferPointer($0), sequence.number, to: index) }
        }
    }

    /// Adds the entries that the event of a record should have.
    mutating func add(_ record: RecordOutline) {
        let sequence = record.sequence.number
        // In the order of `Schema.columns`.
        add(record.id, sequence, to: 0)
        add(record.type, sequence, to: 1)
        add(record.subject, sequence, to: 2)
        add(record.actor, sequence, to: 3)
        if let migration = record.migration { add(migration, sequence, to: 4) }
        add(record.time, sequence, to: 5)
    }

    /// Adds other sums.
    mutating func add(_ other: IndexSums) {
        for index in sums.indices { sums[index] &+= other.sums[index] }
    }

    private mutating func add(_ value: UnsafeRawBufferPointer, _ sequence: Int, to index: Int) {
        var hasher = Hasher()
        hasher.combine(sequence)
        hasher.combine(bytes: value)
        sums[index] &+= UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// No entries.
    init() {}

    /// The sums over the entries that the indexes have.
    ///
    /// - Throws: `DatabaseError` when one cannot be read, or is not in order.
    init(reading database: Database) throws {
        for (index, column) in Schema.columns.enumerated() {
            guard try read(column, index, database) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT)
            }
        }
    }

    /// Reads every index in its order; the names of the columns whose index has other entries than
    /// these, or does not have them in order.
    func columnsThatDiffer(in database: Database) -> [String] {
        Schema.columns.enumerated().compactMap { index, column in
            var found = IndexSums()
            let isInOrder = (try? found.read(column, index, database)) ?? false
            return isInOrder && found.sums[index] == sums[index] ? nil : column.name
        }
    }

    private mutating func read(
        _ column: (name: String, attribute: String, index: String), _ index: Int,
        _ database: Database
    ) throws -> Bool {
        let rows = RowReader(try database.makeStatement(sql: IndexSums.statement(column)))
        // One buffer for all: an index has an entry for each event.
        var last: [UInt8] = []
        var lastSequence: Int?
        while try rows.next() {
            let (sequence, value) = (rows.integer(0), rows.bytes(1))
            add(value, sequence, to: index)
            if let before = lastSequence {
                let order = last.withUnsafeBytes { IndexSums.compare($0, value) }
                guard order < 0 || order == 0 && before < sequence else { return false }
                lastSequence = sequence
                if order == 0 { continue }
            }
            lastSequence = sequence
            last.removeAll(keepingCapacity: true)
            last.append(contentsOf: value)
        }
        return true
    }

    /// Reads an index in its order and nothing else.
    static func statement(_ column: (name: String, attribute: String, index: String)) -> String {
        """
        SELECT sequence, \(column.name) FROM event INDEXED BY \(column.index)
        WHERE \(column.name) IS NOT NULL ORDER BY \(column.name)
        """
    }

    private static func compare(
        _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer
    ) -> Int {
        if let one = a.baseAddress, let other = b.baseAddress {
            let order = memcmp(one, other, min(a.count, b.count))
            if order != 0 { return Int(order) }
        }
        return a.count - b.count
    }
}

extension Event {
    /// The value under which an indexed column finds the event; nil when it has none.
    func indexed(_ column: String) -> String? {
        switch column {
        case "id": id.description
        case "type": type.description
        case "subject": subject
        case "actor": actor.id
        case "migration": migration
        case "time": time.description
        default: nil
        }
    }
}
