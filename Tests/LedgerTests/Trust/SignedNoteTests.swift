import Testing

@testable import Ledger

@Suite struct SignedNoteTests {
    // golang/mod sumdb/note/note.go
    static let text =
        "If you think cryptography is the answer to your problem,\n"
        + "then you don't know what your problem is.\n"
    static let peter =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    static let enoch =
        "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

    let peterKey: VerifierKey
    let enochKey: VerifierKey

    init() throws {
        peterKey = try VerifierKey.parse(KeyTests.publicText)
        enochKey = try VerifierKey.parse(
            "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
    }

    @Test func `a note by Go's note package verifies and keeps its bytes`() throws {
        let note = try SignedNote.parse(Self.text + "\n" + Self.peter + Self.enoch)
        #expect(note.text == Self.text)
        #expect(note.format() == Array((Self.text + "\n" + Self.peter + Self.enoch).utf8))
        let both = try note.verify(with: [enochKey, peterKey])
        #expect(both.signatures.map(\.key) == [peterKey, enochKey])
        #expect(both.unverified.isEmpty)
        let one = try note.verify(with: [enochKey])
        #expect(one.signatures.map(\.key) == [enochKey])
        #expect(one.unverified.map(\.name.text) == ["PeterNeumann"])
        #expect(throws: NoteError.noKnownSignature) { try note.verify(with: []) }
    }

    #if !canImport(CryptoKit)
        // CryptoKit adds randomness of its own to Ed25519 signatures.
        @Test func `signing gives the signature that Go's note package made`() throws {
            let signer = try SignerKey.parse(KeyTests.privateText)
            let note = try SignedNote.sign(text: Self.text, with: [signer], time: 0)
            #expect(note.format() == Array((Self.text + "\n" + Self.peter).utf8))
        }
    #endif

    @Test func `a line of a known key that does not hold refuses the whole note`() throws {
        let other = Self.text.replacing("answer", with: "Answer")
        let note = try SignedNote.parse(other + "\n" + Self.peter + Self.enoch)
        #expect(throws: NoteError.invalidSignature(key: "PeterNeumann", id: peterKey.id)) {
            try note.verify(with: [peterKey])
        }
        let log = try TrustFixture.signer("log.example", seed: 1)
        let good = try log.sign(text: Array(Self.text.utf8), time: 0)
        let bad = NoteSignature(name: good.name, id: good.id, bytes: good.bytes.reversed())
        // A second, wrong line by a key whose first line holds is no reason to look away.
        let twice = SignedNote(textBytes: Array(Self.text.utf8), signatures: [good, bad])
        #expect(throws: NoteError.invalidSignature(key: "log.example", id: good.id)) {
            try twice.verify(with: [log.verifier])
        }
    }

    @Test func `a name or a key ID alone does not make a known key`() throws {
        let renamed = Self.peter.replacing("PeterNeumann", with: "EnochRoot")
        let note = try SignedNote.parse(Self.text + "\n" + renamed)
        #expect(throws: NoteError.noKnownSignature) {
            try note.verify(with: [peterKey, enochKey])
        }
    }

    @Test func `the same key given twice is ambiguous`() throws {
        let note = try SignedNote.parse(Self.text + "\n" + Self.peter)
        #expect(throws: NoteError.ambiguousKey(key: "PeterNeumann", id: peterKey.id)) {
            try note.verify(with: [peterKey, peterKey])
        }
    }

    @Test func `repeated lines count once`() throws {
        let lines = Self.peter + Self.peter + Self.enoch + Self.enoch
        let verified = try SignedNote.parse(Self.text + "\n" + lines).verify(with: [peterKey])
        #expect(verified.signatures.count == 1)
        #expect(verified.unverified.count == 1)
    }

    @Test func `a text may hold empty lines, the last one separates`() throws {
        let signer = try TrustFixture.signer("log.example", seed: 1)
        for text in ["\n", "\n\n", "a\n\nb\n", "a\n\n", "\n\na\n", "— x eA==\n\n— y\n"] {
            let note = try SignedNote.sign(text: text, with: [signer], time: 0)
            let read = try SignedNote.parse(note.format())
            #expect(read == note)
            #expect(read.text == text)
            #expect(try read.verify(with: [signer.verifier]).note.text == text)
        }
    }

    @Test(arguments: ["", "a", "a\r\n", "a\u{0}\n", "a\tb\n"])
    func `a text that cannot stand in a note is not signed`(text: String) throws {
        let signer = try TrustFixture.signer("log.example", seed: 1)
        #expect(throws: NoteError.unsignableText) {
            try SignedNote.sign(text: text, with: [signer], time: 0)
        }
    }

    @Test func `the signature lines are limited to one hundred`() throws {
        let hundred = String(repeating: Self.peter, count: 100)
        let note = try SignedNote.parse(Self.text + "\n" + hundred)
        #expect(note.signatures.count == 100)
        #expect(throws: NoteError.tooManySignatures(limit: 100)) {
            try SignedNote.parse(Self.text + "\n" + hundred + Self.enoch)
        }
        #expect(throws: NoteError.tooManySignatures(limit: 100)) {
            try note.adding([try TrustFixture.signer("log.example", seed: 1)], time: 0)
        }
    }

    @Test func `signing again with the same key replaces its line`() throws {
        let witness = try TrustFixture.signer("w.example", seed: 2, type: .cosignature)
        let note = try SignedNote.parse(Self.text + "\n" + Self.peter)
            .adding([witness], time: 1).adding([witness], time: 2)
        #expect(note.signatures.count == 2)
        #expect(try note.verify(with: [witness.verifier]).signatures.map(\.time) == [2])
    }

    struct Malformed: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        let error: NoteError

        init(_ name: String, _ text: String, _ error: NoteError) {
            self.init(name, Array(text.utf8), error)
        }

        init(_ name: String, _ bytes: [UInt8], _ error: NoteError) {
            testDescription = name
            self.bytes = bytes
            self.error = error
        }
    }

    static let malformed = [
        Malformed("nothing", "", .noSignatureBlock),
        Malformed("no empty line", text, .noSignatureBlock),
        Malformed("only a signature", peter, .noSignatureBlock),
        Malformed("no signatures", text + "\n", .unfinishedSignatureBlock),
        Malformed(
            "last line feed missing", text + "\n" + peter.dropLast(), .unfinishedSignatureBlock),
        Malformed("empty line at the end", text + "\n" + peter + "\n", .unfinishedSignatureBlock),
        Malformed("a line after", text + "\n" + peter + "x\n", .malformedSignatureLine(line: 5)),
        Malformed("hyphen", text + "\n- a AAAAAAA=\n", .malformedSignatureLine(line: 4)),
        Malformed("two spaces", text + "\n—  a AAAAAAA=\n", .malformedSignatureLine(line: 4)),
        Malformed("plus in name", text + "\n— a+b AAAAAAA=\n", .malformedSignatureLine(line: 4)),
        Malformed(
            "Unicode space in name", text + "\n— a\u{2003}b AAAAAAA=\n",
            .malformedSignatureLine(line: 4)),
        Malformed("no signature", text + "\n— a\n", .malformedSignatureLine(line: 4)),
        Malformed("only a key ID", text + "\n— a AAAAAA==\n", .malformedSignatureLine(line: 4)),
        Malformed("loose base64", text + "\n— a AAAAAAB=\n", .malformedSignatureLine(line: 4)),
        Malformed("bare base64", text + "\n— a AAAAAAA\n", .malformedSignatureLine(line: 4)),
        Malformed("trailing space", text + "\n— a AAAAAAA= \n", .malformedSignatureLine(line: 4)),
        Malformed("control byte", "a\u{1}\n\n" + peter, .controlByte(1, offset: 1)),
        Malformed("carriage return", "a\r\n\n" + peter, .controlByte(13, offset: 1)),
        Malformed("lone continuation byte", [0x80, 0x0A, 0x0A] + peter.utf8, .notUTF8),
        Malformed("overlong slash", [0xC0, 0xAF, 0x0A, 0x0A] + peter.utf8, .notUTF8),
        Malformed("surrogate", [0xED, 0xA0, 0x80, 0x0A, 0x0A] + peter.utf8, .notUTF8),
    ]

    @Test(arguments: malformed)
    func `a malformed note is refused with its place`(case known: Malformed) {
        #expect(throws: known.error) { try SignedNote.parse(known.bytes) }
    }

    @Test func `no changed bit of a note gets another text accepted`() throws {
        let one = Array((Self.text + "\n" + Self.peter).utf8)
        for (offset, bytes) in one.bitFlips {
            #expect(throws: NoteError.self, "byte \(offset)") {
                try SignedNote.parse(bytes).verify(with: [peterKey, enochKey])
            }
        }
        // With a second signature that still holds, the text must be the signed one.
        let two = Array((Self.text + "\n" + Self.peter + Self.enoch).utf8)
        for (_, bytes) in two.bitFlips {
            let verified = try? SignedNote.parse(bytes).verify(with: [peterKey, enochKey])
            #expect(verified.map { $0.note.textBytes == Array(Self.text.utf8) } ?? true)
        }
    }
}
