import Foundation
import Testing

@testable import Ledger

@Suite struct FindingTests {
    @Test func `the words of reports are the fixed ones`() {
        #expect(
            Finding.Class.allCases.map(\.rawValue) == [
                "edited", "missing", "inserted", "reordered", "truncated", "forked", "unsigned",
                "wrong signer", "attachment altered", "index differs from record",
                "derived data wrong",
            ])
        #expect(
            Verdict.allCases.map(\.rawValue) == [
                "intact and anchored", "intact, not anchored", "does not verify", "could not run",
            ])
    }

    @Test func `a finding stands alone as text`() {
        let finding = Finding(
            .edited, sequence: 41, expected: MerkleTree.emptyRoot,
            found: MerkleTree.leafHash([]), message: "stored hash does not match its bytes")
        #expect(
            finding.description == """
                event 41: edited: stored hash does not match its bytes
                  expected 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
                  found bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=
                """)
        let forked = Finding(
            .forked, expected: "log\n1\n", found: "log\n2", message: "two heads disagree")
        #expect(
            forked.description
                == "ledger: forked: two heads disagree\n  expected\n    log\n    1\n\n"
                + "  found\n    log\n    2")
    }

    @Test func `a finding is a JSON object with the fixed members`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let finding = Finding(.wrongSigner, message: "no trusted key")
        #expect(
            String(decoding: try encoder.encode(finding), as: UTF8.self)
                == #"{"class":"wrong signer","fatal":true,"message":"no trusted key"}"#)
    }

    @Test func `one fatal finding decides, derived data alone does not`() {
        let derived = Finding(.derivedDataWrong, message: "inner node differs")
        let tail = Finding(.unsigned, message: "3 records above the head", isFatal: false)
        let missing = Finding(.missing, sequence: 2, message: "no record")
        #expect(!derived.isFatal && missing.isFatal)
        #expect(Verdict(findings: [derived, tail], isAnchored: true) == .intactAndAnchored)
        #expect(Verdict(findings: [derived, tail], isAnchored: false) == .intactNotAnchored)
        #expect(Verdict(findings: [derived, missing], isAnchored: true) == .doesNotVerify)
        #expect(Verdict(findings: [], isAnchored: false) == .intactNotAnchored)
    }
}
