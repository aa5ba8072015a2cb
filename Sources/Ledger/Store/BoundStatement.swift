import GRDB
import GRDBSQLite

/// A statement whose arguments are handed to SQLite without a detour.
struct BoundStatement {
    private let handle: OpaquePointer

    /// Takes a statement that lives as long as this value is used.
    init(_ statement: Statement) { handle = statement.sqliteStatement }

    func bind(_ number: Int, at column: Int) {
        sqlite3_bind_int64(handle, Int32(column), Int64(number))
    }

    /// Binds the first arguments.
    func bind(_ numbers: [Int]) {
        for (index, number) in numbers.enumerated() { bind(number, at: index + 1) }
    }

    func bind(_ hash: Digest, at column: Int) { bind(blob: hash.bytes, at: column) }

    func bind(blob bytes: [UInt8]?, at column: Int) {
        guard let bytes else {
            sqlite3_bind_null(handle, Int32(column))
            return
        }
        bytes.withUnsafeBytes { raw in
            // A nil address would bind NULL in the place of an empty blob.
            guard let start = raw.baseAddress, raw.count > 0 else {
                sqlite3_bind_zeroblob(handle, Int32(column), 0)
                return
            }
            sqlite3_bind_blob(handle, Int32(column), start, Int32(raw.count), copying)
        }
    }

    func bind(text bytes: [UInt8], at column: Int) {
        bytes.withUnsafeBytes { raw in
            let start = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            sqlite3_bind_text(handle, Int32(column), start, Int32(raw.count), copying)
        }
    }

    /// Runs the statement to its end.
    ///
    /// - Throws: `DatabaseError`.
    func run() throws {
        let code = sqlite3_step(handle)
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        guard code == SQLITE_DONE else {
            let connection = sqlite3_db_handle(handle)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
                message: sqlite3_errmsg(connection).map { String(cString: $0) })
        }
    }
}

/// `SQLITE_TRANSIENT`: SQLite makes a copy of its own before the call returns.
private var copying: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
