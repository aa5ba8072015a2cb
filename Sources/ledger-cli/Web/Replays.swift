import Ledger
import Projector

/// Replays of one ledger, kept so that a point near a known one costs little.
///
/// The present is taken up from the projection beside the ledger and goes on with what is appended.
/// Only for another point is the past read. What is kept of either is bounded.
struct Replays {
    /// The ledger.
    let store: LedgerStore

    private var head = PlanHead(size: 0, root: "")
    /// The replay of every event.
    private var present = Replay(voids: Voids())
    private var bases = BasisLetters()
    private var voids: [Event] = []
    /// What pages have worked out, the latest asked for last.
    private var views: [(question: Question, deductions: Deductions)] = []

    /// What happened; nil until another point than the present is asked for.
    private var past: Past?
    private var answers: [Point: State] = [:]
    private var recent: [Point] = []

    /// From where a page looks, at which clock, and how long the ledger was then.
    private struct Question: Hashable {
        let point: Point
        let now: Timestamp
        let size: Int
    }

    /// How many states are kept for points that were asked for: fewer of a longer ledger, since
    /// each may hold copies of long histories.
    private var answerLimit: Int { max(2, min(16, 400_000 / max(1, head.size))) }

    /// Replays of a ledger.
    init(_ store: LedgerStore) { self.store = store }

    /// The ledger replayed for a point.
    ///
    /// The present moves on once a second, so that the pages of one second share what they work out.
    ///
    /// - Parameters:
    ///   - point: from where to look.
    ///   - clock: the clock, looked at once everything that counts is read.
    /// - Returns: the ledger replayed.
    /// - Throws: `StoreError`, `EventError`; `CLIError.noSuchEvent` for a point beyond the end.
    mutating func evaluation(
        _ point: Point, clock: @autoclosure () -> Timestamp
    ) throws -> Evaluation {
        try catchUp()
        if let knownAt = point.knownAt, knownAt > head.size {
            throw CLIError.noSuchEvent(knownAt, size: head.size)
        }
        var point = point
        if point.knownAt == head.size { point.knownAt = nil }
        let state = try point.isPresent ? present.state : state(point)
        var head = head
        if let knownAt = point.knownAt {
            head = PlanHead(size: knownAt, root: try store.root(size: knownAt).base64)
        }
        let clock = clock()
        let now = point.at ?? max(clock.wholeSecond, state.newest?.time ?? clock)
        return Evaluation(
            state: state, now: now, head: head, bases: bases, isHypothetical: now > clock,
            deductions: deductions(Question(point: point, now: now, size: self.head.size)))
    }

    /// What was worked out for a question; what no page can ask for again goes.
    private mutating func deductions(_ question: Question) -> Deductions {
        if let index = views.firstIndex(where: { $0.question == question }) {
            views.append(views.remove(at: index))
            return views[views.count - 1].deductions
        }
        views.removeAll {
            $0.question.size != question.size || $0.question.point == question.point
        }
        let deductions = Deductions()
        views.append((question, deductions))
        if views.count > answerLimit,
            let oldest = views.firstIndex(where: { !$0.question.point.isPresent })
        {
            views.remove(at: oldest)
        }
        return deductions
    }

    /// The moments of the whole ledger, acts on the ledger itself aside.
    ///
    /// - Throws: `StoreError`.
    mutating func moments() throws -> Moments {
        try readPast()
        return past?.moments() ?? Moments(times: [])
    }

    /// What happened around a time, in the order of replay: so many events until then and after it.
    ///
    /// - Throws: `StoreError`.
    mutating func events(
        around time: Timestamp, before: Int, after: Int, knownAt: Int?
    ) throws -> [Event] {
        try readPast()
        let found =
            past?.sequences(around: time, before: before, after: after, knownAt: knownAt) ?? []
        return try store.read(again: true) { snapshot in
            try found.compactMap { try snapshot.event($0) }
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
        try readPast()
        return past?.density(slices: slices) ?? []
    }

    private mutating func state(_ point: Point) throws -> State {
        if let state = answers[point] {
            recent.removeAll { $0 == point }
            recent.append(point)
            return state
        }
        try readPast()
        let state = try past?.state(point) ?? present.state
        answers[point] = state
        recent.append(point)
        while recent.count > answerLimit { answers[recent.removeFirst()] = nil }
        return state
    }

    /// Goes on with what was appended since.
    private mutating func catchUp() throws {
        let size = try store.size()
        guard size != head.size else { return }
        // A ledger that became shorter is another one under the same name; begin anew.
        if size < head.size { self = Replays(store) }
        guard head.size > 0 else { return try begin() }
        let first = head.size
        var new: [Occurrence] = []
        let (newSize, root, newVoids) = try store.read(again: true) { snapshot in
            new = []
            let size = try snapshot.size()
            try snapshot.forEachOccurrence(
                from: SequenceNumber(first + 1), through: SequenceNumber(size)
            ) { new.append($0) }
            let voids = try snapshot.events(
                matching: HistoryQuery(
                    type: .exact(DecisionName.eventVoided.rawValue), after: SequenceNumber(first),
                    before: SequenceNumber(size + 1)))
            return (size, try snapshot.root(size: size), voids)
        }
        // The records tell, whatever the postings say.
        if newVoids.isEmpty, !new.contains(where: { $0.type == .decision(.eventVoided) }) {
            do {
                for occurrence in new { try present.apply(occurrence) }
            } catch {
                // Some of them are folded in already; nothing may be folded in twice.
                self = Replays(store)
                throw error
            }
            for occurrence in new { bases.append(occurrence.basis) }
            head = PlanHead(size: newSize, root: root.base64)
        } else {
            // A void reaches back: the present is another one.
            try begin(through: newSize)
        }
        past?.take(new, newVoids)
        forget(new, newVoids, after: first)
    }

    /// Takes up the present from the projection beside the ledger, and keeps one there when that
    /// saves the next server, or the next command, much.
    private mutating func begin(through size: Int? = nil) throws {
        let cache = ProjectionCache(ledger: store.path)
        let ledger = try store.read(again: true) { snapshot in
            try ProjectedLedger(snapshot, knownAt: size, cache: cache)
        }
        let voids = ledger.voidings.filter { $0.sequence.number <= size ?? .max }
        let projection = ledger.projection
        if size == nil, ledger.isWorthKeeping {
            cache.keep(projection)
        }
        present = Replay(from: projection.state, voids: Voids(of: voids))
        bases = projection.bases
        self.voids = voids.filter { $0.sequence.number <= projection.size }
        head = PlanHead(size: projection.size, root: projection.root.base64)
    }

    /// Reads what happened, once.
    private mutating func readPast() throws {
        try catchUp()
        guard past == nil else { return }
        var all: [Occurrence] = []
        all.reserveCapacity(head.size)
        let last = SequenceNumber(head.size)
        try store.read(again: true) { snapshot in
            all.removeAll(keepingCapacity: true)
            try snapshot.forEachOccurrence(through: last) { all.append($0) }
        }
        past = Past(all, voids: voids)
    }

    /// Forgets the answers that are none any more.
    private mutating func forget(_ new: [Occurrence], _ newVoids: [Event], after first: Int) {
        // One about a time before all that is new holds, and one about what was known before.
        let oldest = new.map(\.time).min()
        recent.removeAll { point in
            let isKept =
                point.knownAt.map { $0 <= first } ?? false
                || newVoids.isEmpty
                    && (point.at.map { at in oldest.map { at < $0 } ?? true } ?? false)
            if !isKept { answers[point] = nil }
            return !isKept
        }
    }
}

extension Evaluation {
    /// A ledger that was replayed elsewhere.
    init(
        state: State, now: Timestamp, head: PlanHead, bases: BasisLetters, isHypothetical: Bool,
        deductions: Deductions? = nil
    ) {
        self.state = state
        self.now = now
        self.head = head
        self.bases = bases
        self.isHypothetical = isHypothetical
        self.deductions = deductions
    }
}

extension Timestamp {
    /// The instant without its fraction of a second.
    fileprivate var wholeSecond: Timestamp {
        Timestamp(milliseconds: milliseconds - ((milliseconds % 1000) + 1000) % 1000)
    }
}
