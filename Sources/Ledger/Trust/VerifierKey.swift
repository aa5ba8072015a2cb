/// A public key under a name, with the text form `<name>+<key ID>+<base64(type || key)>`.
///
/// Sample: `PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`
public struct VerifierKey: Hashable, Sendable {
    /// The name that signature lines of this key carry.
    public let name: KeyName
    /// The short number that signature lines of this key begin with.
    public let id: KeyID
    /// How this key signs.
    public let type: SignatureType
    /// The raw public key; 32 bytes for Ed25519.
    public let publicKey: [UInt8]

    /// Binds a name to a public key.
    ///
    /// Throws `KeyError.wrongKeyLength`.
    public init(
        name: KeyName, type: SignatureType = .ed25519, publicKey: [UInt8]
    ) throws(KeyError) {
        guard publicKey.count == type.publicKeyLength else {
            throw .wrongKeyLength(expected: type.publicKeyLength, found: publicKey.count)
        }
        self.name = name
        self.type = type
        self.publicKey = publicKey
        id = KeyID(name: name, type: type, publicKey: publicKey)
    }

    /// Reads the text form of a key, without white space around it.
    ///
    /// Throws `KeyError`.
    public static func parse(_ text: String) throws(KeyError) -> VerifierKey {
        try parse(Array(text.utf8))
    }

    static func parse(_ text: some Collection<UInt8>) throws(KeyError) -> VerifierKey {
        let parts = try KeyText(text)
        let key = try VerifierKey(name: parts.name, type: parts.type, publicKey: parts.material)
        guard key.id == parts.id else {
            throw .wrongKeyID(expected: key.id, found: parts.id)
        }
        return key
    }

    /// The text form of the key.
    public var text: String {
        "\(name)+\(id)+\(StrictBase64.encode([type.rawValue] + publicKey))"
    }
}

extension VerifierKey: CustomStringConvertible {
    /// The text form of the key.
    public var description: String { text }
}

/// The three parts that public and private key texts share: `<name>+<key ID>+<base64>`.
struct KeyText {
    let name: KeyName
    let id: KeyID
    let type: SignatureType
    let material: [UInt8]

    init(_ text: some Collection<UInt8>) throws(KeyError) {
        // Base64 has plus signs of its own, so only the first two separate.
        let parts = text.split(
            separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].count == 8,
            let id = Hexadecimal.decode(parts[1]),
            let key = StrictBase64.decode(parts[2]), let type = key.first
        else { throw .malformedKey }
        name = try KeyName(parts[0])
        self.id = KeyID(id.reduce(0) { $0 << 8 | UInt32($1) })
        guard let known = SignatureType(rawValue: type) else {
            throw .unknownSignatureType(type)
        }
        self.type = known
        material = Array(key.dropFirst())
    }
}
