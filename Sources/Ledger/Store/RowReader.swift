import GRDB
import GRDBSQLite

/// Walks the rows of a statement where SQLite has them, without a copy.
final class RowReader {
    private let statement: Statement
    private let handle: OpaquePointer
    /// A statement that is stepped on after its end would begin again.
    private var isAtEnd = false

    /// Takes a statement whose arguments are set.
    init(_ statement: Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
    }

    /// The records of a stretch of the log, each behind its sequence.
    ///
    /// - Throws: `DatabaseError`.
    convenience init(records sequences: ClosedRange<Int>, in database: Database) throws {
        let statement = try database.makeStatement(
            sql: """
                SELECT sequence, CAST(record AS BLOB) FROM event
                WHERE sequence >= ? AND sequence <= ? ORDER BY sequence
                """)
        self.init(statement)
        BoundStatement(statement).bind([sequences.lowerBound, sequences.upperBound])
    }

    deinit { sqlite3_reset(handle) }

    /// Goes to the next row; false at the end, and from then on.
    ///
    /// - Throws: `DatabaseError`.
    func next() throws -> Bool {
        if isAtEnd { return false }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            isAtEnd = true
            return false
        default:
            let connection = sqlite3_db_handle(handle)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
                message: sqlite3_errmsg(connection).map { String(cString: $0) })
        }
    }

    /// Whether a column has no value.
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// The integer of a column, 0 for what is none.
    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    /// The bytes of a column until the next row, none for NULL.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(
            start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
}
