/// A row of the log, hashed and read: what can be said of it without the rows around it.
struct CheckedRecord: Sendable {
    /// Where it stands.
    let sequence: SequenceNumber
    /// The hash stored beside it; nil when what is stored is not 32 bytes.
    let kept: Digest?
    /// The hash of its bytes.
    let hash: Digest
    /// Its event, or what keeps the bytes from being one.
    let event: Result<Event, EventError>

    init(_ stored: StoredRecord) {
        sequence = stored.sequence
        kept = stored.leafHash
        hash = MerkleTree.leafHash(stored.record.bytes)
        event = Result { () throws(EventError) in try stored.record.event() }
    }

    init(_ batch: RecordBatch, _ row: RecordBatch.Row) {
        sequence = row.sequence
        kept = row.leafHash
        hash = batch.withRecord(row) { MerkleTree.leafHash(of: $0) }
        if let read = batch.withRecord(row, { EventReader.read($0)?.event }) {
            event = .success(read)
        } else {
            let stored = batch.stored(row)
            event = Result { () throws(EventError) in try stored.record.event() }
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

    init(_ batch: RecordBatch) {
        let records = batch.rows.map { CheckedRecord(batch, $0) }
        var columns = IndexSums()
        for record in records {
            // By its own word: a record in the place of another is not to be found there.
            if case .success(let event) = record.event { columns.add(event, at: event.sequence) }
        }
        let first = (records.first?.sequence.number ?? 1) - 1
        let isSound =
            first & 255 == 0
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
