/// What someone who verifies brings along: whom to believe, and what was kept elsewhere.
public struct VerificationDemands: Sendable {
    /// The keys and witnesses to believe; nil when none are known, so that no signature is checked.
    public var trust: TrustPolicy?
    /// True when they come from the verifier, not from a file beside the ledger.
    public var isTrustExplicit: Bool
    /// True when every event must stand under a signed head.
    public var demandsSignatures: Bool
    /// Heads that were kept elsewhere.
    public var anchors: [Anchor]

    /// Demands; by default none, so that only the file is held against itself.
    public init(
        trust: TrustPolicy? = nil, isTrustExplicit: Bool = false, demandsSignatures: Bool = false,
        anchors: [Anchor] = []
    ) {
        self.trust = trust
        self.isTrustExplicit = isTrustExplicit
        self.demandsSignatures = demandsSignatures
        self.anchors = anchors
    }
}

/// What reading every stored byte of a ledger again gives.
///
/// Each record is hashed anew and held against the hash beside it, its place, its index columns and
/// its attachments; the tree over the new hashes is held against the tree that is kept, against
/// every head that was signed and every head that was kept elsewhere. What no file can show by
/// itself, a log cut short or rewritten as a whole, shows only against the latter.
public struct LogVerification: Sendable {
    /// How many records there are.
    public let size: Int
    /// The root over the records as they are now.
    public let root: Digest
    /// What is wrong, in the order of the log.
    public private(set) var findings: [Finding] = []

    /// The number of signed heads in the file.
    public let headCount: Int
    /// The size of the largest head that a trusted key signed; of the largest, when none is trusted.
    public let signedSize: Int
    /// The head of that size, when a trusted key signed it.
    public let newestHead: VerifiedCheckpoint?
    /// The size of the largest head that the quorum of witnesses signed; 0 without one.
    public let witnessedSize: Int
    /// The keys that the ledger's events name.
    public let keys: LogKeys
    /// What the anchors are worth, in the order in which they were given.
    public private(set) var anchors: [AnchorResult] = []

    /// The events under no signed head; nil when there are none.
    public var unsigned: ClosedRange<Int>? { signedSize < size ? signedSize + 1...size : nil }

    /// How many events are vouched for by someone outside; 0 without an anchor.
    ///
    /// Every anchor must be a prefix of the log, or the quorum must have signed its newest head.
    public var anchoredSize: Int {
        var anchored = 0
        if anchors.allSatisfy(\.isPrefix) {
            anchored = anchors.map(\.anchor.checkpoint.size).max() ?? 0
        }
        if let newestHead, newestHead.isWitnessed, unsigned == nil { anchored = size }
        return anchored
    }

    /// The verdict: one fatal finding decides.
    public var verdict: Verdict { Verdict(findings: findings, isAnchored: anchoredSize > 0) }

    /// The verification of one snapshot of a ledger.
    ///
    /// It does not stop at a finding. `progress` is called with the number of records read.
    ///
    /// - Throws: `StoreError` when the file cannot be read at all, and what `progress` throws.
    public init(
        _ snapshot: LedgerSnapshot, origin: String, demands: VerificationDemands = .init(),
        progress: (Int) throws -> Void = { _ in }
    ) throws {
        var inspector = RecordInspector(origin: origin)
        let heads = try snapshot.signedHeads()
        let wanted = Set(heads.map(\.size)).union(demands.anchors.map(\.checkpoint.size))
        var roots: [Int: Digest] = wanted.contains(0) ? [0: MerkleTree.emptyRoot] : [:]
        var range = CompactRange()
        var keys = LogKeys()
        // An index that is lost is derived data, and reported as such once.
        let lost = Set(try snapshot.layoutFindings().filter(\.isDerived).map(\.name))
        let lostColumns = Set(Schema.columns.filter { lost.contains($0.index) }.map(\.name))
        try snapshot.forEachRecord { stored in
            let event = inspector.inspect(stored)
            if let event {
                keys.follow(event)
                for column in try snapshot.columnsNotIndexing(event)
                where !lostColumns.contains(column) {
                    inspector.add(
                        .indexDiffers, stored.sequence,
                        "column \"\(column)\" does not lead to the record")
                }
                try inspector.inspectAttachments(of: event, in: snapshot)
            }
            range.append(MerkleTree.leafHash(stored.record.bytes))
            if wanted.contains(range.size) { roots[range.size] = range.root }
            if range.size.isMultiple(of: 1000) { try progress(range.size) }
        }
        inspector.finish()
        size = range.size
        root = range.root
        self.keys = keys
        headCount = heads.count
        let inspection = HeadInspection(
            heads, origin: origin, size: range.size, roots: roots, known: keys,
            trust: demands.trust)
        signedSize = inspection.signedSize
        newestHead = inspection.newest
        witnessedSize = inspection.witnessedSize
        findings = inspector.findings + inspection.findings
        for anchor in demands.anchors {
            let agreed = demands.anchors.map(\.checkpoint).filter {
                $0.size < anchor.checkpoint.size && roots[$0.size] == $0.root
            }
            let (result, found) = AnchorResult.hold(
                anchor, origin: origin, size: range.size, roots: roots,
                agreed: agreed.map(\.size).max() ?? 0, policy: inspection.policy,
                demandsSignature: demands.isTrustExplicit)
            anchors.append(result)
            findings += found
        }
        inspectTail(demands)
        try inspectSurroundings(of: snapshot, referred: inspector.referred)
    }

    /// Names what stands under no signed head, when there should be one.
    private mutating func inspectTail(_ demands: VerificationDemands) {
        guard let unsigned else { return }
        // Who brings a key expects a signature by it; a tail is a failure only when said so.
        let isFatal =
            demands.demandsSignatures || (demands.isTrustExplicit && signedSize == 0)
        let events =
            unsigned.count == 1
            ? "event \(unsigned.lowerBound) is"
            : "events \(unsigned.lowerBound) to \(unsigned.upperBound) are"
        findings.append(
            Finding(
                .unsigned, sequence: unsigned.lowerBound,
                message: "\(events) an unsigned tail, under no signed head", isFatal: isFatal))
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
    private var emptied: [AttachmentPlace] = []
    private var erased: Set<AttachmentPlace> = []
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
        if event.type == .decision(.attachmentErased),
            case .decision(.attachmentErased(let sequence, let name))? = try? EventPayload(
                type: event.type, data: event.data)
        {
            erased.insert(AttachmentPlace(sequence, name))
        }
        for (name, reference) in event.attachments {
            referred.insert(AttachmentPlace(event.sequence, name))
            guard let row = try snapshot.sealedAttachment(event.sequence, name: name) else {
                if event.basis == .imported { continue }
                add(.attachmentAltered, event.sequence, "attachment \"\(name)\" is not there")
                continue
            }
            guard let seal = row.seal else {
                emptied.append(AttachmentPlace(event.sequence, name))
                continue
            }
            guard seal.commitment != reference.commitment else { continue }
            findings.append(
                Finding(
                    .attachmentAltered, sequence: event.sequence.number,
                    expected: reference.commitment, found: seal.commitment,
                    message: "attachment \"\(name)\" does not give its commitment"))
        }
    }

    /// What can be said only at the end: that an empty attachment was never erased by an event.
    mutating func finish() {
        for place in emptied where !erased.contains(place) {
            add(
                .attachmentAltered, place.sequence,
                "attachment \"\(place.name)\" is gone, and no event says that it was erased")
        }
    }
}
