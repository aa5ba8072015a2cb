import GRDB
import Testing

@testable import Ledger

/// Questions about the history are answered from postings, and never otherwise than from the records.
@Suite struct PostingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func ledger(_ count: Int, _ name: String = "ledger.sqlite") throws -> LedgerStore {
        let store = try folder.newLedger(name)
        var random = TrustRandom(seed: 7)
        let environments = ["prod", "prod2", "test", "pro"]
        let drafts = (0..<count).map { number in
            // One environment appears only now and then, one migration only long ago.
            Drafts.maintenance(
                number,
                environment: number % 211 == 0
                    ? "rare" : environments[Int(random.next() % 4)],
                actor: random.next() % 2 == 0 ? "alice" : "bob",
                migration: number < 40 ? "plan-move" : random.next() % 3 == 0 ? "later" : nil)
        }
        for start in stride(from: 0, to: count, by: 97) {
            _ = try store.append(
                Array(drafts[start..<min(start + 97, count)]), recordedTime: Drafts.start)
        }
        return store
    }

    private func checkAll(_ store: LedgerStore, _ last: Int) throws {
        var all: [Event] = []
        try store.forEachEvent { all.append($0) }
        func check(_ query: HistoryQuery, _ keep: (Event) -> Bool) throws {
            let wanted = all.filter(keep)
            #expect(try store.events(matching: query) == wanted)
            for length in [50, 1_000] {
                var paged: [Event] = []
                try store.forEachPage(matching: query, of: length) { page in
                    #expect(1...length ~= page.count)
                    paged += page
                }
                #expect(paged == wanted)
                var newest = query
                newest.isNewestFirst = true
                newest.limit = 120
                paged = []
                try store.forEachPage(matching: newest, of: length) { paged += $0 }
                #expect(paged == Array(wanted.reversed().prefix(120)))
            }
            for limit in [0, 1, 3, 300] {
                var newest = query
                newest.isNewestFirst = true
                newest.limit = limit
                #expect(
                    try store.events(matching: newest) == Array(wanted.reversed().prefix(limit)))
                newest.isNewestFirst = false
                #expect(try store.events(matching: newest) == Array(wanted.prefix(limit)))
            }
            let stretches = [
                (0, 1), (3, 260), (255, 258), (256, 257), (last - 1, last), (300, 20), (7, 7),
                (0, 0), (.max, 3), (3, .max), (.max, .max),
            ]
            for (after, before) in stretches {
                var part = query
                part.after = SequenceNumber(after)
                part.before = SequenceNumber(before)
                let within = wanted.filter {
                    after < $0.sequence.number && $0.sequence.number < before
                }
                #expect(try store.events(matching: part) == within)
            }
        }
        try check(HistoryQuery()) { _ in true }
        for name in ["prod", "rare", "nobody"] {
            try check(HistoryQuery(subject: .exact("environment/\(name)"))) {
                $0.subject == "environment/\(name)"
            }
        }
        try check(HistoryQuery(subject: .prefix("environment/pro"))) {
            $0.subject.hasPrefix("environment/pro")
        }
        let from = Drafts.start + .seconds(300)
        try check(HistoryQuery(type: .prefix("env."), since: from)) {
            $0.time >= from && $0.sequence.number > 1
        }
        try check(HistoryQuery(subject: .exact("environment/rare"), actor: "bob")) {
            $0.subject == "environment/rare" && $0.actor.id == "bob"
        }
        try check(HistoryQuery(migration: "plan-move")) { $0.migration == "plan-move" }
        try check(HistoryQuery(actor: "alice", migration: "later")) {
            $0.actor.id == "alice" && $0.migration == "later"
        }
        let to = from + .seconds(7)
        try check(HistoryQuery(since: from, until: to)) { from <= $0.time && $0.time <= to }
        try check(HistoryQuery(until: to)) { $0.time <= to }
        try check(HistoryQuery(type: .exact("ledger.created"))) { $0.sequence.number == 1 }
    }

    @Test(arguments: [3, 254, 255, 256, 511, 700])
    func `a query gives what a plain filter gives`(count: Int) throws {
        let store = try ledger(count)
        try checkAll(store, count + 1)
        let result = try store.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings.map(\.kind) == [.unsigned])
    }

    @Test func `a block without postings is looked through`() throws {
        let losses = [
            "DELETE FROM posting WHERE block = 1", "DELETE FROM posting", "DROP TABLE posting",
        ]
        for (number, sql) in losses.enumerated() {
            let store = try ledger(700, "\(number).sqlite")
            try store.appender().inDatabase { try $0.execute(sql: sql) }
            let reader = try LedgerStore.open(path: store.path, readOnly: true)
            try checkAll(reader, 701)
        }
    }

    @Test(arguments: [
        "DELETE FROM posting WHERE value = 'bob'", "UPDATE posting SET places = x'00'",
        "INSERT OR REPLACE INTO posting VALUES (8, 0, 'actor', 'bob', x'00')",
    ])
    func `ordinary SQL takes no posting away`(sql: String) throws {
        let store = try ledger(300)
        let bob = HistoryQuery(actor: "bob")
        let found = try store.events(matching: bob)
        #expect(throws: DatabaseError.self) {
            try #require(store.writer).inDatabase { try $0.execute(sql: sql) }
        }
        #expect(try store.events(matching: bob) == found)
    }

    @Test func `a table of postings that is another one is no derived data that is lost`() throws {
        let store = try ledger(300)
        try store.appender().inDatabase { database in
            try database.execute(
                sql: """
                    CREATE TABLE other AS SELECT * FROM posting WHERE value <> 'bob';
                    DROP TABLE posting; ALTER TABLE other RENAME TO posting
                    """)
        }
        let reader = try LedgerStore.open(path: store.path, readOnly: true)
        let result = try reader.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.verdict == .doesNotVerify)
        #expect(result.findings.contains { $0.kind == .indexDiffers })
        let again = try LedgerStore.open(path: store.path)
        let mended = try again.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(mended.findings.map(\.kind) == [.unsigned])
    }

    @Test func `a level above leads to the blocks below it`() throws {
        let store = try folder.newLedger()
        let count = 1 << 16 + 600
        // Each of a few events stands alone in its block, the others have another subject.
        let marked: Set = [1, 300, 40_000, 65_535, 65_536, 65_900, count]
        for start in stride(from: 1, through: count, by: 4096) {
            _ = try store.append(
                (start...min(start + 4095, count)).map { number in
                    Drafts.maintenance(
                        number, environment: marked.contains(number) ? "rare" : "prod")
                }, recordedTime: Drafts.start)
        }
        let query = HistoryQuery(subject: .exact("environment/rare"))
        let places = marked.map { $0 + 1 }.sorted()
        #expect(try store.events(matching: query).map(\.sequence.number) == places)
        var newest = query
        newest.isNewestFirst = true
        newest.limit = 4
        #expect(
            try store.events(matching: newest).map(\.sequence.number)
                == Array(places.reversed().prefix(4)))
        func verify() throws -> LogVerification {
            try store.read { try LogVerification($0, origin: Drafts.origin) }
        }
        #expect(try verify().findings.map(\.kind) == [.unsigned])
        let writer = try store.appender()
        try writer.inDatabase { database in
            try database.execute(sql: "DELETE FROM posting WHERE level = 16 AND value = 'alice'")
        }
        #expect(try verify().findings.map(\.kind).contains(.indexDiffers))
        try store.rebuildDerived()
        #expect(try verify().findings.map(\.kind) == [.unsigned])
        try writer.inDatabase { database in
            try database.execute(sql: "DELETE FROM posting WHERE level = 16")
        }
        #expect(try store.events(matching: query).map(\.sequence.number) == places)
    }

    @Test(arguments: [
        HistoryQuery(subject: .exact("environment/prod")),
        HistoryQuery(subject: .prefix("environment/")),
        HistoryQuery(type: .exact("env.destroy.accepted")),
        HistoryQuery(type: .prefix("env.destroy.")), HistoryQuery(actor: "alice"),
        HistoryQuery(migration: "plan-move"), HistoryQuery(since: Drafts.start),
        HistoryQuery(until: Drafts.start),
        HistoryQuery(type: .prefix("env."), since: Drafts.start, isNewestFirst: true),
        HistoryQuery(actor: "alice", until: Drafts.start),
        HistoryQuery(after: SequenceNumber(3), limit: 2),
    ])
    func `each question is answered from an index`(query: HistoryQuery) throws {
        let store = try folder.newLedger()
        func plan(_ text: String, in database: Database) throws -> String {
            let arguments = StatementArguments(repeatElement(0, count: text.count { $0 == "?" }))
            return try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + text, arguments: arguments
            ).map { $0["detail"] as String }.joined(separator: "; ")
        }
        try store.read { snapshot in
            let database = snapshot.database
            let reading = try plan(query.sql.text, in: database)
            #expect(reading == "SEARCH event USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)")
            #expect(query.conditions.isEmpty == (query.after != nil))
            for condition in query.conditions {
                let value = condition.end == nil ? "value=?" : "value>? AND value<?"
                let finding = try plan(StoredPostings.select(condition), in: database)
                #expect(
                    finding
                        == "SEARCH posting USING PRIMARY KEY "
                        + "(level=? AND block=? AND attribute=? AND \(value))")
            }
        }
    }
}
