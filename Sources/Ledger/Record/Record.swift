/// One event as one line: a CloudEvents 1.0 JSON event in RFC 8785 form.
///
/// These exact bytes are stored, hashed as the RFC 6962 leaf, exported and printed; nothing is ever
/// serialised again to be hashed.
public struct Record: Sendable, Hashable {
    /// The most bytes a record may have, so that it fits an entry of a C2SP tile bundle.
    public static let byteLimit = 65_535

    /// The canonical bytes, without a line feed.
    public let bytes: [UInt8]

    /// The record of an event.
    ///
    /// - Throws: `EventError.tooLarge`, or `.notARecord` when a number in the data is not finite.
    public init(_ event: Event) throws(EventError) {
        do {
            bytes = try RecordWriter.bytes(of: event)
        } catch {
            throw .notARecord(error.description)
        }
        guard bytes.count <= Record.byteLimit else {
            throw .tooLarge(bytes: bytes.count, member: event.data.longestMember)
        }
    }

    /// A record from bytes that were stored or exported; they are not looked at until `event()`.
    public init(storedBytes: [UInt8]) { bytes = storedBytes }

    /// The event of the record.
    ///
    /// - Throws: `EventError.notARecord` when the bytes are not canonical JSON or an attribute is
    ///   missing, unknown or malformed.
    public func event() throws(EventError) -> Event {
        if let event = EventReader.event(of: bytes) { return event }
        return try parsedEvent()
    }

    /// The event, read the slow way, which says what is wrong; tests hold the quick way to it.
    func parsedEvent() throws(EventError) -> Event {
        let value: JSONValue
        do {
            value = try JSONReader.parseAndCompare(bytes)
        } catch {
            throw .notARecord(error.description)
        }
        guard let object = value.object else { throw .notARecord("not a JSON object") }
        return try Event(attributes: object)
    }

    /// The event of a CloudEvents JSON object in any member order, as other tools print it.
    ///
    /// - Throws: `EventError.notARecord` when an attribute is missing, unknown or malformed.
    public static func event(of object: JSONObject) throws(EventError) -> Event {
        try Event(attributes: object)
    }
}

extension Event {
    /// The CloudEvents attributes and data.
    public var json: JSONObject {
        JSONObject([
            ("specversion", "1.0"), ("id", .string(id.description)), ("source", .string(source)),
            ("type", .string(type.description)), ("subject", .string(subject)),
            ("time", .string(time.description)), ("sequence", .string(sequence.padded)),
            ("recordedtime", .string(recordedTime.description)), ("authid", .string(actor.id)),
            ("authtype", .string(actor.type)), ("basis", .string(basis.rawValue)),
            ("correlationid", migration.map { .string($0) }),
            ("causationid", cause.map { .string($0.description) }),
            ("traceparent", draft.traceparent.map { .string($0) }),
            ("datacontenttype", "application/json"), ("data", .object(data)),
        ])
    }

    private static let attributes: Set<String> = [
        "specversion", "id", "source", "type", "subject", "time", "sequence", "recordedtime",
        "authid", "authtype", "basis", "correlationid", "causationid", "traceparent",
        "datacontenttype", "data",
    ]

    fileprivate init(attributes object: JSONObject) throws(EventError) {
        func text(_ name: String) throws(EventError) -> String {
            guard let text = object[name]?.string else {
                throw .notARecord("attribute \"\(name)\": expected a string")
            }
            return text
        }
        func time(_ name: String) throws(EventError) -> Timestamp {
            let given = try text(name)
            guard let time = Timestamp(given), time.utf8.elementsEqual(given.utf8) else {
                throw .notARecord(
                    "attribute \"\(name)\": expected a time like 2017-05-01T10:00:00.000Z")
            }
            return time
        }
        for member in object.members where !Event.attributes.contains(member.name) {
            throw .notARecord("unknown attribute \"\(member.name)\"")
        }
        guard try text("specversion") == "1.0" else { throw .notARecord("specversion is not 1.0") }
        guard try text("datacontenttype") == "application/json" else {
            throw .notARecord("datacontenttype is not application/json")
        }
        guard let id = EventID(try text("id")) else {
            throw .notARecord("attribute \"id\": expected a UUIDv7")
        }
        let sequenceText = try text("sequence")
        guard let number = Int(sequenceText), number > 0,
            SequenceNumber(number).padded == sequenceText
        else { throw .notARecord("attribute \"sequence\": expected 16 digits") }
        guard let basis = Basis(rawValue: try text("basis")) else {
            throw .notARecord(
                "attribute \"basis\": expected executed, observed, reported or imported")
        }
        guard let data = object["data"]?.object else {
            throw .notARecord("attribute \"data\": expected an object")
        }
        var cause: EventID?
        if object["causationid"] != nil {
            cause = EventID(try text("causationid"))
            guard cause != nil else {
                throw .notARecord("attribute \"causationid\": expected a UUIDv7")
            }
        }
        self.init(
            sequence: SequenceNumber(number), recordedTime: try time("recordedtime"),
            source: try text("source"),
            draft: EventDraft(
                id: id, type: EventType(try text("type")), subject: try text("subject"),
                time: try time("time"),
                actor: Actor(id: try text("authid"), type: try text("authtype")), basis: basis,
                migration: object["correlationid"] == nil ? nil : try text("correlationid"),
                cause: cause,
                traceparent: object["traceparent"] == nil ? nil : try text("traceparent"),
                data: data))
    }
}
