/// One thing that verification found wrong, written so that it stands alone as evidence.
public struct Finding: Hashable, Sendable {
    /// What kind of damage it is, in the words of reports and JSON.
    public enum Class: String, Hashable, Sendable, CaseIterable, Encodable {
        /// A record whose bytes do not give its leaf hash, or a leaf hash that was changed.
        case edited
        /// A sequence without a record.
        case missing
        /// A record where none was signed.
        case inserted
        /// Records that changed places.
        case reordered
        /// The log is shorter than a head that was signed.
        case truncated
        /// The log is not a continuation of a head that was signed.
        case forked
        /// Something that should carry a signature does not.
        case unsigned
        /// A head signed by a key that is not trusted for this log.
        case wrongSigner = "wrong signer"
        /// An attachment that does not give its commitment.
        case attachmentAltered = "attachment altered"
        /// An index column that says something else than the record.
        case indexDiffers = "index differs from record"
        /// A cache or an inner tree node that does not follow from the records.
        case derivedDataWrong = "derived data wrong"

        /// Whether this is tampering unless said otherwise; derived data is only rebuilt.
        public var isUsuallyFatal: Bool { self != .derivedDataWrong }
    }

    /// What kind of damage it is.
    public let kind: Class
    /// The first bad sequence (counted from 1); nil when no single record is concerned.
    public let sequence: Int?
    /// What should be there: a base64 hash, or text such as a signed checkpoint.
    public let expected: String?
    /// What is there instead, in the same form.
    public let found: String?
    /// One line for people: subject first, lower case, no full stop.
    public let message: String
    /// Whether the ledger does not verify because of this.
    public let isFatal: Bool

    /// Reports damage shown by text.
    public init(
        _ kind: Class, sequence: Int? = nil, expected: String? = nil, found: String? = nil,
        message: String, isFatal: Bool? = nil
    ) {
        self.kind = kind
        self.sequence = sequence
        self.expected = expected
        self.found = found
        self.message = message
        self.isFatal = isFatal ?? kind.isUsuallyFatal
    }

    /// Reports damage shown by two hashes.
    public init(
        _ kind: Class, sequence: Int? = nil, expected: Digest, found: Digest, message: String,
        isFatal: Bool? = nil
    ) {
        self.init(
            kind, sequence: sequence, expected: expected.base64, found: found.base64,
            message: message, isFatal: isFatal)
    }
}

extension Finding: CustomStringConvertible {
    /// A line with place, kind and message, then what was expected and what was found.
    public var description: String {
        let place = sequence.map { "event \($0)" } ?? "ledger"
        var lines = ["\(place): \(kind.rawValue): \(message)"]
        if let expected { lines.append(Finding.evidence("expected", expected)) }
        if let found { lines.append(Finding.evidence("found", found)) }
        return lines.joined(separator: "\n")
    }

    private static func evidence(_ label: String, _ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1 else { return "  \(label) \(text)" }
        return (["  \(label)"] + lines.map { $0.isEmpty ? "" : "    \($0)" })
            .joined(separator: "\n")
    }
}

extension Finding: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind = "class"
        case sequence, expected, found, message
        case isFatal = "fatal"
    }
}
