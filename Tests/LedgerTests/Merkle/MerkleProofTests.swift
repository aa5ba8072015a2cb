import Testing

@testable import Ledger

@Suite struct MerkleProofTests {
    static let largest = 130

    @Test func `every inclusion proof up to 130 leaves is the one of the definition`() throws {
        var naive = NaiveTree.numbered(Self.largest)
        let stored = MemoryHashes(leafHashes: (0..<Self.largest).map { naive.leafHash($0) })
        for size in 1...Self.largest {
            let root = naive.root(size: size)
            for index in 0..<size {
                let (proof, reads) = try stored.countingReads {
                    try stored.inclusionProof(index: index, size: size)
                }
                #expect(proof == naive.inclusion(index, 0..<size))
                #expect(reads <= 2 * (Int.bitWidth - size.leadingZeroBitCount))
                try MerkleTree.verifyInclusion(
                    leafHash: naive.leafHash(index), index: index, size: size, proof: proof,
                    root: root)
            }
        }
    }

    @Test func `every consistency proof up to 130 leaves is the one of the definition`() throws {
        var naive = NaiveTree.numbered(Self.largest)
        let stored = MemoryHashes(leafHashes: (0..<Self.largest).map { naive.leafHash($0) })
        for to in 0...Self.largest {
            for from in 0...to {
                let (proof, reads) = try stored.countingReads {
                    try stored.consistencyProof(from: from, to: to)
                }
                #expect(proof == naive.consistency(from, to))
                #expect(reads <= 2 * (Int.bitWidth - to.leadingZeroBitCount))
                try MerkleTree.verifyConsistency(
                    from: from, to: to, oldRoot: naive.root(size: from),
                    newRoot: naive.root(size: to), proof: proof)
            }
        }
    }

    @Test(arguments: [(-1, 5), (5, 5), (0, 0), (6, 5), (Int.max, 5)])
    func `a leaf outside the tree has no proof`(index: Int, size: Int) throws {
        let stored = MemoryHashes(leafHashes: [])
        let expected = ProofError.indexOutsideTree(index: index, size: size)
        #expect(throws: expected) { try stored.inclusionProof(index: index, size: size) }
        #expect(throws: expected) {
            try MerkleTree.verifyInclusion(
                leafHash: MerkleTree.emptyRoot, index: index, size: size, proof: [],
                root: MerkleTree.emptyRoot)
        }
    }

    @Test(arguments: [(-1, 5), (6, 5), (1, 0)])
    func `a tree never shrinks`(from: Int, to: Int) {
        let stored = MemoryHashes(leafHashes: [])
        let expected = ProofError.sizesOutOfOrder(from: from, to: to)
        #expect(throws: expected) { try stored.consistencyProof(from: from, to: to) }
        #expect(throws: expected) {
            try MerkleTree.verifyConsistency(
                from: from, to: to, oldRoot: MerkleTree.emptyRoot, newRoot: MerkleTree.emptyRoot,
                proof: [])
        }
    }

    @Test func `sizes near the largest integer are refused or verified without overflow`() throws {
        let leaf = MerkleTree.leafHash([])
        let proof = [Digest](repeating: leaf, count: 63)
        let root = try MerkleTree.impliedRoot(
            leafHash: leaf, index: 0, size: Int.max, proof: proof)
        #expect(root != leaf)
        #expect(throws: ProofError.wrongLength(expected: 63, found: 62)) {
            try MerkleTree.impliedRoot(
                leafHash: leaf, index: 0, size: Int.max, proof: proof.dropLast())
        }
        // The last leaf's path skips every level where the right edge has no sibling.
        #expect(throws: ProofError.wrongLength(expected: 62, found: 63)) {
            try MerkleTree.impliedRoot(
                leafHash: leaf, index: Int.max - 1, size: Int.max, proof: proof)
        }
    }
}
