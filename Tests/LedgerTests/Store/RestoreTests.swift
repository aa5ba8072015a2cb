import Testing

@testable import Ledger

@Suite struct RestoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Parts {
        var records: [Record] = []
        var attachments: [SealedAttachment] = []
        var heads: [SignedHead] = []

        init(_ store: LedgerStore) throws {
            try store.read { snapshot in
                try snapshot.forEachRecord { records.append($0.record) }
                try snapshot.forEachAttachment { attachments.append($0) }
                heads = try snapshot.signedHeads().reversed()
            }
        }

        func restore(to path: String) throws -> LedgerStore {
            try LedgerStore.restore(
                path: path, records: records, attachments: attachments, heads: heads)
        }
    }

    private func source() throws -> LedgerStore {
        let store = try folder.newLedger(sign: plainNote)
        for number in 1...3 {
            try store.append(Drafts.note(number, text: "note \(number)"), at: number)
        }
        try store.eraseAttachment(
            SequenceNumber(3), name: "text", recording: Drafts.erased(9, 3, "text"),
            recordedTime: Drafts.start, sign: plainNote)
        return store
    }

    @Test func `a restored ledger is the same, byte for byte`() throws {
        let store = try source()
        let parts = try Parts(store)
        let copy = try parts.restore(to: folder.file("copy.sqlite"))
        #expect(copy.origin == store.origin)
        #expect(try copy.root() == store.root())
        let again = try Parts(copy)
        #expect(again.records == parts.records)
        #expect(again.attachments == parts.attachments)
        #expect(again.heads == parts.heads)
        _ = try copy.append(
            [Drafts.maintenance(50)], recordedTime: Drafts.start, sign: plainNote)
        #expect(try copy.size() == 6)
    }

    @Test func `parts that do not fit together restore nothing`() throws {
        let store = try source()
        let whole = try Parts(store)
        var broken: [Parts] = []
        for change: (inout Parts) -> Void in [
            { $0.records.remove(at: 1) }, { $0.records.swapAt(1, 2) }, { $0.records.removeLast() },
            { $0.records[2] = Record(storedBytes: $0.records[2].bytes + [0x20]) },
            { parts in
                let seal = SealedAttachment.Seal(
                    salt: [UInt8](repeating: 0, count: 32), content: Array("note 1".utf8))
                parts.attachments[0] = SealedAttachment(
                    sequence: SequenceNumber(2), name: "text", seal: seal)
            },
            { parts in
                parts.attachments.append(
                    SealedAttachment(sequence: SequenceNumber(1), name: "x", seal: nil))
            },
            { parts in
                parts.heads[0] = SignedHead(size: 2, root: parts.heads[0].root, note: "x")
            },
        ] {
            var parts = whole
            change(&parts)
            broken.append(parts)
        }
        for (number, parts) in broken.enumerated() {
            let path = folder.file("broken-\(number).sqlite")
            #expect(throws: StoreError.self) { try parts.restore(to: path) }
            #expect(throws: StoreError.noLedger(path: path)) { try LedgerStore.open(path: path) }
        }
    }

    @Test func `a stranger's record among ours is refused`() throws {
        let store = try source()
        var parts = try Parts(store)
        var event = try parts.records[4].event()
        event.source = "ledger.elsewhere.example"
        parts.records[4] = try Record(event)
        #expect(throws: StoreError.self) { try parts.restore(to: folder.file("mixed.sqlite")) }
        event.source = store.origin
        event.recordedTime = Drafts.start - .seconds(1)
        parts.records[4] = try Record(event)
        #expect(throws: StoreError.self) { try parts.restore(to: folder.file("early.sqlite")) }
    }
}
