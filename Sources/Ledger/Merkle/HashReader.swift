/// A source of stored hashes of complete subtrees, by level and index.
///
/// Complete subtrees never change as a tree grows, so one reader serves every size of the log.
public protocol HashReader {
    /// The hashes of the subtrees of one level with these indexes, in order.
    ///
    /// Throws when one of them is not available. A reader answers with exactly as many hashes as
    /// there are indexes.
    func hashes(level: Int, indexes: Range<Int>) throws -> [Digest]
}

extension HashReader {
    /// The hash of one complete subtree.
    ///
    /// Throws what the reader throws, or `ProofError.wrongHashCount`.
    public func hash(at coordinate: TreeCoordinate) throws -> Digest {
        let indexes = coordinate.index..<coordinate.index + 1
        let found = try hashes(level: coordinate.level, indexes: indexes)
        guard let hash = found.first, found.count == 1 else {
            throw ProofError.wrongHashCount(
                level: coordinate.level, indexes: indexes, found: found.count)
        }
        return hash
    }

    /// The root of the tree over the first `size` leaves, from at most log2(size) + 1 hashes.
    public func root(size: Int) throws -> Digest {
        try CompactRange(size: size, reading: self).root
    }

    /// The hash of the subtree over `count` leaves from `start` on, as RFC 6962 splits it.
    ///
    /// `start` is a multiple of the smallest power of two that is not below `count`, as for every
    /// range that the RFC's recursion meets.
    func subtreeHash(start: Int, count: Int) throws -> Digest {
        if count.nonzeroBitCount == 1 {
            let level = count.trailingZeroBitCount
            return try hash(at: TreeCoordinate(level: level, index: start >> level))
        }
        let left = MerkleTree.split(count)
        return MerkleTree.nodeHash(
            try subtreeHash(start: start, count: left),
            try subtreeHash(start: start + left, count: count - left))
    }
}

/// A reader that offers every level of a source that keeps only a few of them.
///
/// A hash at a level in between is computed from the nearest kept level below it. With the usual
/// levels (leaves, then one node per 256 nodes) that is at most 128 hashes read for one node.
public struct StoredHashes<Source: HashReader>: HashReader {
    /// Level 0 and every eighth above it: a leaf hash per entry and a node per 256 below.
    public static var everyEighthLevel: [Int] { Array(stride(from: 0, to: Int.bitWidth, by: 8)) }

    private let source: Source
    private let levels: [Int]

    /// Reads from `source`, which is only ever asked for hashes of the given levels.
    ///
    /// `levels` contains 0. Leave out the levels whose nodes are derived data that was lost.
    public init(_ source: Source, levels: [Int] = everyEighthLevel) {
        precondition(levels.contains(0), "stored levels include the leaves")
        self.source = source
        self.levels = levels.sorted()
    }

    /// The hashes of one level, folded from the nearest kept level at or below it.
    ///
    /// Throws what the source throws, or `ProofError.wrongHashCount`.
    public func hashes(level: Int, indexes: Range<Int>) throws -> [Digest] {
        let base = levels.last { $0 <= level } ?? 0
        let height = level - base
        let wanted = indexes.lowerBound << height..<indexes.upperBound << height
        let stored = try source.hashes(level: base, indexes: wanted)
        guard stored.count == wanted.count else {
            throw ProofError.wrongHashCount(level: base, indexes: wanted, found: stored.count)
        }
        return MerkleTree.fold(stored, levels: height)
    }
}

extension StoredHashes: Sendable where Source: Sendable {}
