import Foundation
import GRDB
import Testing

@testable import Ledger

/// Erased bytes are searched for in the files themselves, not asked for through SQL.
@Suite struct EraseTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func files() -> [UInt8] {
        ["", "-wal", "-shm"].flatMap { suffix in
            [UInt8](
                FileManager.default.contents(atPath: folder.file("ledger.sqlite") + suffix)
                    ?? Data())
        }
    }

    private func isThere(_ bytes: [UInt8], in files: [UInt8]) -> Bool {
        Data(files).range(of: Data(bytes)) != nil
    }

    private func salt(_ store: LedgerStore, _ sequence: Int) throws -> [UInt8] {
        try #require(
            try store.read {
                try $0.sealedAttachment(SequenceNumber(sequence), name: "text")?.seal?.salt
            })
    }

    @Test func `contents of all lengths and their salts leave no trace in the files`() throws {
        let store = try folder.newLedger()
        var random = TrustRandom(seed: 5)
        // Around the sizes at which SQLite spills into overflow pages.
        let lengths = [16, 300, 3900, 3960, 4000, 4096, 4200, 9000, 50_000]
        var contents: [[UInt8]] = []
        for (number, length) in lengths.enumerated() {
            let bytes = random.bytes(count: length)
            contents.append(bytes)
            var draft = Drafts.note(number + 1, text: "")
            draft.attachments = ["text": AttachmentContent(bytes: bytes, mediaType: "x/y")]
            try store.append(draft)
        }
        for (index, content) in contents.enumerated() {
            let sequence = index + 2
            let salt = try salt(store, sequence)
            #expect(isThere(salt, in: files()))
            let (_, isScrubbed) = try store.eraseAttachment(
                SequenceNumber(sequence), name: "text",
                recording: Drafts.erased(100 + index, sequence, "text"),
                recordedTime: Drafts.start)
            #expect(isScrubbed)
            let files = files()
            #expect(!isThere(salt, in: files), "salt of \(content.count) bytes")
            for start in stride(from: 0, to: content.count - 15, by: 512) {
                let piece = Array(content[start..<start + 16])
                #expect(!isThere(piece, in: files), "\(content.count) bytes, at \(start)")
            }
        }
        let result = try store.read { try LogVerification($0, origin: store.origin) }
        #expect(result.findings.filter(\.isFatal) == [])
    }

    @Test func `a long life of writing and erasing leaves nothing of what was erased`() throws {
        let store = try folder.newLedger()
        var random = TrustRandom(seed: 17)
        var live: [(sequence: Int, salt: [UInt8], content: [UInt8])] = []
        var gone: [[UInt8]] = []
        for round in 1...30 {
            var drafts: [EventDraft] = []
            for offset in 0..<4 {
                var draft = Drafts.note(round * 10 + offset, text: "")
                let bytes = random.bytes(count: 20 + Int(random.next() % 700))
                draft.attachments = ["text": AttachmentContent(bytes: bytes, mediaType: "x/y")]
                drafts.append(draft)
            }
            for (draft, place) in zip(
                drafts, try store.append(drafts, recordedTime: Drafts.start))
            {
                let number = place.sequence.number
                live.append(
                    (number, try salt(store, number), draft.attachments["text"]?.bytes ?? []))
            }
            guard round.isMultiple(of: 2) else { continue }
            let victims = (0..<3).map { _ in
                live.remove(at: Int(random.next() % UInt64(live.count)))
            }
            let (_, isScrubbed, _) = try store.erase(
                victims.enumerated().map { index, victim in
                    Erasure(
                        SequenceNumber(victim.sequence), name: "text",
                        recording: Drafts.erased(
                            10_000 + round * 10 + index, victim.sequence, "text"))
                }, recordedTime: Drafts.start)
            #expect(isScrubbed)
            gone += victims.flatMap { [$0.salt, $0.content] }
        }
        let files = files()
        for bytes in gone { #expect(!isThere(Array(bytes.prefix(16)), in: files)) }
        for piece in live { #expect(isThere(piece.salt, in: files)) }
    }

    @Test func `all attachments of an event go together or not at all`() throws {
        let store = try folder.newLedger()
        try store.append(
            Drafts.maintenance(
                1,
                attachments: [
                    "output": AttachmentContent(text: "one"),
                    "reason": AttachmentContent(text: "two"),
                ]))
        let erasures = ["output", "reason", "other"].enumerated().map { index, name in
            Erasure(
                SequenceNumber(2), name: name, recording: Drafts.erased(50 + index, 2, name))
        }
        #expect(throws: StoreError.noAttachment(SequenceNumber(2), name: "other")) {
            try store.erase(erasures, recordedTime: Drafts.start)
        }
        #expect(try store.size() == 2)
        let (appended, _, _) = try store.erase(
            Array(erasures.prefix(2)), recordedTime: Drafts.start)
        #expect(appended.map(\.sequence.number) == [3, 4])
    }

    @Test func `a reader that needs the journal is told of, and a later scrub ends it`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.note(1, text: "a secret that is long enough to be searched for"))
        let salt = try salt(store, 2)
        let reader = try LedgerStore.open(
            path: folder.file("ledger.sqlite"), readOnly: true)
        let writer = try LedgerStore.open(
            path: folder.file("ledger.sqlite"), busyWait: .milliseconds(20))
        try reader.read { snapshot in
            _ = try snapshot.size()
            let (_, isScrubbed) = try writer.eraseAttachment(
                SequenceNumber(2), name: "text", recording: Drafts.erased(9, 2, "text"),
                recordedTime: Drafts.start)
            #expect(!isScrubbed)
        }
        #expect(try writer.scrub())
        #expect(!isThere(salt, in: files()))
    }

    @Test func `every proof still holds after an erasure`() throws {
        let fixture = try ExportFixture(events: 9)
        let before = try fixture.store.root()
        let receipts = try fixture.store.read { snapshot in
            try (0..<9).map { try snapshot.hashes.inclusionProof(index: $0, size: 9) }
        }
        try fixture.store.eraseAttachment(
            SequenceNumber(2), name: "text", recording: Drafts.erased(99, 2, "text"),
            recordedTime: Drafts.start, sign: fixture.sign)
        for (index, proof) in receipts.enumerated() {
            let record = try #require(try fixture.store.record(SequenceNumber(index + 1)))
            try MerkleTree.verifyInclusion(
                leafHash: MerkleTree.leafHash(record.bytes), index: index, size: 9, proof: proof,
                root: before)
        }
        let result = try fixture.store.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings == [])
    }
}
