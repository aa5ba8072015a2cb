extension LedgerSnapshot {
    /// Writes the log below its newest signed head as a static C2SP tile log.
    ///
    /// The checkpoint is written last. A further export into the directory adds what is new and
    /// never writes a full tile again. It needs the same memory for a log of any size.
    ///
    /// - Returns: what was written; entries beyond the head are not.
    /// - Throws: `ExportError`, `StoreError`, and what `progress` throws.
    public func exportTiles(
        to path: String, origin: String, progress: (Int) throws -> Void = { _ in }
    ) throws -> TileSummary {
        guard let head = try newestHead() else { throw ExportError.noSignedHead }
        let directory = try ExportDirectory(path)
        try BundleExport.requireOurs(directory)
        let export = TileExport(into: directory, origin: origin)
        let summary = try export.writeTiles(
            of: self, size: head.size, root: head.root, progress: progress)
        try export.publish(head.note, size: head.size, previousSize: summary.previousSize)
        return summary
    }

    /// Writes everything of the ledger into a directory from which it can be checked and restored.
    ///
    /// `hasReceipts` says whether each signed event gets a receipt; nil leaves them out above
    /// 10,000 events, since the tiles prove the same.
    ///
    /// - Throws: `ExportError`, `StoreError`, and what `progress` throws.
    public func exportBundle(
        to path: String, origin: String, hasReceipts: Bool? = nil,
        progress: (String, Int) throws -> Void = { _, _ in }
    ) throws -> LedgerBundle.Manifest {
        try BundleExport(self, into: try ExportDirectory(path), origin: origin)
            .write(hasReceipts: hasReceipts, progress: progress)
    }

    /// Writes each record as a line into a file, which has its name only when it is complete.
    ///
    /// A ledger is never written over.
    ///
    /// - Returns: the number of records.
    /// - Throws: `ExportError`, `StoreError`, and what `progress` throws.
    public func exportLines(
        to path: String, progress: (Int) throws -> Void = { _ in }
    ) throws -> Int {
        if FileSystem.isThere(path), !FileSystem.isRegular(path) {
            throw ExportError.notAnExport(path: path, reason: "is no plain file")
        }
        if try FileSystem.isDatabase(path) {
            throw ExportError.notAnExport(path: path, reason: "is a database")
        }
        let file = try PendingFile(path)
        var count = 0
        try forEachLine { line in
            try file.write(line)
            count += 1
            if count.isMultiple(of: 1000) { try progress(count) }
        }
        try file.commit()
        return count
    }

    /// Calls a body with each record as a line: its exact bytes and a line feed.
    ///
    /// - Throws: what the body throws, or `StoreError`.
    public func forEachLine(
        from first: SequenceNumber = SequenceNumber(1), _ body: (_ line: [UInt8]) throws -> Void
    ) throws {
        try forEachRecord(from: first) { try body($0.record.bytes + [0x0A]) }
    }
}

/// What an export of tiles did.
public typealias TileSummary = TileExport.Summary

/// Writes a bundle.
struct BundleExport {
    /// Above so many events, receipts are written only when they are asked for.
    static let receiptLimit = 10_000

    private let snapshot: LedgerSnapshot
    private let directory: ExportDirectory
    private let origin: String

    init(_ snapshot: LedgerSnapshot, into directory: ExportDirectory, origin: String) throws {
        self.snapshot = snapshot
        self.directory = directory
        self.origin = origin
        try BundleExport.requireOurs(directory)
    }

    /// Refuses a directory that holds something else, before anything is added to it.
    static func requireOurs(_ directory: ExportDirectory) throws(ExportError) {
        let names = directory.names.filter { !$0.hasPrefix(".") }
        let ours: Set = [LedgerBundle.manifestName, "checkpoint", "tile"]
        guard names.isEmpty || names.contains(where: ours.contains) else {
            throw .notAnExport(
                path: directory.path, reason: "holds other files, such as \(names.sorted()[0])")
        }
    }

    func write(
        hasReceipts: Bool?, progress: (String, Int) throws -> Void
    ) throws -> LedgerBundle.Manifest {
        let size = try snapshot.size()
        let head = try snapshot.newestHead()
        let tiles = head?.size ?? 0
        let receipts = head != nil && (hasReceipts ?? (tiles <= BundleExport.receiptLimit))
        let export = TileExport(into: directory, origin: origin)
        var summary = TileSummary()
        if let head {
            summary = try export.writeTiles(of: snapshot, size: head.size, root: head.root) {
                try progress("tiles", $0)
            }
        } else {
            summary.previousSize = try export.published(in: snapshot, size: 0)
        }
        var manifest = LedgerBundle.Manifest(
            origin: origin, size: size, root: try snapshot.root(), tiles: tiles, heads: 0,
            attachments: 0, hasReceipts: receipts)
        try write(LedgerBundle.tailName) { file in
            try snapshot.forEachLine(from: SequenceNumber(tiles + 1)) { try file.write($0) }
        }
        try write(LedgerBundle.headsName) { file in
            try snapshot.forEachHead { head in
                manifest.heads += 1
                try file.write(try head.line() + [0x0A])
            }
        }
        try write(LedgerBundle.attachmentsName) { file in
            try snapshot.forEachAttachment { attachment in
                manifest.attachments += 1
                try file.write(try attachment.line() + [0x0A])
                if manifest.attachments.isMultiple(of: 100) {
                    try progress("attachments", manifest.attachments)
                }
            }
        }
        if receipts, let head {
            try write(receiptsOf: head, progress: progress)
        } else {
            directory.remove(LedgerBundle.receiptsName)
        }
        try directory.write(
            Array(BundleReadme.text(manifest, checkpoint: head?.note).utf8), to: "README.md")
        try directory.write(try manifest.format() + [0x0A], to: LedgerBundle.manifestName)
        if let head {
            try export.publish(head.note, size: head.size, previousSize: summary.previousSize)
        } else {
            try directory.sync()
        }
        return manifest
    }

    private func write(_ name: String, _ body: (PendingFile) throws -> Void) throws {
        let file = try directory.file(name)
        try body(file)
        try file.commit()
    }

    private func write(
        receiptsOf head: SignedHead, progress: (String, Int) throws -> Void
    ) throws {
        let note: SignedNote
        do {
            note = try SignedNote.parse(head.note)
        } catch {
            throw ExportError.malformed(
                file: "signed head of \(head.size)", line: nil, reason: error.description)
        }
        let hashes = snapshot.hashes(withNodes: try snapshot.wrongNodes().isEmpty)
        try snapshot.forEachRecord(through: SequenceNumber(head.size)) { stored in
            let number = stored.sequence.number
            let proof = try hashes.inclusionProof(index: number - 1, size: head.size)
            let receipt = try Receipt(index: number - 1, proof: proof, note: note)
            let name = LedgerBundle.receiptName(number)
            // They can be made again from the tiles, so a sync for each is not worth its time.
            try directory.write(receipt.format(), to: name + ".tlog-proof", durably: false)
            try directory.write(stored.record.bytes, to: name + ".json", durably: false)
            if number.isMultiple(of: 100) { try progress("receipts", number) }
        }
    }
}
