/// A UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then 74 bits that tell events apart.
public struct EventID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first and the last eight of the sixteen bytes, big-endian.
    public let high: UInt64
    /// The last eight of the sixteen bytes, big-endian.
    public let low: UInt64

    /// The id of an instant and 74 bits taken from the start of `entropy`.
    ///
    /// The entropy is ten bytes or more: random for an event that was made here, a digest of the
    /// content for one that was imported, so that importing again gives the same id.
    public init(time: Timestamp, entropy: [UInt8]) {
        precondition(entropy.count >= 10, "a UUIDv7 needs ten bytes of entropy")
        var first: UInt64 = 0
        for byte in entropy.prefix(2) { first = first << 8 | UInt64(byte) }
        var rest: UInt64 = 0
        for byte in entropy.dropFirst(2).prefix(8) { rest = rest << 8 | UInt64(byte) }
        let clock = UInt64(bitPattern: time.milliseconds) & 0xFFFF_FFFF_FFFF
        high = clock << 16 | 0x7000 | first & 0x0FFF
        low = 0x8000_0000_0000_0000 | rest & 0x3FFF_FFFF_FFFF_FFFF
    }

    /// A new id of an instant with bits from a random source.
    public init(time: Timestamp, using random: inout some RandomNumberGenerator) {
        let a = random.next()
        let b = random.next()
        var bytes: [UInt8] = []
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: a >> UInt64(shift)))
            bytes.append(UInt8(truncatingIfNeeded: b >> UInt64(shift)))
        }
        self.init(time: time, entropy: bytes)
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id of a lower-case UUID text of 36 characters; nil when it is none of version 7.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        var halves: [UInt64] = [0, 0]
        var count = 0
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            halves[count / 16] = halves[count / 16] << 4 | UInt64(digit)
            count += 1
        }
        guard halves[0] >> 12 & 0xF == 7, halves[1] >> 62 == 2 else { return nil }
        high = halves[0]
        low = halves[1]
    }

    /// Whether the text of one comes before that of another; times decide first.
    public static func < (a: EventID, b: EventID) -> Bool {
        a.high == b.high ? a.low < b.low : a.high < b.high
    }

    /// Lower-case UUID text: `019e4a1c-8c00-7abc-9def-0123456789ab`.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 {
                text.append(UInt8(ascii: "-"))
            }
            let half = index < 16 ? high : low
            let digit = UInt8(half >> UInt64((15 - index % 16) * 4) & 0xF)
            text.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
