import Foundation
import GRDB
import Synchronization

/// Signs a head: gives the text of the note for a size and its root.
public typealias HeadSigner = (_ size: Int, _ root: Digest) throws -> String

/// One open ledger file.
///
/// Any number of processes may read and append at the same time: an append is one
/// `BEGIN IMMEDIATE` transaction, durable when it returns, and readers see whole appends only.
/// Closures given to a store must not call the store itself; they have the snapshot.
public final class LedgerStore: Sendable {
    /// Where the file is, absolute.
    public let path: String
    /// The ledger's identity, the `source` of every event.
    public let origin: String
    /// Signs the head after every append; nil when no key is at hand.
    public let signer: LogSigner?

    let writer: DatabaseQueue?
    let reader: LedgerReader
    /// The log after the newest append of this store, to save reading it.
    let end = Mutex<LogEnd?>(nil)
    /// Appends that wait to be written together.
    let commits = CommitQueue()
    private let file: LedgerFile
    private let openAppender = Mutex<DatabaseQueue?>(nil)
    /// Keeps the order among processes that append at the same time.
    let turns: Turns
    /// What stands for the signer's keys in offers to other writers.
    let offerKeys: Digest
    /// Says that this process is on the file, until all connections are closed.
    private let presence: OpenFile

    private init(
        file: LedgerFile, origin: String, signer: LogSigner?, writer: DatabaseQueue?,
        reader: LedgerReader, presence: OpenFile
    ) {
        self.file = file
        path = file.path
        self.origin = origin
        self.signer = signer
        self.writer = writer
        self.reader = reader
        self.presence = presence
        offerKeys = Offer.keys(of: signer)
        turns = Turns(path: file.path, patience: file.patience)
    }

    /// Closes the reader first.
    ///
    /// Only a connection that may write can empty the journal into the file and remove it, so that a ledger at rest is one file. Nothing is lost when that fails.
    deinit {
        try? reader.close()
        try? openAppender.withLock { $0 }?.close()
        try? writer?.close()
    }

    /// The connection that appends, made when it is first needed.
    ///
    /// - Throws: `StoreError.readOnly`; `.noLedger` when the file was removed or replaced since it was
    ///   opened, as what is written to it then is nowhere; `DatabaseError`.
    func appender() throws -> DatabaseQueue {
        guard writer != nil else { throw StoreError.readOnly(path: path) }
        guard presence.isStill(at: path) else { throw StoreError.noLedger(path: path) }
        return try openAppender.withLock { open in
            if let open { return open }
            let new = try file.appender()
            open = new
            return new
        }
    }

    /// Makes a new ledger whose first event is `created`.
    ///
    /// - Parameters:
    ///   - path: where no file is yet.
    ///   - origin: the identity of the ledger, one line.
    ///   - created: the event `ledger.created`.
    ///   - recordedTime: when the ledger learns of it; the event's own time when nil.
    ///   - sign: signs the head of size 1 in the same transaction.
    ///   - signer: does so instead, and after every append; `created` names its key as `vkey`.
    /// - Returns: the new ledger, open for writing.
    /// - Throws: `StoreError.alreadyExists`, or what an append throws. No file is left behind.
    public static func create(
        path: String, origin: String, created: EventDraft, recordedTime: Timestamp? = nil,
        sign: HeadSigner? = nil, signer: LogSigner? = nil
    ) throws(StoreError) -> LedgerStore {
        try make(
            path: path, origin: origin, created: created, recordedTime: recordedTime, sign: sign,
            signer: signer)
        return try open(path: path, signer: signer)
    }

    /// Makes a new ledger and leaves it closed: when that fails, there is none.
    ///
    /// - Parameters: as of `create`.
    /// - Throws: as `create`.
    public static func make(
        path: String, origin: String, created: EventDraft, recordedTime: Timestamp? = nil,
        sign: HeadSigner? = nil, signer: LogSigner? = nil
    ) throws(StoreError) {
        try build(path: path) { database in
            var appender = try Appender(
                database, path: path, origin: origin, recordedTime: recordedTime ?? created.time,
                end: nil)
            _ = try appender.append(created, index: 0, existing: .compare)
            try appender.flush()
            if let sign {
                try appender.sign(sign)
            } else if let signer {
                try appender.sign(signer)
            }
        }
    }

    /// Opens a ledger.
    ///
    /// Lost derived data is made again when the ledger is opened for writing. A ledger with an
    /// older layout is backed up beside itself and then brought up to date; one that lacks only
    /// derived data can be read as it is.
    ///
    /// - Parameters:
    ///   - path: where the file is.
    ///   - readOnly: true to never write, not even beside the file when its folder is read-only.
    ///   - busyWait: roughly how long to wait for other processes before giving up.
    ///   - signer: signs the head after every append.
    /// - Returns: the open ledger.
    /// - Throws: `StoreError.noLedger`, `.notALedger`, `.newerVersion`, `.olderVersion`,
    ///   `.schemaDiffers`, `.unfinished`, `.unreadableJournal`, `.busy`, `.readOnly`, `.strangersFile`,
    ///   `.io`.
    public static func open(
        path: String, readOnly: Bool = false, busyWait: Duration = .seconds(10),
        signer: LogSigner? = nil
    ) throws(StoreError) -> LedgerStore {
        try open(
            path: path, readOnly: readOnly, busyWait: busyWait, schema: .current, signer: signer)
    }

    /// Opens a ledger that nobody else has open, such as a copy just made, for reading.
    ///
    /// Nothing is written, not even beside the file.
    ///
    /// - Throws: as `open`.
    public static func openAtRest(path: String) throws(StoreError) -> LedgerStore {
        try open(
            path: path, readOnly: true, busyWait: .zero, schema: .current, isAtRest: true)
    }

    static func open(
        path: String, readOnly: Bool, busyWait: Duration, schema: Schema, isAtRest: Bool = false,
        isOnlooker: Bool = false, signer: LogSigner? = nil
    ) throws(StoreError) -> LedgerStore {
        let file = LedgerFile(path: path, busyWait: busyWait)
        try file.requireOneName()
        let presence = try OpenFile(file.path) { () throws(StoreError) in
            try file.inspect(known: schema.version)
        }
        return try StoreError.translating(file.path) {
            let writer = readOnly ? nil : try file.writer()
            if let writer {
                try migrate(writer, file: file, to: schema)
                try writer.inTransaction(.immediate) { database in
                    try Schema.repair(database)
                    return .commit
                }
            }
            let reader = try LedgerReader(file, isAtRest: isAtRest, isOnlooker: isOnlooker)
            let origin = try reader.read(again: true) { database, _ in
                let version = try Schema.version(of: database)
                guard
                    version == schema.version
                        || readOnly
                            && schema.readable.contains(max(version, Schema.firstVersion))
                else {
                    throw version > schema.version
                        ? StoreError.newerVersion(
                            path: file.path, found: version, known: schema.version)
                        : StoreError.olderVersion(
                            path: file.path, found: version, known: schema.version)
                }
                return try LedgerStore.origin(in: database)
            }
            guard let origin else { throw StoreError.notALedger(path: file.path) }
            return LedgerStore(
                file: file, origin: origin, signer: signer, writer: writer, reader: reader,
                presence: presence)
        }
    }

    /// The source of the first record that is still there; an edited record must not keep the
    /// ledger from being opened and verified.
    static func origin(in database: Database) throws -> String? {
        guard
            let row = try Row.fetchOne(
                database,
                sql: "SELECT CAST(record AS BLOB) FROM event ORDER BY sequence LIMIT 1")
        else { return nil }
        let value = try? JSONReader.parse(try row.bytes(atIndex: 0))
        return value?.object?["source"]?.string ?? ""
    }

    private static func migrate(
        _ writer: DatabaseQueue, file: LedgerFile, to schema: Schema
    ) throws {
        let found = try writer.read { try Schema.version(of: $0) }
        guard found < schema.version else { return }
        let first = max(found, Schema.firstVersion)
        guard (first..<schema.version).allSatisfy({ schema.steps[$0] != nil }) else {
            throw StoreError.olderVersion(path: file.path, found: found, known: schema.version)
        }
        try writer.inTransaction(.immediate) { database in
            // Another process may have been faster; its backup must not be replaced.
            let found = try Schema.version(of: database)
            guard found < schema.version else { return .rollback }
            // Nobody else writes now.
            let reader = try file.reader()
            let backup = try UnfinishedFile(
                file.path + ".version-\(found).backup", replacing: true)
            try reader.read { try copy($0, to: backup.path) }
            try backup.finish(replacing: true)
            try reader.close()
            if found < first {
                for object in try Schema.differences(in: database) where !object.isDerived {
                    throw StoreError.schemaDiffers(name: object.name)
                }
            }
            for version in first..<schema.version {
                try schema.steps[version]?(database)
                try database.execute(sql: "PRAGMA user_version = \(version + 1)")
            }
            return .commit
        }
    }

    /// Fills a new file in one transaction and gives it its name; nothing is left of it when that fails.
    static func build(
        path: String, _ fill: (Database) throws -> Void
    ) throws(StoreError) {
        let place = LedgerFile(path: path, busyWait: .zero).path
        let unfinished = try UnfinishedFile(place)
        let file = LedgerFile(path: unfinished.path, busyWait: .seconds(10))
        try StoreError.translating(place) {
            let queue = try file.writer()
            try queue.inTransaction(.immediate) { database in
                try Schema.current.create(in: database)
                try fill(database)
                return .commit
            }
            // Only now: identity and version are in the main file before any -wal file is.
            try queue.inDatabase { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL")
            }
            try queue.close()
        }
        try unfinished.finish()
    }

    /// Closes the connections; the store cannot be used any more.
    ///
    /// - Throws: `StoreError` when a connection cannot be closed.
    public func close() throws(StoreError) {
        try StoreError.translating(path) {
            try reader.close()
            try openAppender.withLock { $0 }?.close()
            try writer?.close()
            turns.close()
        }
    }

    /// Runs a body on one unchanging view of the ledger.
    ///
    /// - Parameters:
    ///   - again: whether the body may be run once more from its start. Who may not write the ledger
    ///     may find that what was read changed under the body; it is not answered from that.
    ///   - body: what is done with the view.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws, or `StoreError`; `.replaced` when the file is not the one any more
    ///   that was opened; `.busy` when what was read was changed.
    public func read<Value>(
        again: Bool = false, _ body: (LedgerSnapshot) throws -> Value
    ) throws -> Value {
        // What is told of a ledger that was taken away looks like what is true.
        guard presence.isStill(at: path) else { throw StoreError.replaced(path: path) }
        do {
            return try reader.read(again: again) { database, another in
                try body(LedgerSnapshot(database: database, path: path, another: another))
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }
}
