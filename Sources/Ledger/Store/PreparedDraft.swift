/// A draft with all that can be made of it before its place in the log is known.
struct PreparedDraft: Sendable {
    /// The contents of its attachments, sealed.
    let seals: [(name: String, seal: SealedAttachment.Seal)]
    private let writer: RecordWriter

    /// Seals the attachments and writes the record but for its place.
    ///
    /// - Throws: `EventError` when there can be no record of it.
    init(_ draft: EventDraft, origin: String) throws(EventError) {
        var recorded = draft
        recorded.leaveReferencesElsewhere()
        var seals: [(name: String, seal: SealedAttachment.Seal)] = []
        seals.reserveCapacity(draft.attachments.count)
        for (name, content) in draft.attachments {
            guard draft.data[name] == nil else {
                throw .malformed(
                    type: draft.type.description, member: name,
                    expected: "no member of an attachment's name")
            }
            let salt = Salts.next()
            seals.append((name, SealedAttachment.Seal(salt: salt, content: content.bytes)))
            recorded.data[name] = AttachmentReference(content, salt: salt).json
        }
        self.seals = seals
        do {
            writer = try RecordWriter(recorded, source: origin)
        } catch {
            throw .notARecord(error.description)
        }
    }

    /// The record at its place.
    ///
    /// - Throws: `EventError.tooLarge`.
    func record(sequence: SequenceNumber, recordedTime: Timestamp) throws(EventError) -> Record {
        let record = Record(
            storedBytes: writer.bytes(sequence: sequence, recordedTime: recordedTime))
        guard record.bytes.count <= Record.byteLimit else {
            let data = try? record.event().data
            throw .tooLarge(bytes: record.bytes.count, member: data?.longestMember)
        }
        return record
    }
}

/// A draft on its way to its place: ready, or with what makes it impossible, which is said when it is
/// found not to be in the log already.
struct DraftInLine: Sendable {
    let id: EventID
    let type: EventType
    /// What an event that is there under this id must be like.
    let compared: EventDraft
    let existing: ExistingPolicy
    let prepared: Result<PreparedDraft, EventError>
    /// Its record at the place that it is expected to get.
    private var foreseen: PlacedRecord?

    init(_ draft: EventDraft, origin: String, existing: ExistingPolicy) {
        id = draft.id
        type = draft.type
        compared = draft
        self.existing = existing
        prepared = Result { () throws(EventError) in try PreparedDraft(draft, origin: origin) }
    }

    /// Makes the record as it is if the draft gets this place.
    mutating func foresee(_ sequence: SequenceNumber, recordedTime: Timestamp) {
        foreseen = try? made(sequence, recordedTime: recordedTime)
    }

    /// The record at its place.
    ///
    /// - Throws: `EventError` when there can be no record of it.
    func placed(
        _ sequence: SequenceNumber, recordedTime: Timestamp
    ) throws(EventError) -> PlacedRecord {
        if let foreseen, foreseen.sequence == sequence, foreseen.recordedTime == recordedTime {
            return foreseen
        }
        return try made(sequence, recordedTime: recordedTime)
    }

    private func made(
        _ sequence: SequenceNumber, recordedTime: Timestamp
    ) throws(EventError) -> PlacedRecord {
        let record = try prepared.get().record(sequence: sequence, recordedTime: recordedTime)
        return PlacedRecord(sequence: sequence, recordedTime: recordedTime, record: record)
    }
}

/// A record with its place in the log and its leaf hash.
struct PlacedRecord: Sendable {
    let sequence: SequenceNumber
    let recordedTime: Timestamp
    let record: Record
    let leafHash: Digest

    init(sequence: SequenceNumber, recordedTime: Timestamp, record: Record) {
        self.sequence = sequence
        self.recordedTime = recordedTime
        self.record = record
        leafHash = MerkleTree.leafHash(record.bytes)
    }
}
