/// Cuts a growing log into tiles: hands over each full one and keeps the beginnings of the rest.
///
/// It needs memory for one bundle of entries and one tile a level, whatever the size of the log.
struct TileBuilder {
    private var range: CompactRange
    private var entries: [[UInt8]] = []
    /// The hashes of the unfinished tile of each level.
    private var rows: [[Digest]]

    /// Takes up a log after its first `size` entries, a multiple of 256; a node that is wrong there is
    /// made anew from the leaves.
    ///
    /// - Throws: `StoreError`.
    init(_ snapshot: LedgerSnapshot, from size: Int) throws {
        precondition(size.isMultiple(of: TilePath.fullWidth), "tiles are taken up at a full bundle")
        let hashes = snapshot.hashes(
            withNodes: try snapshot.areNodesRightAtEdge(size: size))
        range = try CompactRange(size: size, reading: hashes)
        rows = []
        var level = 0
        while size >> (8 * level) > 0 {
            let count = size >> (8 * level)
            let start = count / TilePath.fullWidth * TilePath.fullWidth
            rows.append(try hashes.hashes(level: 8 * level, indexes: start..<count))
            level += 1
        }
    }

    /// Begins a new log.
    init() {
        range = CompactRange()
        rows = []
    }

    /// How many entries there are so far.
    var size: Int { range.size }

    /// The root over them.
    var root: Digest { range.root }

    /// Adds an entry and hands over the tiles that it completes.
    mutating func append(
        _ entry: [UInt8], full: (TilePath, [UInt8]) throws -> Void
    ) throws {
        entries.append(entry)
        if entries.count == TilePath.fullWidth {
            let index = range.size / TilePath.fullWidth
            try full(
                .entries(index: index, width: TilePath.fullWidth), try EntryBundle.encode(entries))
            entries = []
        }
        try append(leafHash: MerkleTree.leafHash(entry), full: full)
    }

    /// Adds an entry of which only the hash is known and hands over the hash tiles that it completes.
    ///
    /// Bundles of entries are not cut then.
    mutating func append(
        leafHash: Digest, full: (TilePath, [UInt8]) throws -> Void
    ) throws {
        // Taken out, so that the rows are not copied while the range is being changed.
        var rows: [[Digest]] = []
        swap(&rows, &self.rows)
        defer { self.rows = rows }
        try range.append(leafHash) { coordinate, hash in
            guard coordinate.level.isMultiple(of: 8) else { return }
            let level = coordinate.level / 8
            if level == rows.count { rows.append([]) }
            rows[level].append(hash)
            guard rows[level].count == TilePath.fullWidth else { return }
            try full(
                .hashes(
                    level: level, index: coordinate.index / TilePath.fullWidth,
                    width: TilePath.fullWidth),
                HashTile.encode(rows[level]))
            rows[level] = []
        }
    }

    /// The tiles that are not full yet.
    var partials: [(TilePath, [UInt8])] {
        get throws {
            var tiles: [(TilePath, [UInt8])] = []
            if !entries.isEmpty {
                tiles.append(
                    (
                        .entries(index: size / TilePath.fullWidth, width: entries.count),
                        try EntryBundle.encode(entries)
                    ))
            }
            for (level, row) in rows.enumerated() where !row.isEmpty {
                tiles.append(
                    (
                        .hashes(
                            level: level, index: (size >> (8 * level)) / TilePath.fullWidth,
                            width: row.count),
                        HashTile.encode(row)
                    ))
            }
            return tiles
        }
    }
}
