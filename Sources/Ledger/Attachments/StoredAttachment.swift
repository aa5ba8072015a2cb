/// An attachment as it is found when asked for.
public enum StoredAttachment: Sendable, Hashable {
    /// The content, which agrees with the record's commitment.
    case content(AttachmentContent)
    /// Content and salt were erased; the record still commits to them.
    case erased(AttachmentReference)
    /// The record refers to a content that this file never held, as after an import of records.
    case absent(AttachmentReference)
}

/// A row of the side table: what a bundle carries and what verification hashes.
public struct SealedAttachment: Sendable, Hashable {
    /// The event that the content belongs to.
    public let sequence: SequenceNumber
    /// The name of the member of `data` that refers to it.
    public let name: String
    /// Salt and content; nil when they were erased.
    public let seal: Seal?

    /// What erasing removes.
    public struct Seal: Sendable, Hashable {
        /// Random bytes, hashed before the content.
        public let salt: [UInt8]
        /// The content.
        public let content: [UInt8]

        /// A content and its salt.
        public init(salt: [UInt8], content: [UInt8]) {
            self.salt = salt
            self.content = content
        }

        /// SHA-256(salt ‖ content).
        public var commitment: Digest {
            AttachmentReference.commitment(salt: salt, content: content)
        }
    }

    /// A row of the side table.
    public init(sequence: SequenceNumber, name: String, seal: Seal?) {
        self.sequence = sequence
        self.name = name
        self.seal = seal
    }
}
