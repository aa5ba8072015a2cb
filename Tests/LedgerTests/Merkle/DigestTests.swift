import Testing

@testable import Ledger

@Suite struct DigestTests {
    @Test func `text forms of the SHA-256 of abc are the published ones`() throws {
        // FIPS 180-4 example, also RFC 6234 section 8.5.
        let digest = Digest(hashing: Array("abc".utf8))
        #expect(
            digest.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(digest.base64 == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(base64: digest.base64) == digest)
        #expect(Digest(digest.bytes) == digest)
        #expect(MemoryLayout<Digest>.size == 32)
    }

    @Test func `hashing does not depend on how the bytes are stored`() {
        let bytes = Array(UInt8.min...UInt8.max)
        let backwards: [UInt8] = bytes.reversed()
        let scattered: ReversedCollection<[UInt8]> = backwards.reversed()
        #expect(MerkleTree.leafHash(scattered) == MerkleTree.leafHash(bytes[...]))
    }

    @Test(arguments: [0, 31, 33, 64]) func `other lengths than 32 bytes are no digest`(count: Int) {
        let bytes = [UInt8](repeating: 7, count: count)
        #expect(Digest(bytes) == nil)
        #expect(Digest(hex: Hexadecimal.encode(bytes)) == nil)
        #expect(Digest(base64: StrictBase64.encode(bytes)) == nil)
    }

    @Test(arguments: ["BA", "b", "0g", " 00", "00 "])
    func `hexadecimal is lower case, in pairs and nothing else`(text: String) {
        #expect(Hexadecimal.decode(text.utf8) == nil)
    }
}

@Suite struct StrictBase64Tests {
    @Test(
        arguments: zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]))
    func `the examples of RFC 4648 section 10 hold both ways`(plain: String, text: String) {
        #expect(StrictBase64.encode(Array(plain.utf8)) == text)
        #expect(StrictBase64.decode(text.utf8) == Array(plain.utf8))
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", "Zm\n9v", "Zm9-", "Zm9_", "=", "==",
        "====", "Z===", "Zg==Zg==", " Zm9v", "Zm9é",
    ])
    func `a text that is not the one canonical form is refused`(text: String) {
        #expect(StrictBase64.decode(text.utf8) == nil)
    }

    @Test func `every text of four letters decodes to nothing or to bytes that encode to it`() {
        var random = TrustRandom(seed: 1)
        for _ in 0..<5_000 {
            let bytes = random.bytes(count: Int(random.next() % 40))
            #expect(StrictBase64.decode(StrictBase64.encode(bytes).utf8) == bytes)
            let letters = (0..<4).map { _ in
                Array("AQgwZ09+/=-\n".utf8)[Int(random.next() % 11)]
            }
            if let decoded = StrictBase64.decode(letters) {
                #expect(Array(StrictBase64.encode(decoded).utf8) == letters)
            }
        }
    }
}
