/// Why a signed note or the checkpoint in it is refused.
public enum NoteError: Error, Equatable, Sendable {
    /// The bytes are not UTF-8.
    case notUTF8
    /// A byte below 0x20 other than the line feed, at this offset from the start.
    case controlByte(UInt8, offset: Int)
    /// No empty line separates a text from signatures.
    case noSignatureBlock
    /// There is an empty line but no signature line after it, or the last one is cut off.
    case unfinishedSignatureBlock
    /// The note has more signature lines than a verifier has to read.
    case tooManySignatures(limit: Int)
    /// A line after the text is not `— <name> <base64>`; lines count from 1.
    case malformedSignatureLine(line: Int)
    /// A text to be signed is empty, does not end in a line feed or has a byte no note may have.
    case unsignableText
    /// The private key of this name gave no signature.
    case signingFailed(key: String)
    /// A signature by a known key does not hold; the note as a whole is refused.
    case invalidSignature(key: String, id: KeyID)
    /// Two of the given keys have the same name and key ID.
    case ambiguousKey(key: String, id: KeyID)
    /// No given key signed the note.
    case noKnownSignature
    /// A line of the checkpoint is not what the format wants there; lines count from 1.
    case malformedCheckpoint(line: Int, expected: String)
    /// The checkpoint speaks for another log.
    case wrongOrigin(expected: [String], found: String)
    /// The log's signature holds but too few witnesses cosigned.
    case quorumNotMet(quorum: String, signed: [String])
}

extension NoteError: CustomStringConvertible {
    /// One line: what is wrong, where, and the key concerned.
    public var description: String {
        switch self {
        case .notUTF8: "note is not valid UTF-8"
        case .controlByte(let byte, let offset):
            "note byte \(offset): control character \(byte) is not allowed"
        case .noSignatureBlock: "note has no empty line before its signatures"
        case .unfinishedSignatureBlock:
            "note ends without a complete signature line, copy it again with its last line feed"
        case .tooManySignatures(let limit): "note has more than \(limit) signature lines"
        case .malformedSignatureLine(let line): "note line \(line): not a signature line"
        case .unsignableText: "note text is empty, unfinished or has a control character"
        case .signingFailed(let key): "key \(key): no signature could be made"
        case .invalidSignature(let key, let id):
            "key \(key)+\(id): signature does not match the text"
        case .ambiguousKey(let key, let id):
            "key \(key)+\(id): two given keys have this name and ID, remove one"
        case .noKnownSignature: "note is not signed by any of the given keys"
        case .malformedCheckpoint(let line, let expected):
            "checkpoint line \(line): \(expected) expected"
        case .wrongOrigin(let expected, let found):
            "checkpoint is of log \(found), expected \(expected.joined(separator: " or "))"
        case .quorumNotMet(let quorum, let signed):
            "quorum \(quorum) is not met, cosigned by "
                + (signed.isEmpty ? "no witness" : signed.joined(separator: ", "))
        }
    }
}
