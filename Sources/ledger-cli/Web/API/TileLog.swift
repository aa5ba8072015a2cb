import HTTPTypes
import Ledger

/// The log as a C2SP tile directory (tlog-tiles v0.1.0), read from the store when asked.
enum TileLog {
    /// The newest signed head.
    ///
    /// - Throws: `Refusal` when none is signed.
    static func checkpoint(in snapshot: LedgerSnapshot) throws -> Answer {
        guard let head = try snapshot.newestHead() else { throw unsigned }
        let note = Array(head.note.utf8)
        return Answer("text/plain; charset=utf-8", note).tagged(Digest(hashing: note).hex)
    }

    /// A tile by its path below `tile/`.
    ///
    /// - Throws: `Refusal` when the log has no such tile.
    static func tile(_ path: String, in snapshot: LedgerSnapshot) throws -> Answer {
        let size = try snapshot.size()
        let missing = Refusal(.notFound, "the log has no such tile")
        let bytes: [UInt8]
        switch TilePath.parse("tile/" + path) {
        case .hashes(let level, let index, let width)?:
            // Shifting by the width of the number or more is no level of any log.
            guard level < 8, index * TilePath.fullWidth + width <= size >> (8 * level) else {
                throw missing
            }
            bytes = HashTile.encode(
                try HashTile.read(
                    level: level, index: index, width: width, from: snapshot.hashes))
        case .entries(let index, let width)?:
            let start = index * TilePath.fullWidth
            guard start + width <= size else { throw missing }
            var entries: [[UInt8]] = []
            try snapshot.forEachRecord(
                from: SequenceNumber(start + 1), through: SequenceNumber(start + width)
            ) { entries.append($0.record.bytes) }
            bytes = try EntryBundle.encode(entries)
        case .checkpoint?, nil: throw missing
        }
        return Answer("application/octet-stream", bytes)
            .tagged(Digest(hashing: bytes).hex, isImmutable: true)
    }

    /// The receipt of an event under the newest signed head.
    ///
    /// - Throws: `Refusal` when there is none, `StoreError`.
    static func receipt(_ sequence: SequenceNumber, in snapshot: LedgerSnapshot) throws -> Answer {
        let size = try snapshot.size()
        guard sequence.number <= size else {
            throw CLIError.noSuchEvent(sequence.number, size: size)
        }
        guard let head = try snapshot.newestHead() else { throw unsigned }
        guard sequence.number <= head.size else {
            throw Refusal(
                .notFound,
                "event \(sequence) is newer than the newest signed head, of size \(head.size)")
        }
        let note = try SignedNote.parse(head.note)
        guard let receipt = try snapshot.receipt(of: sequence, head, note) else {
            throw StoreError.headDiffers(size: head.size)
        }
        return Answer.download(
            "text/plain; charset=utf-8", receipt.format(), name: "event-\(sequence).tlog-proof")
    }

    private static let unsigned = Refusal(
        .notFound, "no head of this ledger is signed", hint: "ledger-cli checkpoint signs one")
}
