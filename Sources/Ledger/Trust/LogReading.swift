/// A log while it is read from its first record to its last: what is wrong with the records, the
/// keys that they name, and the roots on the way.
struct LogReading {
    /// The signed heads that came with the log.
    let heads: [SignedHead]
    /// The name of the log.
    let origin: String
    /// Looks at the records.
    private(set) var inspector: RecordInspector
    /// What the events say of keys.
    private(set) var keyStatements: [KeyStatement] = []
    /// Whether every head that was signed came with the log, not only the newest.
    let hasAllHeads: Bool
    /// The roots at the sizes of heads and anchors.
    private(set) var roots: [Int: Digest]
    private var range = CompactRange()
    private let wanted: Set<Int>

    /// A reading that has not begun.
    init(
        origin: String, heads: [SignedHead], hasAllHeads: Bool = true, demands: VerificationDemands
    ) {
        self.origin = origin
        self.heads = heads
        self.hasAllHeads = hasAllHeads
        inspector = RecordInspector(origin: origin)
        wanted = Set(heads.map(\.size)).union(demands.anchors.map(\.checkpoint.size))
        roots = wanted.contains(0) ? [0: MerkleTree.emptyRoot] : [:]
    }

    /// How many records were read.
    var size: Int { range.size }

    /// The root over them.
    var root: Digest { range.root }

    /// Takes the next record; `beside` looks at what belongs to its event when it can be read.
    mutating func take(
        _ stored: StoredRecord, beside: (Event, inout RecordInspector) throws -> Void
    ) rethrows {
        try take(CheckedRecord(stored), beside: beside)
    }

    /// Takes the next record, which was hashed and read before.
    mutating func take(
        _ record: CheckedRecord, beside: (Event, inout RecordInspector) throws -> Void
    ) rethrows {
        try inspect(record, beside: beside)
        append(record.hash)
    }

    /// Takes the next records, which were hashed and read before.
    mutating func take(
        _ batch: CheckedBatch, beside: (Event, inout RecordInspector) throws -> Void
    ) rethrows {
        for record in batch.records { try inspect(record, beside: beside) }
        var rest = batch.records[...]
        if size & 255 == 0, size == batch.subtrees.first.map({ $0.index * 256 }) {
            for (_, root) in batch.subtrees {
                // Where a root is wanted on the way, each leaf is added by itself.
                let next = size + 1..<size + 256
                let isStop =
                    wanted.count < next.count
                    ? wanted.contains(where: next.contains) : next.contains(where: wanted.contains)
                if isStop {
                    for record in rest.prefix(256) { append(record.hash) }
                } else {
                    range.append(subtree: root, level: 8)
                    if wanted.contains(size) { roots[size] = range.root }
                }
                rest = rest.dropFirst(256)
            }
        }
        for record in rest { append(record.hash) }
    }

    private mutating func inspect(
        _ record: CheckedRecord, beside: (Event, inout RecordInspector) throws -> Void
    ) rethrows {
        guard let event = inspector.inspect(record) else { return }
        if let statement = KeyStatement(event) { keyStatements.append(statement) }
        try beside(event, &inspector)
    }

    /// Goes on after a record that is not there, by the hash that it had.
    mutating func skip(leafHash: Digest) {
        inspector.skip()
        append(leafHash)
    }

    /// Names an index that does not say what the records say.
    mutating func addIndexDiffers(_ sequence: SequenceNumber?, _ message: String) {
        inspector.add(.indexDiffers, sequence, message)
    }

    /// Says what can be said only at the end.
    mutating func finish() { inspector.finish() }

    private mutating func append(_ leafHash: Digest) {
        range.append(leafHash)
        if wanted.contains(range.size) { roots[range.size] = range.root }
    }
}
