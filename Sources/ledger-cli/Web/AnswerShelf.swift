import Hummingbird
import Ledger

/// Answers that were made lately, so that many who ask the same at once are answered with one
/// replay, and a page that a team leaves open costs one replay when the ledger grows.
///
/// An answer is kept while the ledger has the size that it was made at; one that speaks of the
/// present, for a second. What is kept is bounded in number and in bytes.
actor AnswerShelf {
    /// How long an answer to a route holds.
    enum Term: Sendable, Hashable {
        /// It is made anew each time.
        case none
        /// Until the ledger grows.
        case size
        /// Until the ledger grows when a time is asked about, else for a second.
        case point
    }

    /// What makes two questions the same.
    struct Key: Sendable, Hashable {
        /// The target, as it was sent.
        let target: String
        /// The number of events.
        let size: Int
    }

    private struct Kept {
        let answer: Answer
        let byteCount: Int
        let made: Timestamp
        let isLasting: Bool
        /// The number of the last use.
        var used: Int
    }

    private let byteLimit: Int
    private let countLimit: Int
    private var kept: [Key: Kept] = [:]
    private var making: [Key: Task<Answer, any Error>] = [:]
    private var uses = 0

    /// The bytes that are kept.
    private(set) var byteCount = 0

    /// The number of answers that are kept.
    var count: Int { kept.count }

    /// How long an answer about the present holds.
    private static let moment = Span.seconds(1)

    /// An empty shelf.
    init(byteLimit: Int = 16 << 20, countLimit: Int = 256) {
        self.byteLimit = byteLimit
        self.countLimit = countLimit
    }

    /// The answer to a question: the one that is kept, the one that is being made, or a new one.
    ///
    /// - Throws: what `make` throws; nothing of that is kept.
    func answer(
        to key: Key, isLasting: Bool, now: Timestamp,
        make: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        uses += 1
        if let found = kept[key] {
            let age = now - found.made
            if found.isLasting || age >= .seconds(0) && age < AnswerShelf.moment {
                kept[key]?.used = uses
                return found.answer
            }
            remove(key)
        }
        if let task = making[key] { return try await task.value }
        // Not the task of whoever asked first: when that one goes away, the others still wait.
        let task = Task { try await make() }
        making[key] = task
        defer { making[key] = nil }
        let answer = try await task.value
        keep(answer, key, isLasting: isLasting, made: now)
        return answer
    }

    private func keep(_ answer: Answer, _ key: Key, isLasting: Bool, made: Timestamp) {
        guard case .bytes(let bytes) = answer.body, bytes.count <= byteLimit / 4 else { return }
        // What was made at another size is not asked for again.
        for old in kept.keys where old.size != key.size { remove(old) }
        kept[key] = Kept(
            answer: answer, byteCount: bytes.count, made: made, isLasting: isLasting, used: uses)
        byteCount += bytes.count
        while byteCount > byteLimit || kept.count > countLimit,
            let oldest = kept.min(by: { $0.value.used < $1.value.used })?.key
        {
            remove(oldest)
        }
    }

    private func remove(_ key: Key) {
        if let removed = kept.removeValue(forKey: key) { byteCount -= removed.byteCount }
    }
}
