/// A self-contained proof that one record is in a log, checked without the log at hand.
///
/// C2SP tlog-proof, kept in files ending in `.tlog-proof`:
///
///     c2sp.org/tlog-proof@v1␊
///     extra <base64>␊                optional, not authenticated by anything
///     index <leaf index, decimal>␊
///     <base64 hash>␊                 the inclusion proof, the leaf's sibling first
///     ␊
///     <checkpoint note, verbatim>
///
/// Another version has another first line and is refused.
public struct Receipt: Hashable, Sendable {
    /// The leaf index of the record: its sequence minus one.
    public let index: Int
    /// The inclusion proof, the leaf's sibling first.
    public let proof: [Digest]
    /// The log's signed head, with any cosignatures.
    public let note: SignedNote
    /// What that head says; parsed, not verified.
    public let checkpoint: Checkpoint
    /// Opaque data that nothing authenticates: never a reason to trust.
    public let extra: [UInt8]?

    /// Puts a receipt together; it is checked by `verify`, not here.
    ///
    /// Throws `ReceiptError.note` when the note's text is not a checkpoint.
    public init(
        index: Int, proof: [Digest], note: SignedNote, extra: [UInt8]? = nil
    ) throws(ReceiptError) {
        precondition(index >= 0, "a leaf index is never negative")
        do { checkpoint = try Checkpoint.parse(note) } catch { throw .note(error) }
        self.index = index
        self.proof = proof
        self.note = note
        self.extra = extra
    }

    /// The exact bytes of the receipt.
    public func format() -> [UInt8] {
        var lines = [Receipt.header]
        if let extra { lines.append("extra " + StrictBase64.encode(extra)) }
        lines.append("index \(index)")
        lines += proof.map(\.base64)
        lines.append("")
        return lines.flatMap { Array($0.utf8) + [0x0A] } + note.format()
    }

    /// Reads a receipt from its exact bytes.
    ///
    /// Throws `ReceiptError` with the line.
    public static func parse(_ bytes: [UInt8]) throws(ReceiptError) -> Receipt {
        var lines = Lines(rest: bytes[...])
        guard lines.next().map({ $0.elementsEqual(header.utf8) }) ?? false else {
            throw .malformed(line: 1, expected: header)
        }
        var line = lines.next()
        var extra: [UInt8]?
        if let text = line?.after("extra ") {
            guard let bytes = StrictBase64.decode(text) else {
                throw .malformed(line: 2, expected: "extra and base64")
            }
            extra = bytes
            line = lines.next()
        }
        guard let index = line?.after("index ").flatMap({ CanonicalDecimal.parse($0) }) else {
            throw .malformed(line: lines.count, expected: "index and a decimal leaf index")
        }
        var proof: [Digest] = []
        while true {
            guard let line = lines.next() else {
                throw .malformed(line: lines.count + 1, expected: "a hash or an empty line")
            }
            if line.isEmpty { break }
            guard let hash = Digest(base64: line) else {
                throw .malformed(line: lines.count, expected: "the base64 of a 32-byte hash")
            }
            guard proof.count < MerkleTree.longestProof else {
                throw .malformed(line: lines.count, expected: "an empty line after the proof")
            }
            proof.append(hash)
        }
        let note: SignedNote
        do { note = try SignedNote.parse(Array(lines.rest)) } catch { throw .note(error) }
        return try Receipt(index: index, proof: proof, note: note, extra: extra)
    }

    private static let header = "c2sp.org/tlog-proof@v1"
}

/// The complete lines at the head of some bytes, one by one.
private struct Lines {
    var rest: ArraySlice<UInt8>
    var count = 0

    init(rest: ArraySlice<UInt8>) { self.rest = rest }

    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: 0x0A) else { return nil }
        let line = rest[..<end]
        rest = rest[(end + 1)...]
        count += 1
        return line
    }
}

extension ArraySlice<UInt8> {
    /// What follows a keyword; nil when the line does not begin with it.
    fileprivate func after(_ keyword: String) -> ArraySlice<UInt8>? {
        starts(with: keyword.utf8) ? dropFirst(keyword.utf8.count) : nil
    }
}
