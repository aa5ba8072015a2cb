import CStore
import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// The indexes and the structure of a ledger file, read on a connection of its own while the
/// records are read on another one.
///
/// It only ever says that all is well. When something is not, the file is looked at again, slowly and
/// in order, to say what.
final class StructureReading: Sendable {
    /// What was found.
    struct Outcome: Sendable {
        /// How many events this connection saw.
        let size: Int
        /// Whether SQLite finds nothing wrong with its own structure.
        let isSound: Bool
        /// The sums over the entries of the index of ids and of the postings.
        let sums: IndexSums
    }

    private let connection: DatabaseQueue
    private let outcome = Mutex<Outcome?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    /// Begins to read; `stop` closes the connection.
    init(_ connection: DatabaseQueue) {
        self.connection = connection
        DispatchQueue(label: "ledger.structure").async {
            let found = try? connection.inDatabase { database in
                try StructureReading.read(database)
            }
            self.outcome.withLock { $0 = found }
            self.isDone.signal()
        }
    }

    /// Waits for the end; nil when not all could be read, or an index is lost or out of order.
    func end() -> Outcome? {
        isDone.wait()
        isDone.signal()
        return outcome.withLock { $0 }
    }

    /// Ends it, before its time if need be.
    func stop() {
        connection.interrupt()
        _ = end()
        // Only now: a connection may not be closed while it is interrupted.
        try? connection.close()
    }

    private static func read(_ database: Database) throws -> Outcome {
        var findings: [String] = []
        for table in ["attachment", "checkpoint"] {
            findings += try String.fetchAll(database, sql: "PRAGMA integrity_check(\(table))")
        }
        // That the columns made from a record have its texts, and are there, is what the records and
        // the sums say. SQLite would parse each record for it once more: here it is given any text.
        guard store_shorten_json(database.sqliteConnection) == SQLITE_OK else {
            throw DatabaseError(resultCode: .SQLITE_ERROR, message: "json_extract stays")
        }
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        var outcome: Outcome?
        try database.inTransaction(.deferred) {
            let size = try Int.fetchOne(database, sql: "SELECT max(sequence) FROM event") ?? 0
            let sums = try IndexSums(reading: database)
            findings += try String.fetchAll(database, sql: "PRAGMA quick_check(100)")
            outcome = Outcome(
                size: size, isSound: findings.allSatisfy { $0 == "ok" }, sums: sums)
            return .rollback
        }
        guard let outcome else { throw DatabaseError(resultCode: .SQLITE_ERROR) }
        return outcome
    }
}
