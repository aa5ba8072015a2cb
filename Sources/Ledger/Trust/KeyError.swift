/// Why a key text cannot be used.
public enum KeyError: Error, Equatable, Sendable {
    /// A key name is empty or holds a space, a control character or a `+`.
    case malformedName
    /// The text is not `<name>+<8 lower-case hex digits>+<base64>`.
    case malformedKey
    /// The text does not begin with `PRIVATE+KEY+`.
    case notAPrivateKey
    /// The signature type byte is none that this version knows.
    case unknownSignatureType(UInt8)
    /// The key material has another length than its type demands.
    case wrongKeyLength(expected: Int, found: Int)
    /// The key ID in the text is not the one that its name and key give.
    case wrongKeyID(expected: KeyID, found: KeyID)
}

extension KeyError: CustomStringConvertible {
    /// One line that never repeats key material.
    public var description: String {
        switch self {
        case .malformedName:
            "key name is empty or has a space, a control character or a plus sign"
        case .malformedKey:
            "key is not of the form name+12345678+base64"
        case .notAPrivateKey:
            "signing key does not begin with PRIVATE+KEY+"
        case .unknownSignatureType(let type):
            "signature type \(type) is not supported, use an Ed25519 key (type 1 or 4)"
        case .wrongKeyLength(let expected, let found):
            "key material has \(found) bytes, its type needs \(expected)"
        case .wrongKeyID(let expected, let found):
            "key ID is \(found) but name and key give \(expected), copy the whole key again"
        }
    }
}
