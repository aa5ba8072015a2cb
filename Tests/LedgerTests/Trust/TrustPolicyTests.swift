import Testing

@testable import Ledger

@Suite struct TrustPolicyTests {
    @Test func `the example of the specification is read as it explains it`() throws {
        let fixture = try TrustFixture(witnesses: 6)
        var text = "log \(fixture.log.verifier) https://log.example/\n\n# six witnesses\n"
        for (name, key) in zip(["X1", "X2", "X3", "Y1", "Y2", "Y3"], fixture.witnesses) {
            text += " \twitness \(name)\t\(key.verifier)\n"
        }
        text += """
            group X-witnesses 2 X1 X2 X3
            group Y-witnesses any Y1 Y2 Y3
            group X-and-Y all X-witnesses Y-witnesses
              quorum   X-and-Y
            """
        let policy = try TrustPolicy.parse(text)
        #expect(policy.logs.map(\.url) == ["https://log.example/"])
        #expect(policy.witnesses.count == 6)
        #expect(policy.groups.map(\.threshold) == [2, 1, 2])
        #expect(policy.quorum?.description == "X-and-Y")
        for signed in 0..<64 {
            let signers = (0..<6).filter { signed >> $0 & 1 == 1 }
            let note = try fixture.checkpoint.sign(
                with: [fixture.log] + signers.map { fixture.witnesses[$0] }, time: 1)
            let head = try policy.evaluate(note)
            let isEnough =
                signers.count { $0 < 3 } >= 2 && signers.contains { $0 >= 3 }
            #expect(head.isQuorumMet == isEnough)
            #expect(head.isWitnessed == isEnough)
            #expect(head.witnesses.count == signers.count)
            #expect(((try? policy.verify(note)) != nil) == isEnough)
        }
    }

    @Test func `every threshold over every set of signers is counted right`() throws {
        let fixture = try TrustFixture(witnesses: 5)
        for threshold in 1...5 {
            let policy = try fixture.policy("group q \(threshold) w0 w1 w2 w3 w4\nquorum q\n")
            for signed in 0..<32 {
                let names = policy.witnesses.enumerated()
                    .filter { signed >> $0.offset & 1 == 1 }.map(\.element.name)
                #expect(
                    policy.isQuorumMet(by: Set(names)) == (signed.nonzeroBitCount >= threshold))
            }
        }
    }

    @Test func `a quorum of one witness or of none needs no group`() throws {
        let fixture = try TrustFixture()
        let one = try fixture.policy("quorum w1\n")
        #expect(try !one.evaluate(fixture.head(cosignedBy: 1)).isQuorumMet)
        #expect(try one.evaluate(fixture.head(cosignedBy: 2)).isWitnessed)
        let none = try fixture.policy("quorum none\n").verify(fixture.head(cosignedBy: 3))
        #expect(none.isQuorumMet)
        // Nobody was asked to vouch for it, so it is not called witnessed.
        #expect(!none.isWitnessed)
    }

    @Test func `a removed log signature is a failure, however many witnesses signed`() throws {
        let fixture = try TrustFixture()
        let policy = try fixture.policy("quorum w0\n")
        let cosigned = try fixture.head(cosignedBy: 3)
        let bare = SignedNote(
            textBytes: cosigned.textBytes, signatures: Array(cosigned.signatures.dropFirst()))
        #expect(throws: NoteError.noKnownSignature) { try policy.evaluate(bare) }
    }

    @Test func `a witness line that does not hold refuses the head`() throws {
        let fixture = try TrustFixture()
        let policy = try fixture.policy("quorum none\n")
        let good = try fixture.head(cosignedBy: 1)
        let line = try #require(good.signatures.last)
        let bad = NoteSignature(name: line.name, id: line.id, bytes: line.bytes.reversed())
        let note = SignedNote(
            textBytes: good.textBytes, signatures: good.signatures.dropLast() + [bad])
        #expect(throws: NoteError.invalidSignature(key: line.name.text, id: line.id)) {
            try policy.evaluate(note)
        }
    }

    @Test func `a policy without logs accepts no head`() throws {
        let fixture = try TrustFixture()
        #expect(throws: NoteError.noKnownSignature) {
            try TrustPolicy.parse("quorum none").verify(fixture.head())
        }
    }

    @Test func `forty logs, witnesses and nested groups are read`() throws {
        let count = 40
        var text = ""
        for number in 0..<count {
            let log = try TrustFixture.signer("log\(number).example", seed: UInt8(number))
            let witness = try TrustFixture.signer(
                "w\(number).example", seed: UInt8(100 + number), type: .cosignature)
            text += "log \(log.verifier)\nwitness w\(number) \(witness.verifier)\n"
            text += "group g\(number) all w\(number)"
            text += number == 0 ? "\n" : " g\(number - 1)\n"
        }
        let policy = try TrustPolicy.parse(text + "quorum g\(count - 1)\n")
        #expect(policy.logs.count == count)
        #expect(policy.groups.count == count)
        let all = Set(policy.witnesses.map(\.name))
        #expect(policy.isQuorumMet(by: all))
        for name in all { #expect(!policy.isQuorumMet(by: all.subtracting([name]))) }
    }

    @Test func `names are bytes, and keywords are names like others`() throws {
        let fixture = try TrustFixture()
        let keys = fixture.witnesses.map(\.verifier.text)
        let policy = try TrustPolicy.parse(
            "witness K \(keys[0])\nwitness \u{212A} \(keys[1])\nwitness any \(keys[2])\n"
                + "group all 3 K \u{212A} any\nquorum all\n")
        #expect(policy.groups.first?.members.count == 3)
        let bytes = Array("witness x".utf8) + [0xFF] + Array(" \(keys[0])\nquorum x".utf8) + [0xFF]
        #expect(try TrustPolicy.parse(bytes).quorum?.bytes == [0x78, 0xFF])
    }

    @Test func `a faulty line is named with its number`() throws {
        let fixture = try TrustFixture()
        let log = fixture.log.verifier.text
        let keys = fixture.witnesses.map(\.verifier.text)
        let alias = try TrustFixture.signer("alias.example", seed: 100, type: .cosignature)
        let cases: [(String, Int, PolicyError.Fault)] = [
            ("", 1, .noQuorum),
            ("# nothing\n", 2, .noQuorum),
            ("quorum none\r\n", 1, .controlByte(13)),
            ("quorum none\n\u{7F}", 2, .controlByte(0x7F)),
            ("quorum none\n# \u{1}\n", 2, .controlByte(1)),
            ("quibble\n", 1, .unknownKeyword("quibble")),
            ("Quorum none\n", 1, .unknownKeyword("Quorum")),
            ("log\n", 1, .wrongForm("log <vkey> [<url>]")),
            ("log \(log) url # no\n", 1, .wrongForm("log <vkey> [<url>]")),
            ("log garbage\n", 1, .key(.malformedKey)),
            ("log \(keys[0])\n", 1, .wrongKeyType(expected: .ed25519, found: .cosignature)),
            ("log \(log)\nlog \(log)\n", 2, .duplicateKey),
            ("witness w\n", 1, .wrongForm("witness <name> <vkey> [<url>]")),
            ("witness w \(log)\n", 1, .wrongKeyType(expected: .cosignature, found: .ed25519)),
            ("witness none \(keys[0])\n", 1, .reservedName),
            ("witness a \(keys[0])\nwitness a \(keys[1])\n", 2, .duplicateName("a")),
            ("witness a \(keys[0])\nwitness b \(alias.verifier)\n", 2, .duplicateKey),
            ("witness a \(keys[0])\ngroup a any a\n", 2, .duplicateName("a")),
            ("witness a \(keys[0])\ngroup none any a\n", 2, .reservedName),
            ("group g any\n", 1, .wrongForm("group <name> all|any|<k> <member>...")),
            ("group g any a\n", 1, .undefinedName("a")),
            ("group g any g\n", 1, .undefinedName("g")),
            ("group g any none\n", 1, .undefinedName("none")),
            ("witness a \(keys[0])\ngroup g 0 a\n", 2, .badThreshold("0")),
            ("witness a \(keys[0])\ngroup g 2 a\n", 2, .badThreshold("2")),
            ("witness a \(keys[0])\ngroup g -1 a\n", 2, .badThreshold("-1")),
            ("witness a \(keys[0])\ngroup g +1 a\n", 2, .badThreshold("+1")),
            ("witness a \(keys[0])\ngroup g All a\n", 2, .badThreshold("All")),
            ("witness a \(keys[0])\ngroup g 2 a a\n", 2, .alreadyMember("a")),
            ("witness a \(keys[0])\ngroup g 1 a\ngroup h 1 a\n", 3, .alreadyMember("a")),
            ("quorum\n", 1, .wrongForm("quorum <name>|none")),
            ("quorum none none\n", 1, .wrongForm("quorum <name>|none")),
            ("quorum a\nwitness a \(keys[0])\n", 1, .undefinedName("a")),
            ("quorum none\n\nquorum none\n", 3, .secondQuorum),
        ]
        for (text, line, fault) in cases {
            #expect(throws: PolicyError(line: line, fault: fault), "\(text)") {
                try TrustPolicy.parse(text)
            }
        }
    }
}
