import Crypto

/// A SHA-256 value: 32 bytes held in four machine words, without a heap allocation.
///
/// Its text forms are 64 lower-case hexadecimal digits and padded base64 (RFC 4648 section 4).
public struct Digest: Hashable, Sendable {
    /// The length of every digest in bytes.
    public static let byteCount = 32

    // Big-endian words: the first byte of the digest is the top byte of `word0`.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    /// Takes over exactly 32 bytes; nil for any other length.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (offset, byte) in bytes.enumerated() {
            switch offset / 8 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        (word0, word1, word2, word3) = words
    }

    init(finishing hasher: SHA256) {
        self = hasher.finalize().withUnsafeBytes { Digest(words: $0) }
    }

    /// Takes over exactly 32 bytes that stand somewhere in memory; nil for any other length.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Digest.byteCount else { return nil }
        self.init(words: bytes)
    }

    private init(words raw: UnsafeRawBufferPointer) {
        word0 = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        word1 = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        word2 = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        word3 = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
    }

    /// The SHA-256 of the bytes as they are, without any prefix.
    public init(hashing bytes: [UInt8]) {
        var hasher = SHA256()
        hasher.update(collection: bytes)
        self.init(finishing: hasher)
    }

    /// The 32 bytes, first byte first.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Digest.byteCount)
        append(to: &result)
        return result
    }

    /// Adds the 32 bytes to the end of a buffer.
    public func append(to buffer: inout [UInt8]) {
        withUnsafeBytes(of: bigEndianWords) { buffer.append(contentsOf: $0) }
    }

    /// Feeds the 32 bytes to a running hash.
    func update(_ hasher: inout SHA256) {
        withUnsafeBytes(of: bigEndianWords) { hasher.update(bufferPointer: $0) }
    }

    private var bigEndianWords: (UInt64, UInt64, UInt64, UInt64) {
        (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
    }
}

extension Digest: CustomStringConvertible {
    /// The 64 lower-case hexadecimal digits.
    public var hex: String { Hexadecimal.encode(bytes) }

    /// The padded base64 text, 44 characters.
    public var base64: String { StrictBase64.encode(bytes) }

    /// The base64 text, the form in which checkpoints and proofs write a hash.
    public var description: String { base64 }

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    public init?(hex text: String) {
        guard let bytes = Hexadecimal.decode(text.utf8) else { return nil }
        self.init(bytes)
    }

    /// Reads canonical padded base64 of 32 bytes; nil for anything else.
    public init?(base64 text: String) {
        self.init(base64: text.utf8)
    }

    init?(base64 text: some Collection<UInt8>) {
        guard let bytes = StrictBase64.decode(text) else { return nil }
        self.init(bytes)
    }
}

extension SHA256 {
    /// Feeds a byte collection, without a copy when its storage is contiguous.
    mutating func update(collection bytes: some Collection<UInt8>) {
        let fed: Void? = bytes.withContiguousStorageIfAvailable {
            update(bufferPointer: UnsafeRawBufferPointer($0))
        }
        guard fed == nil else { return }
        Array(bytes).withUnsafeBytes { update(bufferPointer: $0) }
    }
}
