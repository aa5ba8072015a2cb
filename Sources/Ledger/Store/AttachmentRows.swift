/// The rows of the side table in their order, beside a log that is read in its order: memory stays
/// flat, however many there are.
struct AttachmentRows {
    private let rows: RowReader
    private let snapshot: LedgerSnapshot
    /// The next row, when it was read already.
    private var ahead: SealedAttachment?
    /// The event whose rows are at hand.
    private var present = SequenceNumber(0)
    /// Its rows that were not asked for yet.
    private var unasked: [AttachmentPlace: SealedAttachment] = [:]
    /// The rows that were passed and not asked for.
    private var passed: Set<AttachmentPlace> = []

    /// The rows of a statement that gives sequence, name, salt and content.
    init(_ rows: RowReader, of snapshot: LedgerSnapshot) {
        self.rows = rows
        self.snapshot = snapshot
    }

    /// The next row; nil at the end.
    ///
    /// - Throws: `StoreError`.
    mutating func next() throws(StoreError) -> SealedAttachment? {
        if let row = ahead.take() { return row }
        return try StoreError.translating(snapshot.path) {
            guard try rows.next() else { return nil }
            return SealedAttachment(
                sequence: SequenceNumber(rows.integer(0)),
                name: String(decoding: rows.bytes(1), as: UTF8.self),
                seal: rows.isNull(2)
                    ? nil
                    : SealedAttachment.Seal(
                        salt: Array(rows.bytes(2)), content: Array(rows.bytes(3))))
        }
    }

    /// The row of an event under a name; nil when there is none.
    ///
    /// Events are best asked for in their order, and each name once: a row that was passed is looked
    /// for by itself.
    ///
    /// - Throws: `StoreError`.
    mutating func row(
        of sequence: SequenceNumber, name: String
    ) throws(StoreError) -> SealedAttachment? {
        if present < sequence { try move(to: sequence) }
        let place = AttachmentPlace(sequence, name)
        if let row = unasked.removeValue(forKey: place) { return row }
        passed.remove(place)
        return try snapshot.sealedAttachment(sequence, name: name)
    }

    /// Goes to the end.
    ///
    /// - Returns: the places of the rows that were never asked for, in their order.
    /// - Throws: `StoreError`.
    mutating func finish() throws(StoreError) -> [AttachmentPlace] {
        passUnasked()
        while let row = try next() { passed.insert(AttachmentPlace(row.sequence, row.name)) }
        return passed.sorted()
    }

    private mutating func move(to sequence: SequenceNumber) throws(StoreError) {
        passUnasked()
        present = sequence
        while let row = try next() {
            guard row.sequence <= sequence else {
                ahead = row
                return
            }
            let place = AttachmentPlace(row.sequence, row.name)
            if row.sequence == sequence {
                unasked[place] = row
            } else {
                passed.insert(place)
            }
        }
    }

    private mutating func passUnasked() {
        passed.formUnion(unasked.keys)
        unasked.removeAll(keepingCapacity: true)
    }
}
