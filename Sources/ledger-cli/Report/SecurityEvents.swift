import Ledger

/// Turns events into OCSF for security event systems: class API Activity (6003) of schema
/// 1.9.0-dev, with the profile `record_integrity`.
///
/// Each event carries its record as `raw_data` with its hash, so that it can be held against the
/// ledger, and an attestation of itself: the SHA-256 of its own RFC 8785 form without that hash,
/// chained to the event before it.
struct SecurityEvents {
    /// The version of the schema; `record_integrity` is not in a released one yet.
    static let schemaVersion = "1.9.0-dev"
    private static let classID = 6003

    private let origin: String
    private var previous: (uid: String, typeID: Int, fingerprint: String)?

    /// The events of a ledger, from the first one.
    init(origin: String) { self.origin = origin }

    /// The next event.
    ///
    /// - Throws: `JSONError` when a number is not finite.
    mutating func next(_ event: Event, record: Record) throws -> JSONObject {
        let (activity, activityName) = Self.activity(event.type)
        let (status, statusName) = Self.status(event.type)
        let isDoubtful = status != 1
        let typeID = Self.classID * 100 + activity
        var object = JSONObject([
            ("activity_id", .integer(activity)), ("activity_name", .string(activityName)),
            ("category_uid", 6), ("category_name", "Application Activity"),
            ("class_uid", .integer(Self.classID)), ("class_name", "API Activity"),
            ("type_uid", .integer(typeID)), ("type_name", .string("API Activity: \(activityName)")),
            ("severity_id", isDoubtful ? 2 : 1),
            ("severity", isDoubtful ? "Low" : "Informational"),
            ("status_id", .integer(status)), ("status", .string(statusName)),
            ("time", .integer(Int(event.time.milliseconds))), ("timezone_offset", 0),
            ("message", .string(Self.message(event))), ("actor", Self.actor(event.actor)),
            ("api", Self.api(event)),
            // The ledger's own name: where the command was typed is not recorded.
            ("src_endpoint", ["name": .string(origin), "svc_name": "ledger-cli"]),
            ("resources", [Self.resource(event.subject)]), ("metadata", metadata(event)),
            ("raw_data", .string(String(decoding: record.bytes, as: UTF8.self))),
            ("raw_data_size", .integer(record.bytes.count)),
            ("raw_data_hash", Self.fingerprint(Digest(hashing: record.bytes).hex)),
            (
                "unmapped",
                [
                    "basis": .string(event.basis.rawValue),
                    "leaf": .string(MerkleTree.leafHash(record.bytes).base64),
                ]
            ),
        ])
        object["status_code"] = event.data["exit"]?.integer.map { .string("\($0)") }
        var attestation = JSONObject([
            ("uid", .string(event.id.description)), ("authority_uid", .string(origin)),
            ("chain_uid", .string(origin)),
        ])
        if let previous {
            attestation["prev_event"] = [
                "uid": .string(previous.uid), "type_uid": .integer(previous.typeID),
                "fingerprint": Self.fingerprint(previous.fingerprint),
            ]
        }
        object["attestation_list"] = [.object(attestation)]
        let digest = Digest(hashing: try CanonicalJSON.encode(object)).hex
        var fingerprint = Self.fingerprint(digest).object ?? JSONObject()
        fingerprint["serialization_id"] = 2
        fingerprint["serialization"] = "JCS"
        attestation["fingerprint"] = .object(fingerprint)
        object["attestation_list"] = [.object(attestation)]
        previous = (event.id.description, typeID, digest)
        return object
    }

    private func metadata(_ event: Event) -> JSONValue {
        .object(
            JSONObject([
                ("version", .string(Self.schemaVersion)),
                (
                    "product",
                    [
                        "name": "ledger-cli", "vendor_name": "migration ledger",
                        "version": .string(Version.text),
                    ]
                ),
                ("profiles", ["record_integrity"]), ("uid", .string(event.id.description)),
                ("original_event_uid", .string(event.id.description)),
                ("event_code", .string(event.type.description)),
                ("sequence", .integer(event.sequence.number)),
                ("correlation_uid", event.migration.map { .string($0) }),
                ("logged_time", .integer(Int(event.recordedTime.milliseconds))),
                ("original_time", .string(event.time.description)),
                ("log_name", .string(origin)), ("log_provider", "ledger-cli"),
                ("log_format", "CloudEvents JSON"), ("log_version", "1.0"),
            ]))
    }

    private static func fingerprint(_ hex: String) -> JSONValue {
        [
            "algorithm_id": 3, "algorithm": "SHA-256", "encoding_id": 1, "encoding": "Hex",
            "value": .string(hex),
        ]
    }

    /// Create, read, update or delete; what people decide is none of them.
    private static func activity(_ type: EventType) -> (Int, String) {
        switch type {
        case .observation: return (2, "Read")
        case .action(let name, _):
            switch name {
            case .envCreate, .snapshotCreate, .releaseCreate, .databaseDump: return (1, "Create")
            case .envDestroy, .snapshotDestroy, .releaseDestroy, .logDelete: return (4, "Delete")
            default: return (3, "Update")
            }
        case .decision(let name): return (99, name.rawValue)
        case .other(let text): return (99, text)
        }
    }

    private static func status(_ type: EventType) -> (Int, String) {
        switch type {
        case .action(_, .refused): (2, "Failure")
        case .action(_, .unknown): (0, "Unknown")
        case .action(_, .started): (99, "started")
        default: (1, "Success")
        }
    }

    private static func message(_ event: Event) -> String {
        let summary = EventSummary.text(of: event)
        return "\(event.type) \(event.subject)" + (summary.isEmpty ? "" : ": \(summary)")
    }

    private static func actor(_ actor: Actor) -> JSONValue {
        let (id, name) =
            switch actor.type {
            case "user": (1, "User")
            case "system": (3, "System")
            default: (99, actor.type)
            }
        return [
            "user": [
                "name": .string(actor.id), "uid": .string(actor.id), "type_id": .integer(id),
                "type": .string(name),
            ]
        ]
    }

    private static func api(_ event: Event) -> JSONValue {
        let operation: String
        switch event.type {
        case .action(let name, _): operation = name.rawValue
        default: operation = event.type.description
        }
        var api = JSONObject([
            ("operation", .string(operation)), ("service", ["name": "fleet"]),
            ("request", ["uid": .string(event.id.description)]),
        ])
        if let exit = event.data["exit"]?.integer { api["response"] = ["code": .integer(exit)] }
        return .object(api)
    }

    private static func resource(_ subject: String) -> JSONValue {
        let parts = subject.split(separator: "/", maxSplits: 1)
        return [
            "uid": .string(subject), "name": .string(parts.last.map(String.init) ?? subject),
            "type": .string(parts.first.map(String.init) ?? subject), "role_id": 1,
            "role": "Target",
        ]
    }
}
