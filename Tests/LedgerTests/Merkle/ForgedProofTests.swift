import Testing

@testable import Ledger

@Suite struct ForgedProofTests {
    static let largest = 40
    /// Up to this size every hash of every proof is changed in turn.
    static let largestFlipped = 130

    @Test func `no hash of any inclusion proof up to 130 leaves can be changed`() throws {
        var naive = NaiveTree.numbered(Self.largestFlipped)
        for size in 1...Self.largestFlipped {
            let root = naive.root(size: size)
            var accepted = 0
            for index in 0..<size {
                let leaf = naive.leafHash(index)
                let proof = naive.inclusion(index, 0..<size)
                for position in proof.indices {
                    var forged = proof
                    forged[position] = forged[position].flipped(bit: (index + position) % 256)
                    if holds(leaf, index, size, forged, root) { accepted += 1 }
                }
            }
            #expect(accepted == 0, "size \(size)")
        }
    }

    @Test func `no hash of any consistency proof up to 130 leaves can be changed`() throws {
        var naive = NaiveTree.numbered(Self.largestFlipped)
        for to in 1...Self.largestFlipped {
            let new = naive.root(size: to)
            var accepted = 0
            for from in 0...to {
                let old = naive.root(size: from)
                let proof = naive.consistency(from, to)
                for position in proof.indices {
                    var forged = proof
                    forged[position] = forged[position].flipped(bit: (from + position) % 256)
                    if holds(from, to, old, new, forged) { accepted += 1 }
                }
            }
            #expect(accepted == 0, "size \(to)")
        }
    }

    @Test func `an inclusion proof with any hash changed by one bit fails`() throws {
        var naive = NaiveTree.numbered(Self.largest)
        var random = TrustRandom(seed: 2)
        for size in 1...Self.largest {
            for index in 0..<size {
                let leaf = naive.leafHash(index)
                let root = naive.root(size: size)
                let proof = naive.inclusion(index, 0..<size)
                for position in proof.indices {
                    var forged = proof
                    forged[position] = forged[position].flipped(bit: Int(random.next() % 256))
                    #expect(!holds(leaf, index, size, forged, root))
                }
                let bit = Int(random.next() % 256)
                #expect(!holds(leaf.flipped(bit: bit), index, size, proof, root))
                #expect(!holds(leaf, index, size, proof, root.flipped(bit: bit)))
                #expect(!holds(leaf, index, size, proof + [leaf], root))
                #expect(!holds(leaf, index, size, [leaf] + proof, root))
                if !proof.isEmpty {
                    #expect(!holds(leaf, index, size, Array(proof.dropLast()), root))
                    #expect(!holds(leaf, index, size, Array(proof.dropFirst()), root))
                }
                if proof.count > 1 {
                    #expect(!holds(leaf, index, size, proof.reversed(), root))
                }
            }
        }
    }

    @Test func `an inclusion proof holds at no other index and in no other tree`() throws {
        var naive = NaiveTree.numbered(Self.largest)
        for size in 1...Self.largest {
            for index in 0..<size {
                let leaf = naive.leafHash(index)
                let proof = naive.inclusion(index, 0..<size)
                for other in 0..<Self.largest where other != index {
                    #expect(!holds(leaf, other, size, proof, naive.root(size: size)))
                }
                for other in 1...Self.largest where other != size {
                    #expect(!holds(leaf, index, other, proof, naive.root(size: other)))
                }
            }
        }
    }

    @Test func `a consistency proof with any hash changed by one bit fails`() throws {
        var naive = NaiveTree.numbered(Self.largest)
        var random = TrustRandom(seed: 3)
        for to in 1...Self.largest {
            for from in 0...to {
                let (old, new) = (naive.root(size: from), naive.root(size: to))
                let proof = naive.consistency(from, to)
                for position in proof.indices {
                    var forged = proof
                    forged[position] = forged[position].flipped(bit: Int(random.next() % 256))
                    #expect(!holds(from, to, old, new, forged))
                }
                let bit = Int(random.next() % 256)
                #expect(!holds(from, to, old.flipped(bit: bit), new, proof))
                #expect(!holds(from, to, old, new, proof + [new]))
                #expect(!holds(from, to, old, new, [old] + proof))
                if from > 0 {
                    #expect(!holds(from, to, old, new.flipped(bit: bit), proof))
                }
                if !proof.isEmpty {
                    #expect(!holds(from, to, old, new, Array(proof.dropLast())))
                    #expect(!holds(from, to, old, new, Array(proof.dropFirst())))
                    #expect(!holds(from, to, new, old, proof))
                }
            }
        }
    }

    @Test func `a consistency proof holds between no other sizes`() throws {
        var naive = NaiveTree.numbered(Self.largest)
        for to in 2...Self.largest {
            for from in 1..<to {
                let proof = naive.consistency(from, to)
                for other in 1...to where other != from {
                    #expect(
                        !holds(other, to, naive.root(size: other), naive.root(size: to), proof))
                }
                for other in from...Self.largest where other != to {
                    #expect(
                        !holds(
                            from, other, naive.root(size: from), naive.root(size: other), proof))
                }
            }
        }
    }

    @Test func `the empty tree is a prefix of every tree, but only with its own root`() {
        let root = MerkleTree.leafHash([1])
        #expect(holds(0, 1, MerkleTree.emptyRoot, root, []))
        #expect(holds(0, 0, MerkleTree.emptyRoot, MerkleTree.emptyRoot, []))
        #expect(!holds(0, 1, MerkleTree.emptyRoot, root, [root]))
        #expect(!holds(0, 1, root, root, []))
        #expect(!holds(0, 0, MerkleTree.emptyRoot, root, []))
    }

    @Test func `an inner node does not pass as a leaf`() {
        // The second preimage that the prefixes 0x00 and 0x01 exist to prevent.
        var naive = NaiveTree.numbered(2)
        let disguised = naive.leafHash(0).bytes + naive.leafHash(1).bytes
        #expect(MerkleTree.leafHash(disguised) != naive.root(size: 2))
    }

    private func holds(
        _ leaf: Digest, _ index: Int, _ size: Int, _ proof: [Digest], _ root: Digest
    ) -> Bool {
        (try? MerkleTree.verifyInclusion(
            leafHash: leaf, index: index, size: size, proof: proof, root: root)) != nil
    }

    private func holds(
        _ from: Int, _ to: Int, _ old: Digest, _ new: Digest, _ proof: [Digest]
    ) -> Bool {
        (try? MerkleTree.verifyConsistency(
            from: from, to: to, oldRoot: old, newRoot: new, proof: proof)) != nil
    }
}
