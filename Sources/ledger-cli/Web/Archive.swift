import Dispatch
import Fleet
import HTTPTypes
import Ledger
import Projector
import Synchronization

/// The ledger as the site asks it: never on the threads that talk to browsers, never replayed
/// twice for one point in time and knowledge.
///
/// Two connections, each with a queue of its own: one for what an index answers at once, one for
/// replays. What waits is bounded, so that a flood is told to come back instead of piling up.
final class Archive: Sendable {
    /// The ledger, for what an index answers.
    let store: LedgerStore
    /// Whom verification believes.
    let trust: TrustSource
    /// The clock.
    let clock: @Sendable () -> Timestamp

    private let quick = DispatchQueue(label: "ledger.quick")
    private let slow = DispatchQueue(label: "ledger.slow")
    private let waiting = Mutex(0)
    private let isClosed = Mutex(false)
    private let waitingLimit: Int
    private let replays: Mutex<Replays>
    private let verified = Mutex<VerifyPage?>(nil)

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
        self.clock = clock
    }

    /// Asks one unchanging view of the ledger.
    ///
    /// - Throws: what the body throws; `Refusal` when too many wait.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerSnapshot) throws -> Value
    ) async throws -> Value {
        try await work(on: quick) { [store] in try store.read(body) }
    }

    /// The ledger replayed for a point, and what a body makes of it.
    ///
    /// - Throws: what the body throws, `PlanError`, `StoreError`; `Refusal` when too many wait.
    func evaluate<Value: Sendable>(
        _ point: Point, _ body: @escaping @Sendable (Evaluation) throws -> Value
    ) async throws -> Value {
        try await work(on: slow) { [self] in
            try body(try replays.withLock { try $0.evaluation(point, clock: clock()) })
        }
    }

    /// The moments at which something happened, as known at a size.
    ///
    /// - Throws: as `evaluate`.
    func moments() async throws -> Moments {
        try await work(on: slow) { [self] in try replays.withLock { try $0.moments() } }
    }

    /// What happened around a time, which of it does not count, and how much happened when.
    ///
    /// - Throws: as `evaluate`.
    func around(
        _ time: Timestamp, knownAt: Int?
    ) async throws -> (events: [Event], voided: Set<SequenceNumber>, density: [Int]) {
        try await work(on: slow) { [self] in
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
        try await work(on: slow) { [self] in
            let size = try store.size()
            if let known = verified.withLock({ $0 }), known.size == size { return known }
            let page = try replays.withLock { try VerifyPage($0.store, trust: trust) }
            verified.withLock { $0 = page }
            return page
        }
    }

    /// Runs something long on the queue of the replays.
    ///
    /// - Throws: what the body throws; `Refusal` when too many wait.
    func slowly<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerStore) throws -> Value
    ) async throws -> Value {
        try await work(on: slow) { [self] in
            let store = replays.withLock { $0.store }
            return try body(store)
        }
    }

    /// Answers nothing that still waits, so that the server can end.
    func close() { isClosed.withLock { $0 = true } }

    private func work<Value: Sendable>(
        on queue: DispatchQueue, _ body: @escaping @Sendable () throws -> Value
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
            queue.async { [self] in
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
