import Crypto

/// What a record says of an attachment: a commitment to its content, never the content.
///
/// The member of `data` is `{"bytes": n, "commitment": base64(SHA-256(salt ‖ content)),
/// "mediatype": …}`. The salt keeps a guessable content from being confirmed once it is erased. An event
/// that came without its content, as one line of JSON, says so with `"elsewhere": true`: of every other
/// reference the content must be in the file.
public struct AttachmentReference: Sendable, Hashable {
    /// The length of a salt in bytes.
    public static let saltByteCount = 32

    /// The SHA-256 of salt and content.
    public let commitment: Digest
    /// The length of the content in bytes.
    public let byteCount: Int
    /// The media type of the content.
    public let mediaType: String
    /// True when the content did not come with the event, and is not in this file.
    public var isElsewhere: Bool

    /// A reference from its parts.
    public init(
        commitment: Digest, byteCount: Int, mediaType: String, isElsewhere: Bool = false
    ) {
        self.commitment = commitment
        self.byteCount = byteCount
        self.mediaType = mediaType
        self.isElsewhere = isElsewhere
    }

    /// The reference to a content under a salt.
    public init(_ content: AttachmentContent, salt: [UInt8]) {
        self.init(
            commitment: AttachmentReference.commitment(salt: salt, content: content.bytes),
            byteCount: content.bytes.count, mediaType: content.mediaType)
    }

    /// The reference that a member of `data` is; nil when it is something else.
    public init?(_ value: JSONValue?) {
        guard let object = value?.object, 3...4 ~= object.members.count,
            object.members.count == 3 || object["elsewhere"] == .bool(true),
            let commitment = object["commitment"]?.string.flatMap({ Digest(base64: $0) }),
            let byteCount = object["bytes"]?.integer, byteCount >= 0,
            let mediaType = object["mediatype"]?.string
        else { return nil }
        self.init(
            commitment: commitment, byteCount: byteCount, mediaType: mediaType,
            isElsewhere: object.members.count == 4)
    }

    /// The member of `data`.
    public var json: JSONValue {
        .object(
            JSONObject([
                ("bytes", .integer(byteCount)), ("commitment", .string(commitment.base64)),
                ("elsewhere", isElsewhere ? .bool(true) : nil), ("mediatype", .string(mediaType)),
            ]))
    }

    /// SHA-256(salt ‖ content).
    public static func commitment(salt: [UInt8], content: [UInt8]) -> Digest {
        var hasher = SHA256()
        hasher.update(collection: salt)
        hasher.update(collection: content)
        return Digest(finishing: hasher)
    }
}

extension Event {
    /// The references among the members of `data`, in the order of their names.
    public var attachments: [(name: String, reference: AttachmentReference)] {
        data.members.compactMap { member in
            AttachmentReference(member.value).map { (member.name, $0) }
        }
    }
}

extension EventDraft {
    /// Says of every reference that stands in the data that its content is elsewhere: a content that is
    /// to be kept comes as an attachment, and its reference is made here.
    mutating func leaveReferencesElsewhere() {
        for member in data.members {
            guard var reference = AttachmentReference(member.value) else { continue }
            reference.isElsewhere = true
            data[member.name] = reference.json
        }
    }
}
