import Dispatch
import Fleet
import Foundation
import HTTPTypes
import Ledger
import Projector
import Synchronization

/// The ledger as the site asks it: never on the threads that talk to browsers, never replayed
/// twice for one point in time and knowledge.
///
/// What an index answers at once has a queue of its own, so that it never waits for a replay; what
/// is worked out from replays runs beside it, at most one a processor. What waits is bounded, so
/// that a flood is told to come back instead of piling up.
final class Archive: Sendable {
    /// The ledger, for what an index answers.
    let store: LedgerStore
    /// Whom verification believes.
    let trust: TrustSource
    /// The clock.
    let clock: @Sendable () -> Timestamp

    private let quick = DispatchQueue(label: "ledger.quick")
    private let slow = OperationQueue()
    private let waiting = Mutex(0)
    private let isClosed = Mutex(false)
    private let waitingLimit: Int
    private let replays: Mutex<Replays>
    private let verifying: LedgerStore
    private let verified = Mutex<VerifyPage?>(nil)
    private let changed = Mutex<[SequenceNumber: FactChanges]>([:])
    /// What so many events changed is kept.
    private static let changedLimit = 64

    /// The archive of a ledger file; at most so many questions may wait.
    ///
    /// - Throws: `StoreError`.
    init(
        path: String, trust: TrustSource, waitingLimit: Int = 256,
        clock: @escaping @Sendable () -> Timestamp
    ) throws(StoreError) {
        self.trust = trust
        self.waitingLimit = waitingLimit
        store = try LedgerStore.open(path: path, readOnly: true)
        replays = Mutex(Replays(try LedgerStore.open(path: path, readOnly: true)))
        verifying = try LedgerStore.open(path: path, readOnly: true)
        self.clock = clock
        slow.maxConcurrentOperationCount = max(
            1, min(4, ProcessInfo.processInfo.activeProcessorCount))
    }

    /// Asks one unchanging view of the ledger.
    ///
    /// - Throws: what the body throws; `Refusal` when too many wait.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerSnapshot) throws -> Value
    ) async throws -> Value {
        try await work({ [quick] in quick.async(execute: $0) }) { [store] in
            try store.read(again: true, body)
        }
    }

    /// The ledger replayed for a point, and what a body makes of it.
    ///
    /// - Throws: what the body throws, `PlanError`, `StoreError`; `Refusal` when too many wait.
    func evaluate<Value: Sendable>(
        _ point: Point, _ body: @escaping @Sendable (Evaluation) throws -> Value
    ) async throws -> Value {
        try await slowly { [self] in
            try body(try replays.withLock { try $0.evaluation(point, clock: clock()) })
        }
    }

    /// The moments at which something happened, as known at a size.
    ///
    /// - Throws: as `evaluate`.
    func moments() async throws -> Moments {
        try await slowly { [self] in try replays.withLock { try $0.moments() } }
    }

    /// What happened around a time, which of it does not count, and how much happened when.
    ///
    /// - Throws: as `evaluate`.
    func around(
        _ time: Timestamp, knownAt: Int?
    ) async throws -> (events: [Event], voided: Set<SequenceNumber>, density: [Int]) {
        try await slowly { [self] in
            try replays.withLock { replays in
                let events = try replays.events(
                    around: time, before: 8, after: 3, knownAt: knownAt)
                return (
                    events, replays.voided(events, knownAt: knownAt),
                    try replays.density(slices: 200)
                )
            }
        }
    }

    /// The verification of the ledger as it stands, done once for each size.
    ///
    /// - Throws: `StoreError`; `Refusal` when too many wait.
    func verification() async throws -> VerifyPage {
        try await slowly { [self] in
            // Not the connection that replays: those who ask for a page need not wait for this.
            let size = try store.size()
            return try verified.withLock { known in
                if let known, known.size == size { return known }
                let page = try VerifyPage(verifying, trust: trust)
                known = page
                return page
            }
        }
    }

    /// Answers nothing that still waits, so that the server can end.
    func close() { isClosed.withLock { $0 = true } }

    /// What an event changed: it follows from the events up to it, and so never changes itself.
    ///
    /// - Throws: what `make` throws.
    func changes(
        _ sequence: SequenceNumber, _ make: () async throws -> FactChanges
    ) async throws -> FactChanges {
        if let known = changed.withLock({ $0[sequence] }) { return known }
        let changes = try await make()
        changed.withLock { kept in
            if kept.count >= Archive.changedLimit { kept = [:] }
            kept[sequence] = changes
        }
        return changes
    }

    private func slowly<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await work({ [slow] in slow.addOperation($0) }, body)
    }

    private func work<Value: Sendable>(
        _ start: (@escaping @Sendable () -> Void) -> Void,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let isFull = waiting.withLock { count in
            guard count < waitingLimit else { return true }
            count += 1
            return false
        }
        guard !isFull else {
            var refusal = Refusal(.serviceUnavailable, "too many questions at once")
            refusal.headers[.retryAfter] = "2"
            throw refusal
        }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            start { [self] in
                continuation.resume(
                    with: Result {
                        if isClosed.withLock({ $0 }) {
                            throw Refusal(.serviceUnavailable, "the server ends")
                        }
                        return try body()
                    })
            }
        }
    }
}

/// From where in time and knowledge a page looks.
struct Point: Sendable, Hashable {
    /// Only what happened until then; nil for all that happened.
    var at: Timestamp?
    /// Only what was recorded up to this event; nil for all that is known.
    var knownAt: Int?

    /// The present.
    static let now = Point()
}

extension Point {
    /// The point of a query: `at` and `known-at`.
    ///
    /// - Throws: `Refusal`.
    init(_ inquiry: Inquiry) throws(Refusal) {
        at = try inquiry.time("at")
        knownAt = try inquiry.number("known-at", in: 1...Int.max)
    }

    /// The fields of a query that leads back to the point.
    var query: [(name: String, value: String?)] {
        [("at", at.map(\.short)), ("known-at", knownAt.map(String.init))]
    }

    /// True for the present with all that is known.
    var isPresent: Bool { at == nil && knownAt == nil }
}
