/// A signature that was checked against a key the caller trusts.
public struct VerifiedSignature: Hashable, Sendable {
    /// The key that signed.
    public let key: VerifierKey
    /// When a cosigner says it saw this text, in POSIX seconds; nil for a plain signature.
    public let time: Int?
}

/// A note whose text may be believed as far as its signers are trusted.
///
/// Obtained from `SignedNote.verify(with:)` only.
public struct VerifiedNote: Hashable, Sendable {
    /// The note as it was read, with all its lines.
    public let note: SignedNote
    /// The signatures by known keys, each key once, in the order of their lines.
    public let signatures: [VerifiedSignature]
    /// The lines of keys that were not given: neither checked nor counted.
    public let unverified: [NoteSignature]

    fileprivate init(
        note: SignedNote, signatures: [VerifiedSignature], unverified: [NoteSignature]
    ) {
        self.note = note
        self.signatures = signatures
        self.unverified = unverified
    }

    /// The signature of one key, if it signed.
    public func signature(by key: VerifierKey) -> VerifiedSignature? {
        signatures.first { $0.key == key }
    }
}

extension SignedNote {
    /// Checks every line of a known key and ignores the lines of others.
    ///
    /// A line belongs to a key when both name and key ID match. One line of a known key that does
    /// not hold refuses the note. Of several lines by one key that hold, the first is reported.
    /// Throws `NoteError.invalidSignature`, `NoteError.ambiguousKey`, or
    /// `NoteError.noKnownSignature` when no given key signed.
    public func verify(with keys: [VerifierKey]) throws(NoteError) -> VerifiedNote {
        var verified: [VerifiedSignature] = []
        var unverified: [NoteSignature] = []
        for signature in signatures {
            let candidates = keys.filter { $0.name == signature.name && $0.id == signature.id }
            guard let key = candidates.first else {
                if !unverified.contains(signature) { unverified.append(signature) }
                continue
            }
            guard candidates.count == 1 else {
                throw .ambiguousKey(key: key.name.text, id: key.id)
            }
            let statement = key.type.statement(
                signature: signature.bytes, text: textBytes, publicKey: key.publicKey)
            guard let statement else {
                throw .invalidSignature(key: key.name.text, id: key.id)
            }
            guard !verified.contains(where: { $0.key == key }) else { continue }
            verified.append(VerifiedSignature(key: key, time: statement.time))
        }
        guard !verified.isEmpty else { throw .noKnownSignature }
        return VerifiedNote(note: self, signatures: verified, unverified: unverified)
    }
}
