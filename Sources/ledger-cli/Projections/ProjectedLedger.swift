import Ledger
import Projector

/// Replays a ledger, from the newest projection that the question allows.
struct ProjectedLedger {
    /// The state and how each of its events is known.
    private(set) var projection: Projection
    /// How many events were not replayed, because a projection holds them.
    let skipped: Int
    /// Every event of the log that voids another one.
    let voidings: [Event]

    /// True when its projection is worth keeping beside the ledger.
    var isWorthKeeping: Bool {
        ProjectionCache.isWorthKeeping(
            size: projection.size, replayed: projection.size - skipped)
    }

    /// Replays what a snapshot holds.
    ///
    /// A projection is of use when the log still has its root at its size, when it holds nothing
    /// that the question leaves out, and when the same of its events are voided.
    ///
    /// Which events are voided must be known before the first one is applied, and is asked of the
    /// postings, which are derived: when the records that are replayed say otherwise, they are right.
    ///
    /// - Throws: `StoreError`, `EventError`.
    init(
        _ snapshot: LedgerSnapshot, at: Timestamp? = nil, knownAt: Int? = nil,
        cache: ProjectionCache? = nil
    ) throws {
        let posted = try snapshot.events(matching: HistoryQuery(type: .exact("event.voided")))
        if let ledger = try ProjectedLedger(snapshot, at, knownAt, cache, posted) {
            self = ledger
            return
        }
        var recorded: [Event] = []
        try snapshot.forEachEvent { event in
            if event.type == .decision(.eventVoided) { recorded.append(event) }
        }
        guard let ledger = try ProjectedLedger(snapshot, at, knownAt, nil, recorded) else {
            throw StoreError.damagedTree(reason: "its voids differ from one reading to the next")
        }
        self = ledger
    }

    /// Replays with some events voided; nil when the records void others.
    private init?(
        _ snapshot: LedgerSnapshot, _ at: Timestamp?, _ knownAt: Int?, _ cache: ProjectionCache?,
        _ voidings: [Event]
    ) throws {
        let newest = try snapshot.size()
        let size = min(knownAt ?? newest, newest)
        let voids = Voids(of: voidings, knownAt: knownAt.map { SequenceNumber($0) })
        let start = try cache?.newest { head in
            guard head.size <= size, at.map({ head.latest <= $0 }) ?? true else { return false }
            let last = SequenceNumber(head.size)
            return try Voids(of: voidings, knownAt: last).agree(with: voids, through: last)
                && snapshot.root(size: head.size) == head.root
        }
        skipped = start?.size ?? 0
        self.voidings = voidings
        var replay = Replay(
            from: start?.state ?? State(), voids: voids, at: at,
            knownAt: knownAt.map { SequenceNumber($0) })
        var bases = start?.bases ?? BasisLetters()
        var latest = start?.latest ?? Timestamp(milliseconds: .min)
        if bases.count < size { bases.reserveCapacity(size) }
        var met: [SequenceNumber] = []
        try snapshot.forEachOccurrence(
            from: SequenceNumber(skipped + 1), through: SequenceNumber(size)
        ) { occurrence in
            if occurrence.type == .decision(.eventVoided) { met.append(occurrence.sequence) }
            bases.append(occurrence.basis)
            latest = max(latest, occurrence.time)
            try replay.apply(occurrence)
        }
        let known = voidings.lazy.map(\.sequence).filter { [skipped] in
            $0.number > skipped && $0.number <= size
        }
        guard met == known.sorted() else { return nil }
        projection = Projection(
            size: size, root: try snapshot.root(size: size), latest: latest, bases: bases,
            state: replay.state)
    }
}
