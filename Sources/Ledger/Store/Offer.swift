/// An append that may be written by the one whose turn it is: events without attachments, whose head is
/// signed with the same keys or not at all.
///
/// Its bytes are a version, 32 bytes that stand for the keys, and each event's record, as it would be at
/// the beginning of the log, after its length in four bytes.
struct Offer: Sendable {
    /// What stands for the keys.
    let keys: Digest
    /// The events and when the ledger learns of them, in their order.
    let events: [Event]

    /// More events than this are not written along.
    static let limit = 16
    private static let version: UInt8 = 1

    /// What stands for the keys of a signer; nil stands for none.
    static func keys(of signer: LogSigner?) -> Digest {
        let names = signer.map { $0.keys.map(\.verifier.text).sorted() } ?? []
        return MerkleTree.leafHash(Array(names.joined(separator: "\n").utf8))
    }

    /// The bytes of an append; nil when it is not one that others may write.
    static func bytes(of append: PendingAppend, keys: Digest) -> [UInt8]? {
        guard append.expectedSize == nil, (1...limit).contains(append.drafts.count) else {
            return nil
        }
        var bytes = [version]
        bytes.reserveCapacity(1024)
        bytes.append(contentsOf: keys.bytes)
        for draft in append.drafts {
            guard case .success(let prepared) = draft.prepared, prepared.seals.isEmpty,
                isFit(draft.type),
                let record = try? prepared.record(
                    sequence: SequenceNumber(1), recordedTime: append.recordedTime)
            else { return nil }
            withUnsafeBytes(of: UInt32(record.bytes.count).littleEndian) {
                bytes.append(contentsOf: $0)
            }
            bytes.append(contentsOf: record.bytes)
        }
        return bytes
    }

    /// Whether others may write an event of a type: not what changes how the log is signed or read.
    private static func isFit(_ type: EventType) -> Bool {
        switch type {
        case .action, .observation: true
        case .decision(let name):
            ![.keyAdded, .keyRetired, .ledgerCreated, .attachmentErased].contains(name)
        case .other: false
        }
    }

    /// Reads an offer; nil when it is none, or of another ledger.
    init?(_ bytes: [UInt8], origin: String) {
        var rest = bytes[...]
        guard rest.popFirst() == Offer.version, let keys = Digest(rest.prefix(32)) else {
            return nil
        }
        rest = rest.dropFirst(32)
        var events: [Event] = []
        while !rest.isEmpty {
            guard rest.count >= 4, events.count < Offer.limit else { return nil }
            let count = Int(rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            rest = rest.dropFirst(4)
            guard count <= rest.count,
                let event = try? Record(storedBytes: Array(rest.prefix(count))).event(),
                event.source == origin, Offer.isFit(event.draft.type)
            else { return nil }
            events.append(event)
            rest = rest.dropFirst(count)
        }
        guard !events.isEmpty else { return nil }
        self.keys = keys
        self.events = events
    }
}
