import Testing

@testable import Ledger

/// Bytes from strangers: a parser refuses them or gives a value that writes the same bytes.
@Suite struct GarbageTests {
    @Test func `random bytes never get through a parser changed`() {
        var random = TrustRandom(seed: 9)
        for _ in 0..<3_000 {
            check(random.bytes(count: Int(random.next() % 200)))
        }
    }

    @Test func `random words of the formats never get through a parser changed`() {
        let words = [
            "\n", "\n\n", "— ", " ", "a", "example.com/log", "+", "PRIVATE+KEY+", "0", "17",
            "9223372036854775807", "AAAAAAAA", "=", "==", MerkleTree.emptyRoot.base64,
            "c2sp.org/tlog-proof@v1", "extra ", "index ", "log ", "witness ", "group ", "all ",
            "quorum ", "none", "tile/", "entries/", "x000", "000", ".p/", "/", "\u{0}", "é",
            KeyTests.publicText, KeyTests.privateText, SignedNoteTests.peter, "#", "\t",
        ].map { Array($0.utf8) }
        var random = TrustRandom(seed: 10)
        for _ in 0..<3_000 {
            let count = Int(random.next() % 14)
            check((0..<count).flatMap { _ in words[Int(random.next() % UInt64(words.count))] })
        }
    }

    @Test func `well-formed inputs with a few random changes never get through changed`() throws {
        let fixture = try TrustFixture()
        let seeds = [
            try fixture.receipt(index: 3, cosignedBy: 2).format(),
            try fixture.head(cosignedBy: 3).format(),
            Array(fixture.policyText("group q 2 w0 w1 w2\nquorum q\n").utf8),
            Array(fixture.log.privateText.utf8), Array("tile/0/x001/x234/067.p/17".utf8),
            try EntryBundle.encode(fixture.entries),
        ]
        var random = TrustRandom(seed: 11)
        for seed in seeds {
            for _ in 0..<400 {
                var bytes = seed
                for _ in 0...random.next() % 4 {
                    let offset = Int(random.next() % UInt64(max(bytes.count, 1)))
                    switch random.next() % 4 {
                    case 0 where !bytes.isEmpty: bytes.remove(at: offset)
                    case 1: bytes.insert(UInt8(random.next() % 256), at: offset)
                    case 2 where !bytes.isEmpty: bytes[offset] = UInt8(random.next() % 256)
                    default: bytes = Array(bytes.prefix(offset)) + bytes.suffix(offset)
                    }
                }
                check(bytes)
            }
        }
    }

    private func check(_ bytes: [UInt8]) {
        if let note = try? SignedNote.parse(bytes) {
            #expect(note.format() == bytes)
            if let checkpoint = try? Checkpoint.parse(note) {
                #expect(Array(checkpoint.text.utf8) == note.textBytes)
            }
        }
        if let receipt = try? Receipt.parse(bytes) { #expect(receipt.format() == bytes) }
        if let policy = try? TrustPolicy.parse(bytes) {
            #expect(policy.isQuorumMet(by: Set(policy.witnesses.map(\.name))))
        }
        if let entries = try? EntryBundle.decode(bytes, width: 7) {
            #expect((try? EntryBundle.encode(entries)) == bytes)
        }
        let width = bytes.count / Digest.byteCount
        if let hashes = try? HashTile.decode(bytes, width: width) {
            #expect(HashTile.encode(hashes) == bytes)
        }
        if let decoded = StrictBase64.decode(bytes) {
            #expect(Array(StrictBase64.encode(decoded).utf8) == bytes)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let key = try? VerifierKey.parse(text) { #expect(key.text == text) }
        if let key = try? SignerKey.parse(text) { #expect(key.privateText == text) }
        if let path = TilePath.parse(text) { #expect(path.text == text) }
        if let line = NoteSignature.parse(text) { #expect(line.line == text) }
    }
}
