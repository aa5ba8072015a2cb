/// The name of a signing key, usually a schemeless URL such as `ledger.example/fleet`.
///
/// Non-empty, without Unicode spaces, control characters or `+` (C2SP signed-note). Names are
/// compared byte by byte: Swift's own string equality would take a Kelvin sign for a K.
public struct KeyName: Hashable, Sendable {
    let utf8: [UInt8]

    /// Takes over a well-formed name.
    ///
    /// Throws `KeyError.malformedName`.
    public init(_ text: String) throws(KeyError) {
        guard KeyName.isWellFormed(text) else { throw .malformedName }
        utf8 = Array(text.utf8)
    }

    init(_ bytes: some Collection<UInt8>) throws(KeyError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedName }
        try self.init(text)
    }

    /// The name as text.
    public var text: String { String(decoding: utf8, as: UTF8.self) }

    private static func isWellFormed(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.value >= 0x20 && scalar != "+" && !scalar.properties.isWhitespace
            }
    }
}

extension KeyName: CustomStringConvertible {
    /// The name as text.
    public var description: String { text }
}

/// The short number that tells apart the keys of one name.
///
/// The first four bytes, big-endian, of SHA-256(name, line feed, signature type, public key). It
/// is an identifier, not a commitment: whoever wants a collision can compute one.
public struct KeyID: Hashable, Sendable {
    /// The number itself.
    public let rawValue: UInt32

    init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    init(name: KeyName, type: SignatureType, publicKey: [UInt8]) {
        let hash = Digest(hashing: name.utf8 + [0x0A, type.rawValue] + publicKey)
        rawValue = hash.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    var bytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
    }
}

extension KeyID: CustomStringConvertible {
    /// Eight lower-case hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}
