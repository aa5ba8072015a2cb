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
            // What is made larger is the index of the journal, and nothing but the disk's end stops that.
            if code == .SQLITE_IOERR_SHMSIZE {
                self = .diskFull(path: path)
                return
            }
            if StoreError.lockCodes.contains(code.rawValue) {
                self = .noLocks(path: path)
                return
            }
            let deed = StoreError.deeds[code.rawValue].map { "\($0): " } ?? ""
            self = .io(
                code: Int(code.rawValue),
                message: "\(path): \(deed)\(error.message ?? "unknown SQLite error")")
        }
    }

    /// A file system without locks, or without memory that processes share, fails in one of these ways.
    private static let lockCodes = Set(
        [
            ResultCode.SQLITE_IOERR_LOCK, .SQLITE_IOERR_RDLOCK, .SQLITE_IOERR_UNLOCK,
            .SQLITE_IOERR_CHECKRESERVEDLOCK, .SQLITE_IOERR_SHMLOCK, .SQLITE_IOERR_SHMMAP,
        ].map(\.rawValue))

    /// What failed, where SQLite says no more than "disk I/O error".
    private static let deeds: [Int32: String] = [
        ResultCode.SQLITE_IOERR_READ.rawValue: "reading failed",
        ResultCode.SQLITE_IOERR_SHORT_READ.rawValue: "reading failed",
        ResultCode.SQLITE_IOERR_WRITE.rawValue: "writing failed",
        ResultCode.SQLITE_IOERR_FSYNC.rawValue: "syncing failed",
        ResultCode.SQLITE_IOERR_DIR_FSYNC.rawValue: "syncing failed",
        ResultCode.SQLITE_IOERR_TRUNCATE.rawValue: "cutting failed",
        ResultCode.SQLITE_IOERR_DELETE.rawValue: "deleting failed",
        ResultCode.SQLITE_IOERR_FSTAT.rawValue: "looking failed",
        ResultCode.SQLITE_IOERR_CLOSE.rawValue: "closing failed",
        ResultCode.SQLITE_IOERR_SHMOPEN.rawValue: "sharing memory failed",
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
