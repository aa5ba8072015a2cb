import GRDB

extension Schema {
    /// Makes every object in an empty file, and marks the file as a ledger.
    func create(in database: Database) throws {
        for object in Schema.objects { try database.execute(sql: object.sql) }
        try database.execute(
            sql: """
                PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(version)
                """)
    }

    /// The version that the file says it has.
    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// What the file lacks, has in another form, or has besides ours and acts on our tables.
    static func differences(in database: Database) throws -> [Difference] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT name, type, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        var found: [String: String] = [:]
        var foreign: [Difference] = []
        let ours = Dictionary(
            objects.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let former = try version(of: database) < current.version ? formerIndexes : []
        for row in rows {
            let (name, type, table, sql): (String, String, String, String) =
                (row[0], row[1], row[2], row[3])
            found[name] = sql
            // Other tables and views do nothing by themselves; a trigger on ours would, and queries of
            // ours would read an index on them, whatever it leads to.
            if type == "trigger" || type == "index", ours[name] == nil, ours[table] != nil,
                !former.contains(name)
            {
                foreign.append(Difference(name: name, kind: .foreign, isDerived: false))
            }
        }
        return objects.compactMap { object in
            guard found[object.name] != object.sql else { return nil }
            // Gone with their table, and made again with it.
            let isPostingGuard = postingGuards.contains { $0.name == object.name }
            if isPostingGuard, found[postingTable.name] == nil { return nil }
            return Difference(
                name: object.name, kind: found[object.name] == nil ? .missing : .altered,
                isDerived: object.isDerived)
        } + foreign
    }

    /// One object that is not as this layout has it.
    struct Difference: Hashable {
        enum Kind: String { case missing, altered, foreign }

        let name: String
        let kind: Kind
        let isDerived: Bool
    }

    /// Makes derived objects and missing guards again.
    ///
    /// - Throws: `StoreError.schemaDiffers` for what could not be made again without hiding
    ///   evidence: an altered or missing table, an altered guard, a foreign trigger.
    static func repair(_ database: Database) throws {
        let differences = try differences(in: database)
        guard !differences.isEmpty else { return }
        let guardNames = Set(guards.map(\.name))
        for difference in differences where !difference.isDerived {
            guard difference.kind == .missing, guardNames.contains(difference.name) else {
                throw StoreError.schemaDiffers(name: difference.name)
            }
        }
        for object in objects where differences.contains(where: { $0.name == object.name }) {
            if object.isDerived { try drop(object.name, in: database) }
            if object.name == postingTable.name {
                try makePostings(in: database)
            } else {
                try database.execute(sql: object.sql)
            }
        }
    }

    /// What a layout before the one with postings has for each column.
    private static let formerIndexes = ["type", "subject", "actor", "migration", "time"].map {
        "event_\($0)"
    }

    /// True when a file has an index of the layout before, of which nothing but SQLite itself can say
    /// whether it leads to all events.
    static func hasFormerIndexes(in database: Database) throws -> Bool {
        let names = try String.fetchSet(
            database, sql: "SELECT name FROM sqlite_schema WHERE type = 'index'")
        return !names.isDisjoint(with: formerIndexes)
    }

    /// From a layout with an index for each column to one with postings.
    static func postEvents(in database: Database) throws {
        for name in formerIndexes { try database.execute(sql: "DROP INDEX IF EXISTS \(name)") }
        // The number may be wrong rather than the layout; what is there is derived either way.
        try drop(postingTable.name, in: database)
        try makePostings(in: database)
    }

    private static func makePostings(in database: Database) throws {
        try database.execute(sql: postingTable.sql)
        try StoredPostings(database: database).complete(
            from: 0, to: try Int.fetchOne(database, sql: "SELECT max(sequence) FROM event") ?? 0,
            origin: try LedgerStore.origin(in: database) ?? "")
        for object in postingGuards { try database.execute(sql: object.sql) }
    }

    private static func drop(_ name: String, in database: Database) throws {
        let type = try String.fetchOne(
            database, sql: "SELECT type FROM sqlite_schema WHERE name = ?", arguments: [name])
        guard let type else { return }
        try database.execute(sql: "DROP \(type) \(name)")
    }
}
