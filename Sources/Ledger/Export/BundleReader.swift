/// A bundle, or a bare tile log, as it lies in a directory: read part by part, nothing believed.
public struct BundleReader: LedgerParts {
    /// Where it is.
    public let path: String
    /// What `bundle.json` says, or what the checkpoint of a bare tile log does.
    public let manifest: LedgerBundle.Manifest
    /// False for a bare tile log, which has records and a head but no attachments.
    public let isBundle: Bool

    /// Opens a bundle or a tile log.
    ///
    /// - Throws: `ExportError.notABundle` when the directory is neither, `.malformed`.
    public init(_ path: String) throws(ExportError) {
        self.path = path
        let name = path + "/" + LedgerBundle.manifestName
        if let bytes = try FileSystem.read(name) {
            manifest = try LedgerBundle.Manifest.parse(bytes, file: name)
            isBundle = true
            return
        }
        guard let note = try TileDirectory.checkpoint(in: path) else {
            throw .notABundle(
                path: path,
                reason: "neither \(LedgerBundle.manifestName) nor checkpoint is here")
        }
        do {
            let head = try Checkpoint.parse(note)
            manifest = LedgerBundle.Manifest(
                origin: head.origin, size: head.size, root: head.root, tiles: head.size, heads: 1,
                attachments: 0, hasReceipts: false)
            isBundle = false
        } catch {
            throw .malformed(file: path + "/checkpoint", line: nil, reason: error.description)
        }
    }

    /// The files of a bundle in what has lost its `bundle.json`, which says what must be in them; none
    /// in a bare tile log.
    public var strayParts: [String] {
        guard !isBundle else { return [] }
        return LedgerBundle.parts.filter { FileSystem.isThere(path + "/" + $0) }
    }

    /// The tiles of the records below the newest signed head.
    public var tiles: TileDirectory { TileDirectory(path: path, size: manifest.tiles) }

    /// The note in the file `checkpoint`; nil when nothing was signed.
    ///
    /// - Throws: `ExportError.malformed`.
    public func checkpoint() throws(ExportError) -> SignedNote? {
        try TileDirectory.checkpoint(in: path)
    }

    /// Calls a body for each record: those in tiles, then those of the tail.
    ///
    /// - Throws: `ExportError`, and what the body throws.
    public func forEachRecord(_ body: (Record) throws -> Void) throws {
        let tiles = tiles
        for index in 0..<(manifest.tiles + TilePath.fullWidth - 1) / TilePath.fullWidth {
            for entry in try tiles.entries(bundle: index) {
                try body(Record(storedBytes: entry))
            }
        }
        guard isBundle, let lines = try lines(LedgerBundle.tailName) else { return }
        while let line = try lines.next() { try body(Record(storedBytes: line)) }
    }

    /// Calls a body for each attachment.
    ///
    /// - Throws: `ExportError.malformed` naming the line, and what the body throws.
    public func forEachAttachment(_ body: (SealedAttachment) throws -> Void) throws {
        let lines = try lines(LedgerBundle.attachmentsName)
        while let line = try lines?.next() {
            guard let attachment = SealedAttachment(line: line) else {
                throw ExportError.malformed(
                    file: path + "/" + LedgerBundle.attachmentsName, line: lines?.number,
                    reason: "not an attachment")
            }
            try body(attachment)
        }
    }

    /// Calls a body for each signed head, the oldest first.
    ///
    /// - Throws: `ExportError.malformed` naming the line, and what the body throws.
    public func forEachHead(_ body: (SignedHead) throws -> Void) throws {
        guard isBundle else {
            guard let note = try checkpoint() else { return }
            return try body(
                SignedHead(
                    size: manifest.size, root: manifest.root,
                    note: String(decoding: note.format(), as: UTF8.self)))
        }
        let lines = try lines(LedgerBundle.headsName)
        while let line = try lines?.next() {
            guard let head = SignedHead(line: line) else {
                throw ExportError.malformed(
                    file: path + "/" + LedgerBundle.headsName, line: lines?.number,
                    reason: "not a signed head")
            }
            try body(head)
        }
    }

    /// The receipt and the record that the bundle has for an event; nil when it has none.
    ///
    /// - Throws: `ExportError.system`.
    public func receipt(_ sequence: Int) throws(ExportError) -> (receipt: [UInt8], record: [UInt8])?
    {
        let name = path + "/" + LedgerBundle.receiptName(sequence)
        guard let receipt = try FileSystem.read(name + ".tlog-proof"),
            let record = try FileSystem.read(name + ".json")
        else { return nil }
        return (receipt, record)
    }

    func lines(_ name: String) throws(ExportError) -> LineReader? {
        try LineReader(path + "/" + name)
    }
}
