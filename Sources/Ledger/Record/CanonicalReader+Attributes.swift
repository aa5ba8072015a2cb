/// The attributes of an event that have one form only.
extension CanonicalReader {
    /// A string that is one of the words of a closed set.
    mutating func word<Word: RawRepresentable<String>>() -> Word? {
        string().flatMap { Word(rawValue: $0) }
    }

    /// An instant as `Timestamp.description` writes it, in quotation marks.
    mutating func time() -> Timestamp? {
        quoted(24) { Timestamp(canonical: $0) }
    }

    /// A UUIDv7 in lower case, in quotation marks.
    mutating func id() -> EventID? {
        quoted(36) { EventID(lowerCase: $0) }
    }

    /// A sequence of 16 digits, in quotation marks.
    mutating func sequence() -> SequenceNumber? {
        quoted(16) { digits in
            var number = 0
            for byte in digits {
                guard 0x30...0x39 ~= byte else { return nil }
                number = number * 10 + Int(byte - 0x30)
            }
            return number > 0 ? SequenceNumber(number) : nil
        }
    }

    private mutating func quoted<Value>(
        _ count: Int, _ read: (UnsafeRawBufferPointer) -> Value?
    ) -> Value? {
        guard take("\""), let text = slice(count), let value = read(text) else { return nil }
        return take("\"") ? value : nil
    }
}

extension Timestamp {
    /// The instant of 24 bytes that `description` would give; nil when they are none.
    init?(canonical text: UnsafeRawBufferPointer) {
        guard text.count == 24, text[4] == 0x2D, text[7] == 0x2D, text[10] == 0x54,
            text[13] == 0x3A, text[16] == 0x3A, text[19] == 0x2E, text[23] == 0x5A
        else { return nil }
        var isDigits = true
        func number(_ start: Int, _ count: Int) -> Int {
            var number = 0
            for index in start..<start + count {
                let digit = Int(text[index]) - 0x30
                if !(0...9 ~= digit) { isDigits = false }
                number = number * 10 + digit
            }
            return number
        }
        let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2))
        let (hour, minute, second) = (number(11, 2), number(14, 2), number(17, 2))
        let millisecond = number(20, 3)
        // A leap second is read elsewhere as the second after it, but never written.
        guard isDigits, second < 60 else { return nil }
        self.init(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second,
            millisecond: millisecond)
    }
}

extension EventID {
    /// The id of 36 bytes of lower-case UUID text; nil when they are none of version 7.
    init?(lowerCase text: UnsafeRawBufferPointer) {
        guard text.count == 36, text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D,
            text[23] == 0x2D
        else { return nil }
        func half(_ offset: Int) -> UInt64 {
            UInt64(text.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian)
        }
        func whole(_ offset: Int) -> UInt64 {
            text.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
        }
        guard let first = Self.number(ofDigits: whole(0)),
            let second = Self.number(ofDigits: half(9) | half(14) << 32),
            let third = Self.number(ofDigits: half(19) | half(24) << 32),
            let fourth = Self.number(ofDigits: whole(28))
        else { return nil }
        let (high, low) = (first << 32 | second, third << 32 | fourth)
        guard high >> 12 & 0xF == 7, low >> 62 == 2 else { return nil }
        self.init(high: high, low: low)
    }

    /// The number of eight lower-case hexadecimal digits, the first in the lowest byte; nil when
    /// one of them is none.
    private static func number(ofDigits digits: UInt64) -> UInt64? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // Among the digits only letters have this bit.
        let letters = digits >> 6 & ones
        let nibbles = (digits & 0x0F0F_0F0F_0F0F_0F0F) &+ letters &* 9
        // Ten and more are letters, and what these values are written as is what was read.
        guard nibbles & 0x1010_1010_1010_1010 == 0, (nibbles &+ ones &* 6) >> 4 & ones == letters,
            nibbles &+ ones &* 0x30 &+ letters &* 0x27 == digits
        else { return nil }
        var number = nibbles.byteSwapped
        number = (number | number >> 4) & 0x00FF_00FF_00FF_00FF
        number = (number | number >> 8) & 0x0000_FFFF_0000_FFFF
        return (number | number >> 16) & 0xFFFF_FFFF
    }
}
