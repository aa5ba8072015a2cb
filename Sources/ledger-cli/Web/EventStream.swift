import HTTPTypes
import Hummingbird
import Ledger
import Synchronization

/// Tells browsers when the ledger grows (server-sent events, HTML section 9.2).
///
/// One look at the ledger's size serves all who listen, and nobody looks while nobody listens.
/// The number of listeners is bounded: each holds a connection.
final class EventStream: Sendable {
    /// The media type of a stream.
    static let mediaType = "text/event-stream"

    private struct Listeners {
        var next = 0
        var continuations: [Int: AsyncStream<Int>.Continuation] = [:]
        var looking: Task<Void, Never>?
        var isClosed = false
    }

    private let archive: Archive
    private let limit: Int
    private let pause: Swift.Duration
    private let listeners = Mutex(Listeners())

    /// A stream of an archive's sizes.
    init(_ archive: Archive, limit: Int = 64, pause: Swift.Duration = .milliseconds(400)) {
        self.archive = archive
        self.limit = limit
        self.pause = pause
    }

    /// The answer that goes on for as long as its reader listens.
    ///
    /// - Throws: `Refusal` when too many listen already.
    func answer(since known: Int?) throws(Refusal) -> Answer {
        guard let (id, sizes) = listen() else {
            var refusal = Refusal(
                .serviceUnavailable, "\(limit) readers listen already",
                hint: "reload the page from time to time")
            refusal.headers[.retryAfter] = "30"
            throw refusal
        }
        var answer = Answer(EventStream.mediaType, [])
        answer.headers[.cacheControl] = "no-store"
        answer.body = .stream { [self] writer in
            defer { leave(id) }
            try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
            var last = known ?? -1
            for await size in sizes {
                // A size that is known already only shows that the connection lives.
                let text =
                    size == last ? ": \(size)\n\n" : "id: \(size)\nevent: head\ndata: \(size)\n\n"
                try await writer.write(ByteBuffer(string: text))
                last = size
            }
            try await writer.finish(nil)
        }
        return answer
    }

    /// Ends every stream, so that the server can end.
    func close() {
        let (open, task) = listeners.withLock { state in
            state.isClosed = true
            defer { state.continuations = [:] }
            return (Array(state.continuations.values), state.looking)
        }
        task?.cancel()
        for continuation in open { continuation.finish() }
    }

    /// How many listen.
    var count: Int { listeners.withLock { $0.continuations.count } }

    private func listen() -> (Int, AsyncStream<Int>)? {
        // Only the newest size matters to a reader that is slow.
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let id = listeners.withLock { state -> Int? in
            guard state.continuations.count < limit, !state.isClosed else { return nil }
            state.next += 1
            state.continuations[state.next] = continuation
            if state.looking == nil { state.looking = Task { await self.look() } }
            return state.next
        }
        guard let id else { return nil }
        // A reader that never takes the answer must not hold its place.
        continuation.onTermination = { [weak self] _ in self?.leave(id) }
        return (id, stream)
    }

    private func leave(_ id: Int) {
        // What is removed ends outside the lock: its end comes back here.
        let (removed, task) = listeners.withLock { state in
            let removed = state.continuations.removeValue(forKey: id)
            guard state.continuations.isEmpty else { return (removed, Task<Void, Never>?.none) }
            defer { state.looking = nil }
            return (removed, state.looking)
        }
        removed?.finish()
        task?.cancel()
    }

    private func look() async {
        var told: Int?
        var count = 0
        var rounds = 0
        while !Task.isCancelled {
            let size = try? await archive.read { try $0.size() }
            rounds += 1
            if let size {
                let open = listeners.withLock { Array($0.continuations.values) }
                // Who came since the last look is told the size too; every 15 s all are.
                if size != told || open.count != count || rounds % 38 == 0 {
                    for continuation in open { continuation.yield(size) }
                }
                (told, count) = (size, open.count)
            }
            try? await Task.sleep(for: pause)
        }
    }
}
