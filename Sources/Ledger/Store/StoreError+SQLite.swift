import GRDB

extension StoreError {
    /// The error of SQLite in our terms, keeping its extended code; SQL and arguments stay out.
    init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_READONLY: self = .readOnly(path: path)
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_NOTADB: self = .notALedger(path: path)
        case .SQLITE_PROTOCOL: self = .noLocks(path: path)
        default:
            let code = error.extendedResultCode
            if StoreError.lockCodes.contains(code) {
                self = .noLocks(path: path)
                return
            }
            let message = error.message ?? "unknown SQLite error"
            self = .io(
                code: Int(code.rawValue),
                message: "\(path): " + (StoreError.deeds[code].map { "\($0): " } ?? "") + message)
        }
    }

    /// A file system without locks, or without memory that processes share, fails in one of these ways.
    private static let lockCodes: Set<ResultCode> = [
        .SQLITE_IOERR_LOCK, .SQLITE_IOERR_RDLOCK, .SQLITE_IOERR_UNLOCK,
        .SQLITE_IOERR_CHECKRESERVEDLOCK, .SQLITE_IOERR_SHMLOCK, .SQLITE_IOERR_SHMMAP,
    ]

    /// What failed, where SQLite says no more than "disk I/O error".
    private static let deeds: [ResultCode: String] = [
        .SQLITE_IOERR_READ: "reading failed", .SQLITE_IOERR_SHORT_READ: "reading failed",
        .SQLITE_IOERR_WRITE: "writing failed", .SQLITE_IOERR_FSYNC: "syncing failed",
        .SQLITE_IOERR_DIR_FSYNC: "syncing failed", .SQLITE_IOERR_TRUNCATE: "cutting failed",
        .SQLITE_IOERR_DELETE: "deleting failed", .SQLITE_IOERR_FSTAT: "looking failed",
        .SQLITE_IOERR_CLOSE: "closing failed", .SQLITE_IOERR_SHMSIZE: "sharing memory failed",
        .SQLITE_IOERR_SHMOPEN: "sharing memory failed",
    ]

    /// Runs a body and turns what it throws into a `StoreError`.
    static func translating<Value>(
        _ path: String, _ body: () throws -> Value
    ) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        } catch let error as ProofError {
            throw .damagedTree(reason: error.description)
        } catch {
            throw .io(code: 0, message: "\(error)")
        }
    }
}
