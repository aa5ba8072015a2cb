/// An instant in UTC with millisecond precision, from year 0000 to 9999.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z; leap seconds do not count.
    public let milliseconds: Int64

    /// The instant a number of milliseconds after 1970-01-01T00:00:00Z.
    ///
    /// Beyond year 0000 or 9999 it is the first or the last instant, since RFC 3339 has no text for
    /// any other.
    public init(milliseconds: Int64) {
        self.milliseconds = min(
            max(milliseconds, Timestamp.range.lowerBound), Timestamp.range.upperBound - 1)
    }

    /// The instant of a civil date and time; nil when a field is out of range.
    ///
    /// `offsetMinutes` is what the civil time is ahead of UTC.
    public init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
        millisecond: Int = 0, offsetMinutes: Int = 0
    ) {
        guard 0...9999 ~= year, 1...12 ~= month, day >= 1, 0...23 ~= hour, 0...59 ~= minute,
            0...60 ~= second, 0...999 ~= millisecond, (-1439)...1439 ~= offsetMinutes,
            day <= Timestamp.daysInMonth(year: year, month: month)
        else { return nil }
        let days = Timestamp.days(year: year, month: month, day: day)
        let minutes = Int64(days) * 1440 + Int64(hour * 60 + minute - offsetMinutes)
        let instant = (minutes * 60 + Int64(second)) * 1000 + Int64(millisecond)
        guard Timestamp.range.contains(instant) else { return nil }
        milliseconds = instant
    }

    /// The instant of an RFC 3339 text; nil when it is none.
    ///
    /// Digits beyond milliseconds are dropped; a space may stand for the `T`.
    public init?(_ text: String) {
        var text = text
        guard let instant = text.withUTF8(Timestamp.instant) else { return nil }
        self = instant
    }

    private static func instant(of text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        var scanner = Scanner(text)
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2),
            scanner.take("-"), let day = scanner.digits(2),
            scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2),
            scanner.take(":"), let second = scanner.digits(2)
        else { return nil }
        var millisecond = 0
        if scanner.take(".") {
            guard let fraction = scanner.fraction() else { return nil }
            millisecond = fraction
        }
        var offset = 0
        if !scanner.take("Z"), !scanner.take("z") {
            let isAhead = scanner.take("+")
            guard isAhead || scanner.take("-"), let hours = scanner.digits(2), hours < 24,
                scanner.take(":"), let minutes = scanner.digits(2), minutes < 60
            else { return nil }
            offset = (isAhead ? 1 : -1) * (hours * 60 + minutes)
        }
        guard scanner.isAtEnd else { return nil }
        return Timestamp(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second,
            millisecond: millisecond, offsetMinutes: offset)
    }

    /// RFC 3339 in UTC with three digits of fraction, 24 characters: `2017-05-01T10:00:00.000Z`.
    public var description: String {
        String(decoding: utf8, as: UTF8.self)
    }

    /// The bytes of `description`.
    public var utf8: [UInt8] {
        var days = Int(milliseconds / 86_400_000)
        var rest = Int(milliseconds % 86_400_000)
        if rest < 0 {
            days -= 1
            rest += 86_400_000
        }
        let (year, month, day) = Timestamp.civil(days: days)
        var bytes = Array("0000-00-00T00:00:00.000Z".utf8)
        func put(_ number: Int, at end: Int, count: Int) {
            var number = number
            for index in stride(from: end, to: end - count, by: -1) {
                bytes[index] = UInt8(ascii: "0") + UInt8(number % 10)
                number /= 10
            }
        }
        put(year, at: 3, count: 4)
        put(month, at: 6, count: 2)
        put(day, at: 9, count: 2)
        put(rest / 3_600_000, at: 12, count: 2)
        put(rest / 60_000 % 60, at: 15, count: 2)
        put(rest / 1000 % 60, at: 18, count: 2)
        put(rest % 1000, at: 22, count: 3)
        return bytes
    }

    /// The seconds text without fraction when there is none: `2017-05-01T10:00:00Z`, for people.
    public var short: String {
        let text = description
        return text.hasSuffix(".000Z") ? text.dropLast(5) + "Z" : text
    }

    /// Earlier instants come first.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    /// The instant a span later.
    public static func + (a: Timestamp, b: Span) -> Timestamp {
        Timestamp(milliseconds: Span.sum(a.milliseconds, b.milliseconds))
    }

    /// The instant a span earlier.
    public static func - (a: Timestamp, b: Span) -> Timestamp {
        Timestamp(milliseconds: Span.sum(a.milliseconds, 0 - max(b.milliseconds, -Int64.max)))
    }

    /// The span from `b` to `a`.
    public static func - (a: Timestamp, b: Timestamp) -> Span {
        Span(milliseconds: a.milliseconds - b.milliseconds)
    }

    private static let range: Range<Int64> = -62_167_219_200_000..<253_402_300_800_000

    private static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a proleptic Gregorian date, counted in 400-year eras from March.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shifted + 2) / 5 + 1
        )
    }

    private struct Scanner {
        let bytes: UnsafeBufferPointer<UInt8>
        var index = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func take(_ mark: Character) -> Bool {
            guard index < bytes.count, bytes[index] == mark.asciiValue else { return false }
            index += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            guard index + count <= bytes.count else { return nil }
            var number = 0
            for byte in bytes[index..<index + count] {
                guard 0x30...0x39 ~= byte else { return nil }
                number = number * 10 + Int(byte - 0x30)
            }
            index += count
            return number
        }

        mutating func fraction() -> Int? {
            var number = 0
            var count = 0
            while index < bytes.count, 0x30...0x39 ~= bytes[index] {
                if count < 3 { number = number * 10 + Int(bytes[index] - 0x30) }
                count += 1
                index += 1
            }
            guard count > 0 else { return nil }
            return number * (count == 1 ? 100 : count == 2 ? 10 : 1)
        }
    }
}

/// A length of time in milliseconds.
public struct Span: Sendable, Hashable, Comparable {
    /// Whole milliseconds; negative for a span that points back.
    public let milliseconds: Int64

    /// A span of milliseconds.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A span of seconds.
    public static func seconds(_ count: Int) -> Span { times(count, 1000) }
    /// A span of minutes.
    public static func minutes(_ count: Int) -> Span { times(count, 60_000) }
    /// A span of hours.
    public static func hours(_ count: Int) -> Span { times(count, 3_600_000) }

    // A span that someone typed may be absurdly long; it is then as long as a span can be.
    private static func times(_ count: Int, _ unit: Int64) -> Span {
        let (product, isTooLong) = Int64(count).multipliedReportingOverflow(by: unit)
        return Span(milliseconds: isTooLong ? (count < 0 ? .min : .max) : product)
    }

    fileprivate static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, isTooLong) = a.addingReportingOverflow(b)
        return isTooLong ? (b < 0 ? .min : .max) : sum
    }

    /// Shorter spans come first.
    public static func < (a: Span, b: Span) -> Bool { a.milliseconds < b.milliseconds }

    /// Two spans one after the other.
    public static func + (a: Span, b: Span) -> Span {
        Span(milliseconds: sum(a.milliseconds, b.milliseconds))
    }
}
