import Dispatch
import Foundation
import GRDB
import Synchronization

extension LedgerSnapshot {
    /// Hashes the bytes of every record again, on all processors, and makes the tree over them.
    ///
    /// Each processor reads its own stretches of the log on a connection of its own, and hashes
    /// records where SQLite has them.
    ///
    /// - Returns: how many records there are and their RFC 6962 root.
    /// - Throws: `StoreError`; `.damagedTree` at the first record whose stored hash is another one,
    ///   or that is not there.
    public func rehash() throws -> (size: Int, root: Digest) {
        let size = try size()
        let work = HashWork(size: size)
        let helpers = (1..<ProcessInfo.processInfo.activeProcessorCount).compactMap { _ in
            size > HashWork.length ? try? another?() : nil
        }
        let group = DispatchGroup()
        for helper in helpers {
            DispatchQueue.global().async(group: group) {
                helper.inDatabase { work.run(on: $0) }
                try? helper.close()
            }
        }
        work.run(on: database)
        group.wait()
        return (size, try StoreError.translating(path) { try work.root() })
    }
}

/// The stretches of a log that are to be hashed, and what became of those that were.
private final class HashWork: Sendable {
    /// How many records are taken at a time, a multiple of 256.
    static let length = 4096

    private struct State {
        var next = 0
        var results: [Int: Result<[Digest], any Error>] = [:]
    }

    private let size: Int
    private let state = Mutex(State())

    init(size: Int) { self.size = size }

    /// Takes stretches until there are no more.
    func run(on database: Database) {
        while let start = take() {
            let result = Result { try hashes(from: start, in: database) }
            state.withLock { $0.results[start] = result }
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.next < size else { return nil }
            defer { state.next += HashWork.length }
            return state.next
        }
    }

    /// The roots of the complete subtrees of 256 from a place on, then the leaves of the rest.
    private func hashes(from start: Int, in database: Database) throws -> [Digest] {
        let end = min(start + HashWork.length, size)
        let statement = try database.cachedStatement(
            sql: """
                SELECT sequence, CAST(record AS BLOB), CAST(leaf AS BLOB) FROM event
                WHERE sequence > ? AND sequence <= ? ORDER BY sequence
                """)
        let rows = RowReader(statement)
        BoundStatement(statement).bind([start, end])
        var leaves: [Digest] = []
        leaves.reserveCapacity(end - start)
        while try rows.next() {
            let sequence = start + leaves.count + 1
            guard rows.integer(0) == sequence else { throw HashWork.missing(sequence) }
            let hash = MerkleTree.leafHash(of: rows.bytes(1))
            guard Digest(rows.bytes(2)) == hash else {
                throw StoreError.damagedTree(reason: "leaf \(sequence) is not its record's hash")
            }
            leaves.append(hash)
        }
        guard leaves.count == end - start else {
            throw HashWork.missing(start + leaves.count + 1)
        }
        let whole = leaves.count & ~255
        let roots = stride(from: 0, to: whole, by: 256).flatMap { first in
            MerkleTree.fold(Array(leaves[first..<first + 256]), levels: 8)
        }
        return roots + leaves[whole...]
    }

    private static func missing(_ sequence: Int) -> StoreError {
        .damagedTree(reason: "event \(sequence) is not there")
    }

    /// The root over all; throws what is wrong with the first stretch that is not as it should be.
    func root() throws -> Digest {
        let results = state.withLock { $0.results }
        var range = CompactRange()
        for start in stride(from: 0, to: size, by: HashWork.length) {
            guard let result = results[start] else { throw HashWork.missing(start + 1) }
            let hashes = try result.get()
            let subtrees = (min(start + HashWork.length, size) - start) / 256
            for root in hashes.prefix(subtrees) { range.append(subtree: root, level: 8) }
            for leaf in hashes.dropFirst(subtrees) { range.append(leaf) }
        }
        return range.root
    }
}
