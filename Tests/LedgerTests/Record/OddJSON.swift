@testable import Ledger

/// JSON that nobody would write by hand, from a seed.
struct OddJSON {
    private var random: TrustRandom

    init(seed: UInt64) { random = TrustRandom(seed: seed) }

    mutating func number(below limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    private mutating func pick<Element>(_ list: [Element]) -> Element {
        list[number(below: list.count)]
    }

    private static let pieces = [
        "a", "environment", "RUNNING", "\"", "\\", "/", "\n", "\t", "\u{8}", "\u{C}", "\r", "\u{0}",
        "\u{1}", "\u{B}", "\u{1F}", "\u{7F}", "\u{80}", "\u{E9}", "e\u{301}", "\u{FFFD}",
        "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{1F456}", "\u{10FFFF}", "  ", "0123456789abcdef",
        "plan-migration", "-5e3", "{}", "\u{2028}",
    ]

    mutating func text() -> String {
        (0..<number(below: 4)).map { _ in pick(Self.pieces) }.joined()
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch number(below: depth > 4 ? 5 : 8) {
        case 0: return .null
        case 1: return .bool(number(below: 2) == 0)
        case 2: return .number(double())
        case 3, 4: return .string(text())
        case 5: return .array((0..<number(below: 4)).map { _ in value(depth: depth + 1) })
        default: return .object(object(depth: depth + 1))
        }
    }

    mutating func object(depth: Int = 0) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<number(below: 6) {
            object[text()] = value(depth: depth + 1)
        }
        return object
    }

    private mutating func double() -> Double {
        switch number(below: 6) {
        case 0: return Double(number(below: 1000)) * (number(below: 2) == 0 ? 1 : -1)
        case 1: return Double(number(below: 1000)) / 8
        case 2: return Double(random.next() >> 10)
        case 3: return -Double(random.next() >> 3)
        default:
            let number = Double(bitPattern: random.next())
            return number.isFinite ? number : 0
        }
    }

    /// The bytes with something about them changed.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [0x20] }
        var bytes = bytes
        let place = number(below: bytes.count)
        switch number(below: 7) {
        case 0: bytes[place] ^= 1 << UInt8(number(below: 8))
        case 1: bytes[place] = UInt8(number(below: 256))
        case 2: bytes.insert(pick(Array(" \n\",:{}[]\\0-e+.u\u{1}".utf8)), at: place)
        case 3: bytes.remove(at: place)
        case 4: bytes.removeSubrange(place...)
        case 5: bytes.insert(contentsOf: pick(Self.swaps), at: place)
        default:
            let other = number(below: bytes.count)
            bytes.swapAt(place, other)
        }
        return bytes
    }

    private static let swaps: [[UInt8]] =
        [
            "\\u0041", "\\/", "\\u000a", "\\u001F", "\\u001f", "\\ud83d\\ude00", "1.0", "1e3", "-0",
            "00", ",\"a\":1", "\"\":null,", "9007199254740993", "\\n", "\\u007f",
        ].map { Array($0.utf8) } + [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0xE2, 0x82]]
}
