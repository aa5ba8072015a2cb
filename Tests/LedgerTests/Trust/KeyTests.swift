import Testing

@testable import Ledger

/// Keys of Go's note tests and of witnesses in public use.
@Suite struct KeyTests {
    // golang/mod sumdb/note/note.go
    static let privateText =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    static let publicText =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    @Test func `a private key text gives the published public key text`() throws {
        let signer = try SignerKey.parse(Self.privateText)
        #expect(signer.verifier.text == Self.publicText)
        #expect(signer.privateText == Self.privateText)
        let verifier = try VerifierKey.parse(Self.publicText)
        #expect(verifier == signer.verifier)
        #expect(verifier.type == .ed25519)
        #expect(verifier.id.rawValue == 0xc74f_20a3)
    }

    // Witness keys published in transparency-dev/witness-network and formats.
    @Test(arguments: [
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G",
    ])
    func `the key ID of a public witness key is computed as its operator did`(text: String) throws {
        let key = try VerifierKey.parse(text)
        #expect(key.type == .cosignature)
        #expect(key.text == text)
    }

    @Test(arguments: [publicText, privateText])
    func `every cut and every changed byte of a key text is refused`(text: String) {
        let bytes = Array(text.utf8)
        func isAccepted(_ bytes: [UInt8]) -> Bool {
            let text = String(decoding: bytes, as: UTF8.self)
            return (try? VerifierKey.parse(text)) != nil || (try? SignerKey.parse(text)) != nil
        }
        #expect(isAccepted(bytes))
        for start in 0..<bytes.count {
            for end in start...bytes.count where end - start < bytes.count {
                #expect(!isAccepted(Array(bytes[start..<end])))
            }
        }
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] += 1
            #expect(!isAccepted(changed))
        }
        for (_, changed) in bytes.bitFlips { #expect(!isAccepted(changed)) }
        #expect(!isAccepted(bytes + [0x0A]))
        #expect(!isAccepted([0x20] + bytes))
    }

    @Test func `a key with a fitting ID but a wrong length or type is refused`() {
        // Both texts from golang/mod sumdb/note/note_test.go, with their key IDs adjusted. The
        // first is not canonical base64 either, which is seen before the length.
        #expect(throws: KeyError.malformedKey) {
            try VerifierKey.parse(
                "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")
        }
        for count in [0, 31, 33] {
            let key = [0x01] + [UInt8](repeating: 7, count: count)
            let error = KeyError.wrongKeyLength(expected: 32, found: count)
            #expect(throws: error) {
                try VerifierKey.parse("a+00000000+" + StrictBase64.encode(key))
            }
            #expect(throws: error) {
                try SignerKey.parse("PRIVATE+KEY+a+00000000+" + StrictBase64.encode(key))
            }
        }
        #expect(throws: KeyError.unknownSignatureType(0x65)) {
            try VerifierKey.parse(
                "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        }
    }

    @Test(arguments: [
        "", "a b", "a+b", "a\u{A0}b", "a\u{2003}b", "a\u{3000}", "a\u{85}", "a\nb", "a\tb",
        "a\u{1}b", "\u{2028}",
    ])
    func `a name with a space, a plus or a control character is no key name`(name: String) {
        #expect(throws: KeyError.malformedName) { try KeyName(name) }
    }

    @Test func `names that look alike but differ in bytes are different names`() throws {
        // Swift's string equality takes both pairs for equal.
        #expect(try KeyName("\u{212A}elvin") != KeyName("Kelvin"))
        #expect(try KeyName("e\u{301}") != KeyName("\u{E9}"))
    }

    @Test func `one secret under another name or type is another key`() throws {
        let plain = try TrustFixture.signer("a.example", seed: 5)
        let renamed = try TrustFixture.signer("b.example", seed: 5)
        let cosigner = try TrustFixture.signer("a.example", seed: 5, type: .cosignature)
        #expect(plain.verifier.publicKey == cosigner.verifier.publicKey)
        #expect(Set([plain, renamed, cosigner].map(\.verifier.id)).count == 3)
    }

    @Test func `printing a signer never shows its secret`() throws {
        var random = TrustRandom(seed: 6)
        let signer = try SignerKey.generate(name: try KeyName("a.example"), using: &random)
        let secret = String(signer.privateText.split(separator: "+", maxSplits: 4)[4].prefix(20))
        var dumped = ""
        dump(signer, to: &dumped)
        for text in ["\(signer)", String(reflecting: signer), dumped] {
            #expect(!text.contains(secret))
            #expect(!text.contains("PrivateKey"))
        }
        #expect(try SignerKey.parse(signer.privateText).verifier == signer.verifier)
    }
}
