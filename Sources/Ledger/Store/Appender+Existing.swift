/// Comparing a draft with the record that has its id already.
extension Appender {
    /// True when a draft says what a record says, as a policy has it.
    func isSame(
        _ draft: EventDraft, as record: Record, at sequence: SequenceNumber, index: Int,
        _ policy: ExistingPolicy
    ) throws -> Bool {
        let stored: Event
        do {
            stored = try record.event()
        } catch {
            throw StoreError.damagedRecord(sequence, reason: error.description)
        }
        switch policy {
        case .compare: return try isSame(draft, as: stored, record, index: index)
        case .compareContent(let redacted):
            return SameContent(redacted: redacted).holds(draft, stored.draft)
        }
    }

    /// True when a draft would have made exactly this record, given the salts it was made with.
    private func isSame(
        _ draft: EventDraft, as stored: Event, _ record: Record, index: Int
    ) throws -> Bool {
        let sequence = stored.sequence
        var draft = draft
        draft.leaveReferencesElsewhere()
        var data = draft.data
        for (name, content) in draft.attachments {
            guard data[name] == nil, let reference = AttachmentReference(stored.data[name]) else {
                return false
            }
            let snapshot = LedgerSnapshot(database: database, path: path)
            // Of an erased content, its length and media type are all that can be compared.
            let commitment =
                try snapshot.sealedAttachment(sequence, name: name)?.seal
                .map { AttachmentReference.commitment(salt: $0.salt, content: content.bytes) }
            data[name] =
                AttachmentReference(
                    commitment: commitment ?? reference.commitment,
                    byteCount: content.bytes.count, mediaType: content.mediaType
                ).json
        }
        let again = try self.record(
            of: draft, data: data, sequence: stored.sequence, time: stored.recordedTime,
            index: index)
        return again == record
    }

    private func record(
        of draft: EventDraft, data: JSONObject, sequence: SequenceNumber, time: Timestamp,
        index: Int
    ) throws -> Record {
        var draft = draft
        draft.data = data
        draft.attachments = [:]
        do {
            return try Record(
                Event(sequence: sequence, recordedTime: time, source: origin, draft: draft))
        } catch {
            throw StoreError.event(error, index: index)
        }
    }
}
