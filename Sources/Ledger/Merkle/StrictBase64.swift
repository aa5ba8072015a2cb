/// Padded base64 (RFC 4648 section 4) with exactly one text for each byte string.
///
/// Line breaks, missing padding and set bits below the last byte are refused, so that a changed
/// character can never decode to the same bytes.
enum StrictBase64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
        return table
    }()

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var bits = 0
            for index in start..<start + count { bits = bits << 8 | Int(bytes[index]) }
            bits <<= 8 * (3 - count)
            for position in 0..<4 {
                text.append(
                    position <= count ? alphabet[bits >> (18 - 6 * position) & 0x3F] : padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of canonical base64; nil for any other text.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let text = Array(text)
        guard text.count % 4 == 0 else { return nil }
        let padded = text.reversed().prefix(2).prefix { $0 == padding }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits = 0
        for (position, letter) in text.dropLast(padded).enumerated() {
            let value = values[Int(letter)]
            guard value != 0xFF else { return nil }
            bits = (bits << 6 | Int(value)) & 0xFF_FFFF
            // The second, third and fourth letter of a group each finish a byte.
            let spare = 6 - 2 * (position % 4)
            if position % 4 > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> spare)) }
        }
        let unused = (1 << (2 * padded)) - 1
        guard bits & unused == 0 else { return nil }
        return bytes
    }
}
