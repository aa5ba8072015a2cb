/// What reading every stored byte of a ledger again gives.
///
/// Each record is hashed anew and held against the hash beside it, its place, its index entries and
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
    /// The keys that the ledger's events name, as far as its heads vouch for them.
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
        var reading = LogReading(
            origin: origin, heads: try snapshot.signedHeads(), demands: demands)
        var subtrees: [Int: Digest] = [:]
        let size = try snapshot.size()
        var columns = IndexSums(size: size)
        // What cannot be read on a second connection is read on this one afterwards.
        let structure = (try? snapshot.another?()).map { StructureReading($0) }
        defer { structure?.stop() }
        let name = Array(origin.utf8)
        let batches = InParallel<RecordBatch, CheckedBatch> {
            CheckedBatch($0, origin: name, size: size)
        }
        var attachments = try snapshot.attachmentRows()
        func take(_ batch: CheckedBatch) throws {
            try reading.take(batch) { event, inspector in
                try inspector.inspectAttachments(of: event) { name in
                    try attachments.row(of: event.sequence, name: name)
                }
            }
            columns.add(batch.columns)
            for (index, root) in batch.subtrees { subtrees[index] = root }
            try progress(reading.size)
        }
        try snapshot.forEachBatch { try batches.give($0, take) }
        try batches.finish(take)
        let beside = structure?.end()
        if beside?.size != reading.size || beside?.sums != columns {
            try snapshot.inspectIndexes(columns, &reading)
        }
        reading.finish()
        self.init(reading, demands: demands)
        try inspectSurroundings(
            of: snapshot, strays: try attachments.finish(), subtrees: subtrees,
            isIndexed: !reading.inspector.findings.contains { $0.kind == .indexDiffers },
            isSound: reading.inspector.findings.isEmpty && beside?.isSound == true)
    }

    /// What a log that was read to its end is worth to someone who brings these demands.
    init(_ reading: LogReading, demands: VerificationDemands) {
        size = reading.size
        root = reading.root
        headCount = reading.heads.count
        let inspection = HeadInspection(reading, trust: demands.trust)
        keys = inspection.known
        signedSize = inspection.signedSize
        newestHead = inspection.newest
        witnessedSize = inspection.witnessedSize
        findings = reading.inspector.findings + inspection.findings
        for anchor in demands.anchors {
            let agreed = demands.anchors.map(\.checkpoint).filter {
                $0.size < anchor.checkpoint.size && reading.roots[$0.size] == $0.root
            }
            let (result, found) = AnchorResult.hold(
                anchor, origin: reading.origin, size: reading.size, roots: reading.roots,
                agreed: agreed.map(\.size).max() ?? 0, policy: inspection.policy)
            anchors.append(result)
            findings += found
        }
        inspectTail(demands)
    }

    /// Adds what is wrong with the things around the log.
    mutating func add(_ more: [Finding]) { findings += more }

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
        of snapshot: LedgerSnapshot, strays: [AttachmentPlace], subtrees: [Int: Digest],
        isIndexed: Bool, isSound: Bool
    ) throws {
        findings += try snapshot.headOrderFindings()
        for stray in strays {
            findings.append(
                Finding(
                    .inserted, sequence: stray.sequence.number,
                    message: "attachment \"\(stray.name)\" stands in no record"))
        }
        for layout in try snapshot.layoutFindings() {
            findings.append(
                Finding(
                    layout.isDerived ? .derivedDataWrong : .edited,
                    message: "\(layout.name) of the database is \(layout.what)"))
        }
        let hasFormer = try snapshot.hasFormerIndexes()
        if !isSound || hasFormer {
            let areRead = isIndexed && !hasFormer
            for text in try snapshot.structureFindings(areIndexesRead: areRead) {
                findings.append(Finding(.indexDiffers, message: "database: \(text)"))
            }
        }
        do {
            for node in try snapshot.wrongNodes(subtrees: subtrees) {
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
