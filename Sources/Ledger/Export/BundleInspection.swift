/// Reads every file of a bundle and holds them against each other.
struct BundleInspection {
    /// The log as far as it could be read.
    private(set) var reading: LogReading
    /// What is wrong with the files, besides what is wrong with the records.
    private(set) var findings: [Finding] = []

    private let bundle: BundleReader
    private let tiles: TileDirectory
    /// The newest signed head; nil without one that can be read.
    private let checkpoint: (note: SignedNote, head: Checkpoint)?
    private var tree = TileBuilder()
    private var attachments: AttachmentCursor

    /// Begins with the signed heads.
    ///
    /// - Throws: `ExportError.system`.
    init(_ bundle: BundleReader, demands: VerificationDemands) throws {
        self.bundle = bundle
        tiles = bundle.tiles
        attachments = try AttachmentCursor(bundle)
        var findings: [Finding] = []
        var heads: [SignedHead] = []
        if bundle.isBundle, let lines = try bundle.lines(LedgerBundle.headsName) {
            var order = HeadOrder(file: LedgerBundle.headsName)
            defer { findings += order.findings }
            while let line = try lines.next() {
                if let head = SignedHead(line: line) {
                    heads.append(head)
                    order.take(size: head.size, number: lines.number)
                } else {
                    findings.append(
                        Finding(
                            .edited, found: String(decoding: line.prefix(200), as: UTF8.self),
                            message: "\(LedgerBundle.headsName):\(lines.number) is no signed head"))
                }
            }
            if lines.isCutOff { findings.append(.cutOff(LedgerBundle.headsName)) }
        }
        let strayParts = bundle.strayParts.joined(separator: ", ")
        if !strayParts.isEmpty {
            findings.append(
                Finding(
                    .missing,
                    message: "\(LedgerBundle.manifestName) is not there, though this is a bundle: "
                        + "what is in \(strayParts) was not looked at"))
        }
        if heads.count != bundle.manifest.heads, bundle.isBundle {
            findings.append(
                Finding(
                    heads.count < bundle.manifest.heads ? .missing : .inserted,
                    expected: "\(bundle.manifest.heads)", found: "\(heads.count)",
                    message: "there are \(heads.count) signed heads, not "
                        + "\(bundle.manifest.heads)"))
        }
        do {
            checkpoint = try BundleInspection.checkpoint(of: bundle)
        } catch {
            checkpoint = nil
            findings.append(Finding(.edited, message: "checkpoint cannot be read: \(error)"))
        }
        if let checkpoint {
            let note = String(decoding: checkpoint.note.format(), as: UTF8.self)
            if !heads.contains(where: { $0.note == note }) {
                heads.append(
                    SignedHead(
                        size: checkpoint.head.size, root: checkpoint.head.root, note: note))
            }
        } else if findings.isEmpty, bundle.manifest.tiles > 0 {
            findings.append(Finding(.unsigned, message: "checkpoint is not there"))
        }
        reading = LogReading(
            origin: bundle.manifest.origin, heads: heads, hasAllHeads: bundle.isBundle,
            demands: demands)
        self.findings = findings
    }

    private static func checkpoint(
        of bundle: BundleReader
    ) throws -> (note: SignedNote, head: Checkpoint)? {
        guard let note = try bundle.checkpoint() else { return nil }
        return (note, try Checkpoint.parse(note))
    }

    /// Reads the records, then what hangs on them.
    ///
    /// - Throws: `ExportError.system`, and what `progress` throws.
    mutating func read(progress: (Int) throws -> Void) throws {
        if try readTiles(progress) {
            try readTail(progress)
            try compareWithManifest()
        }
        reading.finish()
        if bundle.manifest.hasReceipts { try readReceipts(progress) }
    }

    /// Reads the records in tiles; false when so much is gone that no hash is left to go on with.
    private mutating func readTiles(_ progress: (Int) throws -> Void) throws -> Bool {
        let count = bundle.manifest.tiles
        let tiles = tiles
        for index in 0..<(count + TilePath.fullWidth - 1) / TilePath.fullWidth {
            let first = index * TilePath.fullWidth + 1
            let hashes = readable(.derivedDataWrong, first) {
                try tiles.hashes(level: 0, tile: index)
            }
            let entries = readable(.missing, first) { try tiles.entries(bundle: index) }
            if let entries {
                for (offset, entry) in entries.enumerated() {
                    try take(Record(storedBytes: entry), first + offset, hash: hashes?[offset])
                }
            } else if let hashes {
                for hash in hashes {
                    reading.skip(leafHash: hash)
                    try grow(hash)
                }
            } else {
                return false
            }
            try progress(reading.size)
        }
        for (path, bytes) in try tree.partials { try compare(path, bytes) }
        return true
    }

    private mutating func readTail(_ progress: (Int) throws -> Void) throws {
        guard bundle.isBundle, let lines = try bundle.lines(LedgerBundle.tailName) else { return }
        while let line = try lines.next() {
            try take(Record(storedBytes: line), reading.size + 1, hash: nil)
            if reading.size.isMultiple(of: 1000) { try progress(reading.size) }
        }
        if lines.isCutOff { findings.append(.cutOff(LedgerBundle.tailName)) }
    }

    private mutating func take(_ record: Record, _ sequence: Int, hash: Digest?) throws {
        let leaf = MerkleTree.leafHash(record.bytes)
        let stored = StoredRecord(
            sequence: SequenceNumber(sequence), record: record, leafHash: hash ?? leaf)
        var rows = try attachments.rows(through: sequence)
        for stray in rows where stray.sequence.number < sequence { report(stray: stray) }
        rows.removeAll { $0.sequence.number < sequence }
        var used: Set<String> = []
        let isBundle = bundle.isBundle
        reading.take(stored) { event, inspector in
            guard isBundle else { return }
            inspector.inspectAttachments(of: event) { name in
                used.insert(name)
                return rows.first { $0.name.utf8.elementsEqual(name.utf8) }
            }
        }
        for row in rows where !used.contains(row.name) { report(stray: row) }
        if sequence <= bundle.manifest.tiles { try grow(leaf) }
    }

    private mutating func grow(_ leaf: Digest) throws {
        var full: [(TilePath, [UInt8])] = []
        try tree.append(leafHash: leaf) { full.append(($0, $1)) }
        for (path, bytes) in full { try compare(path, bytes) }
    }

    /// Holds a hash tile against what the records give; those of level 0 were compared hash by hash.
    private mutating func compare(_ path: TilePath, _ bytes: [UInt8]) throws {
        guard case .hashes(let level, _, _) = path, level > 0 else { return }
        let found = try tiles.bytes(of: path)
        guard found != bytes else { return }
        // Others verify with these tiles: here they are not a mere cache.
        findings.append(
            Finding(
                .derivedDataWrong,
                message: found == nil
                    ? "\(path) is not there" : "\(path) does not follow from the records",
                isFatal: true))
    }

    private mutating func compareWithManifest() throws {
        for stray in try attachments.rest() { report(stray: stray) }
        findings += attachments.findings
        let manifest = bundle.manifest
        if bundle.isBundle, attachments.count != manifest.attachments {
            findings.append(
                Finding(
                    attachments.count < manifest.attachments ? .missing : .inserted,
                    expected: "\(manifest.attachments)", found: "\(attachments.count)",
                    message: "there are \(attachments.count) attachments, not "
                        + "\(manifest.attachments)"))
        }
        if let checkpoint, checkpoint.head.size != manifest.tiles {
            findings.append(
                Finding(
                    .derivedDataWrong, expected: "\(checkpoint.head.size)",
                    found: "\(manifest.tiles)",
                    message: "\(LedgerBundle.manifestName) has another number of signed events "
                        + "than checkpoint"))
        }
        guard reading.size == manifest.size else {
            findings.append(
                Finding(
                    reading.size < manifest.size ? .missing : .inserted,
                    sequence: min(reading.size, manifest.size) + 1, expected: "\(manifest.size)",
                    found: "\(reading.size)",
                    message: "there are \(reading.size) records, not \(manifest.size)"))
            return
        }
        guard bundle.isBundle, reading.root != manifest.root else { return }
        findings.append(
            Finding(
                .edited, expected: manifest.root, found: reading.root,
                message: "the records do not give the root of \(LedgerBundle.manifestName)"))
    }

    private mutating func readReceipts(_ progress: (Int) throws -> Void) throws {
        for sequence in 1...max(1, bundle.manifest.tiles) where bundle.manifest.tiles > 0 {
            guard let (bytes, record) = try bundle.receipt(sequence) else {
                findings.append(
                    Finding(.missing, sequence: sequence, message: "its receipt is not there"))
                continue
            }
            do {
                let receipt = try Receipt.parse(bytes)
                guard receipt.index == sequence - 1, receipt.note == checkpoint?.note else {
                    throw ReceiptError.malformed(
                        line: 2, expected: "this event and the checkpoint of the bundle")
                }
                try MerkleTree.verifyInclusion(
                    leafHash: MerkleTree.leafHash(record), index: receipt.index,
                    size: receipt.checkpoint.size, proof: receipt.proof,
                    root: receipt.checkpoint.root)
            } catch {
                findings.append(
                    Finding(
                        .edited, sequence: sequence, message: "its receipt does not hold: \(error)")
                )
            }
            if sequence.isMultiple(of: 1000) { try progress(sequence) }
        }
    }

    private mutating func report(stray row: SealedAttachment) {
        findings.append(
            Finding(
                .inserted, sequence: row.sequence.number,
                message: "attachment \"\(row.name)\" stands in no record"))
    }

    /// The value of a part that can be read; a finding and nil otherwise.
    private mutating func readable<Value>(
        _ kind: Finding.Class, _ sequence: Int, _ body: () throws -> Value
    ) -> Value? {
        do { return try body() } catch {
            findings.append(
                Finding(kind, sequence: sequence, message: "\(error)", isFatal: true))
            return nil
        }
    }
}
