import Testing

@testable import Ledger

@Suite struct CheckpointTests {
    @Test func `a checkpoint of the Go checksum database verifies`() throws {
        // sum.golang.org, quoted in FiloSottile/torchwood; its key name is not its origin.
        let note = try SignedNote.parse(
            """
            go.sum database tree
            35225469
            vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

            — sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=

            """)
        let key = try VerifierKey.parse(
            "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
        let policy = TrustPolicy(logKeys: [key], origin: "go.sum database tree")
        let head = try policy.verify(note)
        #expect(head.checkpoint.size == 35_225_469)
        #expect(head.checkpoint.text == note.text)
        #expect(!head.isWitnessed)
        #expect(
            throws: NoteError.wrongOrigin(
                expected: ["sum.golang.org"], found: "go.sum database tree")
        ) { try TrustPolicy(logKeys: [key]).verify(note) }
    }

    @Test func `text and value agree both ways, with extension lines`() throws {
        let root = MerkleTree.leafHash([1])
        for extensions in [[], ["one"], ["one", "two words", "é"]] {
            let checkpoint = Checkpoint(
                origin: "a b.example", size: 1, root: root, extensions: extensions)
            let note = SignedNote(textBytes: Array(checkpoint.text.utf8), signatures: [])
            #expect(try Checkpoint.parse(note) == checkpoint)
        }
    }

    struct Malformed: CustomTestStringConvertible, Sendable {
        let text: String
        let line: Int
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ line: Int) {
            self.text = text
            self.line = line
        }
    }

    static let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    static let malformed = [
        Malformed("\n", 1), Malformed("\n0\n\(root)\n", 1), Malformed("a\n", 2),
        Malformed("a\n\n\(root)\n", 2), Malformed("a\n00\n\(root)\n", 2),
        Malformed("a\n01\n\(root)\n", 2), Malformed("a\n-1\n\(root)\n", 2),
        Malformed("a\n+1\n\(root)\n", 2), Malformed("a\n1 \n\(root)\n", 2),
        Malformed("a\n0x1\n\(root)\n", 2), Malformed("a\n١\n\(root)\n", 2),
        Malformed("a\n9223372036854775808\n\(root)\n", 2),
        Malformed("a\n1\n", 3), Malformed("a\n1\n\n", 3), Malformed("a\n1\nAAAA\n", 3),
        Malformed("a\n1\n\(root) \n", 3), Malformed("a\n1\n\(root.dropLast())\n", 3),
        Malformed("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", 3),
        Malformed("a\n1\n\(root)\n\n", 4), Malformed("a\n1\n\(root)\nx\n\ny\n", 5),
    ]

    @Test(arguments: malformed)
    func `a malformed checkpoint is refused with its line`(case known: Malformed) throws {
        let note = SignedNote(textBytes: Array(known.text.utf8), signatures: [])
        let error = #expect(throws: NoteError.self) { try Checkpoint.parse(note) }
        guard case .malformedCheckpoint(known.line, _) = error else {
            Issue.record("line \(known.line) expected, found \(String(describing: error))")
            return
        }
    }

    @Test func `no changed bit of a signed head is accepted`() throws {
        let fixture = try TrustFixture()
        let policy = TrustPolicy(logKeys: [fixture.log.verifier])
        let bytes = try fixture.head().format()
        #expect(try policy.verify(SignedNote.parse(bytes)).checkpoint == fixture.checkpoint)
        for (offset, changed) in bytes.bitFlips {
            #expect(throws: NoteError.self, "byte \(offset)") {
                try policy.verify(SignedNote.parse(changed))
            }
        }
    }

    @Test func `a head of another log is refused even when the same key signed it`() throws {
        let fixture = try TrustFixture()
        let other = Checkpoint(origin: "other.example", size: 0, root: MerkleTree.emptyRoot)
        let note = try other.sign(with: [fixture.log], time: 0)
        #expect(
            throws: NoteError.wrongOrigin(
                expected: [TrustFixture.origin], found: "other.example")
        ) { try TrustPolicy(logKeys: [fixture.log.verifier]).verify(note) }
    }

    @Test func `origins are compared by bytes`() throws {
        let key = try TrustFixture.signer("caf\u{E9}.example", seed: 9)
        let head = Checkpoint(
            origin: "cafe\u{301}.example", size: 0, root: MerkleTree.emptyRoot)
        let note = try head.sign(with: [key], time: 0)
        #expect(throws: NoteError.self) { try TrustPolicy(logKeys: [key.verifier]).verify(note) }
        #expect(
            head != Checkpoint(origin: "caf\u{E9}.example", size: 0, root: MerkleTree.emptyRoot))
    }

    @Test func `a key can be rotated by signing with the old and the new one`() throws {
        let fixture = try TrustFixture()
        let new = try TrustFixture.signer(TrustFixture.origin, seed: 2)
        let note = try fixture.head().adding([new], time: 0)
        for keys in [[fixture.log], [new], [fixture.log, new]] {
            let policy = TrustPolicy(logKeys: keys.map(\.verifier))
            #expect(try policy.verify(note).note.signatures.count == keys.count)
        }
    }
}
