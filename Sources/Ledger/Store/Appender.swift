import Foundation
import GRDB

/// What is done with a draft whose id is in the ledger already.
public enum ExistingPolicy: Sendable {
    /// The same content is a no-op, other content an error.
    case compare
    /// The same id is a no-op.
    case skip
}

/// Where a draft stands in the log.
public struct Appended: Sendable, Hashable {
    /// Its sequence.
    public let sequence: SequenceNumber
    /// Its id.
    public let id: EventID
    /// False when the event was there before.
    public let isNew: Bool
    /// The RFC 6962 hash of its record.
    public let leafHash: Digest
}

/// Writes events within one transaction.
struct Appender {
    let database: Database
    let path: String
    let origin: String
    /// When the ledger learns of these events; not before what it learned last.
    let recordedTime: Timestamp
    /// The tree so far.
    private(set) var edge: CompactRange
    /// Whether the edge comes from the file and not from an append of ours.
    private let isEdgeRead: Bool
    private let sizeBefore: Int

    private let find: Statement
    private let insert: Statement

    /// Takes up the log at its end.
    ///
    /// - Throws: `StoreError.damagedRecord` when the last record cannot be read.
    init(
        _ database: Database, path: String, origin: String, recordedTime: Timestamp,
        edge: CompactRange?
    ) throws {
        self.database = database
        self.path = path
        self.origin = origin
        let snapshot = LedgerSnapshot(database: database, path: path)
        let size = try snapshot.size()
        sizeBefore = size
        var time = recordedTime
        if size > 0, let last = try snapshot.event(SequenceNumber(size)) {
            time = max(time, last.recordedTime)
        }
        self.recordedTime = time
        if let edge, edge.size == size {
            self.edge = edge
            isEdgeRead = false
        } else {
            self.edge = try CompactRange(size: size, reading: snapshot.hashes)
            isEdgeRead = true
        }
        find = try database.cachedStatement(
            sql: "SELECT sequence, CAST(record AS BLOB), leaf FROM event WHERE id = ?")
        insert = try database.cachedStatement(
            sql: "INSERT INTO event (sequence, leaf, record) VALUES (?, ?, CAST(? AS TEXT))")
    }

    /// True when something was appended.
    var hasAppended: Bool { edge.size > sizeBefore }

    /// Appends a draft, or finds it.
    ///
    /// - Throws: `StoreError.idConflict`, `.event` with the index of the draft.
    mutating func append(
        _ draft: EventDraft, index: Int, existing: ExistingPolicy
    ) throws -> Appended {
        if let found = try Row.fetchOne(find, arguments: [draft.id.description]) {
            let sequence = SequenceNumber(found[0])
            let record = Record(storedBytes: try found.bytes(atIndex: 1))
            if existing == .compare, try !isSame(draft, as: record, at: sequence, index: index) {
                throw StoreError.idConflict(id: draft.id, sequence: sequence)
            }
            guard let leafHash = try found.digest(atIndex: 2) else {
                throw StoreError.damagedTree(reason: "leaf \(sequence) is not 32 bytes")
            }
            return Appended(
                sequence: sequence, id: draft.id, isNew: false, leafHash: leafHash)
        }
        var data = draft.data
        var seals: [(String, SealedAttachment.Seal)] = []
        for (name, content) in draft.attachments {
            guard data[name] == nil else {
                throw StoreError.event(
                    .malformed(
                        type: draft.type.description, member: name,
                        expected: "no member of an attachment's name"), index: index)
            }
            let salt = Appender.randomSalt()
            seals.append((name, SealedAttachment.Seal(salt: salt, content: content.bytes)))
            data[name] = AttachmentReference(content, salt: salt).json
        }
        let record = try self.record(
            of: draft, data: data, sequence: SequenceNumber(edge.size + 1), time: recordedTime,
            index: index)
        let appended = try append(record, id: draft.id)
        for (name, seal) in seals { try keep(seal, of: appended.sequence, name: name) }
        return appended
    }

    /// Appends the bytes of a record whose sequence is the next one.
    mutating func append(_ record: Record, id: EventID) throws -> Appended {
        let leafHash = MerkleTree.leafHash(record.bytes)
        let sequence = edge.size + 1
        try insert.execute(arguments: [sequence, leafHash.data, Data(record.bytes)])
        let nodes = StoredNodes(database: database)
        try edge.append(leafHash) { coordinate, hash in try nodes.keep(coordinate, hash) }
        return Appended(
            sequence: SequenceNumber(sequence), id: id, isNew: true, leafHash: leafHash)
    }

    /// Keeps the content of an attachment.
    func keep(_ seal: SealedAttachment.Seal?, of sequence: SequenceNumber, name: String) throws {
        try database.cachedStatement(
            sql: "INSERT INTO attachment (sequence, name, salt, content) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [
            sequence.number, name, seal.map { Data($0.salt) }, seal.map { Data($0.content) },
        ])
    }

    /// Signs the head of the log as it stands now and keeps the note.
    ///
    /// A tree that was read from the file must still give the root that was signed last, else a
    /// damaged node or an altered leaf would be signed as if it were true.
    ///
    /// - Throws: `StoreError.headDiffers`, `.signer`.
    mutating func sign(_ signer: HeadSigner) throws {
        if isEdgeRead { try confirmLastHead() }
        let (size, root) = (edge.size, edge.root)
        let note: String
        do {
            note = try signer(size, root)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError.signer(reason: "\(error)")
        }
        try keep(SignedHead(size: size, root: root, note: note))
    }

    /// Signs the head with the store's own signer, which reads what was signed last again.
    ///
    /// - Throws: `StoreError.headDiffers`, `.signer`.
    mutating func sign(_ signer: LogSigner) throws {
        let snapshot = LedgerSnapshot(database: database, path: path)
        let (origin, before) = (origin, sizeBefore)
        try sign { size, root in
            try signer.note(
                origin: origin, size: size, root: root, in: snapshot, sizeBefore: before)
        }
    }

    /// Keeps a signed head after the last one.
    func keep(_ head: SignedHead) throws {
        try database.execute(
            sql: """
                INSERT INTO checkpoint (number, size, root, note)
                VALUES ((SELECT coalesce(max(number), 0) + 1 FROM checkpoint), ?, ?, ?)
                """,
            arguments: [head.size, head.root.data, head.note])
    }

    private mutating func confirmLastHead() throws {
        let snapshot = LedgerSnapshot(database: database, path: path)
        guard let head = try snapshot.newestHead() else { return }
        guard head.size <= sizeBefore else { throw StoreError.headDiffers(size: head.size) }
        if try snapshot.root(size: head.size) == head.root { return }
        // Nodes are only derived: make them from the leaves before believing the worst.
        try StoredNodes(database: database).rebuild(size: edge.size)
        guard try snapshot.root(size: head.size) == head.root else {
            throw StoreError.headDiffers(size: head.size)
        }
        edge = try CompactRange(size: edge.size, reading: snapshot.hashes)
    }

    /// True when a draft would have made exactly this record, given the salts it was made with.
    private func isSame(
        _ draft: EventDraft, as record: Record, at sequence: SequenceNumber, index: Int
    ) throws -> Bool {
        let stored: Event
        do {
            stored = try record.event()
        } catch {
            throw StoreError.damagedRecord(sequence, reason: error.description)
        }
        var data = draft.data
        for (name, content) in draft.attachments {
            guard data[name] == nil, let reference = AttachmentReference(stored.data[name]) else {
                return false
            }
            let snapshot = LedgerSnapshot(database: database, path: path)
            // Of an erased content, its length and media type are all that can be compared.
            let commitment =
                try snapshot.sealedAttachment(sequence, name: name)?.seal
                .map { AttachmentReference.commitment(salt: $0.salt, content: content.bytes) }
            data[name] =
                AttachmentReference(
                    commitment: commitment ?? reference.commitment,
                    byteCount: content.bytes.count, mediaType: content.mediaType
                ).json
        }
        let again = try self.record(
            of: draft, data: data, sequence: stored.sequence, time: stored.recordedTime,
            index: index)
        return again == record
    }

    private func record(
        of draft: EventDraft, data: JSONObject, sequence: SequenceNumber, time: Timestamp,
        index: Int
    ) throws -> Record {
        var draft = draft
        draft.data = data
        draft.attachments = [:]
        do {
            return try Record(
                Event(sequence: sequence, recordedTime: time, source: origin, draft: draft))
        } catch {
            throw StoreError.event(error, index: index)
        }
    }

    private static func randomSalt() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<AttachmentReference.saltByteCount).map { _ in
            UInt8(truncatingIfNeeded: random.next())
        }
    }
}
