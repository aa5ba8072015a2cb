public import Ledger

/// What a store said it has, word for word.
public struct Acknowledgement: Sendable, Hashable {
    /// Where the event stands.
    public let sequence: Int
    /// Its id.
    public let id: EventID
    /// The hash of its record.
    public let leafHash: Digest

    /// What a store said.
    public init(_ appended: Appended) {
        sequence = appended.sequence.number
        id = appended.id
        leafHash = appended.leafHash
    }

    /// The line in which a writer told it; nil for any other.
    public init?(line: String) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 3, let sequence = Int(words[0]), let id = EventID(words[1]),
            let leafHash = Digest(hex: words[2])
        else { return nil }
        self.sequence = sequence
        self.id = id
        self.leafHash = leafHash
    }

    /// The line in which a writer tells it.
    public var line: String { "\(sequence) \(id) \(leafHash.hex)" }
}

/// What a ledger is worth after it was broken: read from its first byte to its last.
public struct Inspection: Sendable {
    /// How many events there are.
    public private(set) var size = 0
    /// Everything that is not as it should be, one sentence each.
    public private(set) var problems: [String] = []
    /// Whether someone who opens and verifies it is told that something is wrong.
    public private(set) var isNoticed = false
    /// How many acknowledged events are not where they were said to be.
    public private(set) var lost = 0
    /// How many are.
    public private(set) var present = 0

    private let before: Int

    /// Opens a ledger as anyone would and reads everything.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - acknowledged: what a store said it has.
    ///   - attempted: everything that was handed to it, by append; nil when that is not known.
    ///   - before: how many events there were already.
    ///   - anchors: heads that were kept elsewhere.
    public init(
        _ path: String, acknowledged: [Acknowledgement], attempted: [[EventID]]? = nil,
        before: Int = 1, anchors: [Anchor] = []
    ) {
        self.before = before
        do {
            let store = try LedgerStore.open(path: path)
            try read(store, acknowledged, attempted, anchors)
            try store.close()
        } catch {
            problems.append("cannot be read: \(error)")
            isNoticed = true
            lost = acknowledged.count - present
        }
    }

    private mutating func read(
        _ store: LedgerStore, _ acknowledged: [Acknowledgement], _ attempted: [[EventID]]?,
        _ anchors: [Anchor]
    ) throws {
        try store.read { snapshot in
            var ids: [EventID: Int] = [:]
            try snapshot.forEachEvent { event in
                size += 1
                if event.sequence.number != size {
                    problems.append("sequence \(event.sequence) stands at place \(size)")
                }
                if let other = ids.updateValue(size, forKey: event.id) {
                    problems.append("event \(event.id) stands at \(other) and \(size)")
                }
            }
            for appended in acknowledged {
                guard ids[appended.id] == appended.sequence,
                    let record = try snapshot.record(SequenceNumber(appended.sequence)),
                    MerkleTree.leafHash(record.bytes) == appended.leafHash
                else {
                    lost += 1
                    problems.append("event \(appended.sequence) was acknowledged and is lost")
                    continue
                }
                present += 1
            }
            if let attempted { hold(ids, against: attempted) }
            let keys = try Specimen.signer().keys.map(\.verifier)
            let result = try LogVerification(
                snapshot, origin: Specimen.origin,
                demands: VerificationDemands(
                    trust: TrustPolicy(logKeys: keys), anchors: anchors))
            let findings = result.findings.filter { $0.isFatal }.map(\.description)
            problems += findings
            isNoticed = !findings.isEmpty
        }
    }

    /// Each append is there as a whole or not at all, and nothing else is.
    private mutating func hold(_ ids: [EventID: Int], against attempted: [[EventID]]) {
        let expected = Set(attempted.joined())
        for (id, place) in ids where place > before && !expected.contains(id) {
            problems.append("event \(place) was never handed in")
        }
        for append in attempted {
            let places = append.compactMap { ids[$0] }
            if !places.isEmpty, places.count != append.count {
                problems.append("\(places.count) of \(append.count) events of one append are there")
            }
        }
    }
}
