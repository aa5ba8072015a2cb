/// Why a receipt is refused.
public enum ReceiptError: Error, Equatable, Sendable {
    /// A line is not what the format wants there; lines count from 1.
    case malformed(line: Int, expected: String)
    /// The signed head in it is malformed or does not verify.
    case note(NoteError)
    /// The head verifies, but the record is not at that place in that tree.
    case notIncluded(ProofError)
}

extension ReceiptError: CustomStringConvertible {
    /// One line: what is wrong and where.
    public var description: String {
        switch self {
        case .malformed(let line, let expected): "receipt line \(line): \(expected) expected"
        case .note(let error): "receipt's checkpoint: \(error)"
        case .notIncluded(let error): "receipt does not belong to this record: \(error)"
        }
    }
}

extension Receipt {
    /// Verifies that a record, given by its exact bytes, was logged.
    ///
    /// In this order: the record's leaf hash, the log's origin and signature, the witnesses'
    /// quorum, the inclusion proof. Throws `ReceiptError`; returns the head it rests on.
    @discardableResult
    public func verify(
        record: some Collection<UInt8>, policy: TrustPolicy
    ) throws(ReceiptError) -> VerifiedCheckpoint {
        try verify(leafHash: MerkleTree.leafHash(record), policy: policy)
    }

    /// Verifies that a leaf hash was logged.
    ///
    /// Throws `ReceiptError`.
    @discardableResult
    public func verify(
        leafHash: Digest, policy: TrustPolicy
    ) throws(ReceiptError) -> VerifiedCheckpoint {
        let head: VerifiedCheckpoint
        do { head = try policy.verify(note) } catch { throw .note(error) }
        try verifyInclusion(leafHash: leafHash, in: head.checkpoint)
        return head
    }

    /// Verifies only that a record is in the tree of a head; who signed that is for the caller.
    ///
    /// Throws `ReceiptError.notIncluded`.
    public func verifyInclusion(
        of record: some Collection<UInt8>, in head: Checkpoint
    ) throws(ReceiptError) {
        try verifyInclusion(leafHash: MerkleTree.leafHash(record), in: head)
    }

    private func verifyInclusion(leafHash: Digest, in head: Checkpoint) throws(ReceiptError) {
        do {
            try MerkleTree.verifyInclusion(
                leafHash: leafHash, index: index, size: head.size, proof: proof, root: head.root)
        } catch { throw .notIncluded(error) }
    }
}
