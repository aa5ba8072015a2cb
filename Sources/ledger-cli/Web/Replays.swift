import Ledger
import Projector

/// Replays of one ledger, kept so that a point near a known one costs little.
///
/// What happened is read once and kept without the records, of which a page reads the few that it
/// shows: a hundred bytes an event. Replay does not care for the order of events, so the state at
/// a time is the replay of a prefix of the events in the order of time; at some places on that way a
/// copy of the replay is kept, and a point is reached from the nearest copy before it.
struct Replays {
    /// The ledger.
    let store: LedgerStore

    private var occurrences: [Occurrence] = []
    private var bases = BasisLetters()
    private var voids: [Event] = []
    /// Positions in `occurrences` in the order of replay.
    private var byTime: [Int] = []
    /// Replays of prefixes of `byTime`, by length.
    private var marks: [Int: Replay] = [:]
    /// The length of the copy at the end, which moves along.
    private var end: Int?
    /// Replays of prefixes of `occurrences`, each with the voids known at its end, by length.
    private var knownMarks: [Int: Replay] = [:]
    private var head = PlanHead(size: 0, root: "")
    private var times: Moments?
    private var density: [Int]?
    private var answers: [Point: State] = [:]
    private var recent: [Point] = []

    /// How many states are kept for points that were asked for: fewer of a longer ledger, since
    /// each may hold copies of long histories.
    private var answerLimit: Int { max(2, min(16, 400_000 / max(1, occurrences.count))) }
    /// How many copies are kept along the way.
    private static let markCount = 16

    /// Replays of a ledger.
    init(_ store: LedgerStore) { self.store = store }

    /// The ledger replayed for a point.
    ///
    /// - Throws: `StoreError`, `EventError`; `CLIError.noSuchEvent` for a point beyond the end.
    mutating func evaluation(_ point: Point, clock: Timestamp) throws -> Evaluation {
        try catchUp()
        if let knownAt = point.knownAt, knownAt > head.size {
            throw CLIError.noSuchEvent(knownAt, size: head.size)
        }
        let state = try state(point)
        var head = head
        if let knownAt = point.knownAt, knownAt < head.size {
            head = PlanHead(size: knownAt, root: try store.root(size: knownAt).base64)
        }
        let now = point.at ?? max(clock, state.newest?.time ?? clock)
        return Evaluation(
            state: state, now: now, head: head, bases: bases, isHypothetical: now > clock)
    }

    /// The moments of the whole ledger, acts on the ledger itself aside.
    ///
    /// - Throws: `StoreError`.
    mutating func moments() throws -> Moments {
        try catchUp()
        if let times { return times }
        var list: [Timestamp] = []
        for position in byTime {
            let occurrence = occurrences[position]
            // The ledger itself is often made long after what it tells of.
            if occurrence.type == .decision(.ledgerCreated) { continue }
            if list.last != occurrence.time { list.append(occurrence.time) }
        }
        let moments = Moments(times: list)
        times = moments
        return moments
    }

    /// What happened around a time, in the order of replay: so many events until then and after it.
    ///
    /// - Throws: `StoreError`.
    mutating func events(
        around time: Timestamp, before: Int, after: Int, knownAt: Int?
    ) throws -> [Event] {
        try catchUp()
        let middle = length(until: time)
        let known = knownAt ?? Int.max
        var earlier: [Int] = []
        for position in byTime[..<middle].reversed() where position < known {
            if earlier.count == before { break }
            earlier.append(position)
        }
        var later: [Int] = []
        for position in byTime[middle...] where position < known {
            if later.count == after { break }
            later.append(position)
        }
        return try store.read { snapshot in
            try (earlier.reversed() + later).compactMap {
                try snapshot.event(SequenceNumber($0 + 1))
            }
        }
    }

    /// Those of some events that do not count, as known at an event.
    func voided(_ events: [Event], knownAt: Int?) -> Set<SequenceNumber> {
        let voids = Voids(of: voids, knownAt: knownAt.map { SequenceNumber($0) })
        return Set(events.map(\.sequence).filter { voids.contains($0) })
    }

    /// How many events fall into each of so many equal slices of the whole time.
    ///
    /// - Throws: `StoreError`.
    mutating func density(slices: Int) throws -> [Int] {
        let times = try moments().times
        guard let first = times.first, let last = times.last, first < last else { return [] }
        if let density, density.count == slices { return density }
        var counts = [Int](repeating: 0, count: slices)
        let span = Double((last - first).milliseconds) + 1
        for position in byTime {
            let share = Double((occurrences[position].time - first).milliseconds) / span
            guard 0..<1 ~= share else { continue }
            counts[Int(share * Double(slices))] += 1
        }
        density = counts
        return counts
    }

    private mutating func state(_ point: Point) throws -> State {
        if let state = answers[point] {
            recent.removeAll { $0 == point }
            recent.append(point)
            return state
        }
        let state = try replayed(point)
        answers[point] = state
        recent.append(point)
        while recent.count > answerLimit { answers[recent.removeFirst()] = nil }
        return state
    }

    private mutating func replayed(_ point: Point) throws -> State {
        if let knownAt = point.knownAt, knownAt < head.size {
            return try replayed(knownAt: knownAt, at: point.at)
        }
        let length = point.at.map { self.length(until: $0) } ?? byTime.count
        let stride = max(1024, byTime.count / Self.markCount + 1)
        let start = marks.keys.filter { $0 <= length }.max() ?? 0
        var replay = marks[start] ?? Replay(voids: Voids(of: voids))
        for position in start..<length {
            if position > start, position % stride == 0 { marks[position] = replay }
            try replay.apply(occurrences[byTime[position]])
        }
        // What is appended goes on from the end.
        if length == byTime.count, length > 0 {
            if let end { marks[end] = nil }
            marks[length] = replay
            end = length
        }
        return replay.state
    }

    /// The state as known at an event, from the nearest copy before it that no later void changes.
    private mutating func replayed(knownAt: Int, at: Timestamp?) throws -> State {
        let voids = Voids(of: voids, knownAt: SequenceNumber(knownAt))
        if let at {
            var replay = Replay(voids: voids, at: at)
            for occurrence in occurrences[..<knownAt] { try replay.apply(occurrence) }
            return replay.state
        }
        let lastVoid = self.voids.last { $0.sequence.number <= knownAt }?.sequence.number ?? 0
        let start = knownMarks.keys.filter { $0 >= lastVoid && $0 <= knownAt }.max() ?? 0
        var replay = knownMarks[start] ?? Replay(voids: voids)
        let stride = max(1024, occurrences.count / Self.markCount + 1)
        for position in start..<knownAt {
            // A copy made before the last void would lack it.
            if position > start, position % stride == 0, position >= lastVoid {
                knownMarks[position] = replay
            }
            try replay.apply(occurrences[position])
        }
        return replay.state
    }

    /// How many events happened until a time.
    private func length(until time: Timestamp) -> Int {
        var (low, high) = (0, byTime.count)
        while low < high {
            let middle = (low + high) / 2
            if occurrences[byTime[middle]].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Reads what was appended since.
    private mutating func catchUp() throws {
        let size = try store.size()
        guard size != occurrences.count else { return }
        // A ledger that became shorter is another one under the same name; begin anew.
        if size < occurrences.count { self = Replays(store) }
        let first = occurrences.count
        var new: [Occurrence] = []
        let (root, newVoids) = try store.read { snapshot in
            try snapshot.forEachOccurrence(
                from: SequenceNumber(first + 1), through: SequenceNumber(size)
            ) { new.append($0) }
            let voids = try snapshot.events(
                matching: HistoryQuery(
                    type: .exact(DecisionName.eventVoided.rawValue), after: SequenceNumber(first),
                    before: SequenceNumber(size + 1)))
            return (try snapshot.root(size: size), voids)
        }
        let isInOrder =
            newVoids.isEmpty
            && (byTime.last.map { last in
                new.allSatisfy { occurrences[last].time <= $0.time }
            } ?? true)
        for occurrence in new { bases.append(occurrence.basis) }
        voids += newVoids
        byTime += Array(first..<first + new.count)
        occurrences += new
        // Most ledgers are written down in the order in which things happened.
        if !isInOrder || first == 0 {
            byTime.sort {
                let (a, b) = (occurrences[$0].time, occurrences[$1].time)
                return a == b ? $0 < $1 : a < b
            }
        }
        // A copy on the way holds only when nothing new belongs before it and no void reaches back.
        if !isInOrder {
            marks = [:]
            end = nil
        }
        // So does an answer about a time before all that is new, or about what was known before.
        let oldest = new.map(\.time).min()
        recent.removeAll { point in
            let isKept =
                point.knownAt.map { $0 < first } ?? false
                || newVoids.isEmpty
                    && (point.at.map { at in oldest.map { at < $0 } ?? true } ?? false)
            if !isKept { answers[point] = nil }
            return !isKept
        }
        times = nil
        density = nil
        head = PlanHead(size: size, root: root.base64)
    }
}

extension Evaluation {
    /// A ledger that was replayed elsewhere.
    init(state: State, now: Timestamp, head: PlanHead, bases: BasisLetters, isHypothetical: Bool) {
        self.state = state
        self.now = now
        self.head = head
        self.bases = bases
        self.isHypothetical = isHypothetical
    }
}
