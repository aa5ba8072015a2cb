/// The layout of a bundle: everything of a ledger that another needs to check it or to restore it.
///
///     bundle.json          what is in it, canonical JSON on one line
///     README.md            for the auditor
///     checkpoint, tile/…   a C2SP tile log of the records below the newest signed head
///     tail.jsonl           the records after it, one a line; all of them without a signed head
///     heads.jsonl          every signed note, the oldest first: {"note":…,"root":…,"size":…}
///     attachments.jsonl    {"content":…,"name":…,"salt":…,"sequence":…}, base64, by sequence and
///                          name; {"erased":true,"name":…,"sequence":…} for what was erased
///     receipts/…           for each event N.tlog-proof and its record N.json
///
/// `bundle.json` holds `format`, `origin`, `root` and `size` of all records, `tiles` (how many of
/// them are in tiles), `heads`, `attachments` and `receipts`. It is no evidence: everything it says
/// is counted again. Another `format` is refused.
public enum LedgerBundle {
    /// The value of `format` that this version reads and writes.
    public static let format = "ledger-bundle/1"

    static let manifestName = "bundle.json"
    static let tailName = "tail.jsonl"
    static let headsName = "heads.jsonl"
    static let attachmentsName = "attachments.jsonl"
    static let receiptsName = "receipts"

    /// What a bundle has and a tile log has not.
    static let parts = [tailName, headsName, attachmentsName, receiptsName]

    /// What `bundle.json` says.
    public struct Manifest: Sendable, Hashable {
        /// The log's identity.
        public var origin: String
        /// How many records there are.
        public var size: Int
        /// The root over all of them.
        public var root: Digest
        /// How many of them are in tiles; the others are in the tail.
        public var tiles: Int
        /// How many signed notes there are.
        public var heads: Int
        /// How many attachments there are, erased ones included.
        public var attachments: Int
        /// Whether each event below the newest signed head has a receipt.
        public var hasReceipts: Bool
    }

    /// The name of the receipt of an event, without its ending.
    static func receiptName(_ sequence: Int) -> String {
        receiptsName + "/" + TilePath.number(sequence)
    }
}

extension LedgerBundle.Manifest {
    /// The line of `bundle.json`, without its line feed.
    func format() throws(JSONError) -> [UInt8] {
        try CanonicalJSON.encode(
            [
                "format": .string(LedgerBundle.format), "origin": .string(origin),
                "size": .integer(size),
                "root": .string(root.base64), "tiles": .integer(tiles), "heads": .integer(heads),
                "attachments": .integer(attachments), "receipts": .bool(hasReceipts),
            ] as JSONObject)
    }

    /// Reads the file `bundle.json`.
    ///
    /// - Throws: `ExportError.malformed`.
    static func parse(_ bytes: [UInt8], file: String) throws(ExportError) -> LedgerBundle.Manifest {
        func wrong(_ reason: String) -> ExportError {
            .malformed(file: file, line: nil, reason: reason)
        }
        // Its one form only, so that no byte of it can be changed without being seen.
        guard bytes.last == 0x0A,
            let object = try? JSONReader.parseCanonical(Array(bytes.dropLast())).object,
            object.members.count == 8
        else { throw wrong("not the line that an export writes") }
        guard object["format"]?.string == LedgerBundle.format else {
            throw wrong("its format is not \(LedgerBundle.format)")
        }
        func count(_ name: String) throws(ExportError) -> Int {
            guard let value = object[name]?.integer, value >= 0 else {
                throw wrong("member \"\(name)\": expected a number")
            }
            return value
        }
        guard let origin = object["origin"]?.string else {
            throw wrong("member \"origin\": expected a text")
        }
        guard let root = object["root"]?.string.flatMap({ Digest(base64: $0) }) else {
            throw wrong("member \"root\": expected the base64 of 32 bytes")
        }
        guard let hasReceipts = object["receipts"]?.bool else {
            throw wrong("member \"receipts\": expected true or false")
        }
        let manifest = LedgerBundle.Manifest(
            origin: origin, size: try count("size"), root: root, tiles: try count("tiles"),
            heads: try count("heads"), attachments: try count("attachments"),
            hasReceipts: hasReceipts)
        guard manifest.tiles <= manifest.size else { throw wrong("more tiles than records") }
        return manifest
    }
}

extension SignedHead {
    /// The line of `heads.jsonl`, without its line feed.
    func line() throws(JSONError) -> [UInt8] {
        try CanonicalJSON.encode(
            [
                "note": .string(note), "root": .string(root.base64), "size": .integer(size),
            ] as JSONObject)
    }

    /// Reads a line of `heads.jsonl`; nil when it is none.
    init?(line: [UInt8]) {
        guard let object = try? JSONReader.parseCanonical(line).object,
            object.members.count == 3, let note = object["note"]?.string,
            let root = object["root"]?.string.flatMap({ Digest(base64: $0) }),
            let size = object["size"]?.integer, size >= 0
        else { return nil }
        self.init(size: size, root: root, note: note)
    }
}

extension SealedAttachment {
    /// The line of `attachments.jsonl`, without its line feed.
    func line() throws(JSONError) -> [UInt8] {
        try CanonicalJSON.encode(
            JSONObject([
                ("sequence", .integer(sequence.number)), ("name", .string(name)),
                ("salt", seal.map { .string(StrictBase64.encode($0.salt)) }),
                ("content", seal.map { .string(StrictBase64.encode($0.content)) }),
                ("erased", seal == nil ? true : nil),
            ]))
    }

    /// Reads a line of `attachments.jsonl`; nil when it is none.
    init?(line: [UInt8]) {
        guard let object = try? JSONReader.parseCanonical(line).object,
            let name = object["name"]?.string, let sequence = object["sequence"]?.integer,
            sequence > 0
        else { return nil }
        let salt = object["salt"]?.string.flatMap { StrictBase64.decode($0.utf8) }
        let content = object["content"]?.string.flatMap { StrictBase64.decode($0.utf8) }
        switch (salt, content, object["erased"]?.bool) {
        case (let salt?, let content?, nil) where object.members.count == 4:
            let seal = Seal(salt: salt, content: content)
            self.init(sequence: SequenceNumber(sequence), name: name, seal: seal)
        case (nil, nil, true) where object.members.count == 3:
            self.init(sequence: SequenceNumber(sequence), name: name, seal: nil)
        default: return nil
        }
    }
}
