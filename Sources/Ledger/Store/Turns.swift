import Foundation
import GRDB
import Synchronization

/// Turns among the processes that append to one ledger at the same time.
///
/// SQLite gives its lock to whoever asks at the right moment, so that a patient writer can starve
/// among eager ones. Who finds the ledger locked draws a number from a file beside it, holds a lock
/// on the byte of that number, and goes on when no lower byte is locked. The system drops the locks of
/// a process that dies. This is about order only: what keeps two writers apart is SQLite's own
/// lock, also when the file cannot be made or someone does not take part.
final class Turns: Sendable {
    /// Tells the busy handler of the connection when to give up at once.
    let patience: Patience
    private let path: String
    private let file = Mutex<TurnFile?>(nil)

    init(path: String, patience: Patience) {
        self.path = path + "-turn"
        self.patience = patience
    }

    /// Runs a body in a transaction that holds SQLite's write lock from the start; `committed` is told
    /// what the body gave once the transaction has ended well.
    func inTransaction<Value, Result>(
        _ database: Database, _ body: () throws -> Value, committed: (Value) throws -> Result
    ) throws -> Result {
        let number = try begin(database)
        defer { if let number { file.withLock { $0?.giveBack(number) } } }
        let value: Value
        do {
            value = try body()
            try database.cachedStatement(sql: "COMMIT TRANSACTION").execute()
        } catch {
            if database.isInsideTransaction { try? database.rollback() }
            throw error
        }
        return try committed(value)
    }

    /// Begins the transaction; the number to give back when turns were taken.
    private func begin(_ database: Database) throws -> Int64? {
        if file.withLock({ $0 == nil }) {
            do {
                try patience.none { try Turns.begin(database) }
                return nil
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                file.withLock { $0 = TurnFile(path: path) }
            }
        }
        let number = file.withLock { $0?.draw() }
        if let number {
            wait(for: number, until: ContinuousClock.now + patience.wait)
        }
        do {
            try Turns.begin(database)
        } catch {
            if let number { file.withLock { $0?.giveBack(number) } }
            throw error
        }
        return number
    }

    // Prepared once: SQLite takes longer to understand the words than to do it.
    private static func begin(_ database: Database) throws {
        try database.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
    }

    private func wait(for number: Int64, until end: ContinuousClock.Instant) {
        var looks = 0
        while true {
            let ahead = file.withLock { $0?.ahead(of: number) ?? 0 }
            guard ahead > 0, ContinuousClock.now < end else { return }
            looks += 1
            // A turn lasts about one sync of the disk: who is next looks all the time, for a while,
            // since it is what the disk then waits for; the others only now and then.
            if ahead > 1 {
                usleep(UInt32(min(ahead, 16) - 1) * 100)
            } else if looks < 2000 {
                sched_yield()
            } else {
                usleep(200)
            }
        }
    }

    /// Removes the file unless someone has a number.
    func close() { file.withLock { $0 = nil } }
}

/// How long a connection waits for SQLite's lock.
final class Patience: Sendable {
    /// How long at most.
    let wait: Duration
    private let isNone = Atomic(false)

    init(_ wait: Duration) { self.wait = wait }

    /// Runs a body that finds a lock taken rather than waits for it.
    func none<Value>(_ body: () throws -> Value) rethrows -> Value {
        isNone.store(true, ordering: .relaxed)
        defer { isNone.store(false, ordering: .relaxed) }
        return try body()
    }

    /// Whether to try again after so many tries; waits a little first.
    ///
    /// SQLite's own handler waits longer and longer, so a patient process starves among eager
    /// ones; short random pauses give each the same chance.
    func tries(again tries: Int) -> Bool {
        guard !isNone.load(ordering: .relaxed) else { return false }
        let isNew = tries < Patience.shortTries
        let shortTime = Double(Patience.shortTries) * Patience.shortPause
        guard
            isNew || Double(tries - Patience.shortTries) * Patience.pause < milliseconds - shortTime
        else { return false }
        let mean = isNew ? Patience.shortPause : Patience.pause
        Thread.sleep(forTimeInterval: Double.random(in: 0...2 * mean) / 1000)
        return true
    }

    private var milliseconds: Double { wait / .milliseconds(1) }

    /// The mean pauses between tries, in milliseconds: the first ones are short.
    private static let shortPause = 0.25
    private static let shortTries = 20
    private static let pause = 5.0
}
