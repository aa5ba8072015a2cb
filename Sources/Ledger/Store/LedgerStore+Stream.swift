import Dispatch
import Synchronization

/// What a long append came to.
public struct AppendSummary: Sendable, Hashable {
    /// How many events are new.
    public internal(set) var added = 0
    /// How many were there before.
    public internal(set) var known = 0
    /// The first new one; nil without any.
    public internal(set) var first: SequenceNumber?
    /// The last new one; nil without any.
    public internal(set) var last: SequenceNumber?

    mutating func follow(_ appended: [Appended]) {
        for place in appended {
            guard place.isNew else {
                known += 1
                continue
            }
            added += 1
            first = first ?? place.sequence
            last = place.sequence
        }
    }
}

extension LedgerStore {
    /// Appends events that are still being read, in one durable transaction: all of them or none.
    ///
    /// The events are written while further ones are read; only a few are in memory. The ledger is
    /// locked from the first event on.
    ///
    /// - Parameters:
    ///   - recordedTime: when the ledger learns of them; the last recorded time when that is later.
    ///   - expectedSize: how many events there must be before.
    ///   - existing: what is done with a draft whose id is there already.
    ///   - source: reads the events and hands them over in their order. It must not append itself.
    /// - Returns: how many are new and where they stand.
    /// - Throws: what `source` throws, or `StoreError`; nothing was written then.
    public func append(
        recordedTime: Timestamp, expectedSize: Int? = nil, existing: ExistingPolicy = .compare,
        from source: (_ take: ([EventDraft]) throws -> Void) throws -> Void
    ) throws -> AppendSummary {
        let channel = DraftChannel()
        let result = StreamOutcome()
        DispatchQueue(label: "ledger.stream").async {
            let written = Result { () throws(StoreError) in
                try self.append(
                    channel, recordedTime: recordedTime, expectedSize: expectedSize)
            }
            channel.close()
            result.finish(written)
        }
        do {
            try source { drafts in
                // A writer that failed takes no more: what it failed of is thrown below.
                if !drafts.isEmpty, !channel.give(inLine(drafts, existing)) { throw StreamEnded() }
            }
        } catch is StreamEnded {
            return try result.wait()
        } catch {
            channel.abandon()
            _ = try? result.wait()
            throw error
        }
        channel.end()
        return try result.wait()
    }

    private func append(
        _ channel: DraftChannel, recordedTime: Timestamp, expectedSize: Int?
    ) throws(StoreError) -> AppendSummary {
        // Nothing is locked before there is something to write.
        var next = channel.take()
        return try transaction(recordedTime: recordedTime, expectedSize: expectedSize) { appender in
            var summary = AppendSummary()
            var last: [DraftInLine] = []
            while case .drafts(let drafts) = next {
                summary.follow(
                    try appender.append(drafts, firstIndex: summary.added + summary.known))
                // Rows of the newest ones still wait to be written.
                channel.giveBack(last)
                last = drafts
                next = channel.take()
            }
            if case .abandoned = next { throw StoreError.io(code: 0, message: "abandoned") }
            if appender.hasAppended { try sign(&appender, nil) }
            return summary
        }
    }
}

private struct StreamEnded: Error {}

private final class StreamOutcome: Sendable {
    private let value = Mutex<Result<AppendSummary, StoreError>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    func finish(_ outcome: Result<AppendSummary, StoreError>) {
        value.withLock { $0 = outcome }
        isDone.signal()
    }

    func wait() throws(StoreError) -> AppendSummary {
        isDone.wait()
        guard let outcome = value.withLock({ $0 }) else {
            throw .io(code: 0, message: "the append has no outcome")
        }
        return try outcome.get()
    }
}

/// Hands drafts from the one who reads to the one who writes; few wait in between.
///
/// They come back when they are written: memory is freed on the thread that asked for it, since to
/// free that of another one takes its lock, for which the two would wait all the time.
private final class DraftChannel: Sendable {
    enum Item: Sendable {
        case drafts([DraftInLine])
        case ended
        case abandoned
    }

    private struct State {
        var items: [Item] = []
        var written: [[DraftInLine]] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    init() {
        // Not as its first value: a semaphore may not go away below that.
        for _ in 0..<4 { room.signal() }
    }

    /// Hands over drafts when there is room; false when nobody takes them any more.
    func give(_ drafts: [DraftInLine]) -> Bool {
        room.wait()
        // Freed here, outside the lock.
        _ = state.withLock { state in
            defer { state.written = [] }
            return state.written
        }
        return put(.drafts(drafts))
    }

    /// Takes back drafts that are written.
    func giveBack(_ drafts: [DraftInLine]) { state.withLock { $0.written.append(drafts) } }

    func end() { _ = put(.ended) }

    func abandon() { _ = put(.abandoned) }

    /// What comes next; waits for it.
    func take() -> Item {
        filled.wait()
        room.signal()
        return state.withLock { $0.items.isEmpty ? .abandoned : $0.items.removeFirst() }
    }

    /// Takes nothing any more.
    func close() {
        state.withLock { $0.isClosed = true }
        room.signal()
    }

    private func put(_ item: Item) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.items.append(item)
            return true
        }
        filled.signal()
        return isTaken
    }
}
