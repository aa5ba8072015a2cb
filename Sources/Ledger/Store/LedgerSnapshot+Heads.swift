import GRDB

extension LedgerSnapshot {
    /// The signed head of the largest size, of several the one that was kept last; nil when
    /// nothing was signed.
    ///
    /// - Throws: `StoreError.damagedTree` when its root is not 32 bytes.
    public func largestHead() throws(StoreError) -> SignedHead? {
        try StoreError.translating(path) {
            try Row.fetchOne(
                database,
                sql: """
                    SELECT size, root, note FROM checkpoint ORDER BY size DESC, number DESC LIMIT 1
                    """
            ).map { try LedgerSnapshot.head($0) }
        }
    }

    /// Calls a body for each signed head, the oldest first, one in memory at a time.
    ///
    /// - Throws: what the body throws, or `StoreError`.
    public func forEachHead(_ body: (SignedHead) throws -> Void) throws {
        let rows = try StoreError.translating(path) {
            try Row.fetchCursor(
                database, sql: "SELECT size, root, note FROM checkpoint ORDER BY number")
        }
        while let row = try StoreError.translating(path, { try rows.next() }) {
            try body(try LedgerSnapshot.head(row))
        }
    }

    private static func head(_ row: Row) throws -> SignedHead {
        guard let root = try row.digest(atIndex: 1) else {
            throw StoreError.damagedTree(reason: "signed root is not 32 bytes")
        }
        return SignedHead(size: row[0], root: root, note: row[2])
    }
}
