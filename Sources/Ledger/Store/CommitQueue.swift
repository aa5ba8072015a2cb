import Dispatch
import Foundation
import Synchronization

/// An append that waits for its transaction.
struct PendingAppend: Sendable {
    let drafts: [DraftInLine]
    let recordedTime: Timestamp
    let expectedSize: Int?
}

/// Appends of one store that are written together: those that come while a transaction is on its
/// way wait for it to end and then share the next one, and with it one sync of the disk.
///
/// One caller at a time writes. Who finds nobody writing does so at once, on its own thread.
final class CommitQueue: Sendable {
    typealias Outcome = Result<[Appended], StoreError>

    /// An append and whom to tell what became of it.
    struct Entry: Sendable {
        let append: PendingAppend
        let tell: @Sendable (Outcome) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        var isWriting = false
    }

    /// More appends than this do not share a transaction.
    private static let limit = 512
    /// Nobody is waited for when there are so many: they fill the time of a sync, and the others can
    /// get ready while these are written.
    private static let gathered = 32

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "ledger.commit")

    /// Takes the right to write when nobody has it and nobody waits.
    func begin() -> Bool {
        state.withLock { state in
            guard !state.isWriting else { return false }
            state.isWriting = true
            return true
        }
    }

    /// Waits in the line; `write` is called on another thread when nobody writes.
    func add(_ entry: Entry, write: @escaping @Sendable ([Entry]) -> Void) {
        let isFirst = state.withLock { state in
            state.waiting.append(entry)
            guard !state.isWriting else { return false }
            state.isWriting = true
            return true
        }
        if isFirst { queue.async { self.drain(write) } }
    }

    /// Ends what `begin` began; those that came meanwhile are written on another thread.
    func end(write: @escaping @Sendable ([Entry]) -> Void) {
        let isOver = state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            return state.waiting.isEmpty
        }
        if !isOver { queue.async { self.drain(write) } }
    }

    /// Writes what waits until nothing does.
    private func drain(_ write: ([Entry]) -> Void) {
        var last = (count: 0, length: Duration.zero)
        while true {
            if last.count > 4 {
                let count = min(last.count, CommitQueue.gathered)
                gather(count, within: min(last.length / 4, .milliseconds(1)))
            }
            let entries = state.withLock { state in
                let entries = Array(state.waiting.prefix(CommitQueue.limit))
                state.waiting.removeFirst(entries.count)
                state.isWriting = !entries.isEmpty
                return entries
            }
            if entries.isEmpty { return }
            let start = ContinuousClock.now
            write(entries)
            last = (entries.count, ContinuousClock.now - start)
        }
    }

    /// Lets those who were just answered come back, so that they share the next sync as well and do
    /// not miss it by a hair.
    private func gather(_ count: Int, within length: Duration) {
        let end = ContinuousClock.now + length
        while state.withLock({ $0.waiting.count < count }), ContinuousClock.now < end {
            sched_yield()
        }
    }
}
