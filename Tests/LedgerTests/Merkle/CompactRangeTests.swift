import Testing

@testable import Ledger

@Suite struct CompactRangeTests {
    @Test func `the root is the one of the definition at every size up to 300`() {
        var naive = NaiveTree.numbered(300)
        var range = CompactRange()
        #expect(range.root == MerkleTree.emptyRoot)
        for size in 1...300 {
            range.append(naive.leafHash(size - 1))
            #expect(range.size == size)
            #expect(range.hashes.count == size.nonzeroBitCount)
            #expect(range.root == naive.root(size: size))
        }
    }

    @Test func `each complete subtree is reported once, with its own hash`() {
        var naive = NaiveTree.numbered(64)
        var range = CompactRange()
        var seen: Set<TreeCoordinate> = []
        for index in 0..<64 {
            range.append(naive.leafHash(index)) { coordinate, hash in
                #expect(seen.insert(coordinate).inserted)
                #expect(coordinate.leaves.upperBound == index + 1)
                #expect(hash == naive.hash(coordinate.leaves))
            }
        }
        #expect(seen.count == 127)
        #expect(range.root == naive.root(size: 64))
    }

    @Test func `an append whose callback throws leaves the range as it was`() {
        var naive = NaiveTree.numbered(8)
        var range = CompactRange()
        for index in 0..<7 { range.append(naive.leafHash(index)) }
        let before = range
        #expect(throws: MemoryHashes.NotStored.self) {
            try range.append(naive.leafHash(7)) { coordinate, _ in
                if coordinate.level == 2 {
                    throw MemoryHashes.NotStored(level: 2, index: coordinate.index)
                }
            }
        }
        #expect(range == before)
    }

    @Test func `a saved range goes on where it stopped`() throws {
        var naive = NaiveTree.numbered(100)
        let stored = MemoryHashes(leafHashes: (0..<100).map { naive.leafHash($0) })
        for size in 0..<100 {
            let read = try CompactRange(size: size, reading: stored)
            var range = try #require(CompactRange(size: size, hashes: read.hashes))
            #expect(range == read)
            range.append(naive.leafHash(size))
            #expect(range.root == naive.root(size: size + 1))
        }
    }

    @Test func `a range with the wrong number of hashes is refused`() {
        let hash = MerkleTree.emptyRoot
        #expect(CompactRange(size: 3, hashes: [hash]) == nil)
        #expect(CompactRange(size: 4, hashes: [hash, hash]) == nil)
        #expect(CompactRange(size: 0, hashes: [hash]) == nil)
        #expect(CompactRange(size: -1, hashes: [hash]) == nil)
    }
}
