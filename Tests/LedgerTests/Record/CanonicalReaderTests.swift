import Testing

@testable import Ledger

/// The quick reader is held to the plain one: what one takes, both take, as the same value.
@Suite struct CanonicalReaderTests {
    private func compare(_ bytes: [UInt8], _ note: @autoclosure () -> String = "") {
        let quick = CanonicalReader.value(of: bytes)
        let plain = try? JSONReader.parseAndCompare(bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect((quick == nil) == (plain == nil), "\(note()) \(text)")
        // Not by value: Swift takes canonically equivalent strings for equal.
        guard let quick else { return }
        #expect((try? CanonicalJSON.encode(quick)) == bytes, "\(note()) \(text)")
    }

    @Test(arguments: 1...20) func `random canonical texts are read`(seed: UInt64) throws {
        var random = OddJSON(seed: seed)
        for _ in 0..<300 {
            let bytes = try CanonicalJSON.encode(random.value())
            #expect(CanonicalReader.value(of: bytes) != nil)
            compare(bytes)
        }
    }

    @Test(arguments: 1...20) func `random damage is refused where the plain reader refuses it`(
        seed: UInt64
    ) throws {
        var random = OddJSON(seed: seed &+ 1000)
        for _ in 0..<300 {
            var bytes = try CanonicalJSON.encode(random.value())
            for _ in 0...random.number(below: 3) { bytes = random.damaged(bytes) }
            compare(bytes, "seed \(seed)")
        }
    }

    @Test(arguments: [
        "", " ", "{", "{}", "{} ", " {}", "[]", "[ ]", "[1,2]", "[1,2,]", "[,1]", "{\"a\":1,}",
        "tru",
        "true", "truee", "nul", "0", "-0", "-", "00", "01", "-01", "1.", "1.0", "1.5", ".5", "1e3",
        "1E3", "1e+3", "1000", "1e21", "1e+21", "1.0e+21", "123456789012345", "999999999999999",
        "9007199254740991", "9007199254740992", "9007199254740993", "12345678901234567",
        "123456789012345680000", "1e400", "-1", "-1.5", "+1", "1-2", "5e-324", "4e-324",
        "\"\\u0041\"", "\"\\/\"", "\"\\u001f\"", "\"\\u001F\"", "\"\\u000a\"", "\"\\n\"",
        "\"\\u0008\"", "\"\\u007f\"", "\"\\ud83d\\ude00\"", "\"\u{1F600}\"", "\"\\\"", "\"\\x\"",
        "\"\t\"", "\"\u{7F}\"", "{\"a\":1,\"a\":1}", "{\"b\":1,\"a\":1}", "{\"\":1,\"a\":2}",
        "{\"\u{E9}\":1,\"e\u{301}\":2}", "{\"e\u{301}\":1,\"\u{E9}\":2}",
        "{\"\u{10000}\":1,\"\u{E000}\":2}", "{\"\u{E000}\":1,\"\u{10000}\":2}",
        "{\"\\u0001\":1,\"\\u0002\":2}", "{\"\\n\":1,\"\\t\":2}", "{\"\\t\":1,\"\\n\":2}", "{1:2}",
        "{\"a\"}", "{\"a\":}", "\"abcdefgh\"", "\"abcdefg\\\\\"", "\"abcdefgh\\\"i\"", "\"abcdefgh",
    ]) func `what is nearly canonical is judged as the plain reader does`(text: String) {
        compare(Array(text.utf8))
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        for bad: [UInt8] in [
            [0x80], [0xC0, 0x80], [0xC2], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF8], [0xFF],
        ] {
            for padding in 0..<10 {
                compare([0x22] + [UInt8](repeating: 0x61, count: padding) + bad + [0x22])
            }
        }
    }

    @Test(arguments: [
        "019e4a1c-8c00-7abc-9def-0123456789ab", "00000000-0000-7000-8000-000000000000",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
    ]) func `an id is read as the plain reader does, with every byte in every place`(
        text: String
    ) throws {
        #expect(EventID(text)?.description == text)
        for place in 0..<36 {
            for byte in UInt8.min...UInt8.max {
                var bytes = Array(text.utf8)
                bytes[place] = byte
                let quick = bytes.withUnsafeBytes { EventID(lowerCase: $0) }
                let plain = String(validating: bytes, as: UTF8.self).flatMap { EventID($0) }
                try #require(quick == plain, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test func `nesting ends where the plain reader ends it`() {
        for depth in [1, 63, 64, 65, 66, 200] {
            compare(
                Array(
                    (String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
                        .utf8))
            compare(
                Array(
                    (String(repeating: "{\"a\":", count: depth) + "1"
                        + String(repeating: "}", count: depth)).utf8))
        }
    }

    @Test func `eight bytes at a time find what one at a time finds`() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<8 {
                for filler: UInt8 in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x61, 0x7F, 0x80, 0xFF] {
                    var word = UInt64(filler) &* 0x0101_0101_0101_0101
                    word &= ~(0xFF << UInt64(place * 8))
                    word |= UInt64(byte) << UInt64(place * 8)
                    let isSpecial = byte < 0x20 || byte == 0x22 || byte == 0x5C
                    #expect(CanonicalReader.hasSpecial(word) == isSpecial)
                }
            }
        }
    }
}
