extension HashReader {
    /// The proof that the tree of `from` leaves is a prefix of the tree of `to` leaves.
    ///
    /// RFC 6962 section 2.1.2; empty when `from` is 0 or equal to `to`. Throws
    /// `ProofError.sizesOutOfOrder`, or what the reader throws.
    public func consistencyProof(from: Int, to: Int) throws -> [Digest] {
        guard 0 <= from, from <= to else {
            throw ProofError.sizesOutOfOrder(from: from, to: to)
        }
        guard from > 0, from < to else { return [] }
        var path: [Digest] = []
        var (start, count) = (0, to)
        // Walks to the subtree that ends exactly where the old tree ended.
        while start + count != from {
            let left = MerkleTree.split(count)
            if from - start <= left {
                path.append(try subtreeHash(start: start + left, count: count - left))
                count = left
            } else {
                path.append(try subtreeHash(start: start, count: left))
                (start, count) = (start + left, count - left)
            }
        }
        // The old tree's own root is what the verifier already has, so it is left out.
        if start > 0 { path.append(try subtreeHash(start: start, count: count)) }
        return path.reversed()
    }
}

extension MerkleTree {
    /// Verifies that the tree of `from` leaves is a prefix of the tree of `to` leaves.
    ///
    /// RFC 9162 section 2.1.4.2. Every tree grows from the empty one: with `from` 0 the proof is
    /// empty and the old root is `emptyRoot`. Throws `ProofError` when the proof does not hold.
    public static func verifyConsistency(
        from: Int, to: Int, oldRoot: Digest, newRoot: Digest, proof: [Digest]
    ) throws(ProofError) {
        guard 0 <= from, from <= to else { throw .sizesOutOfOrder(from: from, to: to) }
        if from == 0 || from == to {
            guard proof.isEmpty else { throw .wrongLength(expected: 0, found: proof.count) }
            if from == 0 { try require(emptyRoot, equals: oldRoot, size: 0) }
            if from == to { try require(oldRoot, equals: newRoot, size: to) }
            return
        }
        var hashes = proof[...]
        let isPowerOfTwo = from.nonzeroBitCount == 1
        let needed = consistencyLength(from: from, to: to)
        guard hashes.count == needed else {
            throw .wrongLength(expected: needed, found: hashes.count)
        }
        // A complete old tree is itself the first node of the path.
        let first = isPowerOfTwo ? oldRoot : hashes.removeFirst()
        var node = from - 1
        var last = to - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var (old, new) = (first, first)
        for hash in hashes {
            if node & 1 == 1 || node == last {
                old = nodeHash(hash, old)
                new = nodeHash(hash, new)
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                new = nodeHash(new, hash)
            }
            node >>= 1
            last >>= 1
        }
        try require(old, equals: oldRoot, size: from)
        try require(new, equals: newRoot, size: to)
    }

    /// The number of hashes in the consistency proof between two sizes, `0 < from < to`.
    static func consistencyLength(from: Int, to: Int) -> Int {
        // The path of the largest subtree that ends at `from`, seen at that subtree's own level.
        let shift = from.trailingZeroBitCount
        let path = inclusionLength(index: (from - 1) >> shift, size: ((to - 1) >> shift) + 1)
        return from.nonzeroBitCount == 1 ? path : path + 1
    }

    private static func require(
        _ found: Digest, equals expected: Digest, size: Int
    ) throws(ProofError) {
        guard found == expected else {
            throw .rootDiffers(size: size, expected: expected, found: found)
        }
    }
}
