import Foundation
import GRDB

/// What is done with a draft whose id is in the ledger already.
public enum ExistingPolicy: Sendable {
    /// The same content is a no-op, other content an error.
    case compare
    /// As `compare`, but how the ledger learned of an event does not count, nor what was redacted: in
    /// its place stands the text that is given.
    case compareContent(redacted: String)
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
    private(set) var recordedTime: Timestamp
    /// The tree so far.
    private(set) var edge: CompactRange
    /// Whether the edge comes from the file and not from an append of ours.
    private let isEdgeRead: Bool
    private let sizeBefore: Int
    /// How many events stood in the file when it was last looked at for complete blocks.
    private var postedSize: Int
    private var pending = PendingRows()
    /// No id in the log is greater; ids begin with their time, so most new ones are.
    private var greatestID: EventID
    /// The keys that the log names, as far as they were followed.
    private var keys: FollowedKeys
    /// The head that this store signed last.
    private var signedHead: SignedHead?
    /// The events before this append that its head is the first to cover.
    private(set) var signedTail: ClosedRange<Int>?

    private let lookup: Statement

    /// Takes up the log at its end.
    ///
    /// - Throws: `StoreError.damagedRecord` when the last record cannot be read.
    init(
        _ database: Database, path: String, origin: String, recordedTime: Timestamp, end: LogEnd?
    ) throws {
        self.database = database
        self.path = path
        self.origin = origin
        let snapshot = LedgerSnapshot(database: database, path: path)
        let size = try snapshot.size()
        sizeBefore = size
        postedSize = size
        keys = end?.keys ?? .beginning
        signedHead = end?.signedHead
        if let end, end.edge.size == size {
            edge = end.edge
            isEdgeRead = false
            self.recordedTime = max(recordedTime, end.recordedTime)
            greatestID = end.greatestID
        } else {
            edge = try Appender.edge(size: size, after: end?.edge, snapshot)
            isEdgeRead = true
            let last = size > 0 ? try snapshot.event(SequenceNumber(size))?.recordedTime : nil
            self.recordedTime = max(recordedTime, last ?? recordedTime)
            greatestID = try Appender.greatestID(in: database)
        }
        lookup = try Appender.lookup(in: database)
    }

    /// The edge of a log that others appended to: only what came since is read when that is little.
    private static func edge(
        size: Int, after known: CompactRange?, _ snapshot: LedgerSnapshot
    ) throws -> CompactRange {
        guard var edge = known, edge.size < size, size - edge.size <= 256 else {
            return try CompactRange(size: size, reading: snapshot.hashes)
        }
        for hash in try snapshot.hashes.hashes(level: 0, indexes: edge.size..<size) {
            edge.append(hash)
        }
        return edge
    }

    private static func greatestID(in database: Database) throws -> EventID {
        let text = try String.fetchOne(
            try database.cachedStatement(sql: "SELECT id FROM event ORDER BY id DESC LIMIT 1"))
        guard let text else { return EventID(high: 0, low: 0) }
        // Of what cannot be read nothing is known.
        return EventID(text) ?? EventID(high: .max, low: .max)
    }

    /// The row of an id; nil when there is none.
    private func find(_ id: EventID) throws -> StoredRecord? {
        greatestID < id ? nil : try Appender.find(id, lookup)
    }

    /// True when an event with this id is in the log or about to be.
    func holds(_ id: EventID) throws -> Bool { try pending.holds(id) || find(id) != nil }

    /// What the next append can take up.
    var end: LogEnd {
        LogEnd(
            edge: edge, recordedTime: recordedTime, greatestID: greatestID, keys: keys,
            signedHead: signedHead)
    }

    /// The events that follow are learned of at this time or, when it is earlier, at the last one.
    mutating func move(to time: Timestamp) { recordedTime = max(recordedTime, time) }

    /// Writes what was appended and does not stand in the file yet.
    ///
    /// - Throws: `DatabaseError`; the transaction must be rolled back then.
    mutating func flush() throws {
        try pending.flush(to: database)
        try StoredPostings(database: database).complete(
            from: postedSize, to: edge.size, origin: origin)
        postedSize = edge.size
    }

    /// Writes what waits when that is much.
    mutating func flushIfFull() throws { if pending.isFull { try flush() } }

    /// A moment to go back to.
    struct Mark {
        fileprivate let rows: PendingRows.Mark
        fileprivate let edge: CompactRange
        fileprivate let recordedTime: Timestamp
    }

    /// The present moment.
    var mark: Mark { Mark(rows: pending.mark, edge: edge, recordedTime: recordedTime) }

    /// Takes back what was appended since a moment; false when some of it was written already.
    mutating func goBack(to mark: Mark) -> Bool {
        guard pending.goBack(to: mark.rows) else { return false }
        edge = mark.edge
        recordedTime = mark.recordedTime
        return true
    }

    /// True when something was appended.
    var hasAppended: Bool { edge.size > sizeBefore }

    /// Appends drafts in their order.
    ///
    /// - Throws: as for one.
    mutating func append(
        _ drafts: some Sequence<DraftInLine>, firstIndex: Int = 0
    ) throws -> [Appended] {
        var results: [Appended] = []
        results.reserveCapacity(drafts.underestimatedCount)
        for (index, draft) in drafts.enumerated() {
            results.append(try append(draft, index: firstIndex + index))
        }
        return results
    }

    /// Appends a draft, or finds it.
    ///
    /// - Throws: `StoreError.idConflict`, `.event` with the index of the draft.
    mutating func append(
        _ draft: EventDraft, index: Int, existing: ExistingPolicy
    ) throws -> Appended {
        try append(
            DraftInLine(draft, origin: origin, existing: existing), index: index)
    }

    private mutating func append(_ draft: DraftInLine, index: Int) throws -> Appended {
        // What is to be read must be in the file.
        if pending.holds(draft.id) { try flush() }
        if let found = try find(draft.id) {
            let (sequence, record) = (found.sequence, found.record)
            if try !isSame(
                draft.compared, as: record, at: sequence, index: index, draft.existing)
            {
                throw StoreError.idConflict(id: draft.id, sequence: sequence)
            }
            guard let leafHash = found.leafHash else {
                throw StoreError.damagedTree(reason: "leaf \(sequence) is not 32 bytes")
            }
            return Appended(
                sequence: sequence, id: draft.id, isNew: false, leafHash: leafHash)
        }
        let prepared: PreparedDraft
        let placed: PlacedRecord
        do {
            prepared = try draft.prepared.get()
            placed = try draft.placed(
                SequenceNumber(edge.size + 1), recordedTime: recordedTime)
        } catch {
            throw StoreError.event(error, index: index)
        }
        let appended = try append(placed.record, leafHash: placed.leafHash, id: draft.id)
        for (name, seal) in prepared.seals { keep(seal, of: appended.sequence, name: name) }
        return appended
    }

    /// Appends the bytes of a record whose sequence is the next one.
    mutating func append(_ record: Record, id: EventID) throws -> Appended {
        try append(record, leafHash: MerkleTree.leafHash(record.bytes), id: id)
    }

    private mutating func append(
        _ record: Record, leafHash: Digest, id: EventID
    ) throws -> Appended {
        if pending.isFull { try flush() }
        let sequence = edge.size + 1
        pending.add(
            PendingRows.Event(sequence: sequence, leafHash: leafHash, record: record, id: id))
        greatestID = max(greatestID, id)
        var nodes: [PendingRows.Node] = []
        edge.append(leafHash) { coordinate, hash in
            guard StoredNodes.levels.contains(coordinate.level) else { return }
            nodes.append(PendingRows.Node(coordinate: coordinate, hash: hash))
        }
        for node in nodes { pending.add(node) }
        return Appended(
            sequence: SequenceNumber(sequence), id: id, isNew: true, leafHash: leafHash)
    }

    /// Keeps the content of an attachment.
    mutating func keep(_ seal: SealedAttachment.Seal?, of sequence: SequenceNumber, name: String) {
        pending.add(
            PendingRows.Attachment(sequence: sequence.number, name: name, seal: seal))
    }

    /// Signs the head of the log as it stands now and keeps the note.
    ///
    /// A tree that was read from the file must still give the root that was signed last, else a
    /// damaged node or an altered leaf would be signed as if it were true.
    ///
    /// - Throws: `StoreError.headDiffers`, `.signer`.
    @discardableResult
    mutating func sign(_ signer: HeadSigner) throws -> SignedHead {
        try flush()
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
        let head = SignedHead(size: size, root: root, note: note)
        try keep(head)
        return head
    }

    /// Signs the head with the store's own signer, which reads what was signed last again.
    ///
    /// - Throws: `StoreError.headDiffers`, `.signer`.
    mutating func sign(_ signer: LogSigner) throws {
        try flush()
        let snapshot = LedgerSnapshot(database: database, path: path)
        let (before, changes) = try snapshot.follow(keys, through: sizeBefore)
        let (origin, sizeBefore, own) = (origin, sizeBefore, signedHead)
        var signed: LogSigner.Signed?
        signedHead = try sign { size, root in
            let new = try signer.sign(
                LogSigner.Growth(
                    origin: origin, size: size, root: root, sizeBefore: sizeBefore,
                    known: before.keys, changes: changes, own: own), in: snapshot)
            signed = new
            return new.note
        }
        keys = FollowedKeys(keys: signed?.keys ?? before.keys, size: edge.size)
        signedTail = signed?.tail
    }

    private mutating func confirmLastHead() throws {
        let snapshot = LedgerSnapshot(database: database, path: path)
        guard let head = try snapshot.newestHead() else { return }
        guard head.size <= sizeBefore else { throw StoreError.headDiffers(size: head.size) }
        if try snapshot.hashes.root(size: head.size) == head.root { return }
        // Nodes are only derived: make them from the leaves before believing the worst.
        try StoredNodes(database: database).rebuild(size: edge.size)
        guard try snapshot.hashes.root(size: head.size) == head.root else {
            throw StoreError.headDiffers(size: head.size)
        }
        edge = try CompactRange(size: edge.size, reading: snapshot.hashes)
    }
}
