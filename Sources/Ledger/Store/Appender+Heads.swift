import GRDB

extension Appender {
    /// Keeps a signed head after the last one.
    func keep(_ head: SignedHead) throws {
        let row: StatementArguments = [head.size, head.root.data, head.note]
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO checkpoint (number, size, root, note)
                VALUES ((SELECT coalesce(max(number), 0) + 1 FROM checkpoint), ?, ?, ?)
                """)
        do {
            try insert.execute(arguments: row)
        } catch {
            let last = try Int.fetchOne(database, sql: "SELECT max(number) FROM checkpoint")
            guard last == .max else { throw error }
            // Nothing comes after the greatest number, which only someone else can have written: a free
            // one is taken, and verification names the other.
            try Schema.withoutGuard("checkpoint_insert", in: database) {
                try database.execute(
                    sql: """
                        INSERT INTO checkpoint (number, size, root, note)
                        VALUES ((
                            SELECT min(number) + 1
                            FROM (SELECT 0 AS number UNION ALL SELECT number FROM checkpoint) AS one
                            WHERE number >= 0 AND NOT EXISTS (
                                SELECT 1 FROM checkpoint WHERE number = one.number + 1)
                        ), ?, ?, ?)
                        """,
                    arguments: row)
            }
        }
    }
}

extension Schema {
    /// Runs a body without one of the guards, which then stands again.
    static func withoutGuard(
        _ name: String, in database: Database, _ body: () throws -> Void
    ) throws {
        guard let object = guards.first(where: { $0.name == name }) else { return try body() }
        try database.execute(sql: "DROP TRIGGER \(name)")
        try body()
        try database.execute(sql: object.sql)
    }
}
