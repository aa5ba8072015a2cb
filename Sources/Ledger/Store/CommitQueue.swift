import Dispatch
import Foundation
import Synchronization

/// An append that waits for its transaction.
struct PendingAppend: Sendable {
    private(set) var drafts: [DraftInLine]
    let recordedTime: Timestamp
    let expectedSize: Int?

    /// True when an event of it speaks of a key that signs the log.
    var changesKeys: Bool {
        drafts.contains { draft in
            [.ledgerCreated, .keyAdded, .keyRetired].map(EventType.decision).contains(draft.type)
        }
    }

    /// Makes the records as they are if the log has this size before.
    mutating func foresee(size: Int) {
        for index in drafts.indices {
            drafts[index].foresee(
                SequenceNumber(size + index + 1), recordedTime: recordedTime)
        }
    }
}

/// Appends of one store that are written together: those that come while a transaction is on its
/// way wait for it to end and then share the next one, and with it one sync of the disk.
///
/// One caller at a time writes. Who finds nobody writing does so at once, on its own thread.
final class CommitQueue: Sendable {
    typealias Outcome = Result<[Appended], StoreError>

    /// Writes appends in one transaction and says what became of each, and the size of the log then,
    /// as far as it is known.
    typealias Write = @Sendable ([PendingAppend]) -> (outcomes: [Outcome], size: Int?)

    private struct Entry: Sendable {
        /// How many events came before it, in the order of drawing.
        let place: Int
        let append: PendingAppend
        let tell: @Sendable (Outcome) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        var isWriting = false
        /// How many events were drawn a place, and for how many of them an answer was found.
        var (drawn, answered) = (0, 0)
        /// By how much the log is greater than the number of the answered, when it was written to last;
        /// nil when that is not known.
        var shift: Int?

        mutating func draw(_ append: PendingAppend) -> Int {
            defer { drawn += append.drafts.count }
            return drawn
        }

        mutating func answer(_ appends: some Sequence<PendingAppend>, size: Int?) {
            answered += appends.reduce(0) { $0 + $1.drafts.count }
            shift = size.map { $0 - answered }
        }
    }

    /// More appends than this do not share a transaction.
    private static let limit = 512
    /// Nobody is waited for when there are so many: they fill the time of a sync, and the others can
    /// get ready while these are written.
    private static let gathered = 32

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "ledger.commit")
    private let answers = DispatchQueue(label: "ledger.answers")

    /// Takes the right to write an append when nobody has it and nobody waits.
    func begin(_ append: PendingAppend) -> Bool {
        state.withLock { state in
            guard !state.isWriting else { return false }
            _ = state.draw(append)
            state.isWriting = true
            return true
        }
    }

    /// Waits in the line; `write` is called on another thread when nobody writes.
    ///
    /// The records are made here, as they are if all before it are written, so that the one thread
    /// that writes need not.
    func add(
        _ append: PendingAppend, tell: @escaping @Sendable (Outcome) -> Void, write: @escaping Write
    ) {
        let (place, shift) = state.withLock { ($0.draw(append), $0.shift) }
        var append = append
        if let shift { append.foresee(size: shift + place) }
        let entry = Entry(place: place, append: append, tell: tell)
        let isFirst = state.withLock { state in
            let index = state.waiting.lastIndex { $0.place < place }.map { $0 + 1 } ?? 0
            state.waiting.insert(entry, at: index)
            guard !state.isWriting else { return false }
            state.isWriting = true
            return true
        }
        if isFirst { queue.async { self.drain(write) } }
    }

    /// Ends what `begin` began, with the size of the log now, as far as it is known; those that came
    /// meanwhile are written on another thread.
    func end(_ append: PendingAppend, size: Int?, write: @escaping Write) {
        let isOver = state.withLock { state in
            state.answer([append], size: size)
            state.isWriting = !state.waiting.isEmpty
            return state.waiting.isEmpty
        }
        if !isOver { queue.async { self.drain(write) } }
    }

    /// Writes what waits until nothing does.
    private func drain(_ write: Write) {
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
            let appends = entries.map(\.append)
            let (outcomes, size) = write(appends)
            state.withLock { $0.answer(appends, size: size) }
            // The next are written meanwhile.
            answers.async { for (entry, outcome) in zip(entries, outcomes) { entry.tell(outcome) } }
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
