import Dispatch
import GRDB
import Synchronization

/// Rows of the log that are read on a connection of their own while those before them are looked at.
final class RowsAhead: Sendable {
    private struct State {
        var batches: [RecordBatch] = []
        var failure: (any Error)?
        var isStopped = false
    }

    /// How many batches wait at most; one more is being read.
    private static let limit = 3

    private let connection: DatabaseQueue
    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)
    private let isDone = DispatchSemaphore(value: 0)

    /// Begins to read; `stop` closes the connection.
    init(_ connection: DatabaseQueue, _ sequences: ClosedRange<Int>) {
        self.connection = connection
        // Not as its first value: a semaphore may not go away below that.
        for _ in 0..<RowsAhead.limit { room.signal() }
        DispatchQueue(label: "ledger.ahead").async {
            do {
                try connection.inDatabase { try self.read(sequences, in: $0) }
            } catch {
                self.state.withLock { $0.failure = error }
            }
            self.filled.signal()
            self.isDone.signal()
        }
    }

    /// The next rows; nil at the end.
    ///
    /// - Throws: `DatabaseError` when they cannot be read.
    func next() throws -> RecordBatch? {
        filled.wait()
        room.signal()
        return try state.withLock { state in
            if !state.batches.isEmpty { return state.batches.removeFirst() }
            if let failure = state.failure { throw failure }
            return nil
        }
    }

    /// Ends the reading, wherever it is, and waits for that.
    func stop() {
        state.withLock { $0.isStopped = true }
        connection.interrupt()
        room.signal()
        isDone.wait()
        // Only now: a connection may not be closed while it is interrupted.
        try? connection.close()
    }

    private func read(_ sequences: ClosedRange<Int>, in database: Database) throws {
        let rows = try RowReader(records: sequences, in: database)
        var batch = RecordBatch()
        while try rows.next() {
            batch.add(rows.integer(0), rows.bytes(1), leafHash: nil)
            guard batch.rows.count == 256 || batch.isFull else { continue }
            let byteCount = batch.byteCount
            guard put(batch) else { return }
            batch = RecordBatch(byteCount: byteCount + byteCount / 8)
        }
        if !batch.rows.isEmpty { _ = put(batch) }
    }

    private func put(_ batch: RecordBatch) -> Bool {
        room.wait()
        let goesOn = state.withLock { state in
            state.batches.append(batch)
            return !state.isStopped
        }
        filled.signal()
        return goesOn
    }
}
