/// Writes a log as a static C2SP tile log (tlog-tiles v0.1.0) that any web server can publish.
///
/// Whoever reads the directory meanwhile sees a whole log: tiles come first, each whole under its
/// name, then the `checkpoint`. A further export adds what is new. Full tiles are never written
/// twice, and a directory of another history is refused, not repaired.
public struct TileExport {
    private let directory: ExportDirectory
    private let origin: String

    /// What an export did.
    public struct Summary: Sendable, Hashable {
        /// How many entries the directory held before.
        public var previousSize = 0
        /// How many it holds now.
        public var size = 0
        /// The tiles that were written.
        public var written = 0
    }

    /// An export of the log of an origin into a directory.
    init(into directory: ExportDirectory, origin: String) {
        self.directory = directory
        self.origin = origin
    }

    /// How much of the log the directory has already.
    ///
    /// - Throws: `ExportError.otherLog`, `.ahead`, `.forked`, `.malformed`.
    func published(in snapshot: LedgerSnapshot, size: Int) throws -> Int {
        guard let note = try TileDirectory.checkpoint(in: directory.path) else { return 0 }
        let old: Checkpoint
        do {
            old = try Checkpoint.parse(note)
        } catch {
            throw ExportError.malformed(
                file: directory.path(of: "checkpoint"), line: nil, reason: error.description)
        }
        guard old.isOf(origin: origin) else {
            throw ExportError.otherLog(
                path: directory.path, expected: origin, found: old.origin)
        }
        guard old.size <= size else {
            throw ExportError.ahead(path: directory.path, size: old.size, actual: size)
        }
        let now = try snapshot.root(size: old.size)
        guard now == old.root else {
            throw ExportError.forked(
                path: directory.path, size: old.size, expected: old.root, found: now)
        }
        return old.size
    }

    /// Writes the tiles of the first `size` entries that the directory lacks.
    ///
    /// - Throws: `ExportError`, `StoreError`, and what `progress` throws.
    func writeTiles(
        of snapshot: LedgerSnapshot, size: Int, root: Digest,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> Summary {
        // A log that was cut off or altered below its head is not published.
        guard try snapshot.root(size: size) == root else {
            throw StoreError.headDiffers(size: size)
        }
        var summary = Summary()
        summary.previousSize = try published(in: snapshot, size: size)
        summary.size = size
        var tiles = try TileBuilder(
            snapshot, from: try completePrefix(of: summary.previousSize, in: snapshot))
        try snapshot.forEachRecord(
            from: SequenceNumber(tiles.size + 1), through: SequenceNumber(size)
        ) { stored in
            guard stored.sequence.number == tiles.size + 1,
                stored.leafHash == MerkleTree.leafHash(stored.record.bytes)
            else { throw ExportError.damagedRecord(sequence: tiles.size + 1) }
            try tiles.append(stored.record.bytes) { try keep($0, $1, counting: &summary) }
            if tiles.size.isMultiple(of: 1000) { try progress(tiles.size) }
        }
        guard tiles.size == size else { throw ExportError.damagedRecord(sequence: tiles.size + 1) }
        guard tiles.root == root else {
            throw StoreError.headDiffers(size: size)
        }
        for (path, bytes) in try tiles.partials {
            try keep(path, bytes, counting: &summary)
        }
        return summary
    }

    /// How many of the published entries need not be looked at again: those of the full bundles,
    /// as long as nobody has removed one.
    private func completePrefix(of size: Int, in snapshot: LedgerSnapshot) throws -> Int {
        var level = 0
        var complete = size / TilePath.fullWidth
        let layout = TileLayout(size: size)
        while layout.fullTiles(level: level) > 0 {
            for index in 0..<layout.fullTiles(level: level) {
                let there = directory.exists(
                    TilePath.hashes(level: level, index: index, width: TilePath.fullWidth).text)
                if there, level > 0 { continue }
                if there,
                    directory.exists(
                        TilePath.entries(index: index, width: TilePath.fullWidth).text)
                {
                    continue
                }
                complete = min(complete, index << (8 * level))
                break
            }
            level += 1
        }
        return complete * TilePath.fullWidth
    }

    /// Writes a tile unless it is there; one that is there has these very bytes.
    private func keep(
        _ tile: TilePath, _ bytes: [UInt8], counting summary: inout Summary
    ) throws(ExportError) {
        if let found = try directory.bytes(of: tile.text) {
            guard found == bytes else {
                throw .tileDiffers(path: directory.path(of: tile.text))
            }
            return
        }
        try directory.write(bytes, to: tile.text)
        summary.written += 1
    }

    /// Makes the tiles durable, publishes the head and removes partial tiles that are full now.
    func publish(_ note: String, size: Int, previousSize: Int) throws(ExportError) {
        try directory.sync()
        let bytes = Array(note.utf8)
        if try directory.bytes(of: "checkpoint") != bytes {
            try directory.write(bytes, to: "checkpoint")
            try directory.sync()
        }
        let (old, new) = (TileLayout(size: previousSize), TileLayout(size: size))
        var level = 0
        while previousSize >> (8 * level) > 0 {
            let index = old.fullTiles(level: level)
            if index < new.fullTiles(level: level) {
                let path = TilePath.hashes(level: level, index: index, width: TilePath.fullWidth)
                directory.remove(path.text + ".p")
                if level == 0 {
                    let path = TilePath.entries(index: index, width: TilePath.fullWidth)
                    directory.remove(path.text + ".p")
                }
            }
            level += 1
        }
    }
}
