import Dispatch
import Synchronization

extension LedgerStore {
    /// Appends events as `append` does, without holding a thread while others are written.
    ///
    /// Appends of one store that come at the same moment share a transaction and its sync; each is
    /// all or nothing by itself, and a caller is answered after a sync that began when its bytes
    /// were written. `append` from several threads does so too.
    ///
    /// - Returns: where each draft stands, in the order of the drafts.
    /// - Throws: `StoreError`; nothing of these drafts was written then.
    public func appendTogether(
        _ drafts: [EventDraft], recordedTime: Timestamp, expectedSize: Int? = nil,
        existing: ExistingPolicy = .compare
    ) async throws(StoreError) -> [Appended] {
        let append = PendingAppend(
            drafts: inLine(drafts, existing), recordedTime: recordedTime,
            expectedSize: expectedSize)
        let outcome = await withCheckedContinuation { continuation in
            commits.add(append, tell: { continuation.resume(returning: $0) }, write: write)
        }
        // Given back here and not on the one thread that writes.
        withExtendedLifetime(append) {}
        return try outcome.get()
    }

    /// Appends now when nobody of this store does, else with those that wait.
    func commit(_ append: PendingAppend) throws(StoreError) -> [Appended] {
        if commits.begin(append) {
            defer { commits.end(append, size: knownSize, write: write) }
            return try alone(append)
        }
        let isDone = DispatchSemaphore(value: 0)
        let box = OutcomeBox()
        commits.add(
            append,
            tell: { outcome in
                box.outcome.withLock { $0 = outcome }
                isDone.signal()
            }, write: write)
        isDone.wait()
        withExtendedLifetime(append) {}
        guard let outcome = box.outcome.withLock({ $0 }) else {
            throw .io(code: 0, message: "the append has no outcome")
        }
        return try outcome.get()
    }

    private final class OutcomeBox: Sendable {
        let outcome = Mutex<CommitQueue.Outcome?>(nil)
    }

    private func alone(_ append: PendingAppend) throws(StoreError) -> [Appended] {
        let ids = append.drafts.map(\.id)
        let along = Turns.Along {
            Offer.bytes(of: append, keys: self.offerKeys)
        } find: {
            try Appender.find(ids, in: $0)
        }
        var hasOthers = false
        do {
            return try transaction(
                recordedTime: append.recordedTime, expectedSize: append.expectedSize, along: along
            ) { appender, turn in
                defer { hasOthers = turn?.hasTaken ?? false }
                return try write(append, &appender, along: turn)
            }
        } catch {
            // What was written along may be what could not be written.
            guard hasOthers else { throw error }
            return try transaction(
                recordedTime: append.recordedTime, expectedSize: append.expectedSize
            ) { appender in try write(append, &appender, along: nil) }
        }
    }

    private func write(
        _ append: PendingAppend, _ appender: inout Appender, along turn: Turn?
    ) throws -> [Appended] {
        let results = try appender.append(append.drafts)
        // What changes keys counts under the head that ends with it.
        if !append.changesKeys { try takeOffers(of: turn, &appender) }
        if appender.hasAppended, let signer { try appender.sign(signer) }
        return results
    }

    /// Writes along what others in line have put down, unless that is much.
    private func takeOffers(of turn: Turn?, _ appender: inout Appender) throws {
        var room = PendingRows.limit / 4
        try turn?.takeOffers { bytes in
            guard let offer = Offer(bytes, origin: origin), offer.keys == offerKeys,
                offer.events.count <= room, try appender.append(along: offer.events)
            else { return false }
            room -= offer.events.count
            return true
        }
    }

    @Sendable private func write(
        _ appends: [PendingAppend]
    ) -> (outcomes: [CommitQueue.Outcome], size: Int?) {
        let isTogether = appends.count > 1 && !appends.contains(where: \.changesKeys)
        let outcomes = isTogether ? together(appends) : appends.map(outcome)
        return (outcomes, knownSize)
    }

    /// The size of the log when this store wrote to it last.
    private var knownSize: Int? { end.withLock { $0?.edge.size } }

    /// Writes several appends in one transaction.
    ///
    /// One that fails before anything of it is in the file leaves the others alone; when more is
    /// wrong, nothing is written and each gets a transaction of its own.
    private func together(_ appends: [PendingAppend]) -> [CommitQueue.Outcome] {
        do {
            return try transaction(
                recordedTime: Timestamp(milliseconds: 0), expectedSize: nil, along: nil
            ) { appender, turn in
                let outcomes = try appends.map { try self.outcome(of: $0, &appender) }
                try takeOffers(of: turn, &appender)
                if appender.hasAppended, let signer { try appender.sign(signer) }
                return outcomes
            }
        } catch {
            return appends.map(outcome)
        }
    }

    private func outcome(of append: PendingAppend) -> CommitQueue.Outcome {
        Result { () throws(StoreError) in try alone(append) }
    }

    private func outcome(
        of append: PendingAppend, _ appender: inout Appender
    ) throws -> CommitQueue.Outcome {
        let mark = appender.mark
        do {
            if let expected = append.expectedSize, appender.edge.size != expected {
                throw StoreError.sizeDiffers(expected: expected, actual: appender.edge.size)
            }
            appender.move(to: append.recordedTime)
            return .success(try appender.append(append.drafts))
        } catch let error as StoreError {
            guard appender.goBack(to: mark) else { throw error }
            return .failure(error)
        }
    }
}
