import GRDB

/// The layout of a ledger file.
///
/// - `event`: one row per record. Everything that is queried is generated from the record's text,
///   so it cannot disagree with it.
/// - `attachment`: content beside the log; a row without salt and content was erased.
/// - `checkpoint`: signed heads in the order they were signed.
/// - `node`: one hash per 256 of the level below it. Derived; it may be emptied or dropped.
/// - `posting`: which events of a block of 256 have a text as their subject, type, actor, migration
///   or hour. Derived as well.
///
/// The triggers guard against accidents and ordinary SQL. Who owns the file can drop them: what
/// reveals a change is the tree, not the triggers.
struct Schema: Sendable {
    /// The `application_id` of a ledger, "mLdg".
    static let applicationID: Int32 = 0x6D4C_6467

    /// The lowest `user_version` that was ever written.
    ///
    /// One that is lower was put there by someone else and says nothing about the layout.
    static let firstVersion = 1

    /// The `user_version` of the layout.
    var version: Int
    /// What leads from a version to the next one.
    var steps: [Int: @Sendable (Database) throws -> Void]
    /// Older versions that lack only derived data, and can be read as they are.
    var readable: Set<Int> = []

    /// The layout that this program writes.
    static let current = Schema(
        version: 2, steps: [1: { try postEvents(in: $0) }], readable: [1])

    /// A table, an index or a trigger.
    struct Object: Sendable {
        /// Its name.
        let name: String
        /// The statement that creates it, exactly as SQLite keeps it.
        let sql: String
        /// True when it can be made again from the rest at any time.
        let isDerived: Bool

        init(_ name: String, derived isDerived: Bool = false, _ sql: String) {
            self.name = name
            self.sql = sql
            self.isDerived = isDerived
        }
    }

    /// A generated column of `event` and the attribute it shows.
    private static let columns: [(name: String, attribute: String)] = [
        ("id", "id"), ("type", "type"), ("subject", "subject"), ("actor", "authid"),
        ("migration", "correlationid"), ("time", "time"),
    ]

    /// Every object, in the order of creation.
    static let objects: [Object] =
        tables + [postingTable] + indexes + guards + postingGuards

    // The hash stands before the record, so that reading hashes never walks the overflow pages of
    // long records.
    static let tables: [Object] = [
        Object(
            "event",
            """
            CREATE TABLE event (
                sequence INTEGER PRIMARY KEY,
                leaf BLOB NOT NULL CHECK (length(leaf) = 32),
                record TEXT NOT NULL,
            \(columns.map { column in
                "    \(column.name) TEXT \(column.name == "migration" ? "" : "NOT NULL ")"
                    + "GENERATED ALWAYS AS (json_extract(record, '$.\(column.attribute)')) VIRTUAL,"
            }.joined(separator: "\n"))
                CHECK (json_extract(record, '$.sequence') = printf('%016d', sequence))
            ) STRICT
            """),
        Object(
            "attachment",
            """
            CREATE TABLE attachment (
                sequence INTEGER NOT NULL REFERENCES event (sequence),
                name TEXT NOT NULL,
                salt BLOB CHECK (length(salt) = 32),
                content BLOB,
                PRIMARY KEY (sequence, name),
                CHECK ((salt IS NULL) = (content IS NULL))
            ) STRICT
            """),
        Object(
            "checkpoint",
            """
            CREATE TABLE checkpoint (
                number INTEGER PRIMARY KEY,
                size INTEGER NOT NULL,
                root BLOB NOT NULL CHECK (length(root) = 32),
                note TEXT NOT NULL
            ) STRICT
            """),
        Object(
            "node", derived: true,
            """
            CREATE TABLE node (
                level INTEGER NOT NULL,
                position INTEGER NOT NULL,
                hash BLOB NOT NULL,
                PRIMARY KEY (level, position)
            ) STRICT, WITHOUT ROWID
            """),
    ]

    static let postingTable = Object(
        "posting", derived: true,
        """
        CREATE TABLE posting (
            level INTEGER NOT NULL,
            block INTEGER NOT NULL,
            attribute TEXT NOT NULL,
            value TEXT NOT NULL,
            places BLOB NOT NULL,
            PRIMARY KEY (level, block, attribute, value)
        ) STRICT, WITHOUT ROWID
        """)

    static let indexes = [
        Object(
            "event_id", derived: true, "CREATE UNIQUE INDEX event_id ON event (id)"),
        // The newest head is looked for with every append that is signed.
        Object(
            "checkpoint_size", derived: true,
            "CREATE INDEX checkpoint_size ON checkpoint (size)"),
    ]

    // The insert triggers also stop INSERT OR REPLACE, which would delete rows without ever
    // firing a delete trigger.
    static let guards: [Object] = [
        trigger(
            "event_insert", "BEFORE INSERT ON event",
            when: """
                NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM event)
                OR EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
                """,
            "an event is appended after the last one, once"),
        trigger("event_update", "BEFORE UPDATE ON event", "events are never changed"),
        trigger("event_delete", "BEFORE DELETE ON event", "events are never deleted"),
        trigger(
            "attachment_insert", "BEFORE INSERT ON attachment",
            when: """
                EXISTS (SELECT 1 FROM attachment WHERE sequence = NEW.sequence AND name = NEW.name)
                """,
            "an attachment is never replaced"),
        trigger(
            "attachment_update", "BEFORE UPDATE ON attachment",
            when: """
                NEW.salt IS NOT NULL OR NEW.content IS NOT NULL
                OR NEW.sequence IS NOT OLD.sequence OR NEW.name IS NOT OLD.name
                """,
            "an attachment is only ever erased"),
        trigger(
            "attachment_delete", "BEFORE DELETE ON attachment", "attachment rows are never deleted"
        ),
        trigger(
            "checkpoint_insert", "BEFORE INSERT ON checkpoint",
            when: "NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM checkpoint)",
            "a signed head is added after the last one"),
        trigger(
            "checkpoint_update", "BEFORE UPDATE ON checkpoint", "signed heads are never changed"),
        trigger(
            "checkpoint_delete", "BEFORE DELETE ON checkpoint", "signed heads are never deleted"),
    ]

    /// Queries that decide rest on the postings: a row that is gone would be an event that is not found.
    static let postingGuards = [
        trigger(
            "posting_insert", "BEFORE INSERT ON posting",
            when: """
                EXISTS (SELECT 1 FROM posting WHERE level = NEW.level AND block = NEW.block
                AND attribute = NEW.attribute AND value = NEW.value)
                """,
            "a posting is never replaced"),
        trigger("posting_update", "BEFORE UPDATE ON posting", "postings are never changed"),
        trigger("posting_delete", "BEFORE DELETE ON posting", "postings are never deleted"),
    ].map { Object($0.name, derived: true, $0.sql) }

    private static func trigger(
        _ name: String, _ event: String, when condition: String? = nil, _ message: String
    ) -> Object {
        Object(
            name,
            """
            CREATE TRIGGER \(name) \(event)\(condition.map { " WHEN \($0)" } ?? "")
            BEGIN SELECT RAISE(ABORT, '\(message)'); END
            """)
    }
}
