import GRDB
import Testing

@testable import Ledger

/// The index of ids and the postings are held against the records as sums over their entries.
@Suite struct IndexSumsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func ledger() throws -> LedgerStore {
        let store = try folder.newLedger()
        _ = try store.append(
            (1...600).map { number in
                Drafts.maintenance(
                    number, environment: "e\(number % 7)", actor: number % 2 == 0 ? "bob" : "eve",
                    migration: number % 3 == 0 ? "plan-move" : nil)
            }, recordedTime: Drafts.start)
        return store
    }

    private func sums(_ store: LedgerStore) throws -> IndexSums {
        var sums = IndexSums(size: try store.size())
        try store.forEachEvent { sums.add($0, at: $0.sequence) }
        return sums
    }

    private func differing(_ sums: IndexSums, _ store: LedgerStore) throws -> [String] {
        try store.reader.read { sums.columnsThatDiffer(in: $0) }
    }

    @Test func `a sound ledger's indexes give the sums of its records`() throws {
        let store = try ledger()
        #expect(try differing(try sums(store), store) == [])
    }

    @Test func `an entry too many, too few or in another place shows in each column`() throws {
        let store = try ledger()
        let right = try sums(store)
        let event = try #require(try store.event(SequenceNumber(4)))
        #expect(event.migration != nil)
        let all = ["id"] + Posted.allCases.map(\.rawValue)
        var more = right
        more.add(event, at: event.sequence)
        #expect(try differing(more, store) == all)
        var fewer = IndexSums(size: try store.size())
        var moved = IndexSums(size: try store.size())
        try store.forEachEvent { each in
            if each.sequence != event.sequence {
                fewer.add(each, at: each.sequence)
                moved.add(each, at: each.sequence)
            } else {
                moved.add(each, at: SequenceNumber(5))
            }
        }
        #expect(try differing(fewer, store) == all)
        #expect(try differing(moved, store) == all)
        var other = event
        other.draft.subject = "environment/other"
        var swapped = fewer
        swapped.add(other, at: event.sequence)
        #expect(try differing(swapped, store) == ["subject"])
    }

    @Test func `an event behind the last block has postings of none`() throws {
        let store = try ledger()
        var sums = try sums(store)
        let event = try #require(try store.event(SequenceNumber(513)))
        sums.add(event, at: event.sequence)
        #expect(try differing(sums, store) == ["id"])
    }

    @Test(arguments: [
        ("UPDATE posting SET value = 'environment/x' WHERE value = 'environment/e3'", "subject"),
        ("DELETE FROM posting WHERE block = 1 AND value = 'bob'", "actor"),
        ("UPDATE posting SET places = x'00' WHERE block = 0 AND value = 'plan-move'", "migration"),
        ("UPDATE posting SET block = 1 WHERE block = 0 AND attribute = 'time'", "time"),
    ])
    func `postings that say something else than the records are named, event by event`(
        sql: String, column: String
    ) throws {
        let store = try ledger()
        try store.appender().inDatabase { database in
            try database.execute(sql: sql.replacing("UPDATE", with: "UPDATE OR REPLACE"))
        }
        let result = try store.read { try LogVerification($0, origin: Drafts.origin) }
        let named = result.findings.filter { $0.kind == .indexDiffers && $0.sequence != nil }
        #expect(!named.isEmpty)
        #expect(named.allSatisfy { $0.message.contains("\"\(column)\"") })
        #expect(result.verdict == .doesNotVerify)
        try store.rebuildDerived()
        let again = try store.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(again.findings.map(\.kind) == [.unsigned])
    }

    @Test(arguments: [
        "INSERT INTO posting VALUES (8, 0, 'actor', 'carol', x'05')",
        "INSERT INTO posting VALUES (8, 2, 'actor', 'bob', x'00')",
        "INSERT INTO posting VALUES (9, 0, 'actor', 'bob', x'00')",
        "INSERT INTO posting VALUES (8, 0, 'mood', 'good', x'00')",
        "INSERT INTO posting VALUES (16, 0, 'actor', 'bob', x'00')",
        """
        UPDATE posting SET places = CAST(places || x'00' AS BLOB) WHERE block = 0 AND value = 'bob'
        """,
    ])
    func `postings that no record gives show`(sql: String) throws {
        let store = try ledger()
        try store.appender().inDatabase { try $0.execute(sql: sql) }
        let result = try store.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings.contains { $0.kind == .indexDiffers })
        #expect(result.verdict == .doesNotVerify)
    }

    // What counts is that the value comes from the index and is not made again from the record.
    @Test func `reading the indexes through looks at no record`() throws {
        let store = try ledger()
        try store.reader.read { database in
            let table = try Int.fetchOne(
                database, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'event'")
            for statement in [IndexSums.selectIDs, IndexSums.selectPostings] {
                let program = try Row.fetchAll(database, sql: "EXPLAIN " + statement)
                func cursors(_ operation: String) -> [(cursor: Int, operand: Int)] {
                    program.filter { $0["opcode"] == operation }.map { ($0["p1"], $0["p2"]) }
                }
                let tables = cursors("OpenRead").filter { $0.operand == table }.map(\.cursor)
                #expect(!cursors("Column").isEmpty)
                #expect(cursors("Column").allSatisfy { !tables.contains($0.cursor) })
                #expect(cursors("PureFunc").isEmpty)
                #expect(cursors("Sort").isEmpty && cursors("SorterOpen").isEmpty)
            }
        }
    }
}
