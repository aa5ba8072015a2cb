import Ledger

/// The proof that one head of the log is a prefix of another, as a witness takes it.
///
/// C2SP tlog-witness, the body of `add-checkpoint`:
///
///     old <size>␊
///     <base64 hash>␊                 the consistency proof, none when the sizes are equal
///     ␊
///     <checkpoint note>
struct GrowthProof {
    /// The smaller size.
    let oldSize: Int
    /// Its root.
    let oldRoot: Digest
    /// The larger head.
    let head: SignedHead
    /// True when the larger head is signed.
    let isSigned: Bool
    /// The consistency proof.
    let hashes: [Digest]

    /// Proves growth to a head: the one of the size given, else the newest signed one, else,
    /// unsigned, the log as it is.
    ///
    /// - Throws: `StoreError`, `CLIError.noSuchEvent` for sizes that the log never had.
    init(_ snapshot: LedgerSnapshot, origin: String, from: Int, to: Int? = nil) throws {
        let signed = try snapshot.newestHead(size: to)
        let size = try snapshot.size()
        let target = signed?.size ?? to ?? size
        guard from <= target, target <= size else {
            throw StoreError.noSuchSize(max(from, target), actual: size)
        }
        let root = try snapshot.root(size: target)
        if let signed, signed.root != root { throw StoreError.headDiffers(size: signed.size) }
        let unsigned = Checkpoint(origin: origin, size: target, root: root)
        head = signed ?? SignedHead(size: target, root: root, note: unsigned.text)
        isSigned = signed != nil
        oldSize = from
        (oldRoot, hashes) = try GrowthProof.proof(snapshot, from: from, to: target, root)
    }

    private static func proof(
        _ snapshot: LedgerSnapshot, from old: Int, to new: Int, _ root: Digest
    ) throws -> (oldRoot: Digest, hashes: [Digest]) {
        var reason = ""
        // Nodes are derived; the leaves alone tell when one is wrong.
        for withNodes in [true, false] {
            let reader = snapshot.hashes(withNodes: withNodes)
            let oldRoot = try reader.root(size: old)
            let hashes = try reader.consistencyProof(from: old, to: new)
            do throws(ProofError) {
                try MerkleTree.verifyConsistency(
                    from: old, to: new, oldRoot: oldRoot, newRoot: root, proof: hashes)
                return (oldRoot, hashes)
            } catch { reason = error.description }
        }
        throw StoreError.damagedTree(reason: reason)
    }

    /// The exact bytes.
    func format() -> [UInt8] {
        let lines = ["old \(oldSize)"] + hashes.map(\.base64) + [""]
        return lines.flatMap { Array($0.utf8) + [0x0A] } + Array(head.note.utf8)
    }

    /// The members of the JSON answer.
    var json: JSONObject {
        JSONObject([
            ("from", ["size": .integer(oldSize), "root": .string(oldRoot.base64)]),
            ("to", ["size": .integer(head.size), "root": .string(head.root.base64)]),
            ("proof", .array(hashes.map { .string($0.base64) })),
            ("checkpoint", isSigned ? .string(head.note) : nil),
        ])
    }
}
