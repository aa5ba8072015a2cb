import GRDB
import Testing

@testable import Ledger

/// What the connection that appends reads out of a record, beside what SQLite's own function reads.
@Suite struct ExtractionTests {
    private static let attributes = [
        "authid", "authtype", "basis", "causationid", "correlationid", "id", "recordedtime",
        "sequence", "source", "specversion", "subject", "time", "traceparent", "type",
    ]
    private static let sql =
        "SELECT " + attributes.map { "json_extract(?1, '$.\($0)')" }.joined(separator: ", ")

    let folder: TemporaryFolder
    let store: LedgerStore
    let ours: DatabaseQueue
    let plain: DatabaseQueue

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.newLedger()
        ours = try store.appender()
        plain = try DatabaseQueue()
    }

    private func texts(_ record: String, _ queue: DatabaseQueue) throws -> [DatabaseValue] {
        try queue.inDatabase { database in
            let row = try Row.fetchOne(database, sql: Self.sql, arguments: [record])
            return Array(try #require(row).databaseValues)
        }
    }

    @Test func `every attribute of every record is read as SQLite reads it`() throws {
        var odd = OddJSON(seed: 1)
        for round in 0..<8 {
            for payload in EventSamples.payloads {
                // A NUL would end the text for SQLite; actors and names cannot hold one.
                let texts = (0..<3).map { _ in
                    odd.text().split(separator: "\u{0}", omittingEmptySubsequences: false).joined()
                }
                let draft = EventDraft(
                    id: Drafts.id(round), payload: payload, time: Drafts.start,
                    actor: Actor(id: texts[0], type: texts[1]), basis: .reported,
                    migration: round % 2 == 0 ? texts[2] : nil,
                    cause: round % 3 == 0 ? Drafts.id(99) : nil,
                    traceparent: round % 4 == 0 ? texts[2] : nil)
                let bytes = try RecordWriter(draft, source: Drafts.origin)
                    .bytes(sequence: SequenceNumber(7), recordedTime: Drafts.start)
                let record = String(decoding: bytes, as: UTF8.self)
                #expect(try self.texts(record, ours) == self.texts(record, plain))
            }
        }
    }

    @Test func `data that looks like attributes is not taken for them`() throws {
        for data in [
            #"{"id":"inner","subject":"inner","time":"inner","type":"inner","correlationid":"inner"}"#,
            #"{"text":"\",\"id\":\"inner\",\"type\":\"inner\"}"}"#,
            #"{"a":[{"authid":"inner"}],"b":"\\","c":"\\\""}"#, "{}",
        ] {
            let record =
                #"{"authid":"a\"\\,b","authtype":"user","basis":"reported","data":"# + data
                + #","datacontenttype":"application/json","id":"outer\\","recordedtime":"r","#
                + #""sequence":"0000000000000001","source":"s","specversion":"1.0","subject":"\"","#
                + #""time":"t\\\\","type":"\\\""}"#
            let found = try texts(record, ours)
            #expect(found == (try texts(record, plain)))
            #expect(found[5] == #"outer\"#.databaseValue)
        }
    }

    @Test func `a text that is no record gives nothing or an error`() throws {
        let bytes = try RecordWriter(Drafts.maintenance(1), source: Drafts.origin)
            .bytes(sequence: SequenceNumber(7), recordedTime: Drafts.start)
        var odd = OddJSON(seed: 2)
        for count in 0..<bytes.count {
            let cut = String(decoding: bytes[..<count], as: UTF8.self)
            // What came before the cut may be read; what a whole record ends with is not there.
            #expect(try texts(cut, ours).suffix(9).allSatisfy(\.isNull))
            let damaged = odd.damaged(bytes).filter { $0 != 0 }
            _ = try? texts(String(decoding: damaged, as: UTF8.self), ours)
        }
    }

    @Test func `an event without an id, and one whose id is known, are not written`() throws {
        for record in [
            #"{"authid":"a","data":{"id":"1"},"sequence":"0000000000000002","subject":"s","#
                + #""time":"t","type":"x"}"#,
            #"not JSON"#,
        ] {
            #expect(throws: DatabaseError.self) {
                try ours.inDatabase { database in
                    try database.execute(
                        sql: """
                            INSERT INTO event (sequence, leaf, record)
                            VALUES (2, zeroblob(32), ?)
                            """,
                        arguments: [record])
                }
            }
        }
        #expect(throws: DatabaseError.self) {
            try ours.inDatabase { database in
                try database.execute(
                    sql: """
                        INSERT INTO event (sequence, leaf, record)
                        SELECT 2, leaf, record FROM event WHERE sequence = 1
                        """)
            }
        }
    }
}
