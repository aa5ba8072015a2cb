/// Why a proof could not be made or does not hold.
public enum ProofError: Error, Equatable, Sendable {
    /// The leaf index does not lie in the tree.
    case indexOutsideTree(index: Int, size: Int)
    /// The two sizes are negative or in the wrong order.
    case sizesOutOfOrder(from: Int, to: Int)
    /// The proof holds another number of hashes than this place in this tree needs.
    case wrongLength(expected: Int, found: Int)
    /// The proof leads to another root than the one given for `size`.
    case rootDiffers(size: Int, expected: Digest, found: Digest)
    /// A reader of stored hashes did not give one hash for each index.
    case wrongHashCount(level: Int, indexes: Range<Int>, found: Int)
}

extension ProofError: CustomStringConvertible {
    /// One line: what was expected and what was found.
    public var description: String {
        switch self {
        case .indexOutsideTree(let index, let size):
            "leaf \(index) does not exist in a tree of \(size)"
        case .sizesOutOfOrder(let from, let to):
            "a tree of \(from) cannot have grown into a tree of \(to)"
        case .wrongLength(let expected, let found):
            "proof has \(found) hashes, \(expected) are needed"
        case .rootDiffers(let size, let expected, let found):
            "root of size \(size) is \(expected) but the proof leads to \(found)"
        case .wrongHashCount(let level, let indexes, let found):
            "stored hashes at level \(level), \(indexes.lowerBound)..<\(indexes.upperBound): "
                + "\(found) found, \(indexes.count) are needed"
        }
    }
}
