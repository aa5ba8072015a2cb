import GRDB
import Testing

@testable import Ledger

@Suite struct AttachmentTests {
    let folder: TemporaryFolder
    let secret = "the password was swordfish-8841 and more of it"

    init() throws { folder = try TemporaryFolder() }

    @Test func `content comes back and the record only commits to it`() throws {
        let store = try folder.newLedger()
        let contents: [String: AttachmentContent] = [
            "output": AttachmentContent(text: secret),
            "report": AttachmentContent(
                bytes: [UInt8](repeating: 0xAB, count: 200_000), mediaType: "application/pdf"),
            "empty": AttachmentContent(bytes: []),
        ]
        try store.append(Drafts.maintenance(1, attachments: contents))
        let event = try #require(try store.event(SequenceNumber(2)))
        #expect(event.attachments.map(\.name) == ["empty", "output", "report"])
        for (name, content) in contents {
            #expect(try store.attachment(SequenceNumber(2), name: name) == .content(content))
        }
        #expect(try store.attachment(SequenceNumber(2), name: "none") == nil)
        #expect(try store.attachment(SequenceNumber(9), name: "output") == nil)
        #expect(try store.attachment(SequenceNumber(2), name: "state") == nil)
        let record = try #require(try store.record(SequenceNumber(2)))
        #expect(!String(decoding: record.bytes, as: UTF8.self).contains("swordfish"))
    }

    @Test func `equal contents have unequal commitments`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.note(1, text: "yes"))
        try store.append(Drafts.note(2, text: "yes"))
        let references = try (2...3).map { number in
            try #require(try store.event(SequenceNumber(number))).attachments[0].reference
        }
        #expect(references[0].commitment != references[1].commitment)
    }

    @Test func `the same event with the same content is a no-op, with other content a conflict`()
        throws
    {
        let store = try folder.newLedger()
        try store.append(Drafts.note(1, text: secret))
        #expect(try store.append(Drafts.note(1, text: secret))?.isNew == false)
        let conflict = StoreError.idConflict(id: Drafts.id(1), sequence: SequenceNumber(2))
        var others = [Drafts.note(1, text: secret + " "), Drafts.note(1, text: "x")]
        others.append(Drafts.note(1, text: String(secret.reversed())))
        var renamed = Drafts.note(1, text: secret)
        renamed.attachments = ["reason": AttachmentContent(text: secret)]
        var retyped = Drafts.note(1, text: secret)
        retyped.attachments["text"]?.mediaType = "text/html"
        var bare = Drafts.note(1, text: secret)
        bare.attachments = [:]
        var more = Drafts.note(1, text: secret)
        more.attachments["reason"] = AttachmentContent(text: "x")
        for other in others + [renamed, retyped, bare, more] {
            #expect(throws: conflict) { try store.append(other) }
        }
        #expect(try store.size() == 2)
    }

    @Test func `an attachment cannot take the name of a member of data`() throws {
        let store = try folder.newLedger()
        let draft = Drafts.maintenance(1, attachments: ["state": AttachmentContent(text: "x")])
        #expect(
            throws: StoreError.event(
                .malformed(
                    type: "env.maintenance.accepted", member: "state",
                    expected: "no member of an attachment's name"), index: 0)
        ) { try store.append(draft) }
        #expect(try store.size() == 1)
    }

    @Test func `erasing leaves no trace of content or salt, and every hash as it was`() throws {
        let store = try folder.newLedger()
        let long = Array((secret + "; " + String(repeating: secret, count: 400)).utf8)
        try store.append(
            Drafts.maintenance(1, attachments: ["output": AttachmentContent(bytes: long)]))
        try store.append(Drafts.note(2, text: "kept"))
        let row = try #require(
            try store.read { try $0.sealedAttachment(SequenceNumber(2), name: "output") })
        let salt = try #require(row.seal).salt
        #expect(folder.contents("ledger.sqlite").contains(Array(secret.utf8)))
        #expect(folder.contents("ledger.sqlite").contains(salt))
        let root = try store.root()

        let (appended, isScrubbed) = try store.eraseAttachment(
            SequenceNumber(2), name: "output", recording: Drafts.erased(3, 2, "output"),
            recordedTime: Drafts.start, sign: plainNote)
        #expect(isScrubbed)
        #expect(appended.sequence == SequenceNumber(4))
        #expect(!folder.contents("ledger.sqlite").contains(Array("swordfish".utf8)))
        #expect(!folder.contents("ledger.sqlite").contains(salt))
        #expect(try store.root(size: 3) == root)
        #expect(try store.signedHeads().map(\.size) == [4])

        let event = try #require(try store.event(SequenceNumber(2)))
        #expect(
            try store.attachment(SequenceNumber(2), name: "output")
                == .erased(event.attachments[0].reference))
        #expect(
            try store.attachment(SequenceNumber(3), name: "text")
                == .content(AttachmentContent(text: "kept")))
        // Of an erased content only length and media type can be compared.
        let same = Drafts.maintenance(1, attachments: ["output": AttachmentContent(bytes: long)])
        #expect(try store.append(same)?.isNew == false)
        let shorter = Drafts.maintenance(
            1, attachments: ["output": AttachmentContent(bytes: long.dropLast())])
        #expect(throws: StoreError.self) { try store.append(shorter) }
    }

    @Test func `what is not there cannot be erased, and nothing is recorded then`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.note(1, text: secret))
        func erase(_ sequence: Int, _ name: String, draft: Int) throws {
            try store.eraseAttachment(
                SequenceNumber(sequence), name: name,
                recording: Drafts.erased(draft, sequence, name), recordedTime: Drafts.start)
        }
        try erase(2, "text", draft: 10)
        for (sequence, name) in [(2, "text"), (2, "other"), (1, "text"), (99, "text")] {
            #expect(
                throws: StoreError.noAttachment(SequenceNumber(sequence), name: name)
            ) { try erase(sequence, name, draft: 11) }
        }
        #expect(try store.size() == 3)
    }

    @Test func `a changed content or salt is noticed when it is read`() throws {
        for column in ["content", "salt"] {
            let store = try folder.newLedger("\(column).sqlite")
            try store.append(Drafts.note(1, text: secret))
            let writer = try #require(store.writer)
            try writer.inDatabase { database in
                try database.execute(sql: "DROP TRIGGER attachment_update")
                try database.execute(sql: "UPDATE attachment SET \(column) = zeroblob(32)")
            }
            #expect(throws: StoreError.attachmentAltered(SequenceNumber(2), name: "text")) {
                try store.attachment(SequenceNumber(2), name: "text")
            }
        }
    }

    @Test func `a record that came without its content says that it is absent`() throws {
        let store = try folder.newLedger()
        var draft = Drafts.maintenance(1)
        var reference = AttachmentReference(
            AttachmentContent(text: secret), salt: [UInt8](repeating: 1, count: 32))
        draft.data["output"] = reference.json
        try store.append(draft)
        reference.isElsewhere = true
        #expect(
            try store.attachment(SequenceNumber(2), name: "output") == .absent(reference))
    }
}
