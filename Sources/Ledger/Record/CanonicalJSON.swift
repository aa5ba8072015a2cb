/// The JSON Canonicalization Scheme of RFC 8785.
///
/// Foundation's sorted-keys encoder is not it: names sort by UTF-16 code units here, numbers print
/// as ECMAScript prints them, and strings escape only what RFC 8785 section 3.2.2.2 names.
public enum CanonicalJSON {
    /// The canonical bytes of a value.
    ///
    /// - Throws: `JSONError.notFinite` for a NaN or an infinity, which JSON cannot carry.
    public static func encode(_ value: JSONValue) throws(JSONError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        try append(value, to: &bytes)
        return bytes
    }

    /// The canonical bytes of an object.
    ///
    /// - Throws: `JSONError.notFinite` for a NaN or an infinity, which JSON cannot carry.
    public static func encode(_ object: JSONObject) throws(JSONError) -> [UInt8] {
        try encode(.object(object))
    }

    /// True when `a` sorts before `b` by UTF-16 code units (RFC 8785 section 3.2.3).
    public static func precedes(_ a: String, _ b: String) -> Bool {
        a.withUTF8Bytes { a in b.withUTF8Bytes { b in a.utf16Order(b) } } < 0
    }

    /// The text of a number as ECMAScript's `Number::toString` prints it.
    ///
    /// - Throws: `JSONError.notFinite` for a NaN or an infinity.
    public static func text(of number: Double) throws(JSONError) -> String {
        guard number.isFinite else { throw .notFinite }
        if number == 0 { return "0" }
        if let integer = Int64(exactly: number), integer.magnitude < 1 << 53 {
            return String(integer)
        }
        // Swift prints the shortest digits that read back as the same double, as ECMAScript asks;
        // only the layout around the digits differs.
        let (digits, exponent) = decimal(of: number.magnitude.description)
        let count = digits.utf8.count
        let sign = number < 0 ? "-" : ""
        let point = exponent
        if count <= point, point <= 21 {
            return sign + digits + String(repeating: "0", count: point - count)
        }
        if 0 < point, point <= 21 {
            return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        }
        if -6 < point, point <= 0 {
            return sign + "0." + String(repeating: "0", count: -point) + digits
        }
        let power = point - 1
        let tail = (power < 0 ? "e-" : "e+") + String(power.magnitude)
        return sign + digits.prefix(1) + (count > 1 ? "." + digits.dropFirst() : "") + tail
    }

    /// The significant digits d₁d₂… and the point n of 0.d₁d₂… × 10ⁿ of a printed double.
    private static func decimal(of description: String) -> (digits: String, point: Int) {
        var digits = ""
        var point = 0
        var seenPoint = false
        var exponent = 0
        var rest = description[...]
        while let character = rest.first {
            rest = rest.dropFirst()
            if character == "e" {
                exponent = Int(rest) ?? 0
                break
            }
            if character == "." {
                seenPoint = true
                continue
            }
            digits.append(character)
            if !seenPoint { point += 1 }
        }
        let leading = digits.prefix { $0 == "0" }.count
        digits = String(digits.dropFirst(leading))
        point -= leading
        while digits.last == "0" { digits.removeLast() }
        return (digits, point + exponent)
    }

    private static func append(_ value: JSONValue, to bytes: inout [UInt8]) throws(JSONError) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: try text(of: number).utf8)
        case .string(let string): append(string, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object): try append(object, to: &bytes)
        }
    }

    /// Adds the canonical bytes of an object.
    static func append(_ object: JSONObject, to bytes: inout [UInt8]) throws(JSONError) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in object.members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(member.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            try append(member.value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// Adds the canonical bytes of a string.
    static func append(_ string: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { text in
            // Runs without an escape are copied whole; most strings are one such run.
            guard var reader = CanonicalReader(UnsafeRawBufferPointer(text)) else { return }
            while true {
                let start = reader.offset
                reader.passPlain()
                bytes.append(contentsOf: reader.run(from: start))
                guard let byte = reader.slice(1)?.first else { return }
                appendEscape(of: byte, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0..<0x20:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(hexadecimal[Int(byte >> 4)])
            bytes.append(hexadecimal[Int(byte & 15)])
        default: bytes.append(contentsOf: [0x5C, byte])
        }
    }
}
