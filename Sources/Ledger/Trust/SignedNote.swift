/// One signature line of a note, verified or not.
public struct NoteSignature: Hashable, Sendable {
    /// The name of the key that is said to have signed.
    public let name: KeyName
    /// The ID of that key.
    public let id: KeyID
    /// What follows the key ID: the signature as its type lays it out.
    public let bytes: [UInt8]

    /// The line without its line feed: em dash, space, name, space, base64.
    public var line: String { "— \(name) \(StrictBase64.encode(id.bytes + bytes))" }
}

/// A text with signature lines below it, well-formed but not yet believed.
///
/// C2SP signed-note v1.0.0:
///
///     text, one or more lines, may hold empty lines␊
///     ␊
///     — <key name> <base64(key ID, 4 bytes big-endian || signature)>␊
///
/// The last empty line separates; what is signed is the text with its final line feed. Lines of
/// unknown keys are kept, so that keys can rotate and witnesses can add theirs.
public struct SignedNote: Hashable, Sendable {
    /// The most signature lines a note may have, as in Go's note package.
    public static let signatureLimit = 100

    /// The signed bytes: the text with its final line feed.
    public let textBytes: [UInt8]
    /// The signature lines in order.
    public let signatures: [NoteSignature]

    /// The signed text.
    public var text: String { String(decoding: textBytes, as: UTF8.self) }

    /// Reads a note from its exact bytes.
    ///
    /// Throws `NoteError`.
    public static func parse(_ bytes: [UInt8]) throws(NoteError) -> SignedNote {
        try requireAllowedBytes(bytes)
        // The last of two line feeds in a row ends the separating empty line.
        guard
            let separator = bytes.indices.last(where: {
                $0 > 0 && bytes[$0] == lineFeed && bytes[$0 - 1] == lineFeed
            })
        else { throw .noSignatureBlock }
        let block = bytes[(separator + 1)...]
        guard block.last == lineFeed else { throw .unfinishedSignatureBlock }
        let firstLine = bytes[...separator].count { $0 == lineFeed } + 1
        let lines = block.dropLast().split(separator: lineFeed, omittingEmptySubsequences: false)
        guard lines.count <= signatureLimit else {
            throw .tooManySignatures(limit: signatureLimit)
        }
        var signatures: [NoteSignature] = []
        for (offset, line) in lines.enumerated() {
            guard let signature = NoteSignature(line: line) else {
                throw .malformedSignatureLine(line: firstLine + offset)
            }
            signatures.append(signature)
        }
        return SignedNote(textBytes: Array(bytes[..<separator]), signatures: signatures)
    }

    /// Reads a note from text.
    ///
    /// Throws `NoteError`.
    public static func parse(_ text: String) throws(NoteError) -> SignedNote {
        try parse(Array(text.utf8))
    }

    /// The exact bytes of the note.
    public func format() -> [UInt8] {
        textBytes + [SignedNote.lineFeed] + signatures.flatMap { Array($0.line.utf8) + [0x0A] }
    }

    /// Signs a text with one or more keys; a note without a signature is none.
    ///
    /// `time` is POSIX seconds, stated by cosignature keys only. Throws
    /// `NoteError.unsignableText` or `NoteError.signingFailed`.
    public static func sign(
        text: String, with keys: [SignerKey], time: Int
    ) throws(NoteError) -> SignedNote {
        precondition(!keys.isEmpty, "a note is signed by at least one key")
        let bytes = Array(text.utf8)
        guard bytes.last == lineFeed, (try? requireAllowedBytes(bytes)) != nil else {
            throw .unsignableText
        }
        return try SignedNote(textBytes: bytes, signatures: []).adding(keys, time: time)
    }

    /// The same note with the signatures of more keys below the present ones.
    ///
    /// An earlier line of one of these keys is replaced. Throws `NoteError.signingFailed` or
    /// `NoteError.tooManySignatures`.
    public func adding(_ keys: [SignerKey], time: Int) throws(NoteError) -> SignedNote {
        var added: [NoteSignature] = []
        for key in keys { added.append(try key.sign(text: textBytes, time: time)) }
        return try adding(added)
    }

    /// The same note with lines that someone else made, such as a witness's answer.
    ///
    /// An earlier line of the same key is replaced. Throws `NoteError.tooManySignatures`.
    public func adding(_ added: [NoteSignature]) throws(NoteError) -> SignedNote {
        let kept = signatures.filter { old in
            !added.contains { $0.name == old.name && $0.id == old.id }
        }
        guard kept.count + added.count <= SignedNote.signatureLimit else {
            throw .tooManySignatures(limit: SignedNote.signatureLimit)
        }
        return SignedNote(textBytes: textBytes, signatures: kept + added)
    }

    private static let lineFeed = UInt8(ascii: "\n")

    private static func requireAllowedBytes(_ bytes: [UInt8]) throws(NoteError) {
        if let offset = bytes.firstIndex(where: { $0 < 0x20 && $0 != lineFeed }) {
            throw .controlByte(bytes[offset], offset: offset)
        }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
    }
}

extension NoteSignature {
    /// Reads one signature line without its line feed; nil when it is not one.
    public static func parse(_ line: String) -> NoteSignature? {
        NoteSignature(line: line.utf8)
    }

    init?(line: some Collection<UInt8>) {
        let dash = Array("— ".utf8)
        guard line.starts(with: dash) else { return nil }
        let parts = line.dropFirst(dash.count).split(
            separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        // Four bytes are the key ID; a signature without any byte is none.
        guard parts.count == 2, let name = try? KeyName(parts[0]),
            let payload = StrictBase64.decode(parts[1]), payload.count > 4
        else { return nil }
        self.name = name
        id = KeyID(payload.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        bytes = Array(payload.dropFirst(4))
    }
}
