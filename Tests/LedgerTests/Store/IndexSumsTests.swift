import GRDB
import Testing

@testable import Ledger

/// Indexes are held against the records as sums over their entries.
@Suite struct IndexSumsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func ledger() throws -> LedgerStore {
        let store = try folder.newLedger()
        _ = try store.append(
            (1...50).map { number in
                Drafts.maintenance(
                    number, environment: "e\(number % 7)", actor: number % 2 == 0 ? "bob" : "eve",
                    migration: number % 3 == 0 ? "plan-move" : nil)
            }, recordedTime: Drafts.start)
        return store
    }

    private func sums(_ store: LedgerStore) throws -> IndexSums {
        var sums = IndexSums()
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
        let all = Schema.columns.map(\.name)
        var more = right
        more.add(event, at: event.sequence)
        #expect(try differing(more, store) == all)
        var fewer = IndexSums()
        var moved = IndexSums()
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

    @Test func `an index that says something else than the records is named, event by event`()
        throws
    {
        let store = try ledger()
        let path = store.path
        let writer = try #require(store.writer)
        let subject = try #require(Schema.objects.first { $0.name == "event_subject" })
        try writer.writeWithoutTransaction { database in
            // Made over another column, and given the words of the right one.
            try database.execute(
                sql: """
                    DROP INDEX event_subject; CREATE INDEX event_subject ON event (actor);
                    PRAGMA writable_schema = ON
                    """)
            try database.execute(
                sql: "UPDATE sqlite_schema SET sql = ? WHERE name = 'event_subject'",
                arguments: [subject.sql])
        }
        try store.close()
        let again = try LedgerStore.open(path: path, readOnly: true)
        let result = try again.read { try LogVerification($0, origin: Drafts.origin) }
        let named = result.findings.filter {
            $0.kind == .indexDiffers && $0.sequence != nil
        }
        #expect(named.map(\.sequence) == (1...51).map { $0 })
        #expect(named.allSatisfy { $0.message.contains("\"subject\"") })
    }

    // What counts is that the value comes from the index and is not made again from the record.
    @Test func `reading an index through looks at no record`() throws {
        let store = try ledger()
        try store.reader.read { database in
            let table = try Int.fetchOne(
                database, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'event'")
            for column in Schema.columns {
                let program = try Row.fetchAll(
                    database, sql: "EXPLAIN " + IndexSums.statement(column))
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
