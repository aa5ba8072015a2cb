import Ledger
import Projector

/// What happened in a ledger, in the order of the log and in the order of time.
///
/// It is kept without the records: a hundred bytes an event. Replay does not care for the order of
/// events, so the state at a time is the replay of a prefix of the events in the order of time; at
/// some places on that way a copy of the replay is kept, and a point is reached from the nearest
/// copy before it. The copies stand at multiples of a power of two, so that there are never more
/// of them than `markCount`, however the ledger grows.
struct Past {
    private var occurrences: [Occurrence] = []
    private var voids: [Event] = []
    /// Positions in `occurrences` in the order of replay.
    private var byTime: [Int] = []
    /// Replays of prefixes of `byTime`, by length.
    private var marks: [Int: Replay] = [:]
    /// Replays of prefixes of `occurrences`, each with the voids known at its end, by length.
    private var knownMarks: [Int: Replay] = [:]
    private var knownTimes: Moments?
    private var knownDensity: [Int] = []

    /// How many copies are kept along each way at most.
    private static let markCount = 32
    /// How far apart the copies stand.
    private var stride = 1024

    /// The past from what happened, in the order of the log.
    init(_ occurrences: [Occurrence], voids: [Event]) {
        take(occurrences, voids)
    }

    /// Adds what was appended.
    mutating func take(_ new: [Occurrence], _ newVoids: [Event]) {
        let first = occurrences.count
        let isInOrder =
            newVoids.isEmpty
            && (byTime.last.map { last in
                new.allSatisfy { occurrences[last].time <= $0.time }
            } ?? true)
        voids += newVoids
        byTime += Array(first..<first + new.count)
        occurrences += new
        // Most ledgers are written down in the order in which things happened.
        if !isInOrder || zip(new, new.dropFirst()).contains(where: { $0.time > $1.time }) {
            byTime.sort {
                let (a, b) = (occurrences[$0].time, occurrences[$1].time)
                return a == b ? $0 < $1 : a < b
            }
        }
        // A copy on the way holds only when nothing new belongs before it and no void reaches back.
        if !isInOrder { marks = [:] }
        while occurrences.count / stride >= Self.markCount { stride *= 2 }
        let stride = stride
        marks = marks.filter { $0.key % stride == 0 }
        knownMarks = knownMarks.filter { $0.key % stride == 0 }
        knownTimes = nil
        knownDensity = []
    }

    /// The state at a point that is not the present.
    ///
    /// - Throws: `EventError`.
    mutating func state(_ point: Point) throws -> State {
        if let knownAt = point.knownAt, knownAt < occurrences.count {
            return try state(knownAt: knownAt, at: point.at)
        }
        let length = point.at.map { self.length(until: $0) } ?? byTime.count
        let start = marks.keys.filter { $0 <= length }.max() ?? 0
        var replay = marks[start] ?? Replay(voids: Voids(of: voids))
        for position in start..<length {
            if position > start, position % stride == 0 { marks[position] = replay }
            try replay.apply(occurrences[byTime[position]])
        }
        return replay.state
    }

    /// The state as known at an event, from the nearest copy before it that no later void changes.
    private mutating func state(knownAt: Int, at: Timestamp?) throws -> State {
        let voids = Voids(of: voids, knownAt: SequenceNumber(knownAt))
        if let at {
            var replay = Replay(voids: voids, at: at)
            for occurrence in occurrences[..<knownAt] { try replay.apply(occurrence) }
            return replay.state
        }
        let lastVoid = self.voids.last { $0.sequence.number <= knownAt }?.sequence.number ?? 0
        let start = knownMarks.keys.filter { $0 >= lastVoid && $0 <= knownAt }.max() ?? 0
        var replay = knownMarks[start] ?? Replay(voids: voids)
        for position in start..<knownAt {
            // A copy made before the last void would lack it.
            if position > start, position % stride == 0, position >= lastVoid {
                knownMarks[position] = replay
            }
            try replay.apply(occurrences[position])
        }
        return replay.state
    }

    /// The times at which something happened, acts on the ledger itself aside.
    mutating func moments() -> Moments {
        if let knownTimes { return knownTimes }
        var list: [Timestamp] = []
        for position in byTime where !isCreation(position) {
            let time = occurrences[position].time
            if list.last != time { list.append(time) }
        }
        let moments = Moments(times: list)
        knownTimes = moments
        return moments
    }

    /// The events around a time, in the order of replay: so many until then and so many after it.
    func sequences(
        around time: Timestamp, before: Int, after: Int, knownAt: Int?
    ) -> [SequenceNumber] {
        let middle = length(until: time)
        let known = knownAt ?? Int.max
        var earlier: [Int] = []
        for position in byTime[..<middle].reversed() where position < known {
            if earlier.count == before { break }
            if !isCreation(position) { earlier.append(position) }
        }
        var later: [Int] = []
        for position in byTime[middle...] where position < known {
            if later.count == after { break }
            if !isCreation(position) { later.append(position) }
        }
        return (earlier.reversed() + later).map { SequenceNumber($0 + 1) }
    }

    /// How many events fall into each of so many equal slices of the whole time.
    mutating func density(slices: Int) -> [Int] {
        let times = moments().times
        guard let first = times.first, let last = times.last, first < last else { return [] }
        if knownDensity.count == slices { return knownDensity }
        var counts = [Int](repeating: 0, count: slices)
        let span = Double((last - first).milliseconds) + 1
        for position in byTime {
            let share = Double((occurrences[position].time - first).milliseconds) / span
            guard 0..<1 ~= share else { continue }
            counts[Int(share * Double(slices))] += 1
        }
        knownDensity = counts
        return counts
    }

    /// True for the beginning of the ledger itself, often made long after what it tells of.
    private func isCreation(_ position: Int) -> Bool {
        occurrences[position].type == .decision(.ledgerCreated)
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
}
