import Crypto

/// Looks at a file as it passes by and says what it is: length, SHA-256, and for a dump whether it
/// is whole.
///
/// mysqldump ends a complete dump with a line `-- Dump completed`; a dump that a pseudo-terminal
/// carried has carriage returns before its line feeds. A dump is fed from its start to its end,
/// in pieces of any size.
public struct FileInspector: Sendable {
    /// How much of the end is kept to look for the trailer.
    private static let tailLength = 4096
    private static let trailer = Array("-- Dump completed".utf8)

    private var hash = SHA256()
    private var bytes = 0
    private var tail: [UInt8] = []
    private var hasCarriageReturns = false
    private var endsInCarriageReturn = false

    /// An inspector that has seen nothing yet.
    public init() {}

    /// Takes the next piece of the file.
    public mutating func update(_ piece: [UInt8]) {
        guard !piece.isEmpty else { return }
        hash.update(data: piece)
        bytes += piece.count
        if !hasCarriageReturns { findCarriageReturns(piece) }
        if piece.count >= Self.tailLength {
            tail = Array(piece.suffix(Self.tailLength))
        } else {
            tail = Array((tail + piece).suffix(Self.tailLength))
        }
    }

    /// The evidence about all that was taken; only a dump is looked at for trailer and carriage
    /// returns.
    public func evidence(path: String, role: FileRole) -> FileEvidence {
        let digest = Hexadecimal.encode(Array(hash.finalize()))
        guard role == .dump else {
            return FileEvidence(path: path, role: role, bytes: bytes, sha256: digest)
        }
        return FileEvidence(
            path: path, role: role, bytes: bytes, sha256: digest, hasTrailer: hasTrailer,
            hasCarriageReturns: hasCarriageReturns)
    }

    /// A carriage return counts only before a line feed: dumped text may hold others, escaped.
    private mutating func findCarriageReturns(_ piece: [UInt8]) {
        if endsInCarriageReturn, piece.first == 0x0A { hasCarriageReturns = true }
        var rest = piece[...]
        while let index = rest.firstIndex(of: 0x0D) {
            if index + 1 < piece.endIndex, piece[index + 1] == 0x0A {
                hasCarriageReturns = true
                break
            }
            rest = piece[(index + 1)...]
        }
        endsInCarriageReturn = piece.last == 0x0D
    }

    /// True when the last line that is not blank starts with the trailer.
    private var hasTrailer: Bool {
        let lines = tail.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        let last = lines.last { line in line.contains { $0 != 0x20 && $0 != 0x09 } }
        return last.map { $0.starts(with: Self.trailer) } ?? false
    }
}
