import GRDB

extension LedgerSnapshot {
    /// The attachment of an event by its name; nil when the record refers to none of that name.
    ///
    /// - Throws: `StoreError.attachmentAltered` when the content does not agree with the record.
    public func attachment(
        _ sequence: SequenceNumber, name: String
    ) throws(StoreError) -> StoredAttachment? {
        guard let event = try event(sequence),
            let reference = AttachmentReference(event.data[name])
        else { return nil }
        guard let row = try sealedAttachment(sequence, name: name) else {
            return .absent(reference)
        }
        guard let seal = row.seal else { return .erased(reference) }
        guard seal.commitment == reference.commitment, seal.content.count == reference.byteCount
        else { throw .attachmentAltered(sequence, name: name) }
        return .content(AttachmentContent(bytes: seal.content, mediaType: reference.mediaType))
    }

    /// A row of the side table as it is stored, unchecked; nil when there is none.
    ///
    /// - Throws: `StoreError`.
    public func sealedAttachment(
        _ sequence: SequenceNumber, name: String
    ) throws(StoreError) -> SealedAttachment? {
        try StoreError.translating(path) {
            let row = try Row.fetchOne(
                try database.cachedStatement(
                    sql: """
                        SELECT \(LedgerSnapshot.sealColumns) FROM attachment
                        WHERE sequence = ? AND name = ?
                        """),
                arguments: [sequence.number, name])
            return try row.map { try LedgerSnapshot.sealed($0) }
        }
    }

    /// Calls a body for each row of the side table, by sequence and name, unchecked.
    ///
    /// - Throws: what the body throws, or `StoreError`.
    public func forEachAttachment(_ body: (SealedAttachment) throws -> Void) throws {
        var rows = try attachmentRows()
        while let row = try rows.next() { try body(row) }
    }

    /// The rows of the side table, to walk them beside the log.
    ///
    /// - Throws: `StoreError`.
    func attachmentRows() throws(StoreError) -> AttachmentRows {
        try StoreError.translating(path) {
            let statement = try database.makeStatement(
                sql: """
                    SELECT \(LedgerSnapshot.sealColumns) FROM attachment ORDER BY sequence, name
                    """)
            return AttachmentRows(RowReader(statement), of: self)
        }
    }

    /// The columns of a row, of whatever type an altered file has them: reading must not trap.
    private static let sealColumns = """
        coalesce(CAST(sequence AS INTEGER), 0), coalesce(CAST(name AS TEXT), ''), \
        CAST(salt AS BLOB), CAST(content AS BLOB)
        """

    private static func sealed(_ row: Row) throws -> SealedAttachment {
        SealedAttachment(
            sequence: SequenceNumber(row[0]), name: row[1],
            seal: row.hasNull(atIndex: 2)
                ? nil
                : SealedAttachment.Seal(
                    salt: try row.bytes(atIndex: 2), content: try row.bytes(atIndex: 3)))
    }
}
