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

    /// The signed heads of a size, the oldest first.
    func signedHeads(size: Int) throws(StoreError) -> [SignedHead] {
        try StoreError.translating(path) {
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(LedgerSnapshot.headColumns) FROM checkpoint
                    WHERE size = ? ORDER BY number
                    """,
                arguments: [size])
            return try rows.map { try LedgerSnapshot.head($0) }
        }
    }

    /// The name of the log.
    func origin() throws(StoreError) -> String {
        try StoreError.translating(path) { try LedgerStore.origin(in: database) ?? "" }
    }

    /// What is wrong with the numbers of the signed heads, which count them in the order in which
    /// they were kept.
    func headOrderFindings() throws(StoreError) -> [Finding] {
        try StoreError.translating(path) {
            var order = HeadOrder()
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT number, coalesce(CAST(size AS INTEGER), -1) FROM checkpoint
                    ORDER BY number
                    """)
            while let row = try rows.next() { order.take(size: row[1], number: row[0]) }
            return order.findings
        }
    }
}
