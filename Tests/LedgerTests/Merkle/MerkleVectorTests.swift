import Testing

@testable import Ledger

/// Published trees: own proofs that agree with themselves prove little.
@Suite struct MerkleVectorTests {
    @Test func `the root over the eight classic CT leaves is the published one`() throws {
        // transparency-dev/merkle testonly/constants.go, first written for RFC 6962.
        let leaves: [[UInt8]] = [
            [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
            Array(0x50...0x57), Array(0x60...0x6f),
        ]
        #expect(
            MerkleTree.root(ofLeafHashes: leaves.map { MerkleTree.leafHash($0) }).hex
                == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
        #expect(
            MerkleTree.emptyRoot.hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `the leaf hash of hello world is the one of Go's tlog`() {
        // golang/mod sumdb/tlog/tlog_test.go
        #expect(
            MerkleTree.leafHash(Array("hello world".utf8)).base64
                == "TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=")
    }

    @Test(.enabled(if: TrustVectors.arePresent, TrustVectors.reason))
    func `all published CT roots, leaf hashes and proofs hold`() throws {
        let vectors = try TrustVectors.load(CTVectors.self, from: "rfc6962_ct8.json")
        let entries = try vectors.leaves.map { try #require(Hexadecimal.decode($0.utf8)) }
        let leafHashes = entries.map { MerkleTree.leafHash($0) }
        #expect(leafHashes.map(\.hex) == vectors.leafHashes)
        let stored = MemoryHashes(leafHashes: leafHashes)
        let roots = try vectors.rootsBySize.map { try #require(Digest(hex: $0)) }
        #expect(roots.count == 9)
        for (size, root) in roots.enumerated() {
            #expect(try stored.root(size: size) == root)
            #expect(MerkleTree.root(ofLeafHashes: leafHashes.prefix(size)) == root)
        }
        #expect(vectors.inclusionAll.count == 36)
        for known in vectors.inclusionAll {
            let proof = try known.proof.map { try #require(Digest(hex: $0)) }
            #expect(
                try stored.inclusionProof(index: known.leafIndex, size: known.treeSize) == proof)
            try MerkleTree.verifyInclusion(
                leafHash: leafHashes[known.leafIndex], index: known.leafIndex,
                size: known.treeSize, proof: proof, root: roots[known.treeSize])
        }
        #expect(vectors.consistencyAll.count == 36)
        for known in vectors.consistencyAll {
            let proof = try known.proof.map { try #require(Digest(hex: $0)) }
            #expect(try stored.consistencyProof(from: known.size1, to: known.size2) == proof)
            try MerkleTree.verifyConsistency(
                from: known.size1, to: known.size2, oldRoot: roots[known.size1],
                newRoot: roots[known.size2], proof: proof)
        }
        for known in vectors.hasher {
            #expect(try known.computed().hex == known.want, "\(known.desc)")
        }
    }

    @Test(.enabled(if: TrustVectors.arePresent, TrustVectors.reason))
    func `all published roots over numbered leaves hold`() throws {
        let vectors = try TrustVectors.load(TileVectors.self, from: "tile_paths.json")
        let known = vectors.rootsLeafD.rootsBase64
        #expect(!known.isEmpty)
        for (size, root) in known {
            let count = try #require(Int(size))
            var range = CompactRange()
            for index in 0..<count {
                range.append(MerkleTree.leafHash(Array("leaf \(index)".utf8)))
            }
            #expect(range.root.base64 == root)
        }
    }
}

private struct CTVectors: Decodable {
    struct Inclusion: Decodable {
        let leafIndex: Int
        let treeSize: Int
        let proof: [String]
    }

    struct Consistency: Decodable {
        let size1: Int
        let size2: Int
        let proof: [String]
    }

    struct Hash: Decodable {
        let desc: String
        let leaf: String?
        let left: String?
        let right: String?
        let want: String

        /// The node case has children of four bytes, which no `Digest` can hold.
        func computed() throws -> Digest {
            if let leaf { return MerkleTree.leafHash(try #require(Hexadecimal.decode(leaf.utf8))) }
            guard let left, let right else { return MerkleTree.emptyRoot }
            let children = try #require(Hexadecimal.decode((left + right).utf8))
            return Digest(hashing: [0x01] + children)
        }
    }

    let leaves: [String]
    let leafHashes: [String]
    let rootsBySize: [String]
    let inclusionAll: [Inclusion]
    let consistencyAll: [Consistency]
    let hasher: [Hash]
}
