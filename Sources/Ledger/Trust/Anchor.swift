/// A head of the log that was kept elsewhere, to hold the log against.
public struct Anchor: Hashable, Sendable {
    /// Where it was found, for reports: usually a file.
    public let label: String
    /// The head.
    public let checkpoint: Checkpoint
    /// The note that it stands in; nil when only size and root were kept.
    public let note: SignedNote?

    /// A head that stands in a signed note.
    ///
    /// Throws `NoteError.malformedCheckpoint`.
    public init(label: String, note: SignedNote) throws(NoteError) {
        self.label = label
        checkpoint = try Checkpoint.parse(note)
        self.note = note
    }

    /// A size and a root, as recording commands print them.
    public init(label: String, origin: String, size: Int, root: Digest) {
        self.label = label
        checkpoint = Checkpoint(origin: origin, size: size, root: root)
        note = nil
    }

    /// Reads `<size> <root>`, with or without `head: ` before it; nil for anything else.
    public static func sizeAndRoot(_ text: String) -> (size: Int, root: Digest)? {
        let words = text.utf8.split { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }
        let rest =
            words.first.map { $0.elementsEqual("head:".utf8) } ?? false
            ? words.dropFirst() : words[...]
        guard rest.count == 2, let first = rest.first, let last = rest.last,
            let size = CanonicalDecimal.parse(first), let root = Digest(base64: last)
        else { return nil }
        return (size, root)
    }
}

/// What an anchor is worth against a log.
public struct AnchorResult: Hashable, Sendable {
    /// The anchor.
    public let anchor: Anchor
    /// Whether it is a prefix of the log.
    public let isPrefix: Bool
    /// Whether a trusted key signed it; nil when there is no signature or no key to check it with.
    public let isSigned: Bool?

    /// Holds an anchor against a log.
    ///
    /// `agreed` is the size up to which smaller anchors agree with the log. A note must be signed by
    /// a trusted key as soon as one is known, wherever that came from; while none is, and for a head
    /// that was kept without a note, whoever kept it vouches for it.
    static func hold(
        _ anchor: Anchor, origin: String, size: Int, roots: [Int: Digest], agreed: Int,
        policy: TrustPolicy?
    ) -> (result: AnchorResult, findings: [Finding]) {
        var findings: [Finding] = []
        let head = anchor.checkpoint
        let root = roots[head.size]
        var isPrefix = false
        if !head.isOf(origin: origin) {
            findings.append(
                Finding(
                    .forked, expected: head.origin, found: origin,
                    message: "\(anchor.label) is a head of another log"))
        } else if head.size > size {
            findings.append(
                Finding(
                    .truncated, sequence: size + 1, expected: head.text, found: "\(size) events",
                    message: "\(anchor.label) is a head of \(head.size) events"))
        } else if let root, root != head.root {
            findings.append(
                Finding(
                    .forked, sequence: agreed + 1, expected: head.root, found: root,
                    message: "the first \(head.size) events do not give the root of "
                        + anchor.label))
        } else {
            isPrefix = root != nil
        }
        var isSigned: Bool?
        if let note = anchor.note, let policy {
            do throws(NoteError) {
                _ = try policy.evaluate(note)
                isSigned = true
            } catch {
                isSigned = false
                findings.append(
                    Finding(.wrongSigner, found: head.text, message: "\(anchor.label): \(error)"))
            }
        }
        return (AnchorResult(anchor: anchor, isPrefix: isPrefix, isSigned: isSigned), findings)
    }
}
