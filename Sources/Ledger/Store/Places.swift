/// A set of places within a block: 256 bits.
struct Places: Sendable, Hashable {
    private var words = SIMD4<UInt64>()

    /// No place.
    init() {}

    /// The places that bytes name.
    init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { insert(byte) }
    }

    /// Every place.
    static let all = Places(0...255)

    var isEmpty: Bool { words == SIMD4() }

    mutating func insert(_ place: UInt8) { words[Int(place >> 6)] |= 1 << UInt64(place & 63) }

    func contains(_ place: UInt8) -> Bool {
        words[Int(place >> 6)] >> UInt64(place & 63) & 1 == 1
    }

    mutating func formIntersection(_ other: Places) { words &= other.words }

    /// The places from the first to the last, or the other way round.
    func inOrder(isReversed: Bool) -> [Int] {
        let ascending = (0..<256).filter { contains(UInt8($0)) }
        return isReversed ? ascending.reversed() : ascending
    }
}
