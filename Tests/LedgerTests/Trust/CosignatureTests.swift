import Testing

@testable import Ledger

@Suite struct CosignatureTests {
    /// A real head of a staging CT log, cosigned by public witnesses (florolf/tlog-scales tests).
    ///
    /// The log's own two lines have signature type 0x05 and are unknown here.
    static let note = """
        arche2025h1.staging.ct.transparency.dev
        1432088532
        U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

        — arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
        — arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
        — transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
        — witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
        — remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
        — witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==

        """

    static let log =
        "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
    static let witnesses = [
        "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
        "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
    ]

    @Test func `a head in public use is verified with its witnesses`() throws {
        let names = Self.witnesses.indices.map { "w\($0)" }
        var policy = "log \(Self.log)\n"
        for (name, key) in zip(names, Self.witnesses) { policy += "witness \(name) \(key)\n" }
        policy += "group q all \(names.joined(separator: " "))\nquorum q\n"
        let head = try TrustPolicy.parse(policy).verify(SignedNote.parse(Self.note))
        #expect(head.isWitnessed)
        #expect(head.witnesses.map(\.name.description) == names)
        #expect(head.checkpoint.size == 1_432_088_532)
        #expect(
            head.note.signatures.map(\.time) == [nil] + Array(repeating: 1_779_573_024, count: 4))
        #expect(head.note.unverified.count == 1)
    }

    @Test func `a cosignature states its time and covers the whole text`() throws {
        let fixture = try TrustFixture()
        let witness = try #require(fixture.witnesses.first)
        let text = "log.example\n0\n\(MerkleTree.emptyRoot)\nextension\n"
        let note = try SignedNote.sign(text: text, with: [witness], time: TrustFixture.time)
        let line = try #require(note.signatures.first)
        #expect(line.bytes.count == 72)
        let verified = try note.verify(with: [witness.verifier])
        #expect(verified.signatures.map(\.time) == [TrustFixture.time])
        for (offset, changed) in Array(text.utf8).bitFlips {
            let forged = SignedNote(textBytes: changed, signatures: [line])
            #expect(throws: NoteError.self, "byte \(offset)") {
                try forged.verify(with: [witness.verifier])
            }
        }
        for (offset, changed) in line.bytes.bitFlips {
            let forged = NoteSignature(name: line.name, id: line.id, bytes: changed)
            #expect(throws: NoteError.self, "byte \(offset)") {
                try SignedNote(textBytes: Array(text.utf8), signatures: [forged])
                    .verify(with: [witness.verifier])
            }
        }
    }

    @Test func `a time beyond the largest integer is refused, whatever was signed`() throws {
        let witness = try TrustFixture.signer("w.example", seed: 3, type: .cosignature)
        let largest = try SignedNote.sign(text: "a\n", with: [witness], time: .max)
        #expect(try largest.verify(with: [witness.verifier]).signatures.map(\.time) == [.max])
        let line = try #require(largest.signatures.first)
        // A plain key with the same secret signs what such a time would be written as.
        let secret = try TrustFixture.signer("w.example", seed: 3)
        for time in ["9223372036854775808", "-9223372036854775808"] {
            let message = Array("cosignature/v1\ntime \(time)\na\n".utf8)
            let later = NoteSignature(
                name: line.name, id: line.id,
                bytes: [0x80, 0, 0, 0, 0, 0, 0, 0]
                    + (try secret.sign(text: message, time: 0).bytes))
            #expect(throws: NoteError.invalidSignature(key: "w.example", id: line.id)) {
                try SignedNote(textBytes: Array("a\n".utf8), signatures: [later])
                    .verify(with: [witness.verifier])
            }
        }
    }

    @Test func `neither kind of signature passes for the other`() throws {
        let plain = try TrustFixture.signer("a.example", seed: 4)
        let cosigner = try TrustFixture.signer("a.example", seed: 4, type: .cosignature)
        let text = Array("a\n1\n".utf8)
        let signature = try plain.sign(text: text, time: 0)
        let cosignature = try cosigner.sign(text: text, time: 0)
        // The same secret and name, the lines relabelled with the other's key ID.
        let lines = [
            NoteSignature(name: signature.name, id: cosignature.id, bytes: signature.bytes),
            NoteSignature(name: signature.name, id: signature.id, bytes: cosignature.bytes),
        ]
        for line in lines {
            #expect(throws: NoteError.invalidSignature(key: "a.example", id: line.id)) {
                try SignedNote(textBytes: text, signatures: [line])
                    .verify(with: [plain.verifier, cosigner.verifier])
            }
        }
    }
}
