import GRDBSQLite

/// The first hundred bytes of a file that SQLite may have open in this very process.
///
/// They are read through SQLite itself. A process that closes any descriptor of a file loses all
/// its POSIX locks on it, and SQLite's hold on a ledger that is open is such a lock: reading the
/// header with a descriptor of our own would let the next process that appends take itself for the
/// last one, delete the `-wal` file, and leave every reader here with a file that is no more
/// (SQLite, "How To Corrupt An SQLite Database File", section 2.2).
struct FileHeader {
    /// Why there is no header.
    enum Failure: Error, Equatable {
        /// The file cannot be opened.
        case unopened
        /// The file cannot be read.
        case unread
    }

    /// The bytes; fewer than a hundred when the file is shorter.
    let bytes: [UInt8]
    /// Whether somebody writes to the file, or is about to.
    let isReserved: Bool

    /// Reads the header of a file as it is on the disk, without locks and without files beside it.
    ///
    /// - Throws: `Failure`.
    init(path: String) throws(Failure) {
        var connection: OpaquePointer?
        defer { sqlite3_close_v2(connection) }
        guard
            sqlite3_open_v2(
                LedgerFile.immutableURI(path), &connection,
                SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_PRIVATECACHE, nil) == SQLITE_OK
        else { throw .unopened }
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard
            sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK,
            let file, let methods = file.pointee.pMethods, let read = methods.pointee.xRead
        else { throw .unopened }
        var bytes = [UInt8](repeating: 0, count: 100)
        switch read(file, &bytes, Int32(bytes.count), 0) {
        case SQLITE_OK: break
        case SQLITE_IOERR | (2 << 8):
            // SQLITE_IOERR_SHORT_READ: what is missing was filled with zeros.
            var size: sqlite3_int64 = 0
            guard methods.pointee.xFileSize?(file, &size) == SQLITE_OK else { throw .unread }
            bytes.removeLast(bytes.count - min(bytes.count, Int(size)))
        default: throw .unread
        }
        self.bytes = bytes
        var reserved: Int32 = 0
        isReserved =
            methods.pointee.xCheckReservedLock?(file, &reserved) == SQLITE_OK && reserved != 0
    }
}
