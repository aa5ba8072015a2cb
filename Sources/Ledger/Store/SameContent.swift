/// Whether two events say the same, however the ledger learned of them.
///
/// The basis does not count: an event that comes back from an export is an imported one. Nor does the
/// migration where only one of the two names it, since a transcript's events are counted to the
/// migrations that are open when it is read; nor what was redacted in one of them, since the patterns
/// are a policy that changes; nor what a file was like that a transcript names, since it is looked at
/// when the transcript is read, or noted where it is gone.
struct SameContent {
    /// What stands in the place of a secret.
    let redacted: String

    /// True when a draft says what a recorded event says.
    ///
    /// Contents that come with the draft are not looked at: the id of a transcript's event derives from
    /// them.
    func holds(_ draft: EventDraft, _ stored: EventDraft) -> Bool {
        let types = [draft.type, stored.type]
        if types.contains(.observation(.file)),
            types.allSatisfy({ [.observation(.file), .decision(.noteAdded)].contains($0) })
        {
            return draft.time == stored.time
        }
        guard draft.time == stored.time, draft.cause == stored.cause,
            isSame(draft.type.description, stored.type.description),
            isSame(draft.subject, stored.subject), isSame(draft.actor.id, stored.actor.id),
            isSame(draft.actor.type, stored.actor.type),
            isSame(draft.traceparent ?? "", stored.traceparent ?? ""),
            draft.migration.map({ isSame($0, stored.migration ?? $0) }) ?? true
        else { return false }
        var data = stored.data
        for name in draft.attachments.keys {
            guard AttachmentReference(data[name]) != nil else { return false }
            data[name] = nil
        }
        return holds(draft.data, data)
    }

    /// Canonically equivalent texts are other content.
    private func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.elementsEqual(other.utf8)
    }

    private func holds(_ one: JSONObject, _ other: JSONObject) -> Bool {
        one.members.count == other.members.count
            && one.members.allSatisfy { member in
                other[member.name].map { holds(member.value, $0) } ?? false
            }
    }

    private func holds(_ one: JSONValue, _ other: JSONValue) -> Bool {
        if let reference = AttachmentReference(one), let stored = AttachmentReference(other) {
            // Where the content is does not count either.
            return reference.commitment == stored.commitment
                && reference.byteCount == stored.byteCount
                && reference.mediaType == stored.mediaType
        }
        switch (one, other) {
        case (.string(let text), .string(let stored)):
            return isSame(text, stored) || text.contains(redacted)
                || stored.contains(redacted)
        case (.array(let values), .array(let stored)):
            return values.count == stored.count && zip(values, stored).allSatisfy(holds)
        case (.object(let object), .object(let stored)): return holds(object, stored)
        default: return one == other
        }
    }
}
