import Foundation
import GRDB
import Ledger
import Testing

/// A change to a ledger file and who sees it.
struct Attack: Sendable, CustomTestStringConvertible {
    /// The attack in words.
    let name: String
    /// What is done with the key that the ledger signs with.
    let act: @Sendable (Attacker, SignerKey) throws -> Void
    /// Classes of which `verify` alone names one; none when it cannot see the attack.
    let alone: [String]
    /// The exit status of `verify` alone.
    let status: Int32
    /// The exit status of `verify --against` a head that was kept elsewhere before.
    let against: Int32
    /// The exit status of `verify --policy` with a witness that had signed the newest head.
    let witnessed: Int32

    var testDescription: String { name }

    init(
        _ name: String, _ alone: [String], _ status: Int32 = 3, against: Int32 = 3,
        witnessed: Int32 = 3, by act: @escaping @Sendable (Attacker, SignerKey) throws -> Void
    ) {
        self.name = name
        self.act = act
        self.alone = alone
        self.status = status
        self.against = against
        self.witnessed = witnessed
    }
}

extension Attack {
    /// Every attack that is more than a byte.
    ///
    /// The ledger has events 1 to 6 (created, note, three
    /// commands, note), a head signed after each step, the newest one cosigned.
    static let all: [Attack] = records + log + heads + beside + layout

    private static func change(_ sql: String) -> @Sendable (Attacker, SignerKey) throws -> Void {
        { attacker, _ in try attacker.sql { try $0.execute(sql: sql) } }
    }

    private static let records = [
        Attack("a record rewritten, its old hash kept", ["edited"]) { attacker, _ in
            try attacker.sql { database in
                try database.execute(
                    sql: "UPDATE event SET record = replace(record, 'alice', 'mallory') "
                        + "WHERE sequence = 3")
            }
        },
        Attack("a record rewritten and hashed anew", ["forked"]) { attacker, _ in
            try attacker.forge(3) { $0.replacing("\"alice\"", with: "\"mallory\"") }
        },
        Attack(
            "a record's hash replaced", ["edited"],
            by: change("UPDATE event SET leaf = zeroblob(32) WHERE sequence = 4")),
        Attack(
            "a record deleted below a signed head", ["missing"],
            by: change("DELETE FROM event WHERE sequence = 3")),
        Attack(
            "a record deleted, the later ones numbered and hashed anew", ["forked", "truncated"]
        ) {
            attacker, _ in
            var records = try attacker.records()
            records.remove(at: 2)
            try attacker.keepingHeads { try attacker.rewrite(records) }
        },
        Attack("a record inserted, the later ones numbered and hashed anew", ["forked"]) {
            attacker, _ in
            var records = try attacker.records()
            records.insert(
                records[2].replacing(/"id":"0/, with: "\"id\":\"1")
                    .replacing("\"alice\"", with: "\"mallory\""), at: 3)
            try attacker.keepingHeads { try attacker.rewrite(records) }
        },
        Attack("two records swapped with their hashes", ["reordered"]) { attacker, _ in
            try attacker.sql { database in
                try database.execute(
                    sql: """
                        UPDATE event SET sequence = -1 WHERE sequence = 3;
                        UPDATE event SET sequence = 3 WHERE sequence = 4;
                        UPDATE event SET sequence = 4 WHERE sequence = -1
                        """)
            }
        },
        Attack("two records swapped, numbered and hashed anew", ["forked"]) { attacker, _ in
            var records = try attacker.records()
            records.swapAt(2, 3)
            try attacker.keepingHeads { try attacker.rewrite(records) }
        },
        Attack(
            "a record moved behind the end", ["missing", "reordered"],
            by: change("UPDATE event SET sequence = 99 WHERE sequence = 3")),
        Attack(
            "a record moved before all that can be counted", ["missing", "reordered"],
            by: change("UPDATE event SET sequence = \(Int64.min) WHERE sequence = 3")),
        Attack(
            "a record moved behind all that the file has room for", [],
            by: change("UPDATE event SET sequence = \(Int64(1) << 62) WHERE sequence = 3")),
    ]

    private static let log = [
        Attack(
            "the newest record cut off, its signed head kept", ["truncated"],
            by: change("DELETE FROM event WHERE sequence = 6")),
        Attack(
            "the newest record and its signed heads cut off", [], 0, witnessed: 6,
            by: change(
                "DELETE FROM event WHERE sequence = 6; DELETE FROM checkpoint WHERE size = 6;"
                    + "DELETE FROM attachment WHERE sequence = 6")),
        Attack(
            "a well-formed record added after the newest signed head", ["unsigned"], 0,
            against: 0, witnessed: 3
        ) { attacker, _ in
            var records = try attacker.records()
            records.append(
                records[4].replacing(/"id":"0/, with: "\"id\":\"1")
                    .replacing("\"alice\"", with: "\"mallory\""))
            try attacker.keepingHeads { try attacker.rewrite(records) }
        },
        Attack("the whole file rewritten and hashed anew, without its heads", ["unsigned"], 0) {
            attacker, _ in
            try attacker.rewrite(
                try attacker.records().map { $0.replacing("\"alice\"", with: "\"mallory\"") })
        },
        Attack("the whole file rewritten and signed with another key", ["wrong signer"]) {
            attacker, key in
            let other = try SignerKey(
                name: key.verifier.name, seed: [UInt8](repeating: 7, count: 32))
            try attacker.rewrite(
                try attacker.records().map { $0.replacing("\"alice\"", with: "\"mallory\"") },
                signingWith: other)
        },
        Attack("the whole file rewritten and signed with the stolen key", [], 0, witnessed: 6) {
            attacker, key in
            try attacker.rewrite(
                try attacker.records().map { $0.replacing("\"alice\"", with: "\"mallory\"") },
                signingWith: key)
        },
    ]

    private static let heads = [
        Attack(
            "every signed head removed", ["unsigned"], 0, against: 0,
            by: change("DELETE FROM checkpoint")),
        Attack("the log's signature removed from every head", ["edited"]) { attacker, _ in
            try attacker.sql { database in
                try database.execute(
                    sql: "UPDATE checkpoint SET note = substr(note, 1, instr(note, char(10, 10)))")
            }
        },
        Attack(
            "the witness's signature removed", [], 0, against: 0, witnessed: 6,
            by: change("DELETE FROM checkpoint WHERE number = (SELECT max(number) FROM checkpoint)")
        ),
        Attack(
            "a head's root replaced", ["edited"],
            by: change("UPDATE checkpoint SET root = zeroblob(32) WHERE number = 2")),
        Attack(
            "a head's size replaced", ["edited"],
            by: change("UPDATE checkpoint SET size = 1 WHERE number = 2")),
        Attack(
            "a head's note replaced by another head's", ["edited"],
            by: change(
                "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE number = 3) "
                    + "WHERE number = 2")),
        Attack("a head of another tree added, signed with another key", ["forked", "wrong signer"])
        {
            attacker, key in
            let other = try SignerKey(
                name: key.verifier.name, seed: [UInt8](repeating: 7, count: 32))
            let head = Checkpoint(
                origin: key.verifier.name.text, size: 4, root: MerkleTree.emptyRoot)
            let note = try head.sign(with: [other], time: 0)
            try attacker.sql { database in
                try database.execute(
                    sql: """
                        INSERT INTO checkpoint (number, size, root, note)
                        VALUES ((SELECT max(number) + 1 FROM checkpoint), 4, ?, ?)
                        """,
                    arguments: [
                        Data(head.root.bytes), String(decoding: note.format(), as: UTF8.self),
                    ])
            }
        },
    ]

    private static let beside = [
        Attack(
            "an attachment's content changed", ["attachment altered"],
            by: change("UPDATE attachment SET content = CAST('x' AS BLOB) WHERE sequence = 2")),
        Attack(
            "an attachment's salt changed", ["attachment altered"],
            by: change("UPDATE attachment SET salt = zeroblob(32) WHERE sequence = 2")),
        Attack(
            "an attachment emptied without an event that says so", ["attachment altered"],
            by: change("UPDATE attachment SET salt = NULL, content = NULL WHERE sequence = 2")),
        Attack(
            "an attachment's row deleted", ["attachment altered"],
            by: change("DELETE FROM attachment WHERE sequence = 2")),
        Attack(
            "an attachment added to an event that has none", ["inserted"],
            by: change(
                "INSERT INTO attachment VALUES (3, 'text', zeroblob(32), CAST('x' AS BLOB))")),
        Attack(
            "the attachments of two events swapped", ["attachment altered"],
            by: change(
                """
                UPDATE attachment SET sequence = -1 WHERE sequence = 2;
                UPDATE attachment SET sequence = 2 WHERE sequence = 6;
                UPDATE attachment SET sequence = 6 WHERE sequence = -1
                """)),
    ]

    private static let layout = [
        Attack(
            "an index entry made to say something else", ["index differs from record"]
        ) { attacker, _ in
            let record = try #require(try attacker.records().dropFirst().first)
            let id = try #require(record.firstMatch(of: /"id":"([^"]+)"/)?.1)
            try attacker.raw { bytes in
                // An index entry has the text without the quotes that it has in the record.
                let text = Array(id.utf8)
                let place = bytes.indices.first {
                    $0 > 0 && bytes[$0 - 1] != 0x22 && bytes[$0...].starts(with: text)
                }
                bytes[try #require(place) + 35] ^= 0x01
            }
        },
        Attack(
            "an index removed", ["derived data wrong"], 0, against: 0, witnessed: 0,
            by: change("DROP INDEX event_id")),
        Attack(
            "the postings removed", ["derived data wrong"], 0, against: 0, witnessed: 0
        ) { attacker, _ in
            let queue = try DatabaseQueue(path: attacker.path)
            try queue.write { try $0.execute(sql: "DROP TABLE posting") }
            try queue.close()
        },
        Attack("a guard removed", ["edited"]) { attacker, _ in
            let queue = try DatabaseQueue(path: attacker.path)
            try queue.write { try $0.execute(sql: "DROP TRIGGER event_update") }
            try queue.close()
        },
        Attack("a trigger added that acts on the log", ["edited"]) { attacker, _ in
            let queue = try DatabaseQueue(path: attacker.path)
            try queue.write {
                try $0.execute(
                    sql: "CREATE TRIGGER late AFTER INSERT ON event BEGIN DELETE FROM node; END")
            }
            try queue.close()
        },
        Attack("an index added that queries of the log would be answered by", ["edited"]) {
            attacker, _ in
            let queue = try DatabaseQueue(path: attacker.path)
            try queue.write { try $0.execute(sql: "CREATE INDEX zz ON event (type)") }
            try queue.close()
        },
        Attack(
            "an index of the layout before added that leads to no event",
            ["index differs from record"]
        ) { attacker, _ in
            try attacker.sql { database in
                try database.execute(
                    sql: """
                        CREATE TABLE other (text TEXT);
                        CREATE INDEX of_other ON other (text);
                        CREATE INDEX event_type ON event (type);
                        PRAGMA writable_schema = ON;
                        UPDATE sqlite_schema SET rootpage =
                            (SELECT rootpage FROM sqlite_schema WHERE name = 'of_other')
                        WHERE name = 'event_type';
                        DELETE FROM sqlite_schema WHERE name = 'of_other';
                        PRAGMA user_version = 1
                        """)
            }
        },
        Attack(
            "a tree node added that the log does not have", ["derived data wrong"], 0, against: 0,
            witnessed: 0, by: change("INSERT INTO node VALUES (8, 7, zeroblob(32))")),
    ]
}

extension Attacker {
    /// Keeps the signed heads and attachments through a change that would remove them.
    func keepingHeads(_ body: () throws -> Void) throws {
        try sql { try $0.execute(sql: "CREATE TABLE kept AS SELECT * FROM checkpoint") }
        try body()
        try sql {
            try $0.execute(
                sql: "INSERT INTO checkpoint SELECT * FROM kept; DROP TABLE kept")
        }
    }
}
