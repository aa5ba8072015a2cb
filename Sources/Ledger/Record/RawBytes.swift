import Foundation

/// Texts compared where they stand, byte by byte.
extension UnsafeRawBufferPointer {
    /// Below 0, 0 or above it, as these bytes come before those.
    func order(_ other: UnsafeRawBufferPointer) -> Int {
        if let a = baseAddress, let b = other.baseAddress {
            let order = memcmp(a, b, Swift.min(count, other.count))
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }

    /// True when both have the same bytes.
    func isSame(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let a = baseAddress, let b = other.baseAddress else { return count == 0 }
        return memcmp(a, b, count) == 0
    }

    /// True when the bytes are a piece of program text.
    func isSame(_ text: StaticString) -> Bool {
        isSame(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension UnsafeRawBufferPointer {
    /// True when every byte is an ASCII character.
    var isASCII: Bool {
        var (bits, index): (UInt64, Int) = (0, 0)
        while count - index >= 8 {
            bits |= loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < count {
            bits |= UInt64(self[index])
            index += 1
        }
        return bits & 0x8080_8080_8080_8080 == 0
    }

    /// Below 0, 0 or above it, as these bytes, taken as UTF-8, come before those by UTF-16 code units.
    ///
    /// UTF-8 order is code point order; the two differ only where one side has a code point above
    /// U+FFFF (a surrogate pair in UTF-16) and the other one from U+E000 to U+FFFF.
    func utf16Order(_ other: UnsafeRawBufferPointer) -> Int {
        let common = Swift.min(count, other.count)
        var index = 0
        while index < common {
            let (x, y) = (self[index], other[index])
            index += 1
            if x == y { continue }
            if x >= 0xF0, y == 0xEE || y == 0xEF { return -1 }
            if y >= 0xF0, x == 0xEE || x == 0xEF { return 1 }
            return x < y ? -1 : 1
        }
        return count - other.count
    }
}

extension String {
    /// The text that some bytes are; nil when they are not valid UTF-8.
    ///
    /// The standard library looks at each character to say so, which takes ten times as long as
    /// making the text: what is ASCII, as nearly all texts of a ledger are, need not be asked.
    package init?(utf8 bytes: UnsafeRawBufferPointer) {
        if bytes.isASCII {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self.init(validating: bytes, as: UTF8.self)
        }
    }

    /// The text that some bytes are; nil when they are not valid UTF-8.
    package init?(utf8 bytes: ArraySlice<UInt8>) {
        guard let text = bytes.withUnsafeBytes({ String(utf8: $0) }) else { return nil }
        self = text
    }

    /// What a body makes of the bytes of the text.
    func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let result = utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
        return result ?? Array(utf8).withUnsafeBytes(body)
    }
}
