import Testing

@testable import Ledger

@Suite struct JSONReaderTests {
    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}", "{,\"a\":1}", "{a:1}", "{'a':1}", "{1:2}", "nul", "nulll", "True", "tru",
        "fals",
        "1 1", "{} {}", "[]x", "null,", "\u{FEFF}null", "01", "-", "-01", "+1", ".5", "1.", "1.e1",
        "1e", "1e+", "1E-", "0x10", "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1_000",
        "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u+123\"", "\"\n\"",
        "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"",
        "\"\\ud800\\n\"", "\"\\ud800\\ud800\"", "\"\\udc00\\ud800\"", "/**/1", "1//", "\u{A0}1",
        "\u{B}1",
    ]) func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONReader.parse(Array(text.utf8)) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bytes: [UInt8] in [
            [0x80], [0xFF], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xE0, 0x80, 0xAF],
        ] {
            #expect(throws: JSONError.self) { try JSONReader.parse([0x22] + bytes + [0x22]) }
            #expect(throws: JSONError.self) { try JSONReader.parse(bytes) }
        }
    }

    @Test func `a name that occurs twice is refused, however it is written`() {
        for text in [
            #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"\u0061":3}"#, #"{"":1,"":2}"#,
            #"{"o":{"é":1,"\u00e9":2}}"#,
        ] {
            let error = #expect(throws: JSONError.self) {
                try JSONReader.parse(Array(text.utf8))
            }
            guard case .duplicateName? = error else {
                Issue.record("\(text): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `nesting is followed to the limit and no further`() throws {
        let limit = JSONReader.depthLimit
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array(
                (String(repeating: open, count: depth) + "1"
                    + String(repeating: close, count: depth)).utf8)
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            _ = try JSONReader.parse(nested(limit, open, close))
            for depth in [limit + 1, 100_000] {
                #expect(throws: JSONError.tooDeep(offset: limit * open.utf8.count)) {
                    try JSONReader.parse(nested(depth, open, close))
                }
            }
        }
        // Depth counts what is open, not what was.
        _ = try JSONReader.parse(
            Array(("[" + String(repeating: "[],", count: 200) + "[]]").utf8))
    }

    @Test func `escapes and white space are read`() throws {
        let text =
            " {\t\"a\" :\r\n[ \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\" , -0.0 ] } "
        let value = try JSONReader.parse(Array(text.utf8))
        #expect(
            value.object?["a"]?.array?.first
                == .string("\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600}"))
        #expect(throws: JSONError.notCanonical(offset: 0)) {
            try JSONReader.parseCanonical(Array(text.utf8))
        }
    }

    @Test(arguments: [
        ("{\"b\":1,\"a\":2}", 2), ("[1, 2]", 3), ("[1.0]", 2), ("-0", 0), ("1e3", 1), ("1E400", 0),
        ("[\"\\/\"]", 2), ("\"\\u0041\"", 1), ("\"\\u000A\"", 2), ("\"\\u001F\"", 6), ("1 ", 1),
        ("0.10", 3), ("1e21", 2), ("100e-2", 1), ("{\"\u{E000}\":1,\"\u{10000}\":2}", 2),
        ("9007199254740993", 15),
    ]) func `JSON in another form is not canonical, and the first byte is told`(
        text: String, offset: Int
    ) {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.parseCanonical(Array(text.utf8))
        }
        switch error {
        case .notCanonical(let found)?: #expect(found == offset)
        case .expected(_, let found)?: #expect(found == offset)
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test func `no random bytes and no random edit crash the reader`() throws {
        var random = TrustRandom(seed: 21)
        for _ in 0..<3000 {
            var bytes = try CanonicalJSON.encode(RandomJSON.value(depth: 3, using: &random))
            for _ in 0...random.next() % 3 where !bytes.isEmpty {
                let index = Int(random.next() % UInt64(bytes.count))
                bytes[index] = UInt8(truncatingIfNeeded: random.next())
            }
            // What is accepted must be exactly what would be written.
            if let value = try? JSONReader.parseCanonical(bytes) {
                #expect(try CanonicalJSON.encode(value) == bytes)
            }
        }
    }
}
