/// Decimal numbers as the C2SP formats write them: ASCII digits without a leading zero.
enum CanonicalDecimal {
    /// The number, when the text is its one canonical form and it fits; else nil.
    static func parse(_ text: some Collection<UInt8>) -> Int? {
        guard let first = text.first, text.count == 1 || first != UInt8(ascii: "0"),
            text.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return nil }
        return Int(String(decoding: text, as: UTF8.self))
    }
}
