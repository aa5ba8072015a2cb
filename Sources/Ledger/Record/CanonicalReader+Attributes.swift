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
        var isHexadecimal = true
        func digits(_ range: Range<Int>, after number: UInt64 = 0) -> UInt64 {
            var number = number
            for index in range {
                let byte = text[index]
                let digit: UInt8
                switch byte {
                case 0x30...0x39: digit = byte - 0x30
                case 0x61...0x66: digit = byte - 0x61 + 10
                default:
                    isHexadecimal = false
                    digit = 0
                }
                number = number << 4 | UInt64(digit)
            }
            return number
        }
        let high = digits(14..<18, after: digits(9..<13, after: digits(0..<8)))
        let low = digits(24..<36, after: digits(19..<23))
        guard isHexadecimal, high >> 12 & 0xF == 7, low >> 62 == 2 else { return nil }
        self.init(high: high, low: low)
    }
}
