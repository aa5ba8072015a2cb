import Testing

@testable import Ledger

@Suite struct WitnessRequestTests {
    private let fixture: TrustFixture

    init() throws { fixture = try TrustFixture() }

    private func request(from old: Int) throws -> WitnessRequest {
        let proof = try MemoryHashes(leafHashes: fixture.leafHashes)
            .consistencyProof(from: old, to: fixture.entries.count)
        return try WitnessRequest(oldSize: old, proof: proof, note: fixture.head())
    }

    @Test func `a request reads back as it was written`() throws {
        for old in 0...7 {
            let request = try request(from: old)
            let bytes = request.format()
            #expect(try WitnessRequest.parse(bytes) == request)
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("old \(old)\n"))
        }
    }

    @Test func `no cut-off request is read, and no changed bit goes unnoticed`() throws {
        let bytes = try request(from: 3).format()
        for count in bytes.indices {
            #expect(throws: WitnessError.self, "\(count)") {
                try WitnessRequest.parse(Array(bytes[..<count]))
            }
        }
        let policy = TrustPolicy(logKeys: [fixture.log.verifier])
        for (offset, changed) in bytes.bitFlips {
            guard let read = try? WitnessRequest.parse(changed) else { continue }
            let same = try request(from: 3)
            let isHeadRefused = (try? policy.verify(read.note)) == nil
            #expect(
                isHeadRefused || read.oldSize != same.oldSize || read.proof != same.proof,
                "byte \(offset)")
        }
    }

    struct Malformed: Sendable, CustomTestStringConvertible {
        let head: String
        let line: Int
        var testDescription: String { head.debugDescription }
    }

    @Test(arguments: [
        Malformed(head: "", line: 1), Malformed(head: "old\n\n", line: 1),
        Malformed(head: "old 01\n\n", line: 1), Malformed(head: "old -1\n\n", line: 1),
        Malformed(head: "old 1 \n\n", line: 1), Malformed(head: "Old 1\n\n", line: 1),
        Malformed(head: "old 9223372036854775808\n\n", line: 1),
        Malformed(head: "old 1\nAAAA\n\n", line: 2), Malformed(head: "old 1\r\n\n", line: 1),
        Malformed(
            head: "old 1\n" + String(repeating: MerkleTree.emptyRoot.base64 + "\n", count: 64)
                + "\n",
            line: 65),
    ])
    func `a malformed request is refused with its line`(_ known: Malformed) throws {
        let note = try fixture.head().format()
        let error = #expect(throws: WitnessError.self) {
            try WitnessRequest.parse(Array(known.head.utf8) + note)
        }
        guard case .malformed(known.line, _) = error else {
            Issue.record("line \(known.line) expected, found \(String(describing: error))")
            return
        }
    }

    @Test func `sixty-three hashes are read`() throws {
        let head =
            "old 1\n" + String(repeating: MerkleTree.emptyRoot.base64 + "\n", count: 63) + "\n"
        let request = try WitnessRequest.parse(Array(head.utf8) + fixture.head().format())
        #expect(request.proof.count == 63)
    }

    @Test func `an answer is read by its status`() throws {
        let note = try fixture.head(cosignedBy: 2)
        let lines = note.signatures.dropFirst()
        let body = lines.map { $0.line + "\n" }.joined()
        #expect(
            try WitnessAnswer.parse(status: 200, body: Array(body.utf8)) == .cosigned(Array(lines)))
        #expect(try WitnessAnswer.parse(status: 409, body: Array("17\n".utf8)) == .conflict(17))
        #expect(
            try WitnessAnswer.parse(status: 404, body: Array("no".utf8))
                == .refused(status: 404, text: "no"))
        for (status, body) in [
            (200, ""), (200, "\n"), (200, "x\n"), (200, String(body.dropLast())), (409, "17"),
            (409, "017\n"), (409, "-1\n"), (409, "\n"), (409, "17\n\n"),
        ] {
            #expect(throws: WitnessError.malformedAnswer(status: status), "\(status) \(body)") {
                try WitnessAnswer.parse(status: status, body: Array(body.utf8))
            }
        }
    }

    @Test func `only a cosignature of the witness's key that holds and has a time is taken`() throws
    {
        let note = try fixture.head()
        let witness = try #require(fixture.witnesses.first)
        let good = try witness.sign(text: note.textBytes, time: 5)
        let (cosigned, time) = try note.adding([good], by: witness.verifier)
        #expect(time == 5)
        #expect(cosigned.cosigned(by: witness.verifier) == 5)
        #expect(note.cosigned(by: witness.verifier) == nil)
        let other = try fixture.witnesses[1].sign(text: note.textBytes, time: 5)
        #expect(throws: WitnessError.notCosigned) {
            try note.adding([other], by: witness.verifier)
        }
        let forged = try witness.sign(text: note.textBytes + [0x0A], time: 5)
        #expect(throws: WitnessError.self) { try note.adding([forged], by: witness.verifier) }
        let timeless = try witness.sign(text: note.textBytes, time: 0)
        #expect(throws: WitnessError.invalidCosignature(nil)) {
            try note.adding([timeless], by: witness.verifier)
        }
    }
}
