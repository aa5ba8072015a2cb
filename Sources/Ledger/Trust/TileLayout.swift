/// The tiles that a tree of some size has.
public struct TileLayout: Hashable, Sendable {
    /// The number of leaves.
    public let size: Int

    /// The layout for a tree of `size` leaves, not negative.
    public init(size: Int) {
        precondition(size >= 0, "a tree size is never negative")
        self.size = size
    }

    /// The number of full tiles at a tile level.
    public func fullTiles(level: Int) -> Int { hashCount(level: level) / TilePath.fullWidth }

    /// The width of the partial tile at a tile level; 0 when there is none.
    public func partialWidth(level: Int) -> Int { hashCount(level: level) % TilePath.fullWidth }

    /// Every hash tile, level by level from the leaves up, the partial one last in each.
    public var hashTiles: [TilePath] {
        var paths: [TilePath] = []
        var level = 0
        while hashCount(level: level) > 0 {
            paths += tiles(count: hashCount(level: level)) {
                .hashes(level: level, index: $0, width: $1)
            }
            level += 1
        }
        return paths
    }

    /// Every entry bundle, the partial one last.
    public var entryBundles: [TilePath] {
        tiles(count: size) { .entries(index: $0, width: $1) }
    }

    /// The hashes of complete subtrees that belong to tiles of a level: floor(size / 256^level).
    private func hashCount(level: Int) -> Int {
        // Shifting by 64 or more gives 0 in Swift, as no tree is that high.
        size >> (8 * level)
    }

    private func tiles(count: Int, path: (Int, Int) -> TilePath) -> [TilePath] {
        stride(from: 0, to: count, by: TilePath.fullWidth).map { start in
            path(start / TilePath.fullWidth, min(TilePath.fullWidth, count - start))
        }
    }
}

/// The contents of a hash tile: its hashes of 32 bytes one after another.
public enum HashTile {
    /// Reads the hashes of a tile from stored ones; throws what the reader throws.
    public static func read(
        level: Int, index: Int, width: Int, from reader: some HashReader
    ) throws -> [Digest] {
        let start = index * TilePath.fullWidth
        return try reader.hashes(level: level * 8, indexes: start..<start + width)
    }

    /// The bytes of a tile, `32 * hashes.count` of them.
    public static func encode(_ hashes: [Digest]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * Digest.byteCount)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    /// The hashes in a tile of this width.
    ///
    /// Throws `TileError.wrongLength`.
    public static func decode(_ bytes: [UInt8], width: Int) throws(TileError) -> [Digest] {
        guard bytes.count == width * Digest.byteCount else {
            throw .wrongLength(expected: width * Digest.byteCount, found: bytes.count)
        }
        return stride(from: 0, to: bytes.count, by: Digest.byteCount).compactMap {
            Digest(bytes[$0..<$0 + Digest.byteCount])
        }
    }
}
