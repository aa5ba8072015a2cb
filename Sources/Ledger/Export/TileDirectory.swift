/// A published tile log as it lies on a disk, read a file at a time.
///
/// As a `HashReader` it offers the hashes of levels 0, 8, 16 …, from the full tiles and the partial
/// ones of its size.
public struct TileDirectory: HashReader {
    /// Where it is.
    public let path: String
    /// The number of entries whose tiles are read.
    public let layout: TileLayout

    /// The tiles of a log of `size` entries in a directory.
    public init(path: String, size: Int) {
        self.path = path
        layout = TileLayout(size: size)
    }

    /// The note in the file `checkpoint` of a directory; nil when there is none.
    ///
    /// - Throws: `ExportError`.
    public static func checkpoint(in path: String) throws(ExportError) -> SignedNote? {
        guard let bytes = try FileSystem.read(path + "/checkpoint") else { return nil }
        do {
            return try SignedNote.parse(bytes)
        } catch {
            throw .malformed(file: path + "/checkpoint", line: nil, reason: error.description)
        }
    }

    /// The bytes of one tile; nil when it is not there.
    ///
    /// - Throws: `ExportError.system`.
    public func bytes(of tile: TilePath) throws(ExportError) -> [UInt8]? {
        try FileSystem.read(path + "/" + tile.text)
    }

    /// The hashes of one tile.
    ///
    /// - Throws: `ExportError.malformed` when it is not there or has another length.
    public func hashes(level: Int, tile index: Int) throws(ExportError) -> [Digest] {
        let width =
            index < layout.fullTiles(level: level)
            ? TilePath.fullWidth : layout.partialWidth(level: level)
        let tile = TilePath.hashes(level: level, index: index, width: width)
        guard let bytes = try bytes(of: tile) else {
            throw .malformed(file: path + "/" + tile.text, line: nil, reason: "not there")
        }
        do {
            return try HashTile.decode(bytes, width: width)
        } catch {
            throw .malformed(file: path + "/" + tile.text, line: nil, reason: error.description)
        }
    }

    /// The entries of one bundle.
    ///
    /// - Throws: `ExportError.malformed` when it is not there or cannot be read.
    public func entries(bundle index: Int) throws(ExportError) -> [[UInt8]] {
        let width =
            index < layout.fullTiles(level: 0)
            ? TilePath.fullWidth : layout.partialWidth(level: 0)
        let tile = TilePath.entries(index: index, width: width)
        guard let bytes = try bytes(of: tile) else {
            throw .malformed(file: path + "/" + tile.text, line: nil, reason: "not there")
        }
        do {
            return try EntryBundle.decode(bytes, width: width)
        } catch {
            throw .malformed(file: path + "/" + tile.text, line: nil, reason: error.description)
        }
    }

    /// The hashes of subtrees of a level that is a multiple of 8.
    ///
    /// - Throws: `ExportError.malformed` when a tile is not there.
    public func hashes(level: Int, indexes: Range<Int>) throws -> [Digest] {
        var found: [Digest] = []
        found.reserveCapacity(indexes.count)
        var next = indexes.lowerBound
        while next < indexes.upperBound {
            let tile = next / TilePath.fullWidth
            let hashes = try hashes(level: level / 8, tile: tile)
            let start = next - tile * TilePath.fullWidth
            let end = min(indexes.upperBound - tile * TilePath.fullWidth, hashes.count)
            guard start < end else {
                throw ProofError.wrongHashCount(
                    level: level, indexes: indexes, found: found.count)
            }
            found += hashes[start..<end]
            next += end - start
        }
        return found
    }

    /// The root of the log that the tiles give.
    ///
    /// - Throws: `ExportError.malformed` when a tile is not there.
    public func root() throws -> Digest {
        try StoredHashes(self).root(size: layout.size)
    }
}
