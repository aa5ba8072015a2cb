import GRDB
import Testing

@testable import Ledger

@Suite struct RehashTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [1, 2, 255, 256, 257, 700, 4096, 4097, 8700])
    func `the root over all records is that of the tree`(size: Int) throws {
        let store = try folder.newLedger()
        if size > 1 {
            _ = try store.append(
                (1..<size).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        }
        let (count, root) = try store.read { try $0.rehash() }
        #expect(count == size)
        #expect(root == (try store.root()))
    }

    @Test func `a record that is not what was hashed is named`() throws {
        let store = try folder.newLedger()
        _ = try store.append((1...900).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        let writer = try #require(store.writer)
        try writer.inDatabase { database in
            try database.execute(
                sql: """
                    DROP TRIGGER event_update;
                    UPDATE event SET record = replace(record, 'alice', 'mallory') WHERE sequence = 700
                    """)
        }
        #expect(
            throws: StoreError.damagedTree(reason: "leaf 700 is not its record's hash")
        ) { try store.read { try $0.rehash() } }
    }

    @Test func `a record that is not there is named`() throws {
        let store = try folder.newLedger()
        _ = try store.append((1...5000).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        let writer = try #require(store.writer)
        try writer.inDatabase { database in
            try database.execute(
                sql: "DROP TRIGGER event_delete; DELETE FROM event WHERE sequence IN (4200, 4999)")
        }
        #expect(
            throws: StoreError.damagedTree(reason: "event 4200 is not there")
        ) { try store.read { try $0.rehash() } }
    }

    @Test func `subtrees make the edge that their leaves make`() {
        let leaves = (0..<1024).map { MerkleTree.leafHash([UInt8($0 & 255), UInt8($0 >> 8)]) }
        var slow = CompactRange()
        for leaf in leaves { slow.append(leaf) }
        for level in [1, 4, 8] {
            var quick = CompactRange()
            for start in stride(from: 0, to: leaves.count, by: 1 << level) {
                for root in MerkleTree.fold(
                    Array(leaves[start..<start + 1 << level]), levels: level)
                {
                    quick.append(subtree: root, level: level)
                }
            }
            #expect(quick == slow)
        }
    }
}
