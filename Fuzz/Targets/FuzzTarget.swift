/// A reader of bytes from strangers, and what must hold for whatever it is given.
///
/// `scripts/fuzz` hands it what libFuzzer thinks of; the tests a few thousand seeded inputs.
public struct FuzzTarget: Sendable {
    /// Its name on the command line.
    public let name: String
    /// Something well-formed to start from.
    public let seeds: [[UInt8]]
    /// Words of the format.
    public let words: [String]
    /// What is wrong with how an input was read; nil when nothing is.
    public let check: @Sendable ([UInt8]) -> String?

    init(
        _ name: String, seeds: [String], words: [String] = [],
        check: @escaping @Sendable ([UInt8]) -> String?
    ) {
        self.init(name, bytes: seeds.map { Array($0.utf8) }, words: words, check: check)
    }

    init(
        _ name: String, bytes seeds: [[UInt8]], words: [String] = [],
        check: @escaping @Sendable ([UInt8]) -> String?
    ) {
        self.name = name
        self.seeds = seeds
        self.words = words
        self.check = check
    }

    /// Every reader.
    public static let all: [FuzzTarget] = trust + records + platform

    /// A few inputs for it, the same for the same seed.
    public func inputs(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var mutator = Mutator(seed: seed)
        return (0..<count).map { _ in mutator.input(seeds, words) }
    }
}

/// Changes well-formed inputs a little, or makes some up.
private struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ value >> 31) % UInt64(max(limit, 1)))
    }

    mutating func input(_ seeds: [[UInt8]], _ words: [String]) -> [UInt8] {
        var bytes = below(8) == 0 || seeds.isEmpty ? [] : seeds[below(seeds.count)]
        for _ in 0...below(5) {
            let place = below(bytes.count + 1)
            switch below(8) {
            case 0: bytes.insert(UInt8(below(256)), at: place)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
            case 3: bytes = Array(bytes.prefix(place))
            case 4: bytes = bytes.prefix(place) + bytes.suffix(below(bytes.count + 1))
            case 5 where place < bytes.count: bytes.swapAt(place, below(bytes.count))
            case 6 where !seeds.isEmpty:
                let other = seeds[below(seeds.count)]
                let start = below(other.count)
                bytes.insert(contentsOf: other[start...].prefix(below(40)), at: place)
            default:
                guard !words.isEmpty else { continue }
                bytes.insert(contentsOf: Array(words[below(words.count)].utf8), at: place)
            }
        }
        return bytes
    }
}
