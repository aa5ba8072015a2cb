import Ledger

/// What the ledger says of an attachment that was erased: when, by whom and why.
struct ErasureNote: Equatable {
    /// The attachment's name.
    let name: String
    /// The event that recorded it.
    let sequence: SequenceNumber
    /// When it was done.
    let time: Timestamp
    /// Who did it.
    let actor: String
    /// Why; nil when no reason was given, or it was erased itself or is not in this file.
    let reason: String?
    /// Whether a reason was given.
    let hadReason: Bool

    /// The words that stand in the attachment's place.
    var text: String {
        "erased on \(time.short), by \(actor)"
            + (hadReason ? ", because " + (reason ?? "of a reason that is not here any more") : "")
    }

    /// The members in JSON answers.
    var json: JSONValue {
        .object(
            JSONObject([
                ("name", .string(name)), ("event", .integer(sequence.number)),
                ("time", .string(time.description)), ("actor", .string(actor)),
                ("reason", reason.map { .string($0) }),
            ]))
    }

    /// The erasures of a ledger, or of one event, by the event that had the attachment.
    ///
    /// - Throws: `StoreError`; `EventError` when an event cannot be read.
    static func all(
        in store: LedgerStore, of sequence: SequenceNumber? = nil
    ) throws -> [SequenceNumber: [ErasureNote]] {
        var notes: [SequenceNumber: [ErasureNote]] = [:]
        let query = HistoryQuery(
            subject: sequence.map { .exact(Resource.event($0).description) },
            type: .exact(DecisionName.attachmentErased.rawValue))
        for event in try store.events(matching: query) {
            guard
                case .decision(.attachmentErased(let erased, let name))? = try EventPayload(
                    type: event.type, data: event.data)
            else { continue }
            notes[erased, default: []].append(
                ErasureNote(
                    name: name, sequence: event.sequence, time: event.time,
                    actor: event.actor.id,
                    reason: try reason(of: event, in: store),
                    hadReason: event.attachments.contains { $0.name == "reason" }))
        }
        return notes
    }

    private static func reason(of event: Event, in store: LedgerStore) throws -> String? {
        do {
            guard case .content(let content)? = try store.attachment(event.sequence, name: "reason")
            else { return nil }
            return String(decoding: content.bytes, as: UTF8.self)
        } catch StoreError.attachmentAltered {
            // Listing must go on; verify says what happened to it.
            return nil
        }
    }
}
