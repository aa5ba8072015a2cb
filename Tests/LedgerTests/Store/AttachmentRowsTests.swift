import GRDB
import Testing

@testable import Ledger

/// The side table walked beside the log: what is asked for is found, and what nobody asks for is
/// named, in whatever order one asks.
@Suite struct AttachmentRowsTests {
    /// A ledger whose events 3, 4, 6 and 7 have attachments, and to which rows were added that stand
    /// in no record: of events 2, 4 and 9, and of one before all.
    private func ledger(_ folder: TemporaryFolder) throws -> LedgerStore {
        let store = try folder.newLedger()
        for number in 2...8 {
            let names = [3: ["output"], 4: ["b", "d"], 6: ["output"], 7: ["a", "b", "c"]][number]
            let contents = (names ?? []).map { ($0, AttachmentContent(text: "\(number) \($0)")) }
            try store.append(
                Drafts.maintenance(
                    number, attachments: Dictionary(uniqueKeysWithValues: contents)))
        }
        var strange = Configuration()
        strange.foreignKeysEnabled = false
        let other = try DatabaseQueue(path: store.path, configuration: strange)
        try other.inDatabase { database in
            try database.execute(sql: "DROP TRIGGER attachment_insert")
            for (sequence, name) in [(2, "output"), (4, "a"), (4, "c"), (9, "x"), (-1, "y")] {
                try database.execute(
                    sql: "INSERT INTO attachment VALUES (?, ?, zeroblob(32), x'00')",
                    arguments: [sequence, name])
            }
        }
        try other.close()
        return store
    }

    private let asked = [
        (3, "output"), (4, "b"), (4, "d"), (6, "output"), (7, "a"), (7, "b"), (7, "c"),
    ]
    private let strays = ["-1 y", "2 output", "4 a", "4 c", "9 x"]

    @Test(arguments: 0..<24) func `in any order all are found and the strays are named`(
        seed: UInt64
    ) throws {
        let folder = try TemporaryFolder()
        var order = asked
        var random = TrustRandom(seed: seed)
        if seed > 0 { order.shuffle(using: &random) }
        try ledger(folder).read { snapshot in
            var rows = try snapshot.attachmentRows()
            for (sequence, name) in order {
                let row = try rows.row(of: SequenceNumber(sequence), name: name)
                #expect(row?.sequence.number == sequence)
                #expect(row?.seal?.content == Array("\(sequence) \(name)".utf8))
                #expect(try rows.row(of: SequenceNumber(sequence), name: "none") == nil)
            }
            let left = try rows.finish()
            #expect(left.map { "\($0.sequence.number) \($0.name)" } == strays)
        }
    }

    @Test func `without a question every row is a stray, once`() throws {
        let folder = try TemporaryFolder()
        try ledger(folder).read { snapshot in
            var rows = try snapshot.attachmentRows()
            let all = try rows.finish()
            #expect(all.count == asked.count + strays.count)
            #expect(Set(all).count == all.count)
            #expect(all.map(\.sequence) == all.map(\.sequence).sorted())
        }
    }

    @Test func `a row asked for twice is found twice`() throws {
        let folder = try TemporaryFolder()
        try ledger(folder).read { snapshot in
            var rows = try snapshot.attachmentRows()
            for _ in 0..<2 {
                for (sequence, name) in asked {
                    #expect(try rows.row(of: SequenceNumber(sequence), name: name) != nil)
                }
            }
            #expect(try rows.finish().map { "\($0.sequence.number) \($0.name)" } == strays)
        }
    }

    @Test func `names that only look the same are told apart`() throws {
        let folder = try TemporaryFolder()
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        let store = try folder.newLedger()
        try store.append(
            Drafts.maintenance(2, attachments: [composed: AttachmentContent(text: "right")]))
        let other = try DatabaseQueue(path: store.path)
        try other.inDatabase { database in
            try database.execute(sql: "DROP TRIGGER attachment_insert")
            try database.execute(
                sql: "INSERT INTO attachment VALUES (2, ?, zeroblob(32), x'00')",
                arguments: [decomposed])
        }
        try other.close()
        try store.read { snapshot in
            var rows = try snapshot.attachmentRows()
            let row = try rows.row(of: SequenceNumber(2), name: composed)
            #expect(row?.seal?.content == Array("right".utf8))
            let strays = try rows.finish()
            #expect(strays.map { Array($0.name.utf8) } == [Array(decomposed.utf8)])
        }
    }
}
