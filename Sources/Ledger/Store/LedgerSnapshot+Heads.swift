import GRDB

extension LedgerSnapshot {
    /// Calls a body for each signed head, the oldest first, one in memory at a time.
    ///
    /// - Throws: what the body throws, or `StoreError`.
    public func forEachHead(_ body: (SignedHead) throws -> Void) throws {
        let rows = try StoreError.translating(path) {
            try Row.fetchCursor(
                database,
                sql: "SELECT \(LedgerSnapshot.headColumns) FROM checkpoint ORDER BY number")
        }
        while let row = try StoreError.translating(path, { try rows.next() }) {
            try body(try LedgerSnapshot.head(row))
        }
    }
}
