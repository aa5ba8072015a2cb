import Foundation
import Testing

@testable import Ledger

@Suite struct CanonicalJSONTests {
    @Test(
        .enabled(if: TrustVectors.arePresent, TrustVectors.reason),
        arguments: ["arrays", "french", "structures", "unicode", "values", "weird"])
    func `the published inputs of RFC 8785 give the published outputs`(name: String) throws {
        let folder = URL(filePath: try #require(TrustVectors.folder)).appending(path: "jcs")
        let input = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).input.json")))
        let output = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).output.json")))
        #expect(try CanonicalJSON.encode(JSONReader.parse(input)) == output)
        #expect(try CanonicalJSON.encode(JSONReader.parseCanonical(output)) == output)
    }

    static let numbers: [(String, String)] = [
        ("0", "0"), ("-0.0", "0"), ("1", "1"), ("-1", "-1"), ("0.1", "0.1"), ("-0.5", "-0.5"),
        ("100", "100"),
        ("1.5", "1.5"), ("123456.789", "123456.789"), ("1e-6", "0.000001"), ("1.5e-6", "0.0000015"),
        ("1e-7", "1e-7"), ("1.23e-7", "1.23e-7"), ("9.5e-10", "9.5e-10"),
        ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"), ("1.5e21", "1.5e+21"),
        ("123456789012345680000", "123456789012345680000"),
        ("999999999999999900000", "999999999999999900000"), ("1e23", "1e+23"),
        ("9007199254740991", "9007199254740991"), ("9007199254740992", "9007199254740992"),
        ("9007199254740993", "9007199254740992"), ("-9007199254740992", "-9007199254740992"),
        ("9007199254740994", "9007199254740994"), ("4611686018427387904", "4611686018427388000"),
        ("9223372036854775807", "9223372036854776000"), ("333333333.33333329", "333333333.3333333"),
        ("5e-324", "5e-324"), ("-5e-324", "-5e-324"),
        ("2.2250738585072014e-308", "2.2250738585072014e-308"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("-1.7976931348623157e308", "-1.7976931348623157e+308"), ("4.5", "4.5"), ("2e-3", "0.002"),
        ("1424953923781206.2", "1424953923781206.2"), ("0.000035689", "0.000035689"),
        ("295147905179352830000", "295147905179352830000"), ("1e22", "1e+22"),
        ("3.33333333333333333333", "3.3333333333333335"),
    ]

    @Test(arguments: numbers) func `numbers print as ECMAScript prints them`(
        given: String, text: String
    ) throws {
        #expect(try CanonicalJSON.encode(JSONReader.parse(Array(given.utf8))) == Array(text.utf8))
    }

    @Test func `what is not finite has no text`() {
        for number in [Double.nan, .infinity, -.infinity] {
            #expect(throws: JSONError.notFinite) { try CanonicalJSON.text(of: number) }
            #expect(throws: JSONError.notFinite) {
                try CanonicalJSON.encode(.array([.number(number)]))
            }
        }
    }

    @Test func `random doubles read back as themselves, with no digit to spare`() throws {
        var random = TrustRandom(seed: 11)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let text = try CanonicalJSON.text(of: number)
            #expect(Double(text) == number)
            let digits = ECMAScriptNumber(text)
            #expect(digits?.isWellPlaced == true, "\(text)")
            // A shorter text would not do: cutting the last digit, either way, gives another.
            if let digits, digits.significant.count > 1 {
                for shorter in digits.shorter { #expect(Double(shorter) != number, "\(text)") }
            }
        }
    }

    @Test func `integers up to 2^53 print as integers`() throws {
        var random = TrustRandom(seed: 12)
        for _ in 0..<5000 {
            let integer = Int(random.next() >> 11) * (random.next() % 2 == 0 ? 1 : -1)
            #expect(try CanonicalJSON.text(of: Double(integer)) == "\(integer)")
        }
    }

    @Test func `names sort by UTF-16 code units, not by code points`() throws {
        let names = [
            "", "\u{0}", "\r", "1", "A", "a", "aa", "\u{80}", "\u{F6}", "\u{20AC}", "\u{D7FF}",
            "\u{10000}", "\u{1F600}", "\u{10FFFF}", "\u{E000}", "\u{FB33}", "\u{FFFD}", "\u{FFFF}",
            "\u{FFFF}a", "\u{FFFF}\u{10000}", "\u{FFFF}\u{E000}",
        ]
        for a in names {
            for b in names {
                #expect(
                    CanonicalJSON.precedes(a, b) == a.utf16.lexicographicallyPrecedes(b.utf16),
                    "\(a.debugDescription) \(b.debugDescription)")
            }
        }
        let object = JSONObject(names.reversed().map { ($0, JSONValue.null) })
        #expect(
            object.members.map(\.name)
                == names.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) })
    }

    @Test func `random names sort as their UTF-16 code units do`() {
        var random = TrustRandom(seed: 13)
        let scalars: [Unicode.Scalar] = [
            "a", "\u{7F}", "\u{7FF}", "\u{D7FF}", "\u{E000}", "\u{EFFF}", "\u{F000}", "\u{FFFF}",
            "\u{10000}", "\u{10FFFF}",
        ]
        func name() -> String {
            var name = String.UnicodeScalarView()
            for _ in 0..<random.next() % 4 { name.append(scalars[Int(random.next() % 10)]) }
            return String(name)
        }
        for _ in 0..<5000 {
            let (a, b) = (name(), name())
            #expect(
                CanonicalJSON.precedes(a, b) == a.utf16.lexicographicallyPrecedes(b.utf16))
        }
    }

    @Test func `names that are canonically equivalent are two members`() throws {
        var object: JSONObject = ["caf\u{E9}": 1]
        object["cafe\u{301}"] = 2
        #expect(object.members.count == 2)
        #expect(object["caf\u{E9}"] == 1)
        let bytes = try CanonicalJSON.encode(object)
        #expect(try JSONReader.parseCanonical(bytes).object == object)
    }

    @Test func `random values come back from their canonical bytes`() throws {
        var random = TrustRandom(seed: 14)
        for _ in 0..<2000 {
            let value = RandomJSON.value(depth: 4, using: &random)
            let bytes = try CanonicalJSON.encode(value)
            let again = try JSONReader.parseCanonical(bytes)
            #expect(again == value)
            #expect(try CanonicalJSON.encode(again) == bytes)
            #expect(String(validating: bytes, as: UTF8.self) != nil)
        }
    }

    @Test func `every one-byte edit of canonical bytes is refused or another value`() throws {
        let text = #"{"a":[1,-2.5,true,null,"x\n\"\\é"],"b":{"":[],"€":{},"😀":1e+21},"c":false}"#
        let bytes = Array(text.utf8)
        let value = try JSONReader.parseCanonical(bytes)
        for index in bytes.indices {
            for byte in UInt8.min...UInt8.max where byte != bytes[index] {
                var edited = bytes
                edited[index] = byte
                #expect((try? JSONReader.parseCanonical(edited)) != value)
            }
            var shorter = bytes
            shorter.remove(at: index)
            #expect((try? JSONReader.parseCanonical(shorter)) != value)
            for byte in [0x20, 0x0A, UInt8(ascii: "0"), UInt8(ascii: ","), 0x5C] {
                var longer = bytes
                longer.insert(byte, at: index)
                #expect((try? JSONReader.parseCanonical(longer)) != value)
            }
        }
    }
}

/// A number's text taken apart by ECMAScript's Number::toString, written from the specification.
private struct ECMAScriptNumber {
    /// The significant digits.
    let significant: String
    /// The n of 0.digits × 10ⁿ.
    let point: Int
    private let text: String

    init?(_ text: String) {
        let bare = text.hasPrefix("-") ? String(text.dropFirst()) : text
        self.text = bare
        let parts = bare.split(separator: "e", omittingEmptySubsequences: false)
        guard let mantissa = parts.first, parts.count <= 2 else { return nil }
        let power = parts.count == 2 ? Int(parts[1]) : 0
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard let power, let whole = halves.first, halves.count <= 2 else { return nil }
        let digits = String(whole) + (halves.count == 2 ? String(halves[1]) : "")
        let zeros = digits.prefix { $0 == "0" }.count
        let stripped = digits.dropFirst(zeros)
        point = whole.count - zeros + power
        let trailing = stripped.reversed().prefix { $0 == "0" }.count
        significant = String(stripped.dropLast(trailing))
    }

    /// Whether the digits stand as the specification lays them out.
    var isWellPlaced: Bool {
        let (count, digits) = (significant.count, significant)
        if digits.isEmpty { return text == "0" }
        if count <= point, point <= 21 {
            return text == digits + String(repeating: "0", count: point - count)
        }
        if 0 < point, point <= 21 {
            return text == digits.prefix(point) + "." + digits.dropFirst(point)
        }
        if -6 < point, point <= 0 {
            return text == "0." + String(repeating: "0", count: -point) + digits
        }
        let power = point - 1
        let sign = power < 0 ? "-" : "+"
        return text == digits.prefix(1) + (count > 1 ? "." : "") + digits.dropFirst()
            + "e\(sign)\(power.magnitude)"
    }

    /// The two numbers with one significant digit less on either side of this one.
    var shorter: [String] {
        guard let down = Int(significant.dropLast()) else { return [] }
        return [down, down + 1].flatMap { digits in
            let power = point - (significant.count - 1)
            return ["\(digits)e\(power)", "-\(digits)e\(power)"]
        }
    }
}

/// Values of every kind, with the names and strings that go wrong most easily.
enum RandomJSON {
    private static let scalars: [Unicode.Scalar] = [
        "a", "Z", "0", "\"", "\\", "/", "\u{0}", "\u{8}", "\u{1F}", "\n", "\t", "\u{7F}", "\u{80}",
        "\u{E9}", "\u{301}", "\u{2028}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}",
        "\u{1F600}",
    ]

    static func string(using random: inout TrustRandom) -> String {
        var string = String.UnicodeScalarView()
        for _ in 0..<random.next() % 6 {
            string.append(scalars[Int(random.next() % UInt64(scalars.count))])
        }
        return String(string)
    }

    static func value(depth: Int, using random: inout TrustRandom) -> JSONValue {
        switch random.next() % (depth > 0 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(random.next() % 2 == 0)
        case 2: return .integer(Int(random.next() % 2_000_001) - 1_000_000)
        case 3:
            let number = Double(bitPattern: random.next())
            return .number(number.isFinite ? number : 0.5)
        case 4: return .string(string(using: &random))
        case 5:
            var elements: [JSONValue] = []
            for _ in 0..<random.next() % 4 {
                elements.append(value(depth: depth - 1, using: &random))
            }
            return .array(elements)
        default: return .object(object(depth: depth - 1, using: &random))
        }
    }

    static func object(depth: Int, using random: inout TrustRandom) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<random.next() % 4 {
            object[string(using: &random)] = value(depth: depth, using: &random)
        }
        return object
    }
}
