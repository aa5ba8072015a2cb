import Testing

@testable import Ledger

@Suite struct ReceiptTests {
    @Test func `every record of every small log is proved by its receipt`() throws {
        for size in 1...20 {
            let fixture = try TrustFixture(entries: size)
            let policy = TrustPolicy(logKeys: [fixture.log.verifier])
            for (index, entry) in fixture.entries.enumerated() {
                let receipt = try fixture.receipt(index: index)
                let read = try Receipt.parse(receipt.format())
                #expect(read == receipt)
                let head = try read.verify(record: entry, policy: policy)
                #expect(head.checkpoint == fixture.checkpoint)
            }
        }
    }

    @Test func `a receipt proves no other record and no other place`() throws {
        let fixture = try TrustFixture(entries: 13)
        let policy = TrustPolicy(logKeys: [fixture.log.verifier])
        for index in 0..<13 {
            let receipt = try fixture.receipt(index: index)
            for other in 0..<13 where other != index {
                #expect(throws: ReceiptError.self) {
                    try receipt.verify(record: fixture.entries[other], policy: policy)
                }
                let moved = try Receipt(index: other, proof: receipt.proof, note: receipt.note)
                #expect(throws: ReceiptError.self) {
                    try moved.verify(record: fixture.entries[index], policy: policy)
                }
            }
        }
    }

    @Test func `no changed bit of a receipt is accepted`() throws {
        let fixture = try TrustFixture(entries: 11)
        let policy = TrustPolicy(logKeys: [fixture.log.verifier])
        for index in [0, 5, 10] {
            let bytes = try fixture.receipt(index: index).format()
            for (offset, changed) in bytes.bitFlips {
                #expect(throws: ReceiptError.self, "byte \(offset)") {
                    try Receipt.parse(changed).verify(
                        record: fixture.entries[index], policy: policy)
                }
            }
        }
    }

    @Test func `a receipt cut off anywhere is refused`() throws {
        let fixture = try TrustFixture(entries: 5)
        let bytes = try fixture.receipt(index: 2).format()
        for end in bytes.indices {
            #expect(throws: ReceiptError.self, "first \(end) bytes") {
                try Receipt.parse(Array(bytes[..<end]))
            }
        }
    }

    @Test func `the quorum is demanded before the proof is looked at`() throws {
        let fixture = try TrustFixture()
        let policy = try fixture.policy("group q 2 w0 w1 w2\nquorum q\n")
        let lone = try fixture.receipt(index: 3, cosignedBy: 1)
        #expect(throws: ReceiptError.note(.quorumNotMet(quorum: "q", signed: ["w0"]))) {
            try lone.verify(record: Array("another record".utf8), policy: policy)
        }
        let head = try fixture.receipt(index: 3, cosignedBy: 2)
            .verify(record: fixture.entries[3], policy: policy)
        #expect(head.isWitnessed)
    }

    @Test func `extra data is kept but changes nothing`() throws {
        let fixture = try TrustFixture()
        let plain = try fixture.receipt(index: 1)
        for extra in [[], [0], Array("anything\n".utf8)] as [[UInt8]] {
            let receipt = try Receipt(
                index: 1, proof: plain.proof, note: plain.note, extra: extra)
            let read = try Receipt.parse(receipt.format())
            #expect(read.extra == extra)
            try read.verify(
                record: fixture.entries[1], policy: TrustPolicy(logKeys: [fixture.log.verifier]))
        }
    }

    @Test func `a malformed receipt is refused with its line`() throws {
        let fixture = try TrustFixture()
        let text = String(decoding: try fixture.receipt(index: 1).format(), as: UTF8.self)
        let hash = MerkleTree.emptyRoot.base64
        let cases: [(String, String, Int)] = [
            ("proof@v1", "proof@v2", 1), ("c2sp", " c2sp", 1), ("index 1", "extra A\nindex 1", 2),
            ("index 1", "extra Zh==\nindex 1", 2), ("index 1", "", 2), ("index 1", "index", 2),
            ("index 1", "index -1", 2), ("index 1", "index 01", 2), ("index 1", "index 1 ", 2),
            ("index 1", "index 9223372036854775808", 2), ("index 1", "index 1\n\(hash) ", 3),
            ("index 1", "index 1\nAAAA", 3),
            ("index 1", "extra AA==\nextra AA==\nindex 1", 3),
            ("index 1", "index 1" + String(repeating: "\n" + hash, count: 65), 67),
        ]
        for (old, new, line) in cases {
            let changed = text.replacing(old, with: new, maxReplacements: 1)
            let error = #expect(throws: ReceiptError.self) {
                try Receipt.parse(Array(changed.utf8))
            }
            guard case .malformed(line, _) = error else {
                Issue.record("\(new): line \(line) expected, \(String(describing: error))")
                continue
            }
        }
    }
}
