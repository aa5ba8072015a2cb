import GRDB
import Synchronization

extension LedgerStore {
    /// Appends events in one durable transaction: all of them or none.
    ///
    /// - Parameters:
    ///   - drafts: the events, in the order they are to stand.
    ///   - recordedTime: when the ledger learns of them; the last recorded time when that is later.
    ///   - expectedSize: how many events there must be before.
    ///   - existing: what is done with a draft whose id is there already.
    ///   - sign: signs the new head in the same transaction, unless nothing was new; the store's
    ///     own signer, if it has one, when nil. It must not call the store.
    /// - Returns: where each draft stands, in the order of the drafts.
    /// - Throws: `StoreError`; nothing was written then.
    public func append(
        _ drafts: [EventDraft], recordedTime: Timestamp, expectedSize: Int? = nil,
        existing: ExistingPolicy = .compare, sign: HeadSigner? = nil
    ) throws(StoreError) -> [Appended] {
        guard let sign else {
            return try commit(
                PendingAppend(
                    drafts: inLine(drafts, existing), recordedTime: recordedTime,
                    expectedSize: expectedSize))
        }
        return try transaction(recordedTime: recordedTime, expectedSize: expectedSize) { appender in
            let results = try appender.append(inLine(drafts, existing))
            if appender.hasAppended { try appender.sign(sign) }
            return results
        }
    }

    /// The drafts with all that can be made of them before the ledger is locked.
    func inLine(_ drafts: [EventDraft], _ existing: ExistingPolicy) -> [DraftInLine] {
        drafts.map { DraftInLine($0, origin: origin, existing: existing) }
    }

    /// Signs the head of the log as it stands and keeps the note.
    ///
    /// - Parameter sign: the store's own signer when nil; nothing is signed without one.
    /// - Throws: `StoreError.headDiffers` when the log no longer agrees with its last signed head.
    public func signHead(_ sign: HeadSigner? = nil) throws(StoreError) {
        try transaction { appender in try self.sign(&appender, sign) }
    }

    func sign(_ appender: inout Appender, _ sign: HeadSigner?) throws {
        if let sign {
            try appender.sign(sign)
        } else if let signer {
            try appender.sign(signer)
        }
    }

    /// Keeps a note that was made elsewhere, such as a head with a witness's cosignature.
    ///
    /// - Throws: `StoreError.headDiffers` when the log gives another root for that size,
    ///   `.noSuchSize`.
    public func keep(_ head: SignedHead) throws(StoreError) {
        try transaction { appender in
            let snapshot = LedgerSnapshot(database: appender.database, path: path)
            guard try snapshot.root(size: head.size) == head.root else {
                throw StoreError.headDiffers(size: head.size)
            }
            try appender.keep(head)
        }
    }

    /// Makes the tree's nodes again from the leaf hashes, and the postings from the records; nothing
    /// but time is lost by it.
    ///
    /// - Throws: `StoreError`.
    public func rebuildDerived() throws(StoreError) {
        try transaction { appender in
            let (database, size) = (appender.database, appender.edge.size)
            try StoredNodes(database: database).rebuild(size: size)
            try StoredPostings(database: database).rebuild(size: size, origin: origin)
        }
    }

    func transaction<Value>(
        recordedTime: Timestamp = Timestamp(milliseconds: 0), expectedSize: Int? = nil,
        _ body: (inout Appender) throws -> Value
    ) throws(StoreError) -> Value {
        try transaction(recordedTime: recordedTime, expectedSize: expectedSize, along: nil) {
            appender, _ in try body(&appender)
        }
    }

    /// Runs a body in a transaction, unless another process writes what is offered to it.
    func transaction<Value>(
        recordedTime: Timestamp, expectedSize: Int?, along: Turns.Along<Value>?,
        _ body: (inout Appender, Turn?) throws -> Value
    ) throws(StoreError) -> Value {
        try StoreError.translating(path) {
            try appender().writeWithoutTransaction { database in
                let written = along.map { along in
                    Turns.Along(offer: along.offer) { database in
                        try along.find(database).map {
                            (value: $0, end: LogEnd?.none, tail: ClosedRange<Int>?.none)
                        }
                    }
                }
                let outcome = try turns.inTransaction(database, along: written) { turn in
                    var appender = try Appender(
                        database, path: path, origin: origin, recordedTime: recordedTime,
                        end: end.withLock { $0 })
                    if let expectedSize, appender.edge.size != expectedSize {
                        throw StoreError.sizeDiffers(
                            expected: expectedSize, actual: appender.edge.size)
                    }
                    let value = try body(&appender, turn)
                    try appender.flush()
                    return (
                        value: value, end: LogEnd?.some(appender.end), tail: appender.signedTail
                    )
                }
                if let newEnd = outcome.end { end.withLock { $0 = newEnd } }
                if let tail = outcome.tail { signer?.onTail?(tail) }
                return outcome.value
            }
        }
    }
}
