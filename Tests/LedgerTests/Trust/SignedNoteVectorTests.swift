import Testing

@testable import Ledger

@Suite(.enabled(if: TrustVectors.arePresent, TrustVectors.reason))
struct SignedNoteVectorTests {
    struct Vectors: Decodable {
        struct Key: Decodable {
            let name: String
            let skey: String?
            let seedHex: String
            let vkey: String
        }

        struct Valid: Decodable {
            let vkeys: [String]
            let note: String
            let verified: [String]
            let unverified: [String]?
        }

        struct Reject: Decodable {
            let desc: String
            let vkeys: [String]
            let note: String
            let error: String
        }

        struct BadKey: Decodable {
            let vkey: String
        }

        struct ParseOnly: Decodable {
            let note: String
        }

        let skeys: [Key]
        let valid: [Valid]
        let reject: [Reject]
        let badVkeys: [BadKey]
        let parseOnly: [ParseOnly]
    }

    let vectors: Vectors

    init() throws {
        vectors = try TrustVectors.load(Vectors.self, from: "signed_note.json")
    }

    @Test func `published seeds give the published public keys`() throws {
        #expect(!vectors.skeys.isEmpty)
        for known in vectors.skeys {
            let seed = try #require(Hexadecimal.decode(known.seedHex.utf8))
            let signer = try SignerKey(name: try KeyName(known.name), seed: seed)
            #expect(signer.verifier.text == known.vkey)
            if let text = known.skey { #expect(signer.privateText == text) }
        }
    }

    @Test func `published notes verify, by exactly the keys they should`() throws {
        #expect(vectors.valid.count == 7)
        for known in vectors.valid {
            let note = try SignedNote.parse(known.note)
            #expect(note.format() == Array(known.note.utf8))
            let verified = try note.verify(with: try known.vkeys.map { try VerifierKey.parse($0) })
            #expect(verified.signatures.map(\.key.name.text) == known.verified)
            #expect(verified.unverified.map(\.name.text) == known.unverified ?? [])
        }
    }

    @Test func `published bad notes are refused for the published reason`() throws {
        #expect(vectors.reject.count == 11)
        for known in vectors.reject {
            let keys = try known.vkeys.map { try VerifierKey.parse($0) }
            let error = #expect(throws: NoteError.self, "\(known.desc)") {
                try SignedNote.parse(known.note).verify(with: keys)
            }
            switch (known.error, error) {
            case ("no verifiable signatures", .noKnownSignature),
                ("invalid signature", .invalidSignature), ("ambiguous key", .ambiguousKey),
                ("malformed note", .noSignatureBlock),
                ("malformed note", .unfinishedSignatureBlock),
                ("malformed note", .malformedSignatureLine),
                ("malformed note", .tooManySignatures), ("malformed note", .controlByte):
                break
            case ("invalid signature", .malformedSignatureLine):
                // Strict base64 sees this one before the signature is looked at.
                break
            default:
                Issue.record("\(known.desc): \(known.error) expected, \(String(describing: error))")
            }
        }
    }

    @Test func `published bad keys are refused`() {
        #expect(!vectors.badVkeys.isEmpty)
        for known in vectors.badVkeys {
            #expect(throws: KeyError.self) { try VerifierKey.parse(known.vkey) }
        }
    }

    @Test func `the example of the checkpoint specification is read`() throws {
        let note = try SignedNote.parse(try #require(vectors.parseOnly.first).note)
        let checkpoint = try Checkpoint.parse(note)
        #expect(checkpoint.origin == "example.com/behind-the-sofa")
        #expect(checkpoint.size == 20_852_163)
        #expect(checkpoint.text == note.text)
    }
}
