/// What reading every stored byte of a ledger again gives.
///
/// Each record is hashed anew and held against the hash beside it, its place, its index columns and
/// its attachments; the tree over the new hashes is held against the tree that is kept and against
/// every head that was signed. What no file can show by itself, a log cut short or rewritten as a
/// whole, shows only against a checkpoint from elsewhere.
public struct LogVerification: Sendable {
    /// How many records there are.
    public let size: Int
    /// The root over the records as they are now.
    public let root: Digest
    /// What is wrong, in the order of the log.
    public private(set) var findings: [Finding] = []

    /// The number of signed heads in the file.
    public let headCount: Int
    /// The size of the newest of them, 0 without one.
    public let signedSize: Int

    /// The verification of one snapshot of a ledger.
    ///
    /// It does not stop at a finding. `progress` is called with the number of records read.
    ///
    /// - Throws: `StoreError` when the file cannot be read at all, and what `progress` throws.
    public init(
        _ snapshot: LedgerSnapshot, origin: String, progress: (Int) throws -> Void = { _ in }
    ) throws {
        var inspector = RecordInspector(origin: origin)
        let heads = try snapshot.signedHeads()
        let headSizes = Set(heads.map(\.size))
        var roots: [Int: Digest] = headSizes.contains(0) ? [0: MerkleTree.emptyRoot] : [:]
        var range = CompactRange()
        try snapshot.forEachRecord { stored in
            let event = inspector.inspect(stored)
            if let event {
                for column in try snapshot.columnsNotIndexing(event) {
                    inspector.add(
                        .indexDiffers, stored.sequence,
                        "column \"\(column)\" does not lead to the record")
                }
                try inspector.inspectAttachments(of: event, in: snapshot)
            }
            range.append(MerkleTree.leafHash(stored.record.bytes))
            if headSizes.contains(range.size) { roots[range.size] = range.root }
            if range.size.isMultiple(of: 1000) { try progress(range.size) }
        }
        size = range.size
        root = range.root
        headCount = heads.count
        signedSize = heads.map(\.size).max() ?? 0
        findings = inspector.findings
        for head in heads.sorted(by: { $0.size < $1.size }) { hold(head, against: roots) }
        try inspectSurroundings(of: snapshot, referred: inspector.referred)
    }

    private mutating func hold(_ head: SignedHead, against roots: [Int: Digest]) {
        guard head.size <= size else {
            findings.append(
                Finding(
                    .truncated, expected: head.note, found: "\(size) events",
                    message: "a head of \(head.size) events was signed"))
            return
        }
        guard let now = roots[head.size], now != head.root else { return }
        findings.append(
            Finding(
                .forked, expected: head.root, found: now,
                message: "the first \(head.size) events no longer give the root that was signed"))
    }

    private mutating func inspectSurroundings(
        of snapshot: LedgerSnapshot, referred: Set<AttachmentPlace>
    ) throws {
        try snapshot.forEachAttachment { row in
            guard !referred.contains(AttachmentPlace(row.sequence, row.name)) else { return }
            findings.append(
                Finding(
                    .inserted, sequence: row.sequence.number,
                    message: "attachment \"\(row.name)\" stands in no record"))
        }
        for layout in try snapshot.layoutFindings() {
            findings.append(
                Finding(
                    layout.isDerived ? .derivedDataWrong : .edited,
                    message: "\(layout.name) of the database is \(layout.what)"))
        }
        for text in try snapshot.structureFindings() {
            findings.append(Finding(.indexDiffers, message: "database: \(text)"))
        }
        do {
            for node in try snapshot.wrongNodes() {
                findings.append(
                    Finding(
                        .derivedDataWrong,
                        message: "tree node \(node.index) of level \(node.level) is wrong"))
            }
        } catch {
            findings.append(Finding(.derivedDataWrong, message: error.description))
        }
    }
}

/// Where an attachment belongs.
struct AttachmentPlace: Hashable {
    let sequence: SequenceNumber
    let name: String

    init(_ sequence: SequenceNumber, _ name: String) {
        self.sequence = sequence
        self.name = name
    }
}

/// Looks at one record after the other.
private struct RecordInspector {
    let origin: String
    private(set) var findings: [Finding] = []
    private(set) var referred: Set<AttachmentPlace> = []
    private var next = 1
    private var newest: Timestamp?

    init(origin: String) { self.origin = origin }

    mutating func add(_ kind: Finding.Class, _ sequence: SequenceNumber, _ message: String) {
        findings.append(Finding(kind, sequence: sequence.number, message: message))
    }

    /// The event of a record when it can be read.
    mutating func inspect(_ stored: StoredRecord) -> Event? {
        let number = stored.sequence.number
        if number > next {
            let gap =
                next == number - 1 ? "event \(next) is" : "events \(next) to \(number - 1) are"
            add(.missing, SequenceNumber(next), "\(gap) not there")
        }
        next = number + 1
        let hash = MerkleTree.leafHash(stored.record.bytes)
        if let kept = stored.leafHash, kept != hash {
            findings.append(
                Finding(
                    .edited, sequence: number, expected: kept, found: hash,
                    message: "stored hash does not match the record's bytes"))
        } else if stored.leafHash == nil {
            add(.edited, stored.sequence, "stored hash is not 32 bytes")
        }
        let event: Event
        do {
            event = try stored.record.event()
        } catch {
            add(.edited, stored.sequence, error.description)
            return nil
        }
        if event.sequence != stored.sequence {
            add(.reordered, stored.sequence, "its record says it is event \(event.sequence)")
        }
        if event.source != origin {
            add(.inserted, stored.sequence, "its record is of \(event.source), not of \(origin)")
        }
        if let newest, event.recordedTime < newest {
            add(.reordered, stored.sequence, "recorded before the event in front of it")
        }
        newest = event.recordedTime
        return event
    }

    mutating func inspectAttachments(of event: Event, in snapshot: LedgerSnapshot) throws {
        for (name, reference) in event.attachments {
            referred.insert(AttachmentPlace(event.sequence, name))
            guard let row = try snapshot.sealedAttachment(event.sequence, name: name) else {
                if event.basis == .imported { continue }
                add(.attachmentAltered, event.sequence, "attachment \"\(name)\" is not there")
                continue
            }
            guard let seal = row.seal, seal.commitment != reference.commitment else { continue }
            findings.append(
                Finding(
                    .attachmentAltered, sequence: event.sequence.number,
                    expected: reference.commitment, found: seal.commitment,
                    message: "attachment \"\(name)\" does not give its commitment"))
        }
    }
}
