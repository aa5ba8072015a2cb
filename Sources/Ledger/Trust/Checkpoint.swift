/// The head of a log at one size: what a log signs and a witness cosigns.
///
/// C2SP tlog-checkpoint v1.0.0, the text of a signed note:
///
///     <origin>␊
///     <size, decimal>␊
///     <base64 of the 32-byte root>␊
///     <extension line>␊          any number, not recommended, never empty
public struct Checkpoint: Sendable {
    /// The identity of the log, one non-empty line.
    public let origin: String
    /// The number of leaves.
    public let size: Int
    /// The Merkle tree root over those leaves.
    public let root: Digest
    /// Further lines that the log signed; they are covered by its signature, not by the tree.
    public let extensions: [String]

    /// States the head of a log.
    ///
    /// `origin` and extension lines are not empty and have no line feed or control character;
    /// `size` is not negative.
    public init(origin: String, size: Int, root: Digest, extensions: [String] = []) {
        precondition(size >= 0, "a checkpoint's size is never negative")
        for line in [origin] + extensions {
            precondition(
                !line.isEmpty && line.utf8.allSatisfy { $0 >= 0x20 },
                "a checkpoint line is never empty and has no control characters")
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// The note text of the checkpoint, with its final line feed.
    public var text: String {
        ([origin, "\(size)", root.base64] + extensions).map { $0 + "\n" }.joined()
    }

    /// Reads the text of a note as a checkpoint; says nothing about its signatures.
    ///
    /// Throws `NoteError.malformedCheckpoint` with the line.
    public static func parse(_ note: SignedNote) throws(NoteError) -> Checkpoint {
        // A note's text ends in a line feed, so the last piece is empty.
        let lines = note.textBytes.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).dropLast()
        guard let origin = lines.first, !origin.isEmpty else {
            throw .malformedCheckpoint(line: 1, expected: "the origin of a log")
        }
        guard lines.count > 1, let size = CanonicalDecimal.parse(lines[1]) else {
            throw .malformedCheckpoint(line: 2, expected: "a decimal tree size")
        }
        guard lines.count > 2, let root = Digest(base64: lines[2]) else {
            throw .malformedCheckpoint(line: 3, expected: "the base64 of a 32-byte root")
        }
        if let empty = lines.dropFirst(3).firstIndex(where: \.isEmpty) {
            throw .malformedCheckpoint(line: empty + 1, expected: "a non-empty extension")
        }
        return Checkpoint(
            origin: String(decoding: origin, as: UTF8.self), size: size, root: root,
            extensions: lines.dropFirst(3).map { String(decoding: $0, as: UTF8.self) })
    }

    /// Signs the checkpoint.
    ///
    /// Sign only what is consistent with everything signed before. `time` is POSIX seconds,
    /// stated by cosignature keys only. Throws `NoteError.signingFailed`.
    public func sign(with keys: [SignerKey], time: Int) throws(NoteError) -> SignedNote {
        try SignedNote.sign(text: text, with: keys, time: time)
    }
}

extension Checkpoint: Hashable {
    /// Whether two checkpoints have the same bytes; Unicode's equivalences do not count.
    public static func == (left: Checkpoint, right: Checkpoint) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Feeds the size and the root, which tell apart nearly all checkpoints.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(size)
        hasher.combine(root)
    }

    /// Whether this is a head of the log of that name, byte by byte.
    public func isOf(origin: String) -> Bool {
        self.origin.utf8.elementsEqual(origin.utf8)
    }
}
