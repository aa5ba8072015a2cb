import GRDB
import Testing

@testable import Ledger

@Suite struct SchemaTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func writer(_ store: LedgerStore) throws -> DatabaseQueue {
        try #require(store.writer)
    }

    @Test(arguments: [
        "UPDATE event SET record = record", "UPDATE event SET leaf = zeroblob(32)",
        "UPDATE event SET sequence = sequence + 10", "DELETE FROM event",
        "DELETE FROM event WHERE sequence = 3",
        "INSERT INTO event SELECT sequence + 5, leaf, record FROM event WHERE sequence = 1",
        "INSERT OR REPLACE INTO event (sequence, leaf, record) SELECT 2, leaf, record FROM event",
        """
        INSERT OR REPLACE INTO event (sequence, leaf, record)
        SELECT 4, leaf, replace(record, '"0000000000000001"', '"0000000000000004"')
        FROM event WHERE sequence = 1
        """,
        "INSERT INTO event (sequence, leaf, record) VALUES (4, zeroblob(32), '{}')",
        "INSERT INTO event (sequence, leaf, record) VALUES (4, zeroblob(32), 'x')",
        "INSERT INTO event (sequence, leaf, record, type) VALUES (4, zeroblob(32), '{}', 'x')",
        "UPDATE event SET type = 'x'",
        "UPDATE attachment SET content = x'00'", "DELETE FROM attachment",
        "UPDATE attachment SET name = 'other', salt = NULL, content = NULL",
        "UPDATE attachment SET salt = NULL",
        "INSERT OR REPLACE INTO attachment SELECT sequence, name, salt, x'00' FROM attachment",
        "UPDATE checkpoint SET note = 'x'", "DELETE FROM checkpoint",
        "INSERT OR REPLACE INTO checkpoint SELECT number, size, root, 'x' FROM checkpoint",
    ])
    func `ordinary SQL cannot change what was recorded`(sql: String) throws {
        let store = try folder.newLedger(sign: plainNote)
        try store.append(Drafts.maintenance(1))
        try store.append(Drafts.note(2, text: "secret"))
        let before = try dump(store)
        #expect(throws: DatabaseError.self) {
            try writer(store).inDatabase { try $0.execute(sql: sql) }
        }
        #expect(try dump(store) == before)
    }

    private func dump(_ store: LedgerStore) throws -> [String] {
        try store.reader.read { database in
            try ["event", "attachment", "checkpoint"].flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map(\.description)
            }
        }
    }

    @Test func `the columns say what the records say`() throws {
        let store = try folder.newLedger()
        let texts = ["prod", "a\"b\\c", "\u{1F456} pants", "tab\tand\nline", "caf\u{E9}"]
        _ = try store.append(
            texts.enumerated().map { number, text in
                Drafts.maintenance(
                    number, environment: text, actor: text,
                    migration: number % 2 == 0 ? text : nil)
            }, recordedTime: Drafts.start)
        try store.read { snapshot in
            let rows = try Row.fetchAll(
                snapshot.database,
                sql: "SELECT sequence, id, type, subject, actor, migration, time FROM event")
            #expect(rows.count == 6)
            for row in rows {
                let event = try #require(try snapshot.event(SequenceNumber(row[0])))
                #expect(row[1] == event.id.description)
                #expect(row[2] == event.type.description)
                #expect(row[3] == event.subject)
                #expect(row[4] == event.actor.id)
                #expect(row[5] == event.migration)
                #expect(row[6] == event.time.description)
                #expect(try snapshot.columnsNotIndexing(event) == [])
            }
        }
    }

    @Test func `lost derived data stops nothing and is made again`() throws {
        let store = try folder.newLedger()
        _ = try store.append(
            (1...600).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        let root = try store.root()
        try writer(store).inDatabase { database in
            try database.execute(sql: "DROP TABLE node; DROP TABLE posting")
        }
        try store.close()
        let reader = try LedgerStore.open(path: store.path, readOnly: true)
        #expect(try reader.root() == root)
        try reader.read { snapshot in
            #expect(try snapshot.layoutFindings().map(\.name) == ["node", "posting"])
            let derived = try snapshot.layoutFindings().map(\.isDerived)
            #expect(derived == [true, true])
            #expect(try snapshot.wrongNodes().count == 2)
            let event = try #require(try snapshot.event(SequenceNumber(2)))
            // What is lost is named once, as such, not at every event.
            #expect(try snapshot.columnsNotIndexing(event) == [])
        }
        try reader.close()
        let again = try LedgerStore.open(path: store.path)
        #expect(try again.root() == root)
        try again.append(Drafts.maintenance(700))
        try again.rebuildDerived()
        #expect(try again.read { try $0.layoutFindings() } == [])
        #expect(try again.read { try $0.wrongNodes() } == [])
    }

    @Test func `a wrong node is found and rebuilt, and never signed`() throws {
        let store = try folder.newLedger(sign: plainNote)
        _ = try store.append(
            (1...600).map { Drafts.maintenance($0) }, recordedTime: Drafts.start, sign: plainNote)
        let root = try store.root()
        try writer(store).inDatabase { database in
            try database.execute(sql: "UPDATE node SET hash = zeroblob(32) WHERE position = 1")
        }
        #expect(try store.read { try $0.hashes.root(size: 601) } != root)
        // What was signed for the size tells that the leaves alone are to be asked.
        #expect(try store.root() == root)
        #expect(
            try store.read { try $0.wrongNodes() } == [TreeCoordinate(level: 8, index: 1)])
        let again = try LedgerStore.open(path: store.path)
        _ = try again.append(
            [Drafts.maintenance(700)], recordedTime: Drafts.start, sign: plainNote)
        #expect(try again.read { try $0.wrongNodes() } == [])
        #expect(try again.root(size: 601) == root)
        #expect(try again.signedHeads(newest: 1).first?.root == again.root())
    }

    @Test func `a log that lost or changed signed records is not signed again`() throws {
        for tamper in [
            "DELETE FROM event WHERE sequence = 4",
            "UPDATE event SET leaf = zeroblob(32) WHERE sequence = 2",
        ] {
            let name = "tampered-\(tamper.count).sqlite"
            let store = try folder.newLedger(name)
            _ = try store.append(
                (1...3).map { Drafts.maintenance($0) }, recordedTime: Drafts.start,
                sign: plainNote)
            try writer(store).inDatabase { database in
                try database.execute(
                    sql: "DROP TRIGGER event_delete; DROP TRIGGER event_update; \(tamper)")
            }
            let again = try LedgerStore.open(path: store.path)
            let size = try again.size()
            #expect(throws: StoreError.headDiffers(size: 4)) {
                try again.append(
                    [Drafts.maintenance(9)], recordedTime: Drafts.start, sign: plainNote)
            }
            #expect(try again.size() == size)
        }
    }

    @Test func `missing guards return, foreign and altered ones keep the ledger from writing`()
        throws
    {
        let store = try folder.newLedger()
        try writer(store).inDatabase { try $0.execute(sql: "DROP TRIGGER event_update") }
        #expect(
            try store.read { try $0.layoutFindings() }
                == [LayoutFinding(name: "event_update", what: "missing", isDerived: false)])
        let again = try LedgerStore.open(path: store.path)
        #expect(try again.read { try $0.layoutFindings() } == [])

        try writer(store).inDatabase { database in
            try database.execute(
                sql: """
                    CREATE TABLE mine (x); CREATE VIEW seen AS SELECT type FROM event;
                    CREATE TRIGGER mine_insert AFTER INSERT ON mine BEGIN SELECT 1; END
                    """)
        }
        #expect(try LedgerStore.open(path: store.path).size() == 1)

        try writer(store).inDatabase { database in
            try database.execute(
                sql: "CREATE TRIGGER evil AFTER INSERT ON event BEGIN DELETE FROM node; END")
        }
        #expect(throws: StoreError.schemaDiffers(name: "evil")) {
            try LedgerStore.open(path: store.path)
        }
        let reader = try LedgerStore.open(path: store.path, readOnly: true)
        #expect(try reader.size() == 1)
        #expect(
            try reader.read { try $0.layoutFindings() }
                == [LayoutFinding(name: "evil", what: "foreign", isDerived: false)])
    }

    /// SQLite answers by any index that there is, and one may lead elsewhere.
    @Test
    func `a foreign index on a table of ours is named, one on another's is nobody's business`()
        throws
    {
        let store = try folder.newLedger()
        try writer(store).inDatabase { database in
            try database.execute(
                sql: "CREATE TABLE mine (x); CREATE INDEX of_mine ON mine (x)")
        }
        #expect(try store.read { try $0.layoutFindings() } == [])
        try writer(store).inDatabase { database in
            try database.execute(sql: "CREATE INDEX zz ON event (type)")
        }
        #expect(
            try store.read { try $0.layoutFindings() }
                == [LayoutFinding(name: "zz", what: "foreign", isDerived: false)])
    }
}
