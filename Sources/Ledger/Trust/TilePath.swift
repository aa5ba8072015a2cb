/// The place of one file in a C2SP tile directory (tlog-tiles v0.1.0).
///
///     checkpoint
///     tile/<level>/<N>[.p/<width>]      up to 256 hashes of 32 bytes
///     tile/entries/<N>[.p/<width>]      up to 256 entries with their lengths
///
/// N is written in groups of three digits, all but the last with an `x` before them: 1234067 is
/// `x001/x234/067`. Each place has exactly one path; any other spelling is refused.
public enum TilePath: Hashable, Sendable {
    /// The newest signed head; the only file that ever changes.
    case checkpoint
    /// Hashes `index * 256 ..< index * 256 + width` of tree level `level * 8`.
    case hashes(level: Int, index: Int, width: Int)
    /// Entries `index * 256 ..< index * 256 + width`.
    case entries(index: Int, width: Int)

    /// The number of hashes or entries in a full tile.
    public static let fullWidth = 256

    /// Reads a path relative to the directory; nil unless it is the one path of a place.
    public static func parse(_ text: String) -> TilePath? {
        guard
            let path = TilePath(
                words: text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false))
        else { return nil }
        // Spelling it again refuses all the ways of writing the same numbers differently.
        return path.text.utf8.elementsEqual(text.utf8) ? path : nil
    }

    /// The path relative to the directory.
    public var text: String {
        switch self {
        case .checkpoint: "checkpoint"
        case .hashes(let level, let index, let width):
            "tile/\(level)/" + TilePath.number(index) + TilePath.suffix(width)
        case .entries(let index, let width):
            "tile/entries/" + TilePath.number(index) + TilePath.suffix(width)
        }
    }

    private init?(words: [Substring.UTF8View]) {
        if words.count == 1, words[0].elementsEqual("checkpoint".utf8) {
            self = .checkpoint
            return
        }
        guard words.count >= 3, words[0].elementsEqual("tile".utf8) else { return nil }
        var number = words[2...]
        var width = TilePath.fullWidth
        let mark = ".p".utf8
        if let before = number.dropLast().last, before.suffix(2).elementsEqual(mark) {
            guard let partial = CanonicalDecimal.parse(words[words.count - 1]),
                1..<TilePath.fullWidth ~= partial
            else { return nil }
            width = partial
            number = number.dropLast(2) + [before.dropLast(2)]
        }
        guard let index = TilePath.index(number) else { return nil }
        if words[1].elementsEqual("entries".utf8) {
            self = .entries(index: index, width: width)
        } else {
            guard let level = CanonicalDecimal.parse(words[1]), 0...63 ~= level else {
                return nil
            }
            self = .hashes(level: level, index: index, width: width)
        }
    }

    private static func index(_ groups: some Sequence<Substring.UTF8View>) -> Int? {
        var value = 0
        for group in groups {
            let digits = group.suffix(3)
            guard digits.count == 3,
                let part = Int(String(decoding: digits, as: UTF8.self)), part >= 0
            else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 1000)
            guard !overflow, scaled <= Int.max - part else { return nil }
            value = scaled + part
        }
        // So that the indexes of the leaves can be counted.
        return value < Int.max / fullWidth ? value : nil
    }

    /// An index in groups of three digits: 1234067 is `x001/x234/067`.
    static func number(_ index: Int) -> String {
        let last = String(index % 1000)
        let padded = String(repeating: "0", count: 3 - last.utf8.count) + last
        return index < 1000 ? padded : prefixed(index / 1000) + padded
    }

    private static func prefixed(_ index: Int) -> String {
        number(index).split(separator: "/").map { $0.hasPrefix("x") ? "\($0)/" : "x\($0)/" }
            .joined()
    }

    private static func suffix(_ width: Int) -> String {
        width == fullWidth ? "" : ".p/\(width)"
    }
}

extension TilePath: CustomStringConvertible {
    /// The path relative to the directory.
    public var description: String { text }
}
