import GRDB

/// Rows of the log that were read together, their records end to end.
struct RecordBatch: Sendable {
    /// One row.
    struct Row: Sendable {
        let sequence: SequenceNumber
        /// Where its record stands among the bytes.
        let place: Range<Int>
        /// The hash stored beside it; nil when what is stored is not 32 bytes.
        let leafHash: Digest?
    }

    private(set) var rows: [Row] = []
    private var bytes: [UInt8] = []

    /// A batch of no rows, with room for records of so many bytes.
    init(byteCount: Int = 0) { bytes.reserveCapacity(byteCount) }

    /// How many bytes its records have.
    var byteCount: Int { bytes.count }

    /// True when further rows should go into another batch: after four of the subtrees for which a
    /// node is kept, or when the records are long.
    var isFull: Bool { rows.count == 1024 || bytes.count > 4 << 20 }

    mutating func add(_ sequence: Int, _ record: UnsafeRawBufferPointer, leafHash: Digest?) {
        let start = bytes.count
        bytes.append(contentsOf: record)
        rows.append(
            Row(
                sequence: SequenceNumber(sequence), place: start..<bytes.count, leafHash: leafHash))
    }

    /// Looks at the record of a row.
    func withRecord<Value>(
        _ row: Row, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[row.place])) }
    }

    /// The row as a value of its own.
    func stored(_ row: Row) -> StoredRecord {
        StoredRecord(
            sequence: row.sequence, record: Record(storedBytes: Array(bytes[row.place])),
            leafHash: row.leafHash)
    }
}

extension LedgerSnapshot {
    /// Calls a body for the rows of the log, many at once, readable or not.
    ///
    /// - Throws: what the body throws, or `StoreError`.
    func forEachBatch(_ body: (RecordBatch) throws -> Void) throws {
        let rows = try StoreError.translating(path) {
            RowReader(
                try database.makeStatement(
                    sql: """
                        SELECT sequence, CAST(record AS BLOB), CAST(leaf AS BLOB) FROM event
                        ORDER BY sequence
                        """))
        }
        var batch = RecordBatch()
        while try StoreError.translating(path, { try rows.next() }) {
            batch.add(
                rows.integer(0), rows.bytes(1), leafHash: Digest(rows.bytes(2)))
            if batch.isFull {
                let byteCount = batch.byteCount
                try body(batch)
                batch = RecordBatch(byteCount: byteCount + byteCount / 8)
            }
        }
        if !batch.rows.isEmpty { try body(batch) }
    }
}
