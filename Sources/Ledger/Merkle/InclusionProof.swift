extension HashReader {
    /// The proof that the leaf at `index` is in the tree of `size` leaves, its sibling first.
    ///
    /// RFC 6962 section 2.1.1. Reads at most two hashes per level. Throws
    /// `ProofError.indexOutsideTree`, or what the reader throws.
    public func inclusionProof(index: Int, size: Int) throws -> [Digest] {
        guard index >= 0, index < size else {
            throw ProofError.indexOutsideTree(index: index, size: size)
        }
        var path: [Digest] = []
        var (start, count) = (0, size)
        while count > 1 {
            let left = MerkleTree.split(count)
            if index - start < left {
                path.append(try subtreeHash(start: start + left, count: count - left))
                count = left
            } else {
                path.append(try subtreeHash(start: start, count: left))
                (start, count) = (start + left, count - left)
            }
        }
        // Walked from the root down; a proof is written from the leaf up.
        return path.reversed()
    }
}

extension MerkleTree {
    /// Verifies that a leaf hash is at `index` in the tree of `size` leaves with this root.
    ///
    /// RFC 9162 section 2.1.3.2. Throws `ProofError` when the proof does not hold.
    public static func verifyInclusion(
        leafHash: Digest, index: Int, size: Int, proof: [Digest], root: Digest
    ) throws(ProofError) {
        let found = try impliedRoot(leafHash: leafHash, index: index, size: size, proof: proof)
        guard found == root else {
            throw .rootDiffers(size: size, expected: root, found: found)
        }
    }

    /// The root that an inclusion proof leads to.
    ///
    /// Throws `ProofError` when the index or the length of the proof is impossible.
    public static func impliedRoot(
        leafHash: Digest, index: Int, size: Int, proof: [Digest]
    ) throws(ProofError) -> Digest {
        guard index >= 0, index < size else {
            throw .indexOutsideTree(index: index, size: size)
        }
        let needed = inclusionLength(index: index, size: size)
        guard proof.count == needed else {
            throw .wrongLength(expected: needed, found: proof.count)
        }
        var node = index
        var last = size - 1
        var hash = leafHash
        for sibling in proof {
            if node & 1 == 1 || node == last {
                hash = nodeHash(sibling, hash)
                // A right-edge node without a sibling moves up unchanged.
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = nodeHash(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return hash
    }

    /// The number of hashes in the inclusion proof for a leaf that is in the tree.
    static func inclusionLength(index: Int, size: Int) -> Int {
        // Below the level where the paths of this leaf and of the last leaf meet, each level has
        // a sibling; above it, only the levels where the right edge has one to its left.
        let inner = Int.bitWidth - (index ^ (size - 1)).leadingZeroBitCount
        return inner + (index >> inner).nonzeroBitCount
    }
}
