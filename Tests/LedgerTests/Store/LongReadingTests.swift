import GRDB
import Testing

@testable import Ledger

/// A long log is read on two connections; what comes of it is the same.
@Suite struct LongReadingTests {
    let folder: TemporaryFolder
    let store: LedgerStore
    private let count = 10_500

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.newLedger()
        _ = try store.append(
            (1..<count).map {
                Drafts.maintenance(
                    $0, environment: "e\($0 % 13)", migration: $0 % 3 == 0 ? "plan-move" : nil)
            }, recordedTime: Drafts.start)
    }

    private func ids(from first: Int = 1, through last: Int? = nil) throws -> [EventID] {
        var ids: [EventID] = []
        try store.read { snapshot in
            try snapshot.forEachOccurrence(
                from: SequenceNumber(first), through: last.map { SequenceNumber($0) }
            ) { ids.append($0.id) }
        }
        return ids
    }

    @Test func `every occurrence comes once and in its order`() throws {
        let all = [Drafts.created().id] + (1..<count).map { Drafts.id($0) }
        #expect(try ids() == all)
        #expect(try ids(from: 300, through: 10_400) == Array(all[299..<10_400]))
        #expect(try ids(from: 2) == Array(all.dropFirst()))
        #expect(try ids(from: count + 1) == [])
        #expect(try ids(through: 99_999) == all)
    }

    @Test func `who wants no more stops the reading`() throws {
        struct Enough: Error {}
        for last in [1, 255, 256, 2000, 10_499] {
            var seen = 0
            #expect(throws: Enough.self) {
                try store.read { snapshot in
                    try snapshot.forEachOccurrence { _ in
                        seen += 1
                        if seen == last { throw Enough() }
                    }
                }
            }
            #expect(seen == last)
        }
        #expect(try ids().count == count)
    }

    @Test func `a damaged record is named, and those before it are seen`() throws {
        try #require(store.writer).inDatabase { database in
            try database.execute(
                sql: """
                    DROP TRIGGER event_update;
                    UPDATE event SET record = replace(record, 'specversion', 'specVersion')
                    WHERE sequence = 7777
                    """)
        }
        var seen = 0
        let error = #expect(throws: StoreError.self) {
            try store.read { try $0.forEachOccurrence { _ in seen += 1 } }
        }
        #expect(seen == 7776)
        #expect(error?.description.contains("7777") == true)
    }
}
