import Glibc
import Ledger

/// Writers that are killed at random instants while they append to one ledger.
///
/// What a writer has printed was acknowledged to it before; all of that must be there afterwards.
public struct KillRun: Sendable {
    /// The ledger, which must exist.
    public var path: String
    /// The program `torturer`.
    public var program: String
    /// How many writers there are at any time.
    public var writers = 8
    /// How many of them are killed in all.
    public var kills = 50
    /// When to stop all the same.
    public var end: ContinuousClock.Instant?
    /// How many kills there are between two looks at the whole ledger.
    public var rest = 200
    /// Where the random instants come from.
    public var seed: UInt64 = 1

    /// What came of it.
    public struct Tally: Sendable {
        /// How many writers were killed.
        public var kills = 0
        /// How many of those kills hit all writers in the same moment.
        public var together = 0
        /// How many of the killed had not yet appended anything.
        public var early = 0
        /// How many events writers were told they have.
        public var acknowledged = 0
        /// How many of them are there.
        public var present = 0
        /// How many are not.
        public var lost = 0
        /// How many events there are in all; some were written by a writer that died before it could say so.
        public var events = 0
        /// How often the ledger was read from its first byte to its last.
        public var inspections = 0
        /// What was wrong, at any time.
        public var problems: [String] = []
    }

    /// Writers on a ledger.
    public init(path: String, program: String) {
        self.path = path
        self.program = program
    }

    private struct Writer {
        let child: Child
        /// It is killed so long after its so-many-th acknowledgement.
        let acknowledgements: Int
        let delay: Duration
        var count = 0
        var deadline: ContinuousClock.Instant
    }

    /// Kills until it is enough; `progress` is called after each kill.
    ///
    /// - Throws: when a writer cannot be started.
    public func run(_ progress: (Tally) -> Void = { _ in }) throws -> Tally {
        var tally = Tally()
        var random = Random(seed: seed)
        var known: [Acknowledgement] = []
        var alive: [Writer] = []
        var started = 0
        // Writers that cannot even start must not keep us for ever.
        var silent = 0
        var inspected = 0
        defer { for writer in alive { writer.child.end() } }
        while tally.kills < kills, end.map({ ContinuousClock.now < $0 }) ?? true, silent < 200 {
            while alive.count < writers {
                alive.append(try start(started, &random))
                started += 1
            }
            wait(for: alive)
            for index in alive.indices.reversed() {
                let count = take(&alive[index], &known, &tally)
                if count > 0 { silent = 0 }
                if count < 0 {
                    // It has ended by itself, which no writer does.
                    tally.problems.append("a writer ended before it was killed")
                    silent += 20
                    alive[index].child.end()
                    alive.remove(at: index)
                }
            }
            let due = alive.indices.filter { alive[$0].deadline <= ContinuousClock.now }
            guard let first = due.first else { continue }
            // Now and then all at once, so that nobody is left who knows the journal.
            let isAll = random.below(40) == 0
            for index in isAll ? Array(alive.indices) : [first] {
                kill(&alive[index], &known, &tally)
                if alive[index].count == 0 {
                    tally.early += 1
                    silent += 1
                }
                progress(tally)
            }
            if isAll {
                tally.together += alive.count
                alive = []
            } else {
                alive.remove(at: first)
            }
            if tally.kills - inspected >= rest {
                inspected = tally.kills
                inspect(known, &tally)
            }
        }
        for index in alive.indices { kill(&alive[index], &known, &tally) }
        alive = []
        inspect(known, &tally)
        return tally
    }

    private func start(_ number: Int, _ random: inout Random) throws -> Writer {
        let child = try Child([program, "write", path, "\(number)"])
        // Some die while they open the ledger, most while they append.
        let isEarly = random.below(6) == 0
        return Writer(
            child: child, acknowledgements: isEarly ? 0 : 1 + random.below(15),
            delay: .microseconds(random.below(isEarly ? 60_000 : 8_000)),
            deadline: ContinuousClock.now
                + (isEarly ? .microseconds(random.below(60_000)) : .seconds(20)))
    }

    private func wait(for alive: [Writer]) {
        let now = ContinuousClock.now
        let next = alive.map(\.deadline).min() ?? now
        let milliseconds = max(0, min(50, (next - now) / .milliseconds(1)))
        var ends = alive.map { pollfd(fd: $0.child.output, events: Int16(POLLIN), revents: 0) }
        // Instants within a millisecond matter: what is left of it passes without looking.
        if poll(&ends, nfds_t(ends.count), Int32(milliseconds)) == 0 {
            usleep(UInt32(milliseconds.truncatingRemainder(dividingBy: 1) * 1000))
        }
    }

    /// Reads what a writer was told; how much that is, less than 0 when it has ended.
    private func take(
        _ writer: inout Writer, _ known: inout [Acknowledgement], _ tally: inout Tally
    ) -> Int {
        guard let lines = writer.child.lines() else { return -1 }
        var count = 0
        for line in lines {
            guard let acknowledgement = Acknowledgement(line: line) else {
                tally.problems.append("a writer said: \(line)")
                continue
            }
            known.append(acknowledgement)
            count += 1
        }
        tally.acknowledged += count
        let before = writer.count
        writer.count += count
        if before < writer.acknowledgements, writer.count >= writer.acknowledgements {
            writer.deadline = ContinuousClock.now + writer.delay
        }
        return count
    }

    private func kill(
        _ writer: inout Writer, _ known: inout [Acknowledgement], _ tally: inout Tally
    ) {
        writer.child.end()
        // What it had printed before still stands in the pipe.
        while take(&writer, &known, &tally) > 0 {}
        tally.kills += 1
    }

    private func inspect(_ known: [Acknowledgement], _ tally: inout Tally) {
        let inspection = Inspection(path, acknowledged: known)
        tally.inspections += 1
        tally.events = inspection.size
        tally.present = inspection.present
        tally.lost = inspection.lost
        tally.problems += inspection.problems
    }
}
