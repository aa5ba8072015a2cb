import Ledger
import Projector

/// Replays a ledger, from the newest projection that the question allows.
struct ProjectedLedger {
    /// The state and how each of its events is known.
    private(set) var projection: Projection
    /// How many events were not replayed, because a projection holds them.
    let skipped: Int

    /// Replays what a snapshot holds.
    ///
    /// A projection is of use when the log still has its root at its size, when it holds nothing
    /// that the question leaves out, and when the same of its events are voided.
    ///
    /// - Throws: `StoreError`, `EventError`.
    init(
        _ snapshot: LedgerSnapshot, at: Timestamp? = nil, knownAt: Int? = nil,
        cache: ProjectionCache? = nil
    ) throws {
        let newest = try snapshot.size()
        let size = min(knownAt ?? newest, newest)
        let voidings = try snapshot.events(matching: HistoryQuery(type: .exact("event.voided")))
        let voids = Voids(of: voidings, knownAt: knownAt.map { SequenceNumber($0) })
        let start = try cache?.newest { head in
            guard head.size <= size, at.map({ head.latest <= $0 }) ?? true else { return false }
            let last = SequenceNumber(head.size)
            return try Voids(of: voidings, knownAt: last).agree(with: voids, through: last)
                && snapshot.root(size: head.size) == head.root
        }
        skipped = start?.size ?? 0
        var replay = Replay(
            from: start?.state ?? State(), voids: voids, at: at,
            knownAt: knownAt.map { SequenceNumber($0) })
        var bases = start?.bases ?? BasisLetters()
        var latest = start?.latest ?? Timestamp(milliseconds: .min)
        if bases.count < size { bases.reserveCapacity(size) }
        try snapshot.forEachOccurrence(
            from: SequenceNumber(skipped + 1), through: SequenceNumber(size)
        ) { occurrence in
            bases.append(occurrence.basis)
            latest = max(latest, occurrence.time)
            try replay.apply(occurrence)
        }
        projection = Projection(
            size: size, root: try snapshot.root(size: size), latest: latest, bases: bases,
            state: replay.state)
    }
}
