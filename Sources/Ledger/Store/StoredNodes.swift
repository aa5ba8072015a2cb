import GRDB

/// The hashes of a ledger file: leaves beside their records, and a node for each 256 below it.
///
/// Nodes are derived. One that is missing, even the whole table, is computed from the level below.
struct StoredNodes: HashReader {
    let database: Database

    /// The levels that the table `node` holds; further ones would need 2^32 events.
    static let levels = [8, 16, 24]

    func hashes(level: Int, indexes: Range<Int>) throws -> [Digest] {
        level == 0 ? try leaves(indexes) : try nodes(level: level, indexes)
    }

    private func leaves(_ indexes: Range<Int>) throws -> [Digest] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT CAST(leaf AS BLOB) FROM event
                WHERE sequence > ? AND sequence <= ? ORDER BY sequence
                """)
        let rows = RowReader(statement)
        BoundStatement(statement).bind([indexes.lowerBound, indexes.upperBound])
        var hashes: [Digest] = []
        hashes.reserveCapacity(indexes.count)
        while try rows.next() {
            guard let hash = Digest(rows.bytes(0)) else {
                throw StoreError.damagedTree(
                    reason: "leaf \(indexes.lowerBound + hashes.count) is not 32 bytes")
            }
            hashes.append(hash)
        }
        return hashes
    }

    private func nodes(level: Int, _ indexes: Range<Int>) throws -> [Digest] {
        let stored = try storedNodes(level: level, indexes)
        return try indexes.map { index in try stored[index] ?? folded(level: level, index: index) }
    }

    // Without the table, or with another one of its name, every node counts as missing.
    private func storedNodes(level: Int, _ indexes: Range<Int>) throws -> [Int: Digest] {
        var stored: [Int: Digest] = [:]
        do {
            let statement = try database.cachedStatement(
                sql: """
                    SELECT CAST(position AS INTEGER), CAST(hash AS BLOB) FROM node
                    WHERE level = ? AND position >= ? AND position < ?
                    """)
            let rows = RowReader(statement)
            BoundStatement(statement).bind([level, indexes.lowerBound, indexes.upperBound])
            while try rows.next() { stored[rows.integer(0)] = Digest(rows.bytes(1)) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            return [:]
        }
        return stored
    }

    /// The node as the level below gives it.
    func folded(level: Int, index: Int) throws -> Digest {
        let below = index << 8..<(index + 1) << 8
        let hashes = try hashes(level: level - 8, indexes: below)
        guard hashes.count == below.count, let root = MerkleTree.fold(hashes, levels: 8).first
        else {
            throw ProofError.wrongHashCount(level: level - 8, indexes: below, found: hashes.count)
        }
        return root
    }

    /// Keeps a subtree that has just become complete, when it is of a kept level.
    func keep(_ coordinate: TreeCoordinate, _ hash: Digest) throws {
        guard StoredNodes.levels.contains(coordinate.level) else { return }
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO node (level, position, hash) VALUES (?, ?, ?)"
        ).execute(arguments: [coordinate.level, coordinate.index, hash.data])
    }

    /// The kept nodes that disagree with the level below, are missing or belong to no subtree, in a
    /// log of some size.
    ///
    /// Roots over 256 leaves that are given as `subtrees` are not made again.
    func wrongNodes(size: Int, subtrees: [Int: Digest] = [:]) throws -> [TreeCoordinate] {
        var wrong = try strayNodes(size: size)
        for level in StoredNodes.levels {
            for index in 0..<size >> level {
                let stored = try storedNodes(level: level, index..<index + 1)[index]
                let known = level == 8 ? subtrees[index] : nil
                if try stored != known ?? folded(level: level, index: index) {
                    wrong.append(TreeCoordinate(level: level, index: index))
                }
            }
        }
        return wrong
    }

    /// Whether the kept nodes from which a log of some size goes on agree with the level below: those that
    /// lie under no complete node of a kept level.
    func areRightAtEdge(size: Int) throws -> Bool {
        try StoredNodes.levels.allSatisfy { level in
            let count = size >> level
            let stored = try storedNodes(level: level, (count >> 8) << 8..<count)
            return try stored.allSatisfy { index, hash in
                try hash == folded(level: level, index: index)
            }
        }
    }

    /// The nodes of subtrees that a log of some size does not have; those of levels that are never
    /// kept say nothing that is ever read.
    private func strayNodes(size: Int) throws -> [TreeCoordinate] {
        do {
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT CAST(level AS INTEGER), CAST(position AS INTEGER) FROM node
                    WHERE position >= (? >> level) LIMIT 100
                    """,
                arguments: [size]
            ).compactMap { row in
                let (level, position): (Int, Int) = (row[0], row[1])
                guard level >= 0, position >= 0 else { return nil }
                return TreeCoordinate(level: level, index: position)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            return []
        }
    }

    /// Forgets every node and makes them again from the leaves.
    func rebuild(size: Int) throws {
        try database.execute(sql: "DELETE FROM node")
        for level in StoredNodes.levels {
            for index in 0..<size >> level {
                let hash = try folded(level: level, index: index)
                try keep(TreeCoordinate(level: level, index: index), hash)
            }
        }
    }
}
