import Foundation
import GRDB

/// An attachment that is to be erased, and the event that says so.
public struct Erasure: Sendable, Hashable {
    /// The event that has the attachment.
    public var sequence: SequenceNumber
    /// The attachment's name.
    public var name: String
    /// The event `attachment.erased`.
    public var draft: EventDraft

    /// An attachment that is to be erased.
    public init(_ sequence: SequenceNumber, name: String, recording draft: EventDraft) {
        self.sequence = sequence
        self.name = name
        self.draft = draft
    }
}

extension LedgerStore {
    /// Removes contents and salts of attachments, and records that it was done: all or none.
    ///
    /// Freed pages are overwritten and the `-wal` file is emptied, then the files are searched for
    /// what must be gone. Copies and backups made before keep the content.
    ///
    /// - Parameters:
    ///   - erasures: what to erase, each with the event that records it.
    ///   - recordedTime: when the ledger learns of it.
    ///   - expectedSize: how many events there must be before.
    ///   - sign: signs the new head in the same transaction; the store's own signer when nil.
    /// - Returns: where the events stand, and whether the files hold nothing of the contents any
    ///   more; if not, the disk failed in the way that is told, or a reader needed the `-wal` file, and
    ///   `scrub` does it later.
    /// - Throws: `StoreError.noAttachment` when there is no content to remove.
    @discardableResult
    public func erase(
        _ erasures: [Erasure], recordedTime: Timestamp, expectedSize: Int? = nil,
        sign: HeadSigner? = nil
    ) throws(StoreError) -> (appended: [Appended], isScrubbed: Bool, failure: StoreError?) {
        var traces: [ErasedTrace] = []
        let appended = try transaction(recordedTime: recordedTime, expectedSize: expectedSize) {
            appender in
            let snapshot = LedgerSnapshot(database: appender.database, path: path)
            var results: [Appended] = []
            for (index, erasure) in erasures.enumerated() {
                let (sequence, name) = (erasure.sequence, erasure.name)
                guard let seal = try snapshot.sealedAttachment(sequence, name: name)?.seal else {
                    throw StoreError.noAttachment(sequence, name: name)
                }
                traces.append(ErasedTrace(seal))
                try appender.database.execute(
                    sql: """
                        UPDATE attachment SET salt = NULL, content = NULL
                        WHERE sequence = ? AND name = ? AND salt IS NOT NULL
                        """,
                    arguments: [sequence.number, name])
                results.append(
                    try appender.append(erasure.draft, index: index, existing: .compare))
            }
            try self.sign(&appender, sign)
            return results
        }
        // The erasure stands: a disk that fails now must not make it look as if it did not.
        do { return (appended, try scrub(traces), nil) } catch { return (appended, false, error) }
    }

    /// Removes content and salt of one attachment, and records that it was done.
    ///
    /// - Throws: as `erase`.
    @discardableResult
    public func eraseAttachment(
        _ sequence: SequenceNumber, name: String, recording draft: EventDraft,
        recordedTime: Timestamp, expectedSize: Int? = nil, sign: HeadSigner? = nil
    ) throws(StoreError) -> (appended: Appended, isScrubbed: Bool) {
        let (appended, isScrubbed, _) = try erase(
            [Erasure(sequence, name: name, recording: draft)], recordedTime: recordedTime,
            expectedSize: expectedSize, sign: sign)
        guard let first = appended.first else { throw .noAttachment(sequence, name: name) }
        return (first, isScrubbed)
    }

    /// Writes the whole ledger anew, without what was freed in it, and empties the `-wal` file; false
    /// when a reader needs it still.
    ///
    /// - Throws: `StoreError`.
    public func scrub() throws(StoreError) -> Bool { try scrub(nil) }

    /// Makes sure that nothing of erased contents is left in the files, of whatever was when nobody
    /// knows it any more.
    private func scrub(_ traces: [ErasedTrace]?) throws(StoreError) -> Bool {
        guard let writer else { throw .readOnly(path: path) }
        return try StoreError.translating(path) {
            guard try emptyJournal(writer) else { return false }
            if let traces, try !ErasedTrace.isAny(traces, in: path, salts: false) { return true }
            // SQLite overwrites what it frees, but moving rows between pages can leave a copy in
            // the unused part of a page. Rare enough to write the whole file anew.
            do {
                try writer.writeWithoutTransaction { database in
                    // Not in memory: a ledger may be larger.
                    try database.execute(sql: "PRAGMA temp_store = FILE")
                    defer { try? database.execute(sql: "PRAGMA temp_store = MEMORY") }
                    try database.execute(sql: "VACUUM")
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return false
            }
            guard try emptyJournal(writer) else { return false }
            // A text may stand elsewhere in the ledger for good reason; a salt may not.
            return try !ErasedTrace.isAny(traces ?? [], in: path, salts: true)
        }
    }

    private func emptyJournal(_ writer: DatabaseQueue) throws -> Bool {
        let isBusy = try writer.inDatabase { database in
            try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return isBusy == 0
    }
}

/// What would give an erased content away in the bytes of a file: its salt, which stands beside it,
/// and pieces of the content.
struct ErasedTrace {
    private let salt: [UInt8]
    private let pieces: [[UInt8]]

    private static let pieceLength = 32
    private static let pieceLimit = 8

    init(_ seal: SealedAttachment.Seal) {
        salt = seal.salt
        let step = max(Self.pieceLength, seal.content.count / Self.pieceLimit)
        pieces = stride(from: 0, to: seal.content.count, by: step).compactMap { start in
            let piece = seal.content[start...].prefix(Self.pieceLength)
            // A shorter piece is found by chance.
            return piece.count == Self.pieceLength ? Array(piece) : nil
        }
    }

    /// True when one of the traces stands in the ledger's files; only salts count when said so.
    static func isAny(_ traces: [ErasedTrace], in path: String, salts: Bool) throws -> Bool {
        let patterns = traces.flatMap { [$0.salt] + (salts ? [] : $0.pieces) }
        guard !patterns.isEmpty else { return false }
        for suffix in ["", "-wal", "-shm"] {
            let file = path + suffix
            let descriptor = open(file, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            // Never closed: that would drop the locks of the connections (see `OpenFile`). Who
            // erases is about to end, and the descriptor with it.
            var window: [UInt8] = []
            while true {
                let piece = try FileSystem.readPiece(descriptor, path: file)
                if piece.isEmpty { break }
                window += piece
                if patterns.contains(where: { window.holds($0) }) { return true }
                // A pattern may lie across two pieces.
                window = Array(window.suffix(pieceLength - 1))
            }
        }
        return false
    }
}

extension [UInt8] {
    /// True when the bytes hold a pattern.
    fileprivate func holds(_ pattern: [UInt8]) -> Bool {
        guard let first = pattern.first else { return true }
        return withUnsafeBytes { bytes in
            pattern.withUnsafeBytes { wanted in
                var offset = 0
                while let start = bytes.baseAddress, let wanted = wanted.baseAddress,
                    offset + pattern.count <= bytes.count,
                    let hit = memchr(
                        start + offset, Int32(first), bytes.count - pattern.count - offset + 1)
                {
                    if memcmp(hit, wanted, pattern.count) == 0 { return true }
                    offset = UnsafeRawPointer(hit) - start + 1
                }
                return false
            }
        }
    }
}
