import Ledger

extension LedgerSnapshot {
    /// The receipt of an event under a signed head; nil when the log does not give one that holds.
    ///
    /// Nodes of the tree are derived: a wrong one among them is not taken for an altered record.
    ///
    /// - Throws: `StoreError`, `ProofError`.
    func receipt(
        of sequence: SequenceNumber, _ head: SignedHead, _ note: SignedNote
    ) throws -> Receipt? {
        guard let record = try record(sequence) else { return nil }
        let index = sequence.number - 1
        for withNodes in [true, false] {
            let proof = try hashes(withNodes: withNodes)
                .inclusionProof(index: index, size: head.size)
            let receipt = try Receipt(index: index, proof: proof, note: note)
            let checkpoint = receipt.checkpoint
            guard checkpoint.root == head.root else { return nil }
            if (try? receipt.verifyInclusion(of: record.bytes, in: checkpoint)) != nil {
                return receipt
            }
        }
        return nil
    }
}
