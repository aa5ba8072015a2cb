import Crypto

/// What a record says of an attachment: a commitment to its content, never the content.
///
/// The member of `data` is `{"bytes": n, "commitment": base64(SHA-256(salt ‖ content)),
/// "mediatype": …}`. The salt keeps a guessable content from being confirmed once it is erased.
public struct AttachmentReference: Sendable, Hashable {
    /// The length of a salt in bytes.
    public static let saltByteCount = 32

    /// The SHA-256 of salt and content.
    public let commitment: Digest
    /// The length of the content in bytes.
    public let byteCount: Int
    /// The media type of the content.
    public let mediaType: String

    /// A reference from its parts.
    public init(commitment: Digest, byteCount: Int, mediaType: String) {
        self.commitment = commitment
        self.byteCount = byteCount
        self.mediaType = mediaType
    }

    /// The reference to a content under a salt.
    public init(_ content: AttachmentContent, salt: [UInt8]) {
        self.init(
            commitment: AttachmentReference.commitment(salt: salt, content: content.bytes),
            byteCount: content.bytes.count, mediaType: content.mediaType)
    }

    /// The reference that a member of `data` is; nil when it is something else.
    public init?(_ value: JSONValue?) {
        guard let object = value?.object, object.members.count == 3,
            let commitment = object["commitment"]?.string.flatMap({ Digest(base64: $0) }),
            let byteCount = object["bytes"]?.integer, byteCount >= 0,
            let mediaType = object["mediatype"]?.string
        else { return nil }
        self.init(commitment: commitment, byteCount: byteCount, mediaType: mediaType)
    }

    /// The member of `data`.
    public var json: JSONValue {
        [
            "bytes": .integer(byteCount), "commitment": .string(commitment.base64),
            "mediatype": .string(mediaType),
        ]
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
