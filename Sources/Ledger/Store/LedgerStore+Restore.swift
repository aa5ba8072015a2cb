import GRDB

extension LedgerStore {
    /// Makes a ledger from the parts of another one, byte for byte.
    ///
    /// Checks that the records stand in order from 1 without a gap, come from one origin, have
    /// recorded times that never decrease, that contents agree with their commitments and roots
    /// with their heads. Signatures are not looked at.
    ///
    /// - Parameters:
    ///   - path: where no file is yet.
    ///   - records: the records from the first on.
    ///   - attachments: rows of the side table, in any order.
    ///   - heads: the signed heads, the oldest first.
    /// - Returns: the new ledger, open for writing.
    /// - Throws: `StoreError.alreadyExists`, `.damagedRecord`, `.noAttachment`,
    ///   `.attachmentAltered`, `.headDiffers`, `.noSuchSize`. No file is left behind.
    public static func restore(
        path: String, records: some Sequence<Record>, attachments: some Sequence<SealedAttachment>,
        heads: some Sequence<SignedHead>
    ) throws(StoreError) -> LedgerStore {
        try build(path: path) { database in
            var appender = try Appender(
                database, path: path, origin: "", recordedTime: Timestamp(milliseconds: 0),
                edge: CompactRange())
            var last: Event?
            for record in records {
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
            let snapshot = LedgerSnapshot(database: database, path: path)
            for attachment in attachments {
                guard let event = try snapshot.event(attachment.sequence),
                    let reference = AttachmentReference(event.data[attachment.name])
                else {
                    throw StoreError.noAttachment(attachment.sequence, name: attachment.name)
                }
                if let seal = attachment.seal, seal.commitment != reference.commitment {
                    throw StoreError.attachmentAltered(
                        attachment.sequence, name: attachment.name)
                }
                try appender.keep(
                    attachment.seal, of: attachment.sequence, name: attachment.name)
            }
            for head in heads {
                guard try snapshot.root(size: head.size) == head.root else {
                    throw StoreError.headDiffers(size: head.size)
                }
                try appender.keep(head)
            }
        }
        return try open(path: path)
    }
}
