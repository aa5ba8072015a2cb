/// Text cut to a length that may be kept.
public enum Excerpt {
    /// The most bytes that are kept from each end of captured output.
    public static let bound = 64 * 1024

    /// The most bytes of a command line that an event carries; a record is at most 65,535 bytes.
    static let lineLimit = 4096

    /// The first and the last 64 KiB of a text, and a line between them that counts what is missing.
    public static func bounded(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count > 2 * bound else { return bytes }
        var head = bound
        while bytes[head] & 0xC0 == 0x80 { head -= 1 }
        var tail = bytes.count - bound
        while bytes[tail] & 0xC0 == 0x80 { tail += 1 }
        let mark = "\n[… \(tail - head) bytes left out …]\n"
        return bytes[..<head] + Array(mark.utf8) + bytes[tail...]
    }

    /// A command line, cut when it is too long for a record.
    public static func line(_ text: String) -> String {
        guard text.utf8.count > lineLimit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: lineLimit)
        while text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return String(text[..<end]) + " […]"
    }
}
