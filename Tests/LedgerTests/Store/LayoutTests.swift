import Foundation
import GRDB
import Testing

@testable import Ledger

/// Ledgers of other layouts are refused, read as they are, or brought up to date.
@Suite struct LayoutTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Gives a ledger the layout of version 1, with an index for each column.
    private func makeOlder(_ store: LedgerStore) throws {
        try #require(store.writer).inDatabase { database in
            try database.execute(sql: "DROP TABLE posting; PRAGMA user_version = 1")
            for column in ["type", "subject", "actor", "time"] {
                try database.execute(sql: "CREATE INDEX event_\(column) ON event (\(column))")
            }
            try database.execute(
                sql: """
                    CREATE INDEX event_migration ON event (migration)
                    WHERE migration IS NOT NULL
                    """)
        }
    }

    @Test func `of several that find an older ledger one brings it up to date, after a backup`()
        async throws
    {
        let store = try folder.newLedger()
        _ = try store.append(
            (1...300).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        try makeOlder(store)
        try store.close()
        let path = store.path
        let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let store = try LedgerStore.open(path: path)
                    defer { try? store.close() }
                    return try store.events(matching: HistoryQuery(actor: "alice")).count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sizes == Array(repeating: 301, count: 8))
        let backup = try DatabaseQueue(path: path + ".version-1.backup")
        let (version, tables) = try await backup.read { database in
            (
                try Schema.version(of: database),
                try String.fetchAll(
                    database, sql: "SELECT name FROM sqlite_schema WHERE name = 'posting'")
            )
        }
        #expect(version == 1)
        #expect(tables == [])
        #expect(try LedgerStore.openAtRest(path: path + ".version-1.backup").size() == 301)
    }

    @Test(arguments: [1, 0, -7])
    func `a version that is lower than the layout keeps nobody from recording`(_ version: Int)
        throws
    {
        let store = try folder.newLedger()
        _ = try store.append(
            (1...300).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        let root = try store.root()
        try #require(store.writer).inDatabase { database in
            try database.execute(sql: "PRAGMA user_version = \(version)")
        }
        try store.close()
        let reader = try LedgerStore.open(path: store.path, readOnly: true)
        #expect(try reader.root() == root)
        let findings = try reader.read { try $0.layoutFindings() }
        #expect(findings.map(\.name) == (version < 1 ? ["user_version"] : []))
        #expect(!findings.contains { !$0.isDerived })
        try reader.close()
        for number in 1...2 {
            let again = try LedgerStore.open(path: store.path)
            try again.append(Drafts.maintenance(700 + number))
            #expect(try again.root(size: 301) == root)
            #expect(try again.read { try $0.layoutFindings() } == [])
            #expect(try again.events(matching: HistoryQuery(actor: "alice")).count == 301 + number)
            try again.close()
        }
        #expect(FileManager.default.fileExists(atPath: store.path + ".version-\(version).backup"))
    }

    @Test func `a version that says nothing makes no other file a ledger`() throws {
        let store = try folder.newLedger()
        try #require(store.writer).inDatabase { database in
            try database.execute(sql: "DROP TABLE attachment; PRAGMA user_version = 0")
        }
        try store.close()
        #expect(throws: StoreError.schemaDiffers(name: "attachment")) {
            try LedgerStore.open(path: store.path)
        }
    }

    @Test func `a newer ledger is refused and not touched`() throws {
        let store = try folder.newLedger()
        try store.close()
        let next = Schema(version: 3, steps: [2: { _ in }])
        try LedgerStore.open(
            path: store.path, readOnly: false, busyWait: .seconds(1), schema: next
        ).close()
        let before = folder.contents("ledger.sqlite")
        for readOnly in [true, false] {
            #expect(throws: StoreError.newerVersion(path: store.path, found: 3, known: 2)) {
                try LedgerStore.open(path: store.path, readOnly: readOnly)
            }
        }
        #expect(folder.contents("ledger.sqlite") == before)
    }

    @Test func `an older ledger migrates after a backup, step by step`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        let root = try store.root()
        try store.close()
        let newer = Schema(
            version: 4,
            steps: [
                2: { try $0.execute(sql: "CREATE TABLE extra (x)") },
                3: { try $0.execute(sql: "INSERT INTO extra VALUES (7)") },
            ])
        #expect(throws: StoreError.olderVersion(path: store.path, found: 2, known: 4)) {
            try LedgerStore.open(
                path: store.path, readOnly: true, busyWait: .seconds(1), schema: newer)
        }
        let migrated = try LedgerStore.open(
            path: store.path, readOnly: false, busyWait: .seconds(1), schema: newer)
        #expect(try migrated.root() == root)
        let (extra, version) = try migrated.read { snapshot in
            (
                try Int.fetchOne(snapshot.database, sql: "SELECT x FROM extra"),
                try Schema.version(of: snapshot.database)
            )
        }
        #expect(extra == 7)
        #expect(version == 4)
        let backup = try LedgerStore.open(path: store.path + ".version-2.backup")
        #expect(try backup.root() == root)
        #expect(throws: StoreError.olderVersion(path: backup.path, found: 2, known: 3)) {
            try LedgerStore.open(
                path: backup.path, readOnly: false, busyWait: .seconds(1),
                schema: Schema(version: 3, steps: [:]))
        }
    }

    @Test func `a ledger with an index for each column gets postings in their place`() throws {
        let store = try folder.newLedger()
        _ = try store.append(
            (1...300).map { Drafts.maintenance($0, environment: "e\($0 % 7)") },
            recordedTime: Drafts.start)
        let query = HistoryQuery(subject: .exact("environment/e3"))
        let (root, found) = (try store.root(), try store.events(matching: query))
        #expect(found.count == 43)
        try makeOlder(store)
        try store.close()
        let reader = try LedgerStore.open(path: store.path, readOnly: true)
        #expect(try reader.events(matching: query) == found)
        let older = try reader.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(older.findings.map(\.kind) == [.unsigned, .derivedDataWrong])
        try reader.close()
        let migrated = try LedgerStore.open(path: store.path)
        #expect(try migrated.root() == root)
        #expect(try migrated.events(matching: query) == found)
        let result = try migrated.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings.map(\.kind) == [.unsigned])
        let indexes = try migrated.reader.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
        }
        #expect(Set(indexes) == ["event_id", "checkpoint_size"])
        #expect(
            FileManager.default.fileExists(atPath: migrated.path + ".version-1.backup"))
    }

    @Test func `a failed migration leaves the ledger as it was`() throws {
        let store = try folder.newLedger()
        try store.close()
        let broken = Schema(
            version: 4,
            steps: [
                2: { try $0.execute(sql: "CREATE TABLE extra (x)") },
                3: { try $0.execute(sql: "INSERT INTO nowhere VALUES (7)") },
            ])
        #expect(throws: StoreError.self) {
            try LedgerStore.open(
                path: store.path, readOnly: false, busyWait: .seconds(1), schema: broken)
        }
        let again = try LedgerStore.open(path: store.path)
        #expect(try again.size() == 1)
        #expect(try again.read { try $0.database.tableExists("extra") } == false)
    }
}
