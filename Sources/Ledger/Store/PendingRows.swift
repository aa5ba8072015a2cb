import GRDB

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
        try flush(events, PendingRows.eventInserts, 3, database) { statement, column, event in
            statement.bind(event.sequence, at: column)
            statement.bind(event.leafHash, at: column + 1)
            statement.bind(text: event.record.bytes, at: column + 2)
        }
        try flush(attachments, PendingRows.attachmentInserts, 4, database) {
            statement, column, attachment in
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
        _ rows: [Element], _ inserts: [Insert], _ width: Int, _ database: Database,
        bind: (BoundStatement, _ column: Int, Element) -> Void
    ) throws {
        var rest = rows[...]
        for insert in inserts where rest.count >= insert.count {
            let statement = BoundStatement(try database.cachedStatement(sql: insert.sql))
            while rest.count >= insert.count {
                for (index, row) in rest.prefix(insert.count).enumerated() {
                    bind(statement, index * width + 1, row)
                }
                try statement.run()
                rest = rest.dropFirst(insert.count)
            }
        }
    }

    /// A statement that inserts so many rows.
    private struct Insert {
        let count: Int
        let sql: String

        init(_ count: Int, into target: String, columns: Int) {
            self.count = count
            let row = "(" + repeatElement("?", count: columns).joined(separator: ", ") + ")"
            sql =
                "INSERT INTO \(target) VALUES "
                + repeatElement(row, count: count).joined(separator: ", ")
        }
    }

    private static let eventInserts = [128, 32, 8, 1].map {
        Insert($0, into: "event (sequence, leaf, record)", columns: 3)
    }

    private static let attachmentInserts = [32, 8, 1].map {
        Insert($0, into: "attachment (sequence, name, salt, content)", columns: 4)
    }
}
