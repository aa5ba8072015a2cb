import Foundation
import Synchronization
import Testing

@testable import Ledger

/// An append on a thread of its own.
final class Background: Sendable {
    private let outcome = Mutex<Result<[Appended], StoreError>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ store: LedgerStore, _ drafts: [EventDraft]) {
        Thread {
            let result = Result { () throws(StoreError) in
                try store.append(drafts, recordedTime: Drafts.start)
            }
            self.outcome.withLock { $0 = result }
            self.isDone.signal()
        }.start()
    }

    func wait() throws -> [Appended] {
        isDone.wait()
        return try #require(outcome.withLock { $0 }).get()
    }
}
