import Fleet
import HTTPTypes
import Ledger
import Projector

/// One event as a program posts it, read with the care that a prompt takes.
struct PostedEvent {
    private let object: JSONObject
    private let origin: String
    private let actor: String

    /// The attributes that may be sent; the rest is the ledger's to say.
    private static let attributes: Set<String> = [
        "specversion", "id", "source", "type", "subject", "time", "authid", "authtype", "basis",
        "correlationid", "causationid", "traceparent", "datacontenttype", "data",
    ]

    /// Members of `data` that are kept beside the log, when they are texts.
    private static let attached: Set<String> = ["reason", "text", "report", "output"]

    /// An event of an object.
    ///
    /// - Throws: `Refusal` for an attribute that may not be sent or is not what it must be.
    init(_ object: JSONObject, origin: String, actor: String) throws(Refusal) {
        self.object = object
        self.origin = origin
        self.actor = actor
        for member in object.members where !Self.attributes.contains(member.name) {
            throw Refusal(.badRequest, "unknown attribute \"\(member.name)\"")
        }
        for (name, only) in [
            ("specversion", "1.0"), ("source", origin), ("basis", Basis.reported.rawValue),
            ("authid", actor), ("authtype", "user"), ("datacontenttype", "application/json"),
        ] {
            guard let value = object[name] else { continue }
            guard value.string.map({ $0.utf8.elementsEqual(only.utf8) }) ?? false else {
                throw Refusal(
                    .badRequest, "attribute \"\(name)\": here it is \"\(only)\" or absent")
            }
        }
    }

    /// The draft of the event.
    ///
    /// - Throws: `Refusal`, `CLIError`, `StoreError`.
    func draft(
        now: Timestamp, _ settings: Settings, _ register: MigrationRegister, _ store: LedgerStore
    ) throws -> EventDraft {
        guard let id = try text("id").flatMap({ EventID($0) }) else {
            throw Refusal(.badRequest, "attribute \"id\": expected a UUIDv7")
        }
        // Without a time it is that of the id, so that a repeated post says the same again.
        var time = Timestamp(milliseconds: Int64(id.high >> 16))
        if let given = try text("time") {
            guard let read = Timestamp(given) else {
                throw Refusal(
                    .badRequest, "attribute \"time\": expected a time like 2017-05-01T10:00:00Z")
            }
            time = read
        }
        guard time <= now + settings.clockSkew else {
            throw CLIError.inTheFuture(time, clock: now)
        }
        let (payload, attachments) = try payload(settings)
        if case .decision(.eventVoided(let sequence)) = payload,
            try store.read({ try $0.sequence(of: id) }) == nil
        {
            try Voiding.check(sequence, in: store)
        }
        let migration = try migration(of: payload, at: time, register)
        var cause: EventID?
        if let given = try text("causationid") {
            cause = EventID(given)
            if cause == nil {
                throw Refusal(.badRequest, "attribute \"causationid\": expected a UUIDv7")
            }
        }
        let draft = EventDraft(
            id: id, payload: payload, time: time, actor: Actor(id: actor), basis: .reported,
            migration: migration, cause: cause, traceparent: try text("traceparent"),
            attachments: attachments.mapValues { settings.redacted($0) })
        if let subject = try text("subject"), !subject.utf8.elementsEqual(draft.subject.utf8) {
            throw Refusal(
                .badRequest, "attribute \"subject\": the data is about \"\(draft.subject)\"")
        }
        return try SecretCleaning(settings.redaction).cleaned(draft)
    }

    private func text(_ name: String) throws(Refusal) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else {
            throw Refusal(.badRequest, "attribute \"\(name)\": expected a string")
        }
        return text
    }

    private func payload(
        _ settings: Settings
    ) throws -> (EventPayload, [String: AttachmentContent]) {
        guard let name = try text("type") else {
            throw Refusal(.badRequest, "attribute \"type\" is missing")
        }
        let type = EventType(name)
        if let why = Self.refusal(of: type) { throw Refusal(.forbidden, "\(type): \(why)") }
        guard var data = (object["data"] ?? [:]).object else {
            throw Refusal(.badRequest, "attribute \"data\": expected an object")
        }
        var attachments: [String: AttachmentContent] = [:]
        for attachment in Self.attached {
            guard let text = data[attachment]?.string else { continue }
            attachments[attachment] = AttachmentContent(text: text)
            data[attachment] = nil
        }
        if let command = data["command"]?.string {
            data["command"] = .string(Redaction.redact(command, patterns: settings.redaction))
        }
        do {
            guard let payload = try EventPayload(type: type, data: data) else {
                throw Refusal(.badRequest, "attribute \"type\": unknown type \"\(name)\"")
            }
            try ForeignEvent.check(payload)
            let known = payload.json
            for member in data.members where known[member.name] == nil {
                throw Refusal(.badRequest, "data: unknown member \"\(member.name)\" of \(type)")
            }
            if case .action(_, _, let report) = payload, report.isOverride || report.plan != nil {
                throw Refusal(.forbidden, "\(type): only run and apply say that of themselves")
            }
            return (payload, attachments)
        } catch let error as EventError {
            throw Refusal(.badRequest, "data: \(error)")
        }
    }

    /// Why an event of a type is not recorded this way; nil when it is.
    private static func refusal(of type: EventType) -> String? {
        switch type {
        case .decision(.ledgerCreated): "belongs to init"
        case .decision(.policySet): "is set at the prompt: ledger-cli policy set"
        case .decision(.planIssued), .decision(.planApproved), .decision(.planFinished):
            "belongs to plan, approve and apply"
        case .decision(.keyAdded), .decision(.keyRetired): "belongs to ledger-cli key"
        case .decision(.attachmentErased): "belongs to ledger-cli erase"
        default: nil
        }
    }

    /// The migration given, else the one that it must belong to, as at a prompt.
    private func migration(
        of payload: EventPayload, at time: Timestamp, _ register: MigrationRegister
    ) throws -> String? {
        let open = register.open(at: time)
        let context = RecordingContext(
            time: time, openMigrations: open, knownMigrations: register.names,
            read: { _, _ in false }, voidable: { _ in },
            event: { throw CLIError.noSuchEvent($0.number, size: 0) })
        let given = try text("correlationid")
        guard case .decision(let decision) = payload else {
            return try context.optionalMigration(given)
                ?? OpenMigrations(open).owner(of: payload, at: time)
        }
        switch decision {
        case .migrationOpened(let roles):
            guard !register.names.contains(roles.migration) else {
                throw CLIError.migrationExists(roles.migration)
            }
            return roles.migration
        case _ where decision.countsForMigration:
            return try context.migration(given ?? ForeignEvent.name(in: text("subject")))
        case .noteAdded:
            let only = open.count == 1 ? open.first?.migration : nil
            return try context.optionalMigration(given) ?? only
        default: return try context.optionalMigration(given)
        }
    }
}
