/// Lower-case hexadecimal, two digits a byte.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of an even number of lower-case digits; nil for any other text.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let values = text.compactMap { digits.firstIndex(of: $0).map(UInt8.init) }
        guard values.count == text.count, values.count % 2 == 0 else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
