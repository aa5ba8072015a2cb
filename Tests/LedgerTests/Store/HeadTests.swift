import Testing

@testable import Ledger

@Suite struct HeadTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `each append that is signed keeps the head it made`() throws {
        let store = try folder.newLedger(sign: plainNote)
        for number in 1...5 {
            _ = try store.append(
                [Drafts.maintenance(number)], recordedTime: Drafts.start, sign: plainNote)
        }
        let heads = try store.signedHeads()
        #expect(heads.map(\.size) == [6, 5, 4, 3, 2, 1])
        for head in heads {
            #expect(try head.root == store.root(size: head.size))
            #expect(head.note == plainNote(size: head.size, root: head.root))
        }
        #expect(try store.signedHeads(newest: 2) == Array(heads.prefix(2)))
    }

    @Test func `an append of nothing new signs nothing`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        _ = try store.append(
            [Drafts.maintenance(1)], recordedTime: Drafts.start,
            sign: { size, root in
                Issue.record("signed size \(size)")
                return plainNote(size: size, root: root)
            })
        #expect(try store.signedHeads() == [])
    }

    @Test func `a signer that fails undoes the append`() throws {
        struct Lost: Error, CustomStringConvertible { let description = "key is lost" }
        let store = try folder.newLedger()
        #expect(throws: StoreError.signer(reason: "key is lost")) {
            try store.append(
                [Drafts.maintenance(1)], recordedTime: Drafts.start, sign: { _, _ in throw Lost() })
        }
        #expect(try store.size() == 1)
        try store.signHead(plainNote)
        #expect(try store.signedHeads().map(\.size) == [1])
    }

    @Test func `a cosigned head is kept when the log has it, and only then`() throws {
        let store = try folder.newLedger(sign: plainNote)
        try store.append(Drafts.maintenance(1))
        let first = try SignedHead(size: 1, root: store.root(size: 1), note: "cosigned")
        try store.keep(first)
        #expect(try store.signedHeads(newest: 1) == [first])
        let forged = try SignedHead(size: 2, root: store.root(size: 1), note: "forged")
        #expect(throws: StoreError.headDiffers(size: 2)) { try store.keep(forged) }
        let future = SignedHead(size: 3, root: first.root, note: "future")
        #expect(throws: StoreError.noSuchSize(3, actual: 2)) { try store.keep(future) }
        #expect(try store.signedHeads().count == 2)
    }
}
