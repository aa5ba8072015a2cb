import Ledger

/// Stored hashes in memory, of some levels only, that count how often they are read.
final class MemoryHashes: HashReader {
    struct NotStored: Error, Equatable {
        let level: Int
        let index: Int
    }

    private var stored: [TreeCoordinate: Digest] = [:]
    private(set) var reads = 0

    /// Keeps the levels for which `keeps` is true.
    init(leafHashes: [Digest], keeps: (Int) -> Bool = { _ in true }) {
        var range = CompactRange()
        for hash in leafHashes {
            range.append(hash) { coordinate, hash in
                if keeps(coordinate.level) { stored[coordinate] = hash }
            }
        }
    }

    func hashes(level: Int, indexes: Range<Int>) throws -> [Digest] {
        try indexes.map { index in
            reads += 1
            guard let hash = stored[TreeCoordinate(level: level, index: index)] else {
                throw NotStored(level: level, index: index)
            }
            return hash
        }
    }

    /// Runs some work and says how many hashes it read.
    func countingReads<Value>(_ work: () throws -> Value) rethrows -> (value: Value, reads: Int) {
        let before = reads
        let value = try work()
        return (value, reads - before)
    }
}
