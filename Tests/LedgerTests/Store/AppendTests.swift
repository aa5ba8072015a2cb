import GRDB
import Testing

@testable import Ledger

@Suite struct AppendTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a new ledger begins with the event that created it`() throws {
        let store = try folder.newLedger()
        let first = try #require(try store.event(SequenceNumber(1)))
        #expect(first.type == .decision(.ledgerCreated))
        #expect(first.source == Drafts.origin)
        #expect(store.origin == Drafts.origin)
        #expect(try store.size() == 1)
    }

    @Test func `sequences are given in draft order and ids are found again`() throws {
        let store = try folder.newLedger()
        let drafts = (1...20).map { Drafts.maintenance($0) }
        let appended = try store.append(drafts, recordedTime: Drafts.start)
        #expect(appended.map(\.sequence.number) == Array(2...21))
        #expect(appended.map(\.id) == drafts.map(\.id))
        #expect(appended.filter(\.isNew).count == 20)
        for (draft, place) in zip(drafts, appended) {
            let event = try #require(try store.event(place.sequence))
            #expect(event.draft == draft)
            let record = try #require(try store.record(place.sequence))
            #expect(MerkleTree.leafHash(record.bytes) == place.leafHash)
            #expect(try store.read { try $0.sequence(of: draft.id) } == place.sequence)
        }
        #expect(try store.event(SequenceNumber(22)) == nil)
        #expect(try store.event(SequenceNumber(0)) == nil)
    }

    @Test func `the recorded time never decreases, across openings too`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1), at: 100)
        try store.append(Drafts.maintenance(2), at: 50)
        let again = try LedgerStore.open(path: store.path)
        try again.append(Drafts.maintenance(3), at: 99)
        try again.append(Drafts.maintenance(4), at: 101)
        let seconds = try (2...5).map { number in
            try #require(try store.event(SequenceNumber(number))).recordedTime - Drafts.start
        }
        #expect(seconds == [.seconds(100), .seconds(100), .seconds(100), .seconds(101)])
    }

    @Test func `an expected size that is not met writes nothing and tells the actual one`() throws {
        let store = try folder.newLedger()
        #expect(throws: StoreError.sizeDiffers(expected: 2, actual: 1)) {
            try store.append([Drafts.maintenance(1)], recordedTime: Drafts.start, expectedSize: 2)
        }
        #expect(try store.size() == 1)
        _ = try store.append([Drafts.maintenance(1)], recordedTime: Drafts.start, expectedSize: 1)
        #expect(try store.size() == 2)
    }

    @Test func `a batch with one bad draft writes nothing`() throws {
        let store = try folder.newLedger()
        var tooLong = Drafts.maintenance(2)
        tooLong.data["remark"] = .string(String(repeating: "x", count: 70_000))
        let error = #expect(throws: StoreError.self) {
            try store.append([Drafts.maintenance(1), tooLong], recordedTime: Drafts.start)
        }
        guard case .event(.tooLarge, index: 1)? = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(try store.size() == 1)
        // The tree that the store keeps in memory was not led astray either.
        try store.append(Drafts.maintenance(1))
        #expect(try store.root() == root(of: store))
    }

    @Test func `the same event again is a no-op that tells where it stands`() throws {
        let store = try folder.newLedger()
        let draft = Drafts.maintenance(1)
        let first = try #require(try store.append(draft, at: 1))
        let again = try #require(try store.append(draft, at: 500))
        #expect(again.sequence == first.sequence)
        #expect(again.leafHash == first.leafHash)
        #expect(!again.isNew)
        #expect(try store.size() == 2)
        let twice = try store.append(
            [Drafts.maintenance(2), Drafts.maintenance(2)], recordedTime: Drafts.start)
        #expect(twice.map(\.sequence.number) == [3, 3])
        #expect(twice.map(\.isNew) == [true, false])
    }

    @Test func `the same id with any other content is a conflict`() throws {
        let store = try folder.newLedger()
        let draft = Drafts.maintenance(1, migration: "plan-move")
        try store.append(draft)
        var changes: [EventDraft] = []
        for change: (inout EventDraft) -> Void in [
            { $0.subject = "environment/prod2" }, { $0.time = $0.time + .seconds(1) },
            { $0.actor.id = "mallory" }, { $0.actor.type = "system" }, { $0.basis = .imported },
            { $0.migration = nil }, { $0.cause = Drafts.id(7) }, { $0.traceparent = "00-1-2-00" },
            { $0.data["state"] = "OFF" }, { $0.data["more"] = 1 },
            { $0.type = .action(.envMaintenance, .refused) },
            { $0.attachments["output"] = AttachmentContent(text: "x") },
        ] {
            var other = draft
            change(&other)
            changes.append(other)
        }
        for other in changes {
            let conflict = StoreError.idConflict(id: draft.id, sequence: SequenceNumber(2))
            #expect(throws: conflict) {
                try store.append([Drafts.maintenance(9), other], recordedTime: Drafts.start)
            }
            #expect(try store.size() == 2)
        }
    }

    @Test func `canonically equivalent texts are other content`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1, actor: "Ren\u{E9}"))
        #expect(throws: StoreError.self) {
            try store.append(Drafts.maintenance(1, actor: "Rene\u{301}"))
        }
    }

    @Test func `the root equals the naive tree at every size up to 300`() throws {
        let store = try folder.newLedger()
        var range = CompactRange()
        let created = try #require(try store.record(SequenceNumber(1)))
        range.append(MerkleTree.leafHash(created.bytes))
        for number in 1..<300 {
            let place = try #require(try store.append(Drafts.maintenance(number)))
            range.append(place.leafHash)
            #expect(range.size == place.sequence.number)
            #expect(try store.root() == range.root)
        }
        // And of every earlier size, seen from the end.
        try store.read { snapshot in
            for size in 0...300 {
                let leaves = try leafHashes(of: snapshot).prefix(size)
                #expect(try snapshot.root(size: size) == MerkleTree.root(ofLeafHashes: leaves))
            }
        }
    }

    // Rows made by SQL stand in for most of the records, whose bytes do not matter here.
    @Test func `nodes are kept at each 256th leaf and every root agrees beyond 65536`() throws {
        let store = try folder.newLedger()
        let writer = try #require(store.writer)
        let made = 65_530
        let last = try Record(
            Event(
                sequence: SequenceNumber(made + 1), recordedTime: Drafts.start,
                source: Drafts.origin, draft: Drafts.maintenance(-2)))
        try writer.inTransaction { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE number (n) AS (
                        SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < ?
                    )
                    INSERT INTO event (sequence, leaf, record)
                    SELECT n, CAST(printf('%032d', n * n) AS BLOB), json_object(
                        'id', n, 'type', 't', 'subject', 's', 'authid', 'a', 'time', 't',
                        'sequence', printf('%016d', n)) FROM number
                    """,
                arguments: [made])
            try database.execute(
                sql: "INSERT INTO event (sequence, leaf, record) VALUES (?, ?, ?)",
                arguments: [
                    made + 1, MerkleTree.leafHash(last.bytes).data,
                    String(decoding: last.bytes, as: UTF8.self),
                ])
            try StoredNodes(database: database).rebuild(size: made + 1)
            return .commit
        }
        let count = made + 300
        _ = try store.append(
            (0..<count - made - 1).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        try store.read { snapshot in
            let nodes = try Row.fetchAll(
                snapshot.database, sql: "SELECT level, count(*) FROM node GROUP BY level")
            #expect(nodes.map { [$0[0], $0[1]] as [Int] } == [[8, 257], [16, 1]])
            #expect(try snapshot.wrongNodes() == [])
            var leaves: [Digest] = []
            try snapshot.forEachRecord { leaves.append(try #require($0.leafHash)) }
            #expect(leaves.count == count)
            for size in [1, 255, 256, 257, 513, 65_535, 65_536, 65_537, 65_792, count] {
                #expect(
                    try snapshot.root(size: size)
                        == MerkleTree.root(ofLeafHashes: leaves.prefix(size)))
            }
            for index in [0, 255, 256, 65_535, 65_536, count - 1] {
                let proof = try snapshot.hashes.inclusionProof(index: index, size: count)
                try MerkleTree.verifyInclusion(
                    leafHash: leaves[index], index: index, size: count, proof: proof,
                    root: try snapshot.root())
            }
        }
    }

    @Test func `a size that was never reached has no root`() throws {
        let store = try folder.newLedger()
        #expect(throws: StoreError.noSuchSize(2, actual: 1)) { try store.root(size: 2) }
        #expect(throws: StoreError.noSuchSize(-1, actual: 1)) { try store.root(size: -1) }
        #expect(try store.root(size: 0) == MerkleTree.emptyRoot)
    }

    @Test func `the connection that commits syncs every commit`() throws {
        let store = try folder.newLedger()
        let writer = try #require(store.writer)
        let settings = try writer.inDatabase { database in
            try ["synchronous", "journal_mode", "secure_delete"].map { name in
                try String.fetchOne(database, sql: "PRAGMA \(name)")
            }
        }
        #expect(settings == ["2", "wal", "1"])
    }

    private func root(of store: LedgerStore) throws -> Digest {
        MerkleTree.root(ofLeafHashes: try store.read { try leafHashes(of: $0) })
    }

    private func leafHashes(of snapshot: LedgerSnapshot) throws -> [Digest] {
        var hashes: [Digest] = []
        try snapshot.forEachRecord { row in
            let hash = MerkleTree.leafHash(row.record.bytes)
            #expect(row.leafHash == hash)
            hashes.append(hash)
        }
        return hashes
    }

    @Test func `an id is found whatever ids came after it, and whoever appended them`() throws {
        let store = try folder.newLedger()
        let other = try LedgerStore.open(path: store.path)
        func isNew(_ number: Int, in store: LedgerStore) throws -> Bool? {
            try store.append(Drafts.maintenance(number))?.isNew
        }
        for number in [5, 3, 9] { #expect(try isNew(number, in: store) == true) }
        #expect(try isNew(7, in: other) == true)
        for number in [3, 5, 7, 9] {
            #expect(try isNew(number, in: store) == false)
            #expect(try isNew(number, in: other) == false)
        }
        #expect(try isNew(12, in: other) == true)
        #expect(try isNew(12, in: store) == false)
        for number in [8, 1, 13] {
            #expect(try isNew(number, in: store) == true)
            #expect(try isNew(number, in: other) == false)
        }
        let batch = [14, 2, 14, 13, 2].map { Drafts.maintenance($0) }
        #expect(
            try store.append(batch, recordedTime: Drafts.start).map(\.isNew)
                == [true, true, false, false, false])
        #expect(try store.size() == 11)
    }
}
