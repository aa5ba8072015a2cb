import GRDB
import GRDBSQLite

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

    /// How many rows make a batch: eight of the subtrees for which a node is kept.
    static let size = 2048

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
            if batch.rows.count == RecordBatch.size {
                try body(batch)
                batch = RecordBatch()
            }
        }
        if !batch.rows.isEmpty { try body(batch) }
    }
}

/// Walks the rows of a statement where SQLite has them, without a copy.
final class RowReader {
    private let statement: Statement
    private let handle: OpaquePointer

    /// Takes a statement whose arguments are set.
    init(_ statement: Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
    }

    deinit { sqlite3_reset(handle) }

    /// Goes to the next row; false at the end.
    ///
    /// - Throws: `DatabaseError`.
    func next() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let connection = sqlite3_db_handle(handle)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
                message: sqlite3_errmsg(connection).map { String(cString: $0) })
        }
    }

    /// The integer of a column, 0 for what is none.
    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    /// The bytes of a column until the next row, none for NULL.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(
            start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
}
