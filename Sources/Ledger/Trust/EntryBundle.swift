/// The contents of an entry bundle: up to 256 entries, each after its length.
///
///     u16 big-endian length || entry bytes, once for each entry
public enum EntryBundle {
    /// The most bytes one entry can have.
    public static let longestEntry = 65_535

    /// The bytes of a bundle.
    ///
    /// Throws `TileError.entryTooLong`, or `TileError.wrongEntryCount` above 256 entries.
    public static func encode(_ entries: [[UInt8]]) throws(TileError) -> [UInt8] {
        guard entries.count <= TilePath.fullWidth else {
            throw .wrongEntryCount(expected: TilePath.fullWidth, found: entries.count)
        }
        var bytes: [UInt8] = []
        for (position, entry) in entries.enumerated() {
            guard entry.count <= longestEntry else {
                throw .entryTooLong(position: position, bytes: entry.count)
            }
            bytes.append(UInt8(entry.count >> 8))
            bytes.append(UInt8(entry.count & 0xFF))
            bytes += entry
        }
        return bytes
    }

    /// The entries in a bundle of this width.
    ///
    /// Throws `TileError.entryCutOff` or `TileError.wrongEntryCount`.
    public static func decode(_ bytes: [UInt8], width: Int) throws(TileError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = rest.prefix(2).reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 2 + length else { throw .entryCutOff(position: entries.count) }
            entries.append(Array(rest.dropFirst(2).prefix(length)))
            rest = rest.dropFirst(2 + length)
        }
        guard entries.count == width else {
            throw .wrongEntryCount(expected: width, found: entries.count)
        }
        return entries
    }
}

/// Why the contents of a tile are refused.
public enum TileError: Error, Equatable, Sendable {
    /// A hash tile has another length than its width demands, in bytes.
    case wrongLength(expected: Int, found: Int)
    /// An entry does not fit its 16-bit length; positions count from 0.
    case entryTooLong(position: Int, bytes: Int)
    /// The bundle ends within an entry; positions count from 0.
    case entryCutOff(position: Int)
    /// The bundle has another number of entries than its width.
    case wrongEntryCount(expected: Int, found: Int)
}

extension TileError: CustomStringConvertible {
    /// One line: what was expected and what was found.
    public var description: String {
        switch self {
        case .wrongLength(let expected, let found):
            "hash tile has \(found) bytes, \(expected) are needed"
        case .entryTooLong(let position, let bytes):
            "entry \(position) of the bundle has \(bytes) bytes, at most 65535 fit"
        case .entryCutOff(let position): "entry bundle ends within entry \(position)"
        case .wrongEntryCount(let expected, let found):
            "entry bundle has \(found) entries, expected \(expected)"
        }
    }
}
