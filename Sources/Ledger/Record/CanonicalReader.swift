import Foundation

/// A quick reader of JSON texts that are in RFC 8785 form already.
///
/// What it reads is canonical; on anything that is not, or that it would take long to be sure of,
/// it gives nil, and `JSONReader` says what is wrong. It checks while it goes, so that a text is
/// visited once instead of being read, written again and compared.
///
/// The bytes are looked at through a pointer; every access is behind a comparison with `end`.
struct CanonicalReader {
    private let base: UnsafeRawPointer
    private let end: Int
    private(set) var offset = 0
    private var depth = 0
    /// True when an object was passed that may be a reference to an attachment.
    var mayHavePassedReference = false

    /// A reader at the start of a text, valid as long as the buffer is.
    init?(_ text: UnsafeRawBufferPointer) {
        guard let base = text.baseAddress else { return nil }
        self.base = base
        end = text.count
    }

    /// The value of a canonical text; nil when it is none.
    static func value(of bytes: [UInt8]) -> JSONValue? {
        bytes.withUnsafeBytes { text in
            guard var reader = CanonicalReader(text), let value = reader.value(), reader.isAtEnd
            else { return nil }
            return value
        }
    }

    var isAtEnd: Bool { offset == end }

    var current: UInt8? {
        offset < end ? base.load(fromByteOffset: offset, as: UInt8.self) : nil
    }

    private mutating func pass(_ byte: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: byte) else { return false }
        offset += 1
        return true
    }

    /// Passes a piece of text that must come next.
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end - offset >= count, memcmp(base + offset, text.utf8Start, count) == 0 else {
            return false
        }
        offset += count
        return true
    }

    /// Passes so many bytes; nil when there are not as many.
    mutating func slice(_ count: Int) -> UnsafeRawBufferPointer? {
        guard end - offset >= count else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(start: base + offset, count: count)
    }

    private mutating func value() -> JSONValue? {
        switch current {
        case UInt8(ascii: "\""): string().map { .string($0) }
        case UInt8(ascii: "{"): object().map { .object($0) }
        case UInt8(ascii: "["): array().map { .array($0) }
        case UInt8(ascii: "t"): take("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): take("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): take("null") ? .null : nil
        default: number().map { .number($0) }
        }
    }

    private mutating func array() -> [JSONValue]? {
        guard enter() else { return nil }
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if pass("]") { return elements }
        while let element = value() {
            elements.append(element)
            if pass("]") { return elements }
            guard pass(",") else { return nil }
        }
        return nil
    }

    /// An object; nil unless its names rise by UTF-16 code units.
    mutating func object() -> JSONObject? {
        guard current == UInt8(ascii: "{"), enter() else { return nil }
        defer { depth -= 1 }
        var members: [JSONObject.Member] = []
        if pass("}") { return JSONObject(sorted: members) }
        while let name = string(), pass(":"), let value = value() {
            if let last = members.last, !CanonicalJSON.precedes(last.name, name) { return nil }
            members.append(JSONObject.Member(name: name, value: value))
            if pass("}") { return JSONObject(sorted: members) }
            guard pass(",") else { return nil }
        }
        return nil
    }

    /// Passes the bracket of a value that holds others; false when that goes too deep.
    mutating func enter() -> Bool {
        offset += 1
        depth += 1
        return depth <= JSONReader.depthLimit
    }

    /// Says that such a value has ended.
    mutating func leave() { depth -= 1 }

    /// The bytes from a place to the present one.
    func run(from start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + start, count: offset - start)
    }

    /// A string; nil when it is not valid UTF-8 or escapes anything in another way than RFC 8785.
    mutating func string() -> String? {
        guard pass("\"") else { return nil }
        let start = offset
        passPlain()
        if current == UInt8(ascii: "\"") {
            let run = UnsafeRawBufferPointer(start: base + start, count: offset - start)
            offset += 1
            return String(utf8: run)
        }
        var text = Array(UnsafeRawBufferPointer(start: base + start, count: offset - start))
        while let byte = current {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(utf8: text[...])
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                text.append(escaped)
            default: return nil
            }
            let run = offset
            passPlain()
            text.append(
                contentsOf: UnsafeRawBufferPointer(start: base + run, count: offset - run))
        }
        return nil
    }

    /// Goes to the next byte that is a quotation mark, a backslash or a control character.
    mutating func passPlain() {
        while end - offset >= 8,
            !Self.hasSpecial(base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        {
            offset += 8
        }
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"),
            byte >= 0x20
        {
            offset += 1
        }
    }

    /// True when one of eight bytes is a quotation mark, a backslash or a control character.
    ///
    /// Subtracting from a byte sets its high bit when it was smaller; it may also say so of a byte
    /// above such a one, which does no harm here.
    @inline(__always)
    static func hasSpecial(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs = ones << 7
        let quotes = word ^ ones &* 0x22
        let slashes = word ^ ones &* 0x5C
        let found =
            ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
            | ((word &- ones &* 0x20) & ~word)
        return found & highs != 0
    }

    /// The byte that an escape stands for, which RFC 8785 leaves no choice how to write.
    private mutating func escape() -> UInt8? {
        guard let byte = current else { return nil }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "u"):
            guard take("00"), let high = current, high == 0x30 || high == 0x31 else { return nil }
            offset += 1
            guard let low = current else { return nil }
            offset += 1
            let digit: UInt8
            switch low {
            case 0x30...0x39: digit = low - 0x30
            case 0x61...0x66: digit = low - 0x61 + 10
            default: return nil
            }
            let code = (high - 0x30) << 4 | digit
            // Those that have a short escape are written with it.
            let isShort = 0x08...0x0A ~= code || code == 0x0C || code == 0x0D
            return isShort ? nil : code
        default: return nil
        }
    }

    mutating func number() -> Double? {
        let start = offset
        var integer: Int64 = 0
        let isNegative = pass("-")
        let digits = offset
        while let byte = current, 0x30...0x39 ~= byte, offset - digits < 16 {
            integer = integer * 10 + Int64(byte - 0x30)
            offset += 1
        }
        let count = offset - digits
        if let byte = current, Self.goesOn(byte) { return longNumber(from: start) }
        guard 1...15 ~= count else { return count == 0 ? nil : longNumber(from: start) }
        let first = base.load(fromByteOffset: digits, as: UInt8.self)
        // No leading zero, and no zero with a sign.
        if first == 0x30, count > 1 || isNegative { return nil }
        return Double(isNegative ? -integer : integer)
    }

    /// A number with a fraction, an exponent or many digits: right when it is printed the same.
    private mutating func longNumber(from start: Int) -> Double? {
        offset = start
        while let byte = current, Self.goesOn(byte) || byte == UInt8(ascii: "-") { offset += 1 }
        let run = UnsafeRawBufferPointer(start: base + start, count: offset - start)
        let text = String(decoding: run, as: UTF8.self)
        guard let number = Double(text), let printed = try? CanonicalJSON.text(of: number),
            printed.utf8.elementsEqual(text.utf8)
        else { return nil }
        return number
    }

    /// True for what a number can have after an integer.
    private static func goesOn(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"),
            UInt8(ascii: "E"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
