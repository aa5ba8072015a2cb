import Crypto

/// The hash functions of the RFC 6962 Merkle tree (section 2.1).
///
/// A leaf is `SHA-256(0x00 || entry)`, an inner node `SHA-256(0x01 || left || right)`; the two
/// prefixes keep an inner node from ever passing as a leaf. A tree of n > 1 leaves splits at the
/// largest power of two below n.
public enum MerkleTree {
    /// The root of the tree without leaves: the SHA-256 of nothing.
    public static let emptyRoot = Digest(hashing: [])

    /// The most hashes an inclusion or consistency proof can hold: one per bit of a size, and one.
    public static let longestProof = 64

    /// The hash of one entry as a leaf.
    public static func leafHash(_ entry: some Collection<UInt8>) -> Digest {
        var hasher = SHA256()
        hasher.update(byte: 0x00)
        hasher.update(collection: entry)
        return Digest(finishing: hasher)
    }

    /// The hash of an entry that stands somewhere in memory.
    static func leafHash(of entry: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(byte: 0x00)
        hasher.update(bufferPointer: entry)
        return Digest(finishing: hasher)
    }

    /// The hash of an inner node over its two children.
    public static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        var hasher = SHA256()
        hasher.update(byte: 0x01)
        left.update(&hasher)
        right.update(&hasher)
        return Digest(finishing: hasher)
    }

    /// The root over leaf hashes in order, in one pass.
    public static func root(ofLeafHashes hashes: some Sequence<Digest>) -> Digest {
        var range = CompactRange()
        for hash in hashes { range.append(hash) }
        return range.root
    }

    /// The largest power of two below `size`, where a tree of that size splits.
    ///
    /// `size` is at least two.
    static func split(_ size: Int) -> Int {
        precondition(size > 1, "a tree of \(size) leaves does not split")
        return 1 << (Int.bitWidth - 1 - (size - 1).leadingZeroBitCount)
    }

    /// Pairs neighbours `levels` times, so that each run of `2^levels` hashes becomes one.
    static func fold(_ hashes: [Digest], levels: Int) -> [Digest] {
        var row = hashes
        for _ in 0..<levels {
            row = stride(from: 0, to: row.count, by: 2).map { nodeHash(row[$0], row[$0 + 1]) }
        }
        return row
    }
}

extension SHA256 {
    fileprivate mutating func update(byte: UInt8) {
        withUnsafeBytes(of: byte) { update(bufferPointer: $0) }
    }
}
