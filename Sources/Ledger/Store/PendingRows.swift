import GRDB
import GRDBSQLite

/// Rows of one transaction that are made but do not stand in the file yet.
///
/// They go in many to a statement: SQLite keeps a copy of every page that a statement with triggers
/// changes, and a statement a row would pay for that again and again.
struct PendingRows {
    /// A row of `event`.
    struct Event {
        let sequence: Int
        let leafHash: Digest
        let record: Record
        let id: EventID
    }

    /// A row of `attachment`.
    struct Attachment {
        let sequence: Int
        let name: String
        let seal: SealedAttachment.Seal?
    }

    /// A row of `node`.
    struct Node {
        let coordinate: TreeCoordinate
        let hash: Digest
    }

    /// How many rows stood there at some moment, to go back to it.
    struct Mark {
        fileprivate let events: Int
        fileprivate let attachments: Int
        fileprivate let nodes: Int
        fileprivate let flushes: Int
    }

    /// More rows of events than this do not wait.
    static let limit = 256

    private var events: [Event] = []
    private var attachments: [Attachment] = []
    private var nodes: [Node] = []
    private var ids: Set<EventID> = []
    private var flushes = 0

    /// True when the rows should go in before further ones are made.
    var isFull: Bool { max(events.count, attachments.count) >= PendingRows.limit }

    /// True when nothing waits.
    var isEmpty: Bool { events.isEmpty && attachments.isEmpty && nodes.isEmpty }

    /// True when an event with this id waits.
    func holds(_ id: EventID) -> Bool { ids.contains(id) }

    mutating func add(_ event: Event) {
        events.append(event)
        ids.insert(event.id)
    }

    mutating func add(_ attachment: Attachment) { attachments.append(attachment) }

    mutating func add(_ node: Node) { nodes.append(node) }

    /// The present moment.
    var mark: Mark {
        Mark(
            events: events.count, attachments: attachments.count, nodes: nodes.count,
            flushes: flushes)
    }

    /// Forgets what was added since a moment; false when some of it stands in the file already.
    mutating func goBack(to mark: Mark) -> Bool {
        guard flushes == mark.flushes else { return false }
        for event in events[mark.events...] { ids.remove(event.id) }
        events.removeSubrange(mark.events...)
        attachments.removeSubrange(mark.attachments...)
        nodes.removeSubrange(mark.nodes...)
        return true
    }

    /// Writes everything.
    ///
    /// - Throws: `DatabaseError`; the transaction must be rolled back then.
    mutating func flush(to database: Database) throws {
        guard !isEmpty else { return }
        flushes += 1
        try flush(events, [128, 32, 8, 1], "event (sequence, leaf, record)", 3, database) {
            statement, column, event in
            statement.bind(event.sequence, at: column)
            statement.bind(event.leafHash, at: column + 1)
            statement.bind(text: event.record.bytes, at: column + 2)
        }
        try flush(
            attachments, [32, 8, 1], "attachment (sequence, name, salt, content)", 4, database
        ) { statement, column, attachment in
            statement.bind(attachment.sequence, at: column)
            statement.bind(text: Array(attachment.name.utf8), at: column + 1)
            statement.bind(blob: attachment.seal?.salt, at: column + 2)
            statement.bind(blob: attachment.seal?.content, at: column + 3)
        }
        let stored = StoredNodes(database: database)
        for node in nodes { try stored.keep(node.coordinate, node.hash) }
        events.removeAll(keepingCapacity: true)
        attachments.removeAll(keepingCapacity: true)
        nodes.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
    }

    /// Inserts rows, as many to a statement as the largest size that is not more than are left.
    private func flush<Element>(
        _ rows: [Element], _ sizes: [Int], _ target: String, _ width: Int, _ database: Database,
        bind: (BoundStatement, _ column: Int, Element) -> Void
    ) throws {
        var rest = rows[...]
        for size in sizes where rest.count >= size {
            let row = "(" + repeatElement("?", count: width).joined(separator: ", ") + ")"
            let rows = repeatElement(row, count: size).joined(separator: ", ")
            let statement = BoundStatement(
                try database.cachedStatement(sql: "INSERT INTO \(target) VALUES \(rows)"))
            while rest.count >= size {
                for (index, row) in rest.prefix(size).enumerated() {
                    bind(statement, index * width + 1, row)
                }
                try statement.run()
                rest = rest.dropFirst(size)
            }
        }
    }
}

/// A statement whose arguments are handed to SQLite without a detour.
struct BoundStatement {
    private let handle: OpaquePointer

    /// Takes a statement that lives as long as this value is used.
    init(_ statement: Statement) { handle = statement.sqliteStatement }

    func bind(_ number: Int, at column: Int) {
        sqlite3_bind_int64(handle, Int32(column), Int64(number))
    }

    func bind(_ hash: Digest, at column: Int) { bind(blob: hash.bytes, at: column) }

    func bind(blob bytes: [UInt8]?, at column: Int) {
        guard let bytes else {
            sqlite3_bind_null(handle, Int32(column))
            return
        }
        bytes.withUnsafeBytes { raw in
            // A nil address would bind NULL in the place of an empty blob.
            guard let start = raw.baseAddress, raw.count > 0 else {
                sqlite3_bind_zeroblob(handle, Int32(column), 0)
                return
            }
            sqlite3_bind_blob(handle, Int32(column), start, Int32(raw.count), copying)
        }
    }

    func bind(text bytes: [UInt8], at column: Int) {
        bytes.withUnsafeBytes { raw in
            let start = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            sqlite3_bind_text(handle, Int32(column), start, Int32(raw.count), copying)
        }
    }

    /// Runs the statement to its end.
    ///
    /// - Throws: `DatabaseError`.
    func run() throws {
        let code = sqlite3_step(handle)
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        guard code == SQLITE_DONE else {
            let connection = sqlite3_db_handle(handle)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
                message: sqlite3_errmsg(connection).map { String(cString: $0) })
        }
    }
}

/// `SQLITE_TRANSIENT`: SQLite makes a copy of its own before the call returns.
private var copying: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
