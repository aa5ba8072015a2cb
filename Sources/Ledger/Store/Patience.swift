import Foundation
import Synchronization

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
    /// ones; short random pauses give each the same chance. Whoever has the turn meets only those that
    /// do not stand in line, mostly at the end of their sync, and hardly pauses at first.
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
