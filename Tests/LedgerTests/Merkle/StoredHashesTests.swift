import Testing

@testable import Ledger

@Suite struct StoredHashesTests {
    @Test func `leaves and every eighth level are enough for every proof`() throws {
        let count = 1_300
        var naive = NaiveTree.numbered(count)
        let source = MemoryHashes(leafHashes: (0..<count).map { naive.leafHash($0) }) {
            $0 % 8 == 0
        }
        let stored = StoredHashes(source)
        var random = TrustRandom(seed: 4)
        let sizes = [1, 2, 255, 256, 257, 511, 512, 513, 1_023, 1_024, 1_025, 1_299, 1_300]
        for size in sizes {
            #expect(try stored.root(size: size) == naive.root(size: size))
            for _ in 0..<10 {
                let index = Int(random.next() % UInt64(size))
                #expect(
                    try stored.inclusionProof(index: index, size: size)
                        == naive.inclusion(index, 0..<size))
                #expect(
                    try stored.consistencyProof(from: index, to: size)
                        == naive.consistency(index, size))
            }
        }
    }

    @Test func `no node costs more than 128 reads`() throws {
        let leaf = MerkleTree.leafHash([])
        let source = MemoryHashes(leafHashes: [Digest](repeating: leaf, count: 2_048)) {
            $0 % 8 == 0
        }
        let stored = StoredHashes(source)
        for level in 0...11 {
            let (_, reads) = try source.countingReads {
                try stored.hash(at: TreeCoordinate(level: level, index: 0))
            }
            #expect(reads == 1 << (level % 8))
        }
    }

    @Test func `without its derived nodes a tree is still read from its leaves`() throws {
        var naive = NaiveTree.numbered(600)
        let source = MemoryHashes(leafHashes: (0..<600).map { naive.leafHash($0) }) { $0 == 0 }
        #expect(
            try StoredHashes(source, levels: [0]).inclusionProof(index: 599, size: 600)
                == naive.inclusion(599, 0..<600))
        #expect(throws: MemoryHashes.NotStored.self) {
            try StoredHashes(source).inclusionProof(index: 599, size: 600)
        }
    }

    @Test func `a source that answers with too few or too many hashes is caught`() {
        struct Wrong: HashReader {
            let count: Int
            func hashes(level: Int, indexes: Range<Int>) -> [Digest] {
                [Digest](repeating: MerkleTree.emptyRoot, count: count)
            }
        }
        #expect(throws: ProofError.wrongHashCount(level: 0, indexes: 0..<8, found: 7)) {
            try StoredHashes(Wrong(count: 7)).hash(at: TreeCoordinate(level: 3, index: 0))
        }
        #expect(throws: ProofError.wrongHashCount(level: 0, indexes: 0..<1, found: 2)) {
            try Wrong(count: 2).root(size: 1)
        }
        #expect(throws: ProofError.wrongHashCount(level: 0, indexes: 0..<1, found: 0)) {
            try Wrong(count: 0).root(size: 1)
        }
    }

    /// A tree of equal leaves, of any size, without keeping a hash; it counts what is read.
    private final class EqualLeaves: HashReader {
        private let byLevel: [Digest]
        var reads = 0

        init() {
            var levels = [MerkleTree.leafHash([])]
            for _ in 0..<48 {
                let last = levels[levels.count - 1]
                levels.append(MerkleTree.nodeHash(last, last))
            }
            byLevel = levels
        }

        func hashes(level: Int, indexes: Range<Int>) -> [Digest] {
            reads += indexes.count
            return [Digest](repeating: byLevel[level], count: indexes.count)
        }
    }

    @Test(arguments: [1 << 8, 1 << 16, 1 << 20, 1 << 24, 1 << 32, 1 << 40])
    func `a proof reads a number of stored hashes that grows with the logarithm only`(
        power: Int
    ) throws {
        let source = EqualLeaves()
        let stored = StoredHashes(source, levels: [0, 8, 16, 24, 32, 40])
        let levels = power.trailingZeroBitCount
        var random = TrustRandom(seed: 12)
        for size in [power - 1, power, power + 1] {
            for _ in 0..<20 {
                let index = Int(random.next() % UInt64(size))
                source.reads = 0
                let proof = try stored.inclusionProof(index: index, size: size)
                // Two subtrees a level, each of at most half a kept node: 2 (1 + 2 + … + 128) a
                // kept level.
                #expect(source.reads <= 64 * (levels + 8), "\(size) \(index)")
                #expect(proof.count <= levels + 1)
                source.reads = 0
                _ = try stored.consistencyProof(from: index, to: size)
                #expect(source.reads <= 64 * (levels + 8), "\(size) \(index)")
            }
        }
    }
}
