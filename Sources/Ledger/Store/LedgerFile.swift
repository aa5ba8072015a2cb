import CStore
import Foundation
import GRDB
import GRDBSQLite

/// The file of a ledger: what it is before SQLite touches it, and connections to it.
///
/// Two plain connections, one that commits and one that reads, instead of GRDB's pool: the pool
/// lowers `synchronous` to NORMAL and writes to the file each time it is opened.
struct LedgerFile: Sendable {
    /// The path, absolute, so that it is never taken for a `file:` URI.
    let path: String
    /// Where a symbolic link leads to: SQLite keeps its files beside that.
    let place: String
    /// How long its connections try for a lock before they give up.
    let patience: Patience

    init(path: String, busyWait: Duration) {
        self.path =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        place = LedgerFile.target(of: path)
        patience = Patience(busyWait)
        _ = LedgerFile.sparesMemoryAccount
    }

    /// Whether SQLite does without the account of its memory, which nobody asks for here.
    private static let sparesMemoryAccount = store_skip_memory_account() == SQLITE_OK

    /// Refuses what is not a ledger or is newer, by the first hundred bytes, without opening it.
    ///
    /// Identity and version are written before the file is ever in WAL mode, so the main file
    /// always has them.
    func inspect(known: Int) throws(StoreError) {
        guard let kind = LedgerFile.kind(of: path) else { throw .noLedger(path: path) }
        // A folder has no bytes, and who opens a pipe waits until someone writes to it.
        guard kind == S_IFREG else { throw .notALedger(path: path) }
        for suffix in ["-journal", "-wal", "-shm"] {
            guard let kind = LedgerFile.kind(of: place + suffix), kind != S_IFREG else { continue }
            throw .inTheWay(path: place + suffix)
        }
        let wasHot = hasHotJournal
        let found: FileHeader
        do {
            found = try FileHeader(path: path)
        } catch .unopened {
            throw .io(code: Int(EACCES), message: "\(path): cannot be read")
        } catch {
            throw .io(code: Int(EIO), message: "\(path): cannot be read")
        }
        let header = found.bytes
        guard header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)),
            LedgerFile.integer(header[68..<72]) == Schema.applicationID
        else { throw .notALedger(path: path) }
        // Who is at work still has the lock, and removes the journal before giving it up.
        guard !wasHot || found.isReserved || !hasHotJournal else { throw .unfinished(path: place) }
        let version = Int(LedgerFile.integer(header[60..<64]))
        guard version <= known else {
            throw .newerVersion(path: path, found: version, known: known)
        }
    }

    /// What is at a path, as `stat` has it; nil when nothing is.
    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Refuses a file that has another name, its symbolic links aside.
    func requireOneName() throws(StoreError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        guard status.st_nlink <= 1 else { throw .severalNames(path: path) }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int32 {
        Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// A connection that commits durably.
    ///
    /// - Throws: `StoreError.noLedger` when nothing is there any more: nothing is made in its place.
    ///   `.readOnly` and `.strangersFile` before SQLite makes, or uses, a file of the wrong owner.
    func writer() throws -> DatabaseQueue {
        guard LedgerFile.isWritable(place) else { throw StoreError.readOnly(path: path) }
        for file in ["-wal", "-shm"].map({ place + $0 }) where !LedgerFile.isWritable(file) {
            throw StoreError.strangersFile(path: file, owner: LedgerFile.owner(of: file))
        }
        let queue: DatabaseQueue
        do {
            queue = try DatabaseQueue(
                path: LedgerFile.uri(path, "mode=rw"), configuration: configuration(readOnly: false)
            )
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
            guard LedgerFile.kind(of: path) != nil else { throw StoreError.noLedger(path: path) }
            throw error
        }
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return queue
    }

    /// A connection that commits durably and only ever appends.
    ///
    /// The triggers of the file are off on it. They guard against ordinary SQL, which this connection
    /// is never given; that sequences and ids are unique is a constraint of the tables. With them,
    /// SQLite would keep a copy of every page that an append touches. Its rows are made from records
    /// that were just written, so that they need not be checked against them, and the columns of a row
    /// are found in it without parsing it.
    func appender() throws -> DatabaseQueue {
        let queue = try writer()
        try queue.inDatabase { database in
            guard store_disable_triggers(database.sqliteConnection) == SQLITE_OK else {
                throw DatabaseError(resultCode: .SQLITE_ERROR, message: "triggers stay on")
            }
            guard store_read_canonical(database.sqliteConnection) == SQLITE_OK else {
                throw DatabaseError(resultCode: .SQLITE_ERROR, message: "json_extract stays")
            }
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        }
        return queue
    }

    /// A connection that only reads; it makes `-wal` and `-shm` where there are none.
    ///
    /// - Throws: `DatabaseError`.
    func reader() throws -> DatabaseQueue { try probed(path) }

    /// A connection that reads the main file by itself and holds it; it makes no file.
    ///
    /// - Throws: `DatabaseError`.
    func readerAlone() throws -> DatabaseQueue {
        guard LedgerFile.knowsStillFiles else { throw DatabaseError(resultCode: .SQLITE_ERROR) }
        return try probed(LedgerFile.uri(path, "immutable=1&vfs=ledger-still"))
    }

    /// A connection to a file that nobody writes to; it makes no file beside it.
    func readerAtRest() throws -> DatabaseQueue { try probed(LedgerFile.immutableURI(path)) }

    /// The `file:` URI that has SQLite read a file without locks and without files beside it.
    static func immutableURI(_ path: String) -> String { uri(path, "immutable=1") }

    private static func uri(_ path: String, _ query: String) -> String {
        let escaped = path.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "file:\(escaped.joined())?\(query)"
    }

    private func probed(_ location: String) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: location, configuration: configuration(readOnly: true))
        _ = try queue.inDatabase { database in try Schema.version(of: database) }
        return queue
    }

    private func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        // A flag of the writer's patience must not make a reader give up.
        let patience = readOnly ? Patience(patience.wait) : patience
        configuration.busyMode = .callback { patience.tries(again: $0) }
        configuration.prepareDatabase { database in
            // A statement journal in a temporary file would double the cost of an append, because
            // the table has triggers, and could keep content that is erased later.
            try database.execute(
                sql: """
                    PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON; \
                    PRAGMA temp_store = MEMORY
                    """)
            // Up to SQLite 3.40 the JSON functions of the generated columns do not carry the
            // innocuous flag and would be refused; Schema.repair looks for foreign triggers.
            let flags = try Int.fetchOne(
                database, sql: "SELECT flags FROM pragma_function_list WHERE name = 'json_extract'")
            if let flags, flags & 0x20_0000 != 0 {
                try database.execute(sql: "PRAGMA trusted_schema = OFF")
            }
        }
        return configuration
    }
}
