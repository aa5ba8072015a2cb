import Fleet
import Ledger

/// Takes secrets out of what somebody says before it is recorded, names and the actor included.
struct SecretCleaning {
    private let filter: SecretFilter

    /// With the policy's patterns beside the usual forms.
    init(_ patterns: [RedactionPattern]) { filter = SecretFilter(patterns: patterns) }

    /// An event without secrets.
    ///
    /// What a decision or a file is about must be found again by its name: there, nothing is recorded
    /// under another one.
    ///
    /// - Throws: `CLIError.usage` when such a name holds a secret, or nothing that can be read is left;
    ///   the secret is not repeated.
    func cleaned(_ draft: EventDraft) throws(CLIError) -> EventDraft {
        var draft = draft
        draft.actor.id = filter.redact(draft.actor.id)
        // A pattern may match itself, and must stay as it is to be of use.
        if draft.type == .decision(.policySet) { return draft }
        let (subject, migration) = (draft.subject, draft.migration)
        let data = draft.data
        let prepared = filter.prepared
        for member in data.members where !SecretCleaning.digests.contains(member.name) {
            draft.data[member.name] = prepared.redact(member.value)
        }
        draft.subject = filter.redact(subject)
        guard draft.actor.id != Redaction.leftOut, draft.subject != Redaction.leftOut else {
            throw .notSearched
        }
        guard migration.map({ filter.redact($0) == $0 }) ?? true else {
            throw SecretCleaning.refusal("the migration's name")
        }
        guard draft.subject != subject || draft.data != data else { return draft }
        guard !Redaction.leftOut(of: draft.data) else { throw .notSearched }
        switch draft.type {
        case .decision(.noteAdded), .action: break
        case .decision: throw SecretCleaning.refusal("a name")
        case .observation(.file): throw SecretCleaning.refusal("the file's name")
        default: break
        }
        guard (try? EventPayload(type: draft.type, data: draft.data)) != nil else {
            throw SecretCleaning.refusal("more than a name")
        }
        return draft
    }

    /// What is made of content, and tells nothing of it.
    private static let digests: Set<String> = ["sha256", "digest"]

    private static func refusal(_ what: String) -> CLIError {
        .usage(
            "\(what) holds what is taken out as a secret; nothing was recorded",
            hint: "choose another name, or see ledger-cli policy list for what redaction matches")
    }
}
