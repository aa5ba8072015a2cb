import Foundation
import GRDB
import Synchronization

/// Turns among the processes that append to one ledger at the same time.
///
/// SQLite gives its lock to whoever asks at the right moment, so that a patient writer can starve
/// among eager ones, and each pays for a sync of its own. Who finds the ledger locked draws a number
/// from a file beside it, puts down there what it is about to append, and sleeps until no lower number
/// is held or another writer has written it along: who writes takes in what those behind it have put
/// down, so that all share one transaction and its sync. The system drops the locks of a process that
/// dies.
///
/// What keeps two writers apart is SQLite's own lock, also when the file cannot be made or someone
/// does not take part; and who is told that its events were written looks for them in the log before
/// it believes it.
final class Turns: Sendable {
    private struct Line {
        var file: TurnFile?
        /// When it was last looked whether others stand in line.
        var lastLook: ContinuousClock.Instant?
    }

    /// Who appends alone does not look again for so long whether others stand in line.
    static let glance = Duration.milliseconds(1)

    /// Tells the busy handler of the connection when to give up at once.
    let patience: Patience
    private let ledger: String
    private let path: String
    private let line = Mutex(Line())

    init(path: String, patience: Patience) {
        ledger = path
        self.path = path + "-turn"
        self.patience = patience
    }

    /// What others may write for the one who waits.
    struct Along<Value> {
        /// Gives the bytes of its offer; nil when only it can write that.
        let offer: () -> [UInt8]?
        /// Finds in the log what was offered; nil when it is not there.
        let find: (Database) throws -> Value?
    }

    /// Runs a body in a transaction that holds SQLite's write lock from the start, unless another
    /// writer has done its work.
    ///
    /// - Throws: what the body throws; `StoreError.undecided` when the wait is over and another writer,
    ///   which took the offer, does not go on. `DatabaseError`.
    func inTransaction<Value>(
        _ database: Database, along: Along<Value>? = nil, _ body: (Turn?) throws -> Value
    ) throws -> Value {
        let isAlone = try beginAlone(database)
        let turn = isAlone ? nil : wait(offering: along?.offer())
        defer { turn?.end() }
        if !isAlone {
            if turn?.isWritten ?? false, let value = try along?.find(database) { return value }
            do {
                try Turns.begin(database)
            } catch {
                return try outcome(of: turn, along, database, error)
            }
        }
        do {
            // An offer that was written just before this transaction is found by its ids.
            if let turn {
                if turn.mayBeWritten, let value = try along?.find(database) {
                    try database.rollback()
                    return value
                }
                turn.takeBack()
            }
            let value = try body(turn)
            try Turns.run("COMMIT TRANSACTION", in: database)
            return value
        } catch {
            if database.isInsideTransaction { try? database.rollback() }
            turn?.refuseTaken()
            throw error
        }
    }

    /// What became of an offer whose writer could not begin to write.
    private func outcome<Value>(
        of turn: Turn?, _ along: Along<Value>?, _ database: Database, _ error: any Error
    ) throws -> Value {
        guard let turn else { throw error }
        guard turn.tryToTakeBack() else { throw StoreError.undecided(path: ledger) }
        if let value = try along?.find(database) { return value }
        throw error
    }

    /// Begins the transaction when nobody stands in line or was ever in the way; false when it is to be
    /// stood in line.
    private func beginAlone(_ database: Database) throws -> Bool {
        let now = ContinuousClock.now
        let isAlone = line.withLock { line in
            guard line.file == nil else { return false }
            if let look = line.lastLook, now - look < Turns.glance { return true }
            line.lastLook = now
            if access(path, F_OK) == 0 { line.file = TurnFile(path: path, ledger: ledger) }
            return line.file == nil
        }
        guard isAlone else { return false }
        do {
            try patience.none { try Turns.begin(database) }
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            line.withLock { $0.file = TurnFile(path: path, ledger: ledger) }
            return false
        }
    }

    /// Stands in line until it is its turn or its offer is written; nil when there can be no line.
    private func wait(offering offer: [UInt8]?) -> Turn? {
        let file = line.withLock { line in
            if line.file?.isRemoved ?? false {
                line.file = nil
                line.file = TurnFile(path: path, ledger: ledger)
            }
            return line.file
        }
        guard let file, let turn = Turn(in: file, offering: offer) else { return nil }
        turn.wait(until: .now + patience.wait)
        return turn
    }

    private static func begin(_ database: Database) throws {
        try run("BEGIN IMMEDIATE TRANSACTION", in: database)
    }

    // Prepared once: SQLite takes longer to understand the words than to do it.
    private static func run(_ sql: String, in database: Database) throws {
        try BoundStatement(try database.cachedStatement(sql: sql)).run()
    }

    /// Leaves the line, and removes the file unless someone has a number.
    func close() { line.withLock { $0.file = nil } }
}
