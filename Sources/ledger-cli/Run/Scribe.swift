import Fleet
import Ledger

/// Writes down what is done and what is seen: with its actor, the migration that it belongs to, and
/// without secrets.
struct Scribe {
    /// Where events go.
    let store: LedgerStore
    /// Who acts.
    let actor: Actor
    /// What must not be written.
    let filter: SecretFilter
    private let migrations: OpenMigrations

    /// A scribe on a ledger.
    ///
    /// - Throws: `StoreError`; `EventError` when an event cannot be read.
    init(_ store: LedgerStore, actor: Actor) throws {
        self.store = store
        self.actor = actor
        let surroundings = Surroundings.current
        filter = SecretFilter(
            patterns: try Settings(store).redaction,
            values: EnvironmentSecrets.values(surroundings.variables()))
        migrations = OpenMigrations(try MigrationRegister(store).open(at: surroundings.clock()))
    }

    /// An event to be; what was seen is observed, anything else executed unless said otherwise.
    func draft(
        _ payload: EventPayload, at time: Timestamp, basis: Basis = .executed,
        migration: String? = nil, cause: EventID? = nil,
        attachments: [String: AttachmentContent] = [:]
    ) -> EventDraft {
        var random = SystemRandomNumberGenerator()
        var basis = basis
        if case .observation = payload { basis = .observed }
        var draft = EventDraft(
            id: EventID(time: time, using: &random), payload: payload, time: time, actor: actor,
            basis: basis, migration: migration ?? migrations.owner(of: payload, at: time),
            cause: cause,
            traceparent: TraceContext.current, attachments: attachments)
        let filter = filter.sparing(EnvironmentSecrets.names(in: draft.data))
        draft.data = filter.redact(draft.data)
        // A listing without one of its names proves no absence.
        if case .observation = payload, draft.data["complete"] != nil,
            Redaction.leftOut(of: draft.data)
        {
            draft.data["complete"] = false
        }
        draft.subject = filter.redact(draft.subject)
        draft.actor.id = filter.redact(draft.actor.id)
        return draft
    }

    /// Appends events, and says what of them found no room.
    ///
    /// - Throws: `StoreError`.
    func append(
        _ drafts: [EventDraft], expectedSize: Int? = nil
    ) throws(StoreError) -> [Appended] {
        let appended = try store.append(
            drafts, recordedTime: Surroundings.current.clock(), expectedSize: expectedSize)
        for draft in drafts { Shortage(draft)?.tell() }
        return appended
    }
}
