extension LedgerSnapshot {
    /// Hashes the bytes of every record again, on all processors, and makes the tree over them.
    ///
    /// - Returns: how many records there are and their RFC 6962 root.
    /// - Throws: `StoreError`; `.damagedTree` at the first record whose stored hash is another one.
    public func rehash() throws -> (size: Int, root: Digest) {
        var range = CompactRange()
        let batches = InParallel<RecordBatch, HashedBatch> { HashedBatch($0) }
        func take(_ batch: HashedBatch) throws {
            if let wrong = batch.wrong {
                throw StoreError.damagedTree(reason: "leaf \(wrong) is not its record's hash")
            }
            if range.size & 255 == 0 {
                for root in batch.subtrees { range.append(subtree: root, level: 8) }
                for leaf in batch.leaves[(batch.subtrees.count * 256)...] { range.append(leaf) }
            } else {
                for leaf in batch.leaves { range.append(leaf) }
            }
        }
        try forEachBatch { try batches.give($0, take) }
        try batches.finish(take)
        return (range.size, range.root)
    }
}

/// The hashes of a batch, folded as far as they go.
private struct HashedBatch: Sendable {
    /// Roots over 256 leaves each.
    let subtrees: [Digest]
    /// All leaves.
    let leaves: [Digest]
    /// The first record whose stored hash is another one.
    let wrong: SequenceNumber?

    init(_ batch: RecordBatch) {
        let leaves = batch.rows.map { row in
            batch.withRecord(row) { MerkleTree.leafHash(of: $0) }
        }
        wrong = zip(batch.rows, leaves).first { $0.leafHash != $1 }?.0.sequence
        let whole = leaves.count & ~255
        subtrees = stride(from: 0, to: whole, by: 256).flatMap { start in
            MerkleTree.fold(Array(leaves[start..<start + 256]), levels: 8)
        }
        self.leaves = leaves
    }
}
