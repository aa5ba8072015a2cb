import GRDB

/// The parts of a ledger from which it is made again, handed over one by one.
public protocol LedgerParts {
    /// Calls a body for each record, from the first on.
    func forEachRecord(_ body: (Record) throws -> Void) throws
    /// Calls a body for each row of the side table, in any order.
    func forEachAttachment(_ body: (SealedAttachment) throws -> Void) throws
    /// Calls a body for each signed head, the oldest first.
    func forEachHead(_ body: (SignedHead) throws -> Void) throws
}

extension LedgerStore {
    /// Makes a ledger from the parts of another one, byte for byte.
    ///
    /// Checks that the records stand in order from 1 without a gap, come from one origin, have
    /// recorded times that never decrease, that contents agree with their commitments and roots
    /// with their heads. Signatures are not looked at. One part is in memory at a time.
    ///
    /// - Parameters:
    ///   - path: where no file is yet.
    ///   - parts: the parts of the other ledger.
    /// - Returns: the restored ledger, open for writing.
    /// - Throws: `StoreError.alreadyExists`, `.damagedRecord`, `.noAttachment`,
    ///   `.attachmentAltered`, `.headDiffers`, `.noSuchSize`. No file is left behind.
    public static func restore(
        path: String, from parts: some LedgerParts
    ) throws(StoreError) -> LedgerStore {
        try build(path: path) { database in
            do { try fill(database, path: path, from: parts) } catch let error as DatabaseError
                where error.resultCode == .SQLITE_CONSTRAINT
            {
                try refuseEqualIDs(in: parts)
                throw error
            }
        }
        return try open(path: path)
    }

    /// Names the first two records of one id, which the tables do not take; nobody keeps all ids for it
    /// while all goes well.
    private static func refuseEqualIDs(in parts: some LedgerParts) throws {
        var places: [EventID: SequenceNumber] = [:]
        var next = 1
        try parts.forEachRecord { record in
            let sequence = SequenceNumber(next)
            let id = try LedgerSnapshot.event(of: record, at: sequence).id
            if let first = places[id] {
                throw StoreError.damagedRecord(
                    sequence, reason: "its id \(id) is that of event \(first) as well")
            }
            places[id] = sequence
            next += 1
        }
    }

    private static func fill(
        _ database: Database, path: String, from parts: some LedgerParts
    ) throws {
        var appender = try Appender(
            database, path: path, origin: "", recordedTime: Timestamp(milliseconds: 0),
            end: nil)
        var last: Event?
        try parts.forEachRecord { record in
            let sequence = SequenceNumber(appender.edge.size + 1)
            let event = try LedgerSnapshot.event(of: record, at: sequence)
            guard record.bytes.count <= Record.byteLimit else {
                throw StoreError.damagedRecord(sequence, reason: "longer than a record may be")
            }
            guard last.map({ $0.source == event.source }) ?? true else {
                throw StoreError.damagedRecord(sequence, reason: "its source is another ledger")
            }
            guard last.map({ $0.recordedTime <= event.recordedTime }) ?? true else {
                throw StoreError.damagedRecord(
                    sequence, reason: "recorded before the event that precedes it")
            }
            _ = try appender.append(record, id: event.id)
            last = event
        }
        try appender.flush()
        let snapshot = LedgerSnapshot(database: database, path: path)
        try parts.forEachAttachment { attachment in
            guard let event = try snapshot.event(attachment.sequence),
                let reference = AttachmentReference(event.data[attachment.name])
            else {
                throw StoreError.noAttachment(attachment.sequence, name: attachment.name)
            }
            if let seal = attachment.seal, seal.commitment != reference.commitment {
                throw StoreError.attachmentAltered(
                    attachment.sequence, name: attachment.name)
            }
            appender.keep(
                attachment.seal, of: attachment.sequence, name: attachment.name)
            try appender.flushIfFull()
        }
        try appender.flush()
        try parts.forEachHead { head in
            guard try snapshot.root(size: head.size) == head.root else {
                throw StoreError.headDiffers(size: head.size)
            }
            try appender.keep(head)
        }
    }

    /// Makes a ledger from parts that are in memory.
    ///
    /// - Throws: as `restore(path:from:)`.
    public static func restore(
        path: String, records: some Sequence<Record>, attachments: some Sequence<SealedAttachment>,
        heads: some Sequence<SignedHead>
    ) throws(StoreError) -> LedgerStore {
        try restore(
            path: path,
            from: PartsInMemory(
                records: Array(records), attachments: Array(attachments), heads: Array(heads)))
    }
}

private struct PartsInMemory: LedgerParts {
    let records: [Record]
    let attachments: [SealedAttachment]
    let heads: [SignedHead]

    func forEachRecord(_ body: (Record) throws -> Void) throws { try records.forEach(body) }
    func forEachAttachment(_ body: (SealedAttachment) throws -> Void) throws {
        try attachments.forEach(body)
    }
    func forEachHead(_ body: (SignedHead) throws -> Void) throws { try heads.forEach(body) }
}
