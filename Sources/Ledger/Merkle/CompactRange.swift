/// The right edge of a growing tree: the roots of its complete subtrees, largest first.
///
/// A tree of n leaves has one such subtree per set bit of n, so the state needs O(log n) memory,
/// appending costs O(1) hashes on average and the root O(log n).
public struct CompactRange: Hashable, Sendable {
    /// The number of leaves appended so far.
    public private(set) var size: Int
    /// The complete subtrees' hashes from left to right, one for each set bit of `size`.
    public private(set) var hashes: [Digest]

    /// The range over no leaves.
    public init() {
        size = 0
        hashes = []
    }

    /// Takes up a saved range; nil unless there is one hash for each set bit of `size`.
    public init?(size: Int, hashes: [Digest]) {
        guard size >= 0, size.nonzeroBitCount == hashes.count else { return nil }
        self.size = size
        self.hashes = hashes
    }

    /// Reads the range of the first `size` leaves from stored subtree hashes.
    ///
    /// Reads one hash for each set bit of `size`. Throws what the reader throws, or
    /// `ProofError.wrongHashCount` when the reader gives too few or too many.
    public init(size: Int, reading reader: some HashReader) throws {
        var hashes: [Digest] = []
        for coordinate in CompactRange.coordinates(size: size) {
            hashes.append(try reader.hash(at: coordinate))
        }
        self.size = size
        self.hashes = hashes
    }

    /// Adds one leaf hash and calls `completed` for each subtree that this leaf completes.
    ///
    /// The leaf itself comes first (level 0), then each parent up to the highest that is now
    /// complete. A store keeps the levels it wants from these calls.
    public mutating func append(
        _ leafHash: Digest, completed: (TreeCoordinate, Digest) throws -> Void
    ) rethrows {
        var next = self
        var hash = leafHash
        var coordinate = TreeCoordinate(level: 0, index: size)
        try completed(coordinate, hash)
        while coordinate.index & 1 == 1 {
            hash = MerkleTree.nodeHash(next.hashes.removeLast(), hash)
            coordinate = TreeCoordinate(level: coordinate.level + 1, index: coordinate.index >> 1)
            try completed(coordinate, hash)
        }
        next.hashes.append(hash)
        next.size += 1
        // Only now, so that a throwing callback leaves the range as it was.
        self = next
    }

    /// Adds one leaf hash.
    public mutating func append(_ leafHash: Digest) {
        var hash = leafHash
        for _ in 0..<(~size).trailingZeroBitCount {
            hash = MerkleTree.nodeHash(hashes.removeLast(), hash)
        }
        hashes.append(hash)
        size += 1
    }

    /// Adds a complete subtree of `2^level` leaves; the size so far is a multiple of that.
    public mutating func append(subtree root: Digest, level: Int) {
        precondition(size & (1 << level - 1) == 0, "a subtree of level \(level) does not fit here")
        var hash = root
        for _ in 0..<(~(size >> level)).trailingZeroBitCount {
            hash = MerkleTree.nodeHash(hashes.removeLast(), hash)
        }
        hashes.append(hash)
        size += 1 << level
    }

    /// The root of the tree over all leaves appended so far.
    public var root: Digest {
        guard let last = hashes.last else { return MerkleTree.emptyRoot }
        return hashes.dropLast().reversed().reduce(last) { MerkleTree.nodeHash($1, $0) }
    }

    /// The complete subtrees that together cover the first `size` leaves, left to right.
    public static func coordinates(size: Int) -> [TreeCoordinate] {
        precondition(size >= 0, "a tree size is never negative")
        return (0..<Int.bitWidth - 1).reversed().filter { size >> $0 & 1 == 1 }.map { level in
            TreeCoordinate(level: level, index: (size >> level) - 1)
        }
    }
}
