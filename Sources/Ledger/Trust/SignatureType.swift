import Crypto

/// A way of signing a note: what is signed, and how the signature bytes are laid out.
///
/// A new scheme (ML-DSA-44 is assigned 0x06) is one more case here; the compiler then asks for
/// its key length, its message and its check. Lines of other types are kept but never counted.
public enum SignatureType: UInt8, Hashable, Sendable, CaseIterable {
    /// Ed25519 over the note text: `signature[64]` (C2SP signed-note).
    case ed25519 = 0x01
    /// Timestamped Ed25519 cosignature: `u64 time || signature[64]` (C2SP tlog-cosignature).
    ///
    /// The signed message is `cosignature/v1`, a line `time <seconds>`, then the note text.
    case cosignature = 0x04

    /// The length of a public key of this type in bytes.
    public var publicKeyLength: Int {
        switch self {
        case .ed25519, .cosignature: 32
        }
    }

    /// The length of a private key (here the RFC 8032 seed) of this type in bytes.
    public var privateKeyLength: Int {
        switch self {
        case .ed25519, .cosignature: 32
        }
    }

    /// What a signature that holds says besides "this text": the time of a cosignature.
    struct Statement: Equatable {
        let time: Int?
    }

    /// Checks the signature bytes that follow the key ID; nil when they do not hold.
    func statement(signature: [UInt8], text: [UInt8], publicKey: [UInt8]) -> Statement? {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
            return nil
        }
        switch self {
        case .ed25519:
            return key.isValidSignature(signature, for: text) ? Statement(time: nil) : nil
        case .cosignature:
            guard signature.count == 72, let time = SignatureType.time(signature.prefix(8)) else {
                return nil
            }
            let message = SignatureType.cosignedMessage(text: text, time: time)
            return key.isValidSignature(Array(signature.dropFirst(8)), for: message)
                ? Statement(time: time) : nil
        }
    }

    static func cosignedMessage(text: [UInt8], time: Int) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }

    static func timeBytes(_ time: Int) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: time >> $0) }
    }

    /// POSIX seconds; nil above 2^63 - 1, the format's limit.
    private static func time(_ bytes: some Collection<UInt8>) -> Int? {
        Int(exactly: bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
    }
}
