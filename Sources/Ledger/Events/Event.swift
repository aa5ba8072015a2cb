/// An event as it was recorded: what happened, when, who did it and how the ledger knows.
public struct Event: Sendable, Hashable {
    /// Where it stands in the log.
    public var sequence: SequenceNumber
    /// When the ledger learned of it; never decreases along the log.
    public var recordedTime: Timestamp
    /// The ledger's origin; the CloudEvents `source`.
    public var source: String
    /// What happened.
    public var draft: EventDraft

    /// An event at its place in a log.
    public init(
        sequence: SequenceNumber, recordedTime: Timestamp, source: String, draft: EventDraft
    ) {
        self.sequence = sequence
        self.recordedTime = recordedTime
        self.source = source
        self.draft = draft
    }

    /// The event's id.
    public var id: EventID { draft.id }
    /// The CloudEvents type.
    public var type: EventType { draft.type }
    /// The resource that it is about.
    public var subject: String { draft.subject }
    /// When it happened.
    public var time: Timestamp { draft.time }
    /// Who did it.
    public var actor: Actor { draft.actor }
    /// How the ledger knows.
    public var basis: Basis { draft.basis }
    /// The name of the migration that it belongs to.
    public var migration: String? { draft.migration }
    /// The id of the event that it follows from.
    public var cause: EventID? { draft.cause }
    /// The type's own members.
    public var data: JSONObject { draft.data }
}

/// Who did something (CloudEvents auth context).
public struct Actor: Sendable, Hashable {
    /// A login name, an address or the name of a service; the `authid` attribute.
    public var id: String
    /// The kind of actor: `user`, `service_account`, `system`.
    public var type: String

    /// An actor; a user unless said otherwise.
    public init(id: String, type: String = "user") {
        self.id = id
        self.type = type
    }
}

/// An event before it has a place in a log.
public struct EventDraft: Sendable, Hashable {
    /// The event's id.
    public var id: EventID
    /// The CloudEvents type.
    public var type: EventType
    /// The text of the resource that it is about.
    public var subject: String
    /// When it happened.
    public var time: Timestamp
    /// Who did it.
    public var actor: Actor
    /// How the ledger knows.
    public var basis: Basis
    /// The name of the migration that it belongs to.
    public var migration: String?
    /// The id of the event that it follows from.
    public var cause: EventID?
    /// The W3C trace context of the command that recorded it.
    public var traceparent: String?
    /// The type's own members; in a recorded event also one reference per attachment.
    public var data: JSONObject
    /// Content that is kept beside the log, by the name of the member of `data` that refers to it.
    public var attachments: [String: AttachmentContent]

    /// An event to be appended.
    ///
    /// Of an observation that takes more room than a record has, what is left out is counted in
    /// `leftOut`.
    public init(
        id: EventID, payload: EventPayload, time: Timestamp, actor: Actor, basis: Basis,
        migration: String? = nil, cause: EventID? = nil, traceparent: String? = nil,
        attachments: [String: AttachmentContent] = [:]
    ) {
        self.id = id
        type = payload.type
        subject = payload.subject(migration: migration).description
        self.time = time
        self.actor = actor
        self.basis = basis
        self.migration = migration
        self.cause = cause
        self.traceparent = traceparent
        data = payload.json
        if case .observation(let observation) = payload, data.longestForm > Observation.room {
            let (fitting, leftOut) = observation.fitting()
            data = fitting.json
            if leftOut > 0 { data["leftOut"] = .integer(leftOut) }
        }
        self.attachments = attachments
    }

    /// An event from its attributes as they stand in a record.
    public init(
        id: EventID, type: EventType, subject: String, time: Timestamp, actor: Actor, basis: Basis,
        migration: String? = nil, cause: EventID? = nil, traceparent: String? = nil,
        data: JSONObject, attachments: [String: AttachmentContent] = [:]
    ) {
        self.id = id
        self.type = type
        self.subject = subject
        self.time = time
        self.actor = actor
        self.basis = basis
        self.migration = migration
        self.cause = cause
        self.traceparent = traceparent
        self.data = data
        self.attachments = attachments
    }
}

/// Bulky, free or personal content that is committed to, not contained, in a record.
public struct AttachmentContent: Sendable, Hashable {
    /// The bytes.
    public var bytes: [UInt8]
    /// Their media type, such as `text/plain`.
    public var mediaType: String

    /// Content of a media type.
    public init(bytes: [UInt8], mediaType: String = "text/plain") {
        self.bytes = bytes
        self.mediaType = mediaType
    }

    /// Plain text as content.
    public init(text: String) { self.init(bytes: Array(text.utf8)) }
}
