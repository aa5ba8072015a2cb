import Dispatch
import Foundation
import GRDB
import Synchronization

/// Turns among the processes that append to one ledger at the same time.
///
/// SQLite gives its lock to whoever asks at the right moment, so that a patient writer can starve
/// among eager ones. Who finds the ledger locked draws a number from a file beside it, holds a lock
/// on the byte of that number, and goes on when no lower byte is locked. Who appends again at once
/// keeps the number for a few milliseconds, since the next one in line has to read again what was
/// changed; who has nothing to append gives it back. The last append of a turn gives it back while
/// the disk syncs: the next one in line gets ready meanwhile and finds SQLite's lock taken until
/// then. The system drops the locks of a process that dies. This is about order only: what keeps
/// two writers apart is SQLite's own lock, also when the file cannot be made or someone does not
/// take part.
final class Turns: Sendable {
    /// A number and the appends under it.
    private struct Turn {
        let number: Int64
        /// When it came up.
        var began: ContinuousClock.Instant
        /// How many appends there were.
        var appends = 0
        /// When its newest append ended; nil while one is on its way.
        var idleSince: ContinuousClock.Instant?
    }

    private struct Line {
        var file: TurnFile?
        var turn: Turn?
        /// When the newest append ended, in whatever turn.
        var lastEnd: ContinuousClock.Instant?
        /// When it was last looked whether others stand in line.
        var lastLook: ContinuousClock.Instant?
        /// Whether the append on its way follows closely on the one before, as the next one may.
        var isStream = false
        /// Whether someone looks after idle turns.
        var isWatched = false

        /// Lets the next one go on.
        mutating func endTurn() {
            if let turn { file?.giveBack(turn.number) }
            turn = nil
        }
    }

    /// How many appends there are in a turn at most.
    ///
    /// Enough that taking turns costs little beside them, few enough that one of eight writers waits
    /// less for the others than for some tens of slow syncs.
    static let limit = 3
    /// How long a turn lasts at most, but for the append that is on its way then.
    static let length = Duration.milliseconds(5)
    /// Who begins no append for so long has none that others should wait for.
    static let pause = Duration.microseconds(300)
    /// Who appends alone does not look again for so long whether others stand in line.
    static let glance = Duration.milliseconds(1)
    /// How often an idle turn is looked for, and for how long after the newest append.
    private static let watchInterval = DispatchTimeInterval.milliseconds(3)
    private static let rest = Duration.milliseconds(50)

    /// Tells the busy handler of the connection when to give up at once.
    let patience: Patience
    private let path: String
    private let line = Mutex(Line())
    /// Where threads are blocked until a turn comes up.
    private let waiting = DispatchQueue(label: "ledger.turn", attributes: .concurrent)

    init(path: String, patience: Patience) {
        self.path = path + "-turn"
        self.patience = patience
    }

    /// Runs a body in a transaction that holds SQLite's write lock from the start; `committed` is told
    /// what the body gave once the transaction has ended well.
    func inTransaction<Value, Result>(
        _ database: Database, _ body: () throws -> Value, committed: (Value) throws -> Result
    ) throws -> Result {
        let value: Value
        do {
            try begin(database)
            value = try body()
            handOver()
            try Turns.run("COMMIT TRANSACTION", in: database)
        } catch {
            if database.isInsideTransaction { try? database.rollback() }
            end(isDone: false)
            throw error
        }
        end(isDone: true)
        return try committed(value)
    }

    /// Begins the transaction, in a turn unless nobody stands in line or was ever in the way.
    private func begin(_ database: Database) throws {
        let now = ContinuousClock.now
        let isAlone = line.withLock { line in
            guard line.file == nil else { return false }
            if let look = line.lastLook, now - look < Turns.glance { return true }
            line.lastLook = now
            if access(path, F_OK) == 0 { line.file = TurnFile(path: path) }
            return line.file == nil
        }
        if isAlone {
            do {
                return try patience.none { try Turns.begin(database) }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                line.withLock { $0.file = TurnFile(path: path) }
            }
        }
        let drawn = line.withLock { line -> Int64? in
            line.isStream = line.lastEnd.map { now - $0 < Turns.pause } ?? false
            if line.turn != nil {
                line.turn?.idleSince = nil
                return nil
            }
            guard let number = line.file?.draw() else { return nil }
            line.turn = Turn(number: number, began: now)
            return number
        }
        if let drawn {
            wait(for: drawn, until: now + patience.wait)
            line.withLock { $0.turn?.began = ContinuousClock.now }
        }
        try Turns.begin(database)
    }

    private static func begin(_ database: Database) throws {
        try run("BEGIN IMMEDIATE TRANSACTION", in: database)
    }

    // Prepared once: SQLite takes longer to understand the words than to do it.
    private static func run(_ sql: String, in database: Database) throws {
        try BoundStatement(try database.cachedStatement(sql: sql)).run()
    }

    /// Gives the turn to the next one before the commit of its last append: when another one is not
    /// likely to follow, or there is no time for it.
    private func handOver() {
        let now = ContinuousClock.now
        line.withLock { line in
            guard line.turn != nil else { return }
            line.turn?.appends += 1
            guard let turn = line.turn, line.isStream, turn.appends < Turns.limit,
                now - turn.began < Turns.length
            else { return line.endTurn() }
        }
    }

    /// Ends an append; a turn that was not handed over goes on.
    private func end(isDone: Bool) {
        let now = ContinuousClock.now
        let isToBeWatched = line.withLock { line in
            line.lastEnd = now
            guard line.turn != nil else { return false }
            guard isDone else {
                line.endTurn()
                return false
            }
            line.turn?.idleSince = now
            defer { line.isWatched = true }
            return !line.isWatched
        }
        if isToBeWatched { watch() }
    }

    /// Looks after turns that are kept, so that nobody waits for one who has nothing to append.
    private func watch() {
        DispatchQueue.global().asyncAfter(deadline: .now() + Turns.watchInterval) { [weak self] in
            self?.look()
        }
    }

    private func look() {
        let now = ContinuousClock.now
        let isToBeWatched = line.withLock { line in
            if let turn = line.turn, let idleSince = turn.idleSince,
                now - idleSince >= Turns.pause || now - turn.began >= Turns.length
            {
                line.endTurn()
            }
            // Beginning to look costs an append some time, so that it goes on between the turns.
            line.isWatched = line.lastEnd.map { now - $0 < Turns.rest } ?? false
            return line.isWatched
        }
        if isToBeWatched { watch() }
    }

    /// Waits until nobody has a lower number, or for so long.
    private func wait(for number: Int64, until end: ContinuousClock.Instant) {
        // The processors are for who writes: the system wakes up who is next.
        guard block(behind: number, until: end) else { return }
        while isBehind(number), ContinuousClock.now < end { usleep(200) }
    }

    /// Sleeps until the system says that nobody has a lower number; false when that took too long.
    private func block(behind number: Int64, until end: ContinuousClock.Instant) -> Bool {
        guard isBehind(number), let waiter = line.withLock({ $0.file?.waiter(for: number) }) else {
            return true
        }
        let isNext = DispatchSemaphore(value: 0)
        waiting.async {
            waiter.wait()
            isNext.signal()
            waiter.close()
        }
        let nanoseconds = max(0, (end - .now) / .nanoseconds(1))
        return isNext.wait(timeout: .now() + nanoseconds / 1e9) == .success
    }

    private func isBehind(_ number: Int64) -> Bool {
        line.withLock { $0.file?.isBefore(number) ?? false }
    }

    /// Gives back what is held, and removes the file unless someone has a number.
    func close() {
        line.withLock { line in
            line.turn = nil
            line.file = nil
        }
    }
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
    /// ones; short random pauses give each the same chance. Whoever was just given a turn waits for
    /// the end of a sync that is on its way, and hardly pauses at first.
    func tries(again tries: Int) -> Bool {
        guard !isNone.load(ordering: .relaxed) else { return false }
        guard tries >= Patience.eagerTries else {
            sched_yield()
            return true
        }
        let tries = tries - Patience.eagerTries
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

    /// Tries, of some microseconds each, before the first pause: about as long as a quick sync.
    private static let eagerTries = 150
    /// The mean pauses between tries, in milliseconds: the first ones are short.
    private static let shortPause = 0.25
    private static let shortTries = 20
    private static let pause = 5.0
}
