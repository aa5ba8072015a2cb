import GRDB

/// What the tree cannot see: the database around the records.
extension LedgerSnapshot {
    /// What is wrong with the file's layout, one sentence each; derived objects are marked.
    ///
    /// - Throws: `StoreError`.
    public func layoutFindings() throws(StoreError) -> [LayoutFinding] {
        try StoreError.translating(path) {
            try Schema.differences(in: database).map {
                LayoutFinding(
                    name: $0.name, what: $0.kind.rawValue, isDerived: $0.isDerived)
            }
        }
    }

    /// What SQLite finds wrong with its own structure and indexes; empty when all is well.
    ///
    /// - Throws: `StoreError`.
    public func structureFindings() throws(StoreError) -> [String] {
        try StoreError.translating(path) {
            do {
                return try String.fetchAll(database, sql: "PRAGMA integrity_check(100)")
                    .filter { $0 != "ok" }
            } catch let error as DatabaseError {
                // A record that is no JSON stops the check of the generated columns.
                return [error.message ?? "\(error.resultCode)"]
            }
        }
    }

    /// The names of the columns under whose index an event is not found as its record says.
    ///
    /// - Throws: `StoreError`.
    public func columnsNotIndexing(_ event: Event) throws(StoreError) -> [String] {
        let values: [String: String?] = [
            "id": event.id.description, "type": event.type.description, "subject": event.subject,
            "actor": event.actor.id, "migration": event.migration,
            "time": event.time.description,
        ]
        return try StoreError.translating(path) {
            try Schema.columns.compactMap { column in
                guard let value = values[column.name] ?? nil else { return nil }
                do {
                    let found = try Int.fetchOne(
                        try database.cachedStatement(
                            sql: """
                                SELECT sequence FROM event INDEXED BY \(column.index)
                                WHERE \(column.name) = ? AND sequence = ?
                                """),
                        arguments: [value, event.sequence.number])
                    return found == nil ? column.name : nil
                } catch let error as DatabaseError
                    where error.message?.hasPrefix("no such index") ?? false
                {
                    // Derived, made again when opened for writing, and named as a missing part
                    // of the layout: not each event's own difference.
                    return nil
                }
            }
        }
    }

    /// The kept tree nodes that are missing or disagree with the level below them.
    ///
    /// - Throws: `StoreError.damagedTree`.
    public func wrongNodes() throws(StoreError) -> [TreeCoordinate] {
        let size = try size()
        return try StoreError.translating(path) {
            try StoredNodes(database: database).wrongNodes(size: size)
        }
    }
}

/// An object of the database that is not as a ledger has it.
public struct LayoutFinding: Sendable, Hashable {
    /// The name of the table, index or trigger.
    public let name: String
    /// `missing`, `altered` or `foreign`.
    public let what: String
    /// True when it holds only derived data.
    public let isDerived: Bool
}
