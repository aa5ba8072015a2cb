/// A strict reader of JSON texts (RFC 8259, restricted to I-JSON: unique names, valid Unicode).
public struct JSONReader {
    /// How many arrays and objects may be open at once.
    public static let depthLimit = 64

    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value of a JSON text.
    ///
    /// - Throws: `JSONError` with the byte at which the text stops being JSON.
    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes)
        reader.skipSpace()
        let value = try reader.value()
        reader.skipSpace()
        guard reader.offset == bytes.count else {
            throw .expected("the end of the text", offset: reader.offset)
        }
        return value
    }

    /// The value of a JSON text that must already be canonical.
    ///
    /// - Throws: `JSONError`; `.notCanonical` when the text is JSON in another form.
    public static func parseCanonical(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        if let value = CanonicalReader.value(of: bytes) { return value }
        return try parseAndCompare(bytes)
    }

    /// The slow way: reads the text, writes it in canonical form and compares.
    ///
    /// It says what is wrong, and the quick reader is held to it by tests.
    static func parseAndCompare(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let value = try parse(bytes)
        let canonical = try CanonicalJSON.encode(value)
        if canonical != bytes {
            let same = zip(canonical, bytes).prefix { $0 == $1 }.count
            throw .notCanonical(offset: same)
        }
        return value
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            offset += 1
        }
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        switch current {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue
    {
        guard bytes[offset...].starts(with: word.utf8) else {
            throw .expected("a JSON value", offset: offset)
        }
        offset += word.utf8.count
        return value
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        offset += 1
        if depth > Self.depthLimit { throw .tooDeep(offset: offset - 1) }
        skipSpace()
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            offset += 1
            return elements
        }
        while true {
            skipSpace()
            elements.append(try value())
            skipSpace()
            guard let byte = current, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
                throw .expected("',' or ']'", offset: offset)
            }
            offset += 1
            if byte == UInt8(ascii: "]") { return elements }
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try enter()
        defer { depth -= 1 }
        var object = JSONObject()
        if current == UInt8(ascii: "}") {
            offset += 1
            return object
        }
        while true {
            skipSpace()
            let start = offset
            guard current == UInt8(ascii: "\"") else {
                throw .expected("a member name", offset: offset)
            }
            let name = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw .expected("':'", offset: offset) }
            offset += 1
            skipSpace()
            guard object.add(name, try value()) else {
                throw .duplicateName(name, offset: start)
            }
            skipSpace()
            guard let byte = current, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else {
                throw .expected("',' or '}'", offset: offset)
            }
            offset += 1
            if byte == UInt8(ascii: "}") { return object }
        }
    }

    private mutating func string() throws(JSONError) -> String {
        let start = offset
        offset += 1
        var text: [UInt8] = []
        while true {
            // Most strings are one plain run, which is taken whole.
            let run = offset
            while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"),
                byte >= 0x20
            {
                offset += 1
            }
            let plain = bytes[run..<offset]
            guard let byte = current else {
                throw .expected("'\"' that ends the string", offset: offset)
            }
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(utf8: text.isEmpty ? plain : text[...] + plain) else {
                    throw .expected("valid UTF-8 in a string", offset: start)
                }
                return string
            case UInt8(ascii: "\\"):
                text += plain
                try escape(into: &text)
            default: throw .expected("an escaped control character", offset: offset - 1)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let start = offset - 1
        guard let byte = current else { throw .expected("an escape", offset: offset) }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try unit()
            if 0xD800..<0xDC00 ~= code {
                guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
                    bytes[offset + 1] == UInt8(ascii: "u")
                else { throw .expected("the second half of a surrogate pair", offset: offset) }
                offset += 2
                let low = try unit()
                guard 0xDC00..<0xE000 ~= low else {
                    throw .expected("the second half of a surrogate pair", offset: start)
                }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw .expected("a Unicode scalar value", offset: start)
            }
            text.append(contentsOf: Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter))
        default: throw .expected("one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u", offset: start)
        }
    }

    private mutating func unit() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw .expected("four hexadecimal digits", offset: offset) }
            code = code << 4 | UInt32(digit)
            offset += 1
        }
        return code
    }

    private mutating func number() throws(JSONError) -> Double {
        let start = offset
        if current == UInt8(ascii: "-") { offset += 1 }
        guard let first = current, 0x30...0x39 ~= first else {
            throw .expected("a JSON value", offset: start)
        }
        digits()
        if first == 0x30, offset - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
            throw .expected("no leading zero", offset: start)
        }
        if current == UInt8(ascii: ".") {
            offset += 1
            guard digits() > 0 else { throw .expected("a digit", offset: offset) }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            offset += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
            guard digits() > 0 else { throw .expected("a digit", offset: offset) }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard let number = Double(text), number.isFinite else {
            throw .expected("a number that a double can hold", offset: start)
        }
        return number
    }

    @discardableResult
    private mutating func digits() -> Int {
        let start = offset
        while let byte = current, 0x30...0x39 ~= byte { offset += 1 }
        return offset - start
    }
}
