import GRDB

extension StoreError {
    /// The error of SQLite in our terms, keeping its extended code; SQL and arguments stay out.
    init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_READONLY: self = .readOnly(path: path)
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_NOTADB: self = .notALedger(path: path)
        default:
            self = .io(
                code: Int(error.extendedResultCode.rawValue),
                message: error.message ?? "unknown SQLite error")
        }
    }

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
