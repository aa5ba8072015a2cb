@testable import Ledger

/// A second Merkle tree, written word for word from the definitions in RFC 6962 section 2.1.
///
/// It shares nothing with the code under test but SHA-256. Subtree hashes are remembered, since
/// the definition computes them again for every proof.
struct NaiveTree {
    let entries: [[UInt8]]
    private var remembered: [Range<Int>: Digest] = [:]

    init(_ entries: [[UInt8]]) {
        self.entries = entries
    }

    /// Entries `leaf 0`, `leaf 1` … as Go's tlog tests have them.
    static func numbered(_ count: Int) -> NaiveTree {
        NaiveTree((0..<count).map { Array("leaf \($0)".utf8) })
    }

    /// MTH(D[n]).
    mutating func hash(_ range: Range<Int>) -> Digest {
        if let known = remembered[range] { return known }
        let hash: Digest
        switch range.count {
        case 0: hash = Digest(hashing: [])
        case 1: hash = Digest(hashing: [0x00] + entries[range.lowerBound])
        case let count:
            let middle = range.lowerBound + NaiveTree.largestPowerOfTwo(below: count)
            let left = self.hash(range.lowerBound..<middle)
            let right = self.hash(middle..<range.upperBound)
            hash = Digest(hashing: [0x01] + left.bytes + right.bytes)
        }
        remembered[range] = hash
        return hash
    }

    mutating func root(size: Int) -> Digest { hash(0..<size) }

    mutating func leafHash(_ index: Int) -> Digest { hash(index..<index + 1) }

    /// PATH(m, D[n]).
    mutating func inclusion(_ index: Int, _ range: Range<Int>) -> [Digest] {
        guard range.count > 1 else { return [] }
        let split = NaiveTree.largestPowerOfTwo(below: range.count)
        let middle = range.lowerBound + split
        if index < split {
            return inclusion(index, range.lowerBound..<middle) + [hash(middle..<range.upperBound)]
        }
        return inclusion(index - split, middle..<range.upperBound)
            + [hash(range.lowerBound..<middle)]
    }

    /// PROOF(m, D[n]).
    mutating func consistency(_ from: Int, _ to: Int) -> [Digest] {
        from == 0 ? [] : subproof(from, 0..<to, true)
    }

    private mutating func subproof(
        _ old: Int, _ range: Range<Int>, _ isComplete: Bool
    ) -> [Digest] {
        if old == range.count { return isComplete ? [] : [hash(range)] }
        let split = NaiveTree.largestPowerOfTwo(below: range.count)
        let middle = range.lowerBound + split
        if old <= split {
            return subproof(old, range.lowerBound..<middle, isComplete)
                + [hash(middle..<range.upperBound)]
        }
        return subproof(old - split, middle..<range.upperBound, false)
            + [hash(range.lowerBound..<middle)]
    }

    private static func largestPowerOfTwo(below count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }
}

extension Digest {
    /// The digest with one of its 256 bits turned over.
    func flipped(bit: Int) -> Digest {
        var changed = bytes
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        return Digest(changed) ?? self
    }
}
