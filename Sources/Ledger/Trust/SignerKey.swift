import Crypto

/// A private key under a name; whoever has its text can sign as this log or witness.
///
/// The text form is `PRIVATE+KEY+<name>+<key ID>+<base64(type || seed)>`, the seed being the 32
/// bytes of RFC 8032. Printing the value shows the public key only.
public struct SignerKey: Sendable {
    /// The public half, to hand out.
    public let verifier: VerifierKey
    private let key: Curve25519.Signing.PrivateKey

    /// Derives a key pair from a secret random seed.
    ///
    /// Throws `KeyError.wrongKeyLength`.
    public init(
        name: KeyName, type: SignatureType = .ed25519, seed: [UInt8]
    ) throws(KeyError) {
        guard seed.count == type.privateKeyLength,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        else { throw .wrongKeyLength(expected: type.privateKeyLength, found: seed.count) }
        self.key = key
        verifier = try VerifierKey(
            name: name, type: type, publicKey: Array(key.publicKey.rawRepresentation))
    }

    /// Makes a new key from a source of cryptographically secure randomness.
    ///
    /// Throws `KeyError`.
    public static func generate(
        name: KeyName, type: SignatureType = .ed25519,
        using generator: inout some RandomNumberGenerator
    ) throws(KeyError) -> SignerKey {
        var seed: [UInt8] = []
        for _ in 0..<type.privateKeyLength { seed.append(generator.next()) }
        return try SignerKey(name: name, type: type, seed: seed)
    }

    /// Reads the private text form, without white space around it.
    ///
    /// Throws `KeyError`.
    public static func parse(_ privateText: String) throws(KeyError) -> SignerKey {
        guard privateText.utf8.starts(with: prefix.utf8) else { throw .notAPrivateKey }
        let parts = try KeyText(privateText.utf8.dropFirst(prefix.utf8.count))
        let key = try SignerKey(name: parts.name, type: parts.type, seed: parts.material)
        guard key.verifier.id == parts.id else {
            throw .wrongKeyID(expected: key.verifier.id, found: parts.id)
        }
        return key
    }

    /// The private text form: a secret, to be written to a file of mode 0600 and nowhere else.
    public var privateText: String {
        let material = [verifier.type.rawValue] + Array(key.rawRepresentation)
        return "\(SignerKey.prefix)\(verifier.name)+\(verifier.id)+"
            + StrictBase64.encode(material)
    }

    /// The signature line of this key for a note text.
    ///
    /// `time` is POSIX seconds, not negative; only a cosignature states it. `text` ends in a line
    /// feed. Throws `NoteError.signingFailed`.
    public func sign(text: [UInt8], time: Int) throws(NoteError) -> NoteSignature {
        precondition(time >= 0, "a cosignature states a time from 1970 on")
        var bytes: [UInt8] = []
        var message = text
        switch verifier.type {
        case .ed25519: break
        case .cosignature:
            bytes = SignatureType.timeBytes(time)
            message = SignatureType.cosignedMessage(text: text, time: time)
        }
        guard let signature = try? key.signature(for: message) else {
            throw .signingFailed(key: verifier.name.text)
        }
        return NoteSignature(name: verifier.name, id: verifier.id, bytes: bytes + signature)
    }

    private static let prefix = "PRIVATE+KEY+"
}

extension SignerKey: CustomStringConvertible, CustomReflectable {
    /// The public key; never the secret.
    public var description: String { "signer \(verifier)" }

    /// A mirror without the secret, so that `dump` cannot print it.
    public var customMirror: Mirror { Mirror(self, children: ["verifier": verifier]) }
}
