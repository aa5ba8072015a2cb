import Foundation
import GRDB
import Ledger
import Testing

/// Someone who can write a ledger file and knows its layout.
///
/// The guards are put back after each change, so that nothing but the change is there to be seen.
struct Attacker {
    let path: String

    /// Changes rows with SQL, whatever triggers and checks have to say.
    func sql(_ body: (Database) throws -> Void) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            let guards = try Row.fetchAll(
                database, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for row in guards {
                let name: String = row[0]
                try database.execute(sql: "DROP TRIGGER \(name)")
            }
            try body(database)
            for row in guards { try database.execute(sql: row[1]) }
            _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try queue.close()
    }

    /// Changes the file byte by byte.
    func raw(_ body: (inout [UInt8]) throws -> Void) throws {
        let url = URL(fileURLWithPath: path)
        var bytes = [UInt8](try Data(contentsOf: url))
        try body(&bytes)
        try Data(bytes).write(to: url)
    }

    /// The records as they are stored.
    func records() throws -> [String] {
        var records: [String] = []
        try sql { database in
            records = try String.fetchAll(
                database, sql: "SELECT record FROM event ORDER BY sequence")
        }
        return records
    }

    /// Puts other records in the place of all, numbered anew and hashed anew.
    ///
    /// Signed heads larger than the log are forgotten; further ones are signed by `key`, or none
    /// is kept without one.
    func rewrite(_ records: [String], signingWith key: SignerKey? = nil) throws {
        try sql { database in
            try database.execute(
                sql: "DELETE FROM checkpoint; DELETE FROM node; DELETE FROM event")
            var tree = CompactRange()
            for (index, record) in records.enumerated() {
                let bytes = Array(Attacker.renumbered(record, index + 1).utf8)
                let leaf = MerkleTree.leafHash(bytes)
                tree.append(leaf)
                try database.execute(
                    sql:
                        "INSERT INTO event (sequence, leaf, record) VALUES (?, ?, CAST(? AS TEXT))",
                    arguments: [index + 1, Data(leaf.bytes), Data(bytes)])
            }
            guard let key else { return }
            let head = Checkpoint(
                origin: try origin(of: records), size: tree.size, root: tree.root)
            let note = try head.sign(with: [key], time: 0)
            try database.execute(
                sql: "INSERT INTO checkpoint (number, size, root, note) VALUES (1, ?, ?, ?)",
                arguments: [
                    tree.size, Data(tree.root.bytes),
                    String(decoding: note.format(), as: UTF8.self),
                ])
        }
    }

    /// A record that says it stands elsewhere.
    static func renumbered(_ record: String, _ number: Int) -> String {
        record.replacing(
            /"sequence":"[0-9]{16}"/,
            with: "\"sequence\":\"\(SequenceNumber(number).padded)\"")
    }

    /// Changes one record to a well-formed other one, with its hash and its indexes.
    func forge(_ sequence: Int, _ change: (String) -> String) throws {
        try sql { database in
            let record = try String.fetchOne(
                database, sql: "SELECT record FROM event WHERE sequence = ?", arguments: [sequence])
            let forged = Array(change(try #require(record)).utf8)
            try database.execute(
                sql: "UPDATE event SET record = CAST(? AS TEXT), leaf = ? WHERE sequence = ?",
                arguments: [Data(forged), Data(MerkleTree.leafHash(forged).bytes), sequence])
        }
    }

    private func origin(of records: [String]) throws -> String {
        let object = try JSONReader.parse(Array(try #require(records.first).utf8)).object
        return try #require(object?["source"]?.string)
    }
}
