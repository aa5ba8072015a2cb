import Fleet
import Ledger

/// Events that come from elsewhere, a line each.
extension ImportReading {
    /// The event of a line as ours: its id, time and data stay; the basis is that it was imported.
    func draft(of line: [UInt8]) throws -> EventDraft {
        guard let object = try JSONReader.parse(line).object else {
            throw EventError.notARecord("not a JSON object")
        }
        var draft = try Record.event(
            of: ForeignEvent.completed(object, at: clock, by: actor)
        ).draft
        try ForeignEvent.check(draft.type)
        if draft.type.description.isEmpty || draft.subject.isEmpty || draft.actor.id.isEmpty {
            throw EventError.notARecord(
                "attributes \"type\", \"subject\" and \"authid\": expected a text that is not empty"
            )
        }
        // A payload that cannot be read would be kept for ever; say so while it can be mended.
        let payload = try EventPayload(type: draft.type, data: draft.data)
        if let payload { try ForeignEvent.check(payload) }
        if case .decision(let decision)? = payload {
            do {
                draft.migration = try ForeignEvent.migration(
                    of: decision, given: draft.migration, subject: draft.subject, at: draft.time,
                    register)
            } catch {
                throw CLIError.usage(
                    "\(draft.type): \(error.message); name the migration in \"correlationid\"")
            }
        }
        draft.basis = .imported
        draft.data = secrets.redact(dataOf: draft)
        guard !Redaction.leftOut(of: draft.data) else { throw CLIError.notSearched }
        return draft
    }
}
