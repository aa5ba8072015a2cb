extension LedgerSnapshot {
    /// Calls a body for what happened in each event, in the order of the log.
    ///
    /// This is the quick way through a whole log: what repeats itself is read once, and of a long
    /// one the rows are fetched ahead on another processor. What a record lacks to be one is found
    /// all the same.
    ///
    /// - Throws: what the body throws, or `StoreError.damagedRecord`, `.io`.
    public func forEachOccurrence(
        from first: SequenceNumber = SequenceNumber(1), through last: SequenceNumber? = nil,
        _ body: (Occurrence) throws -> Void
    ) throws {
        let first = first.number
        let last = min(last?.number ?? .max, try size())
        guard first <= last else { return }
        guard last - first >= LedgerSnapshot.long, let another = try? another?() else {
            return try forEachOccurrence(in: first...last, body)
        }
        let rows = RowsAhead(another, first...last)
        defer { rows.stop() }
        var reader = OccurrenceReader()
        var seen = 0
        while let batch = try StoreError.translating(path, { try rows.next() }) {
            for row in batch.rows {
                let occurrence = try batch.withRecord(row) { text in
                    try LedgerSnapshot.occurrence(of: text, at: row.sequence, &reader)
                }
                try body(occurrence)
                seen = row.sequence.number
            }
        }
        // Nothing may follow from a part of the log.
        guard seen == last else {
            throw StoreError.damagedRecord(
                SequenceNumber(last), reason: "it is not there on another connection")
        }
    }

    /// A log of so many events is worth a connection more.
    private static let long = 10_000

    private func forEachOccurrence(
        in sequences: ClosedRange<Int>, _ body: (Occurrence) throws -> Void
    ) throws {
        var reader = OccurrenceReader()
        let rows = try StoreError.translating(path) {
            try RowReader(records: sequences, in: database)
        }
        while try StoreError.translating(path, { try rows.next() }) {
            let sequence = SequenceNumber(rows.integer(0))
            try body(try LedgerSnapshot.occurrence(of: rows.bytes(1), at: sequence, &reader))
        }
    }

    private static func occurrence(
        of text: UnsafeRawBufferPointer, at sequence: SequenceNumber,
        _ reader: inout OccurrenceReader
    ) throws(StoreError) -> Occurrence {
        let occurrence: Occurrence
        do {
            occurrence = try reader.occurrence(of: text)
        } catch {
            throw .damagedRecord(sequence, reason: error.description)
        }
        guard occurrence.sequence == sequence else {
            throw .damagedRecord(
                sequence, reason: "its record says it is event \(occurrence.sequence)")
        }
        return occurrence
    }
}
