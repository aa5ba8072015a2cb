/// A row of the log, hashed and read: what can be said of it without the rows around it.
struct CheckedRecord: Sendable {
    /// Where it stands.
    let sequence: SequenceNumber
    /// The hash stored beside it; nil when what is stored is not 32 bytes.
    let kept: Digest?
    /// The hash of its bytes.
    let hash: Digest
    /// What its bytes say.
    let content: Content

    /// As much of a record as there is to look at.
    enum Content: Sendable {
        /// An event of this log that says nothing of the log itself and has no attachments.
        case ordinary(sequence: SequenceNumber, recordedTime: Timestamp)
        /// Any other event, or what keeps the bytes from being one.
        case event(Result<Event, EventError>)
    }

    init(_ stored: StoredRecord) {
        sequence = stored.sequence
        kept = stored.leafHash
        hash = MerkleTree.leafHash(stored.record.bytes)
        content = .event(Result { () throws(EventError) in try stored.record.event() })
    }

    /// Looks at a row of a batch, and adds what the indexes should hold of it.
    init(
        _ batch: RecordBatch, _ row: RecordBatch.Row, origin: UnsafeRawBufferPointer,
        _ columns: inout IndexSums
    ) {
        sequence = row.sequence
        kept = row.leafHash
        var content: Content?
        hash = batch.withRecord(row) { text in
            if let outline = RecordOutline(text, origin: origin), !outline.mayHaveAttachments {
                columns.add(outline)
                content = .ordinary(
                    sequence: outline.sequence, recordedTime: outline.recordedTime)
            } else if let event = EventReader.read(text)?.event {
                columns.add(event, at: event.sequence)
                content = .event(.success(event))
            }
            return MerkleTree.leafHash(of: text)
        }
        if let content {
            self.content = content
        } else {
            let stored = batch.stored(row)
            let event = Result { () throws(EventError) in try stored.record.event() }
            // By its own word: a record in the place of another is not to be found there.
            if case .success(let event) = event { columns.add(event, at: event.sequence) }
            self.content = .event(event)
        }
    }
}

/// A batch of the log, hashed and read by whichever processor was free.
struct CheckedBatch: Sendable {
    let records: [CheckedRecord]
    /// The roots of the subtrees of 256 leaves that the batch holds, by their index; none unless it
    /// begins with one, has no gap, and every stored hash is that of its record.
    let subtrees: [(index: Int, root: Digest)]
    /// What the records should look like in the indexes.
    let columns: IndexSums

    /// Checks a batch of a log of this origin and size.
    init(_ batch: RecordBatch, origin: [UInt8], size: Int) {
        var columns = IndexSums(size: size)
        let records = origin.withUnsafeBytes { origin in
            batch.rows.map { CheckedRecord(batch, $0, origin: origin, &columns) }
        }
        let first = (records.first?.sequence.number ?? 1) &- 1
        let isSound =
            first >= 0 && first & 255 == 0
            && records.enumerated().allSatisfy { index, record in
                record.sequence.number == first + index + 1 && record.kept == record.hash
            }
        let whole = stride(from: 0, to: isSound ? records.count & ~255 : 0, by: 256)
        subtrees = whole.flatMap { start in
            MerkleTree.fold(records[start..<start + 256].map(\.hash), levels: 8)
                .map { ((first + start) / 256, $0) }
        }
        self.records = records
        self.columns = columns
    }
}
