import FleetProof
import Foundation
import Projector
import Synchronization

/// Many random histories, some at a time.
struct Campaign {
    let histories: Int
    let seed: UInt64
    let jobs: Int

    /// What came of all of them.
    struct Outcome: Sendable {
        var tally = Tally()
        var fingerprints: Set<UInt64> = []
        /// The first seed of each kind of violation.
        var broken: [String: UInt64] = [:]
        var seconds = 0.0
    }

    func run() async throws -> Outcome {
        let start = Date()
        let progress = Progress(total: histories)
        var outcome = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for job in 0..<max(1, jobs) {
                group.addTask { try work(job, progress) }
            }
            var all = Outcome()
            for try await part in group { all.add(part) }
            return all
        }
        progress.end()
        outcome.seconds = Date().timeIntervalSince(start)
        return outcome
    }

    /// Every so many-th history; reports each kind of violation once.
    private func work(_ job: Int, _ progress: Progress) throws -> Outcome {
        var outcome = Outcome()
        for index in stride(from: job, to: histories, by: max(1, jobs)) {
            let scenario = Scenario(seed: seed &+ UInt64(index))
            let result = try scenario.prove()
            outcome.tally.add(result.tally)
            outcome.fingerprints.insert(result.fingerprint)
            progress.step(isBroken: result.broken != nil)
            guard let (what, count) = result.broken, outcome.broken[what] == nil else { continue }
            outcome.broken[what] = scenario.seed
            if progress.isFirst(what) {
                let report = try Shrinker(scenario.setup, isCareful: scenario.kind == .careful)
                    .report(Array(scenario.moves.prefix(count)), what)
                progress.say(
                    "violation: \(what)\nseed \(scenario.seed): scripts/prove --seed \(scenario.seed) --histories 1\n\(report)"
                )
            }
        }
        return outcome
    }
}

extension Campaign.Outcome {
    mutating func add(_ other: Campaign.Outcome) {
        tally.add(other.tally)
        fingerprints.formUnion(other.fingerprints)
        broken.merge(other.broken) { min($0, $1) }
    }

    /// The counts, one a line.
    var text: String {
        var rows: [(String, Int)] = [
            ("histories", tally.histories), ("distinct histories", fingerprints.count),
            ("plans made", tally.plans), ("steps executed on the model", tally.steps),
        ]
        for verdict in Verdict.allCases {
            rows.append(("verdicts \(verdict.rawValue)", tally.verdicts[verdict] ?? 0))
        }
        for way in ["nothing", "clean", "lossy", "restore", "impossible", "unknown"] {
            rows.append(("ways back \(way)", tally.ways[way] ?? 0))
        }
        rows += [
            ("histories by the book", tally.booked),
            ("  with the source in the plan", tally.planned),
            ("histories by the book with looks left out", tally.sparse),
            ("  with the source in the plan once its questions were answered", tally.answered),
            ("violations", tally.violations),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, count in
            name + String(repeating: " ", count: width - name.count + 2) + String(count)
        }.joined(separator: "\n")
            + "\nkinds of violation: "
            + (broken.isEmpty
                ? "none"
                : broken.sorted { $0.key < $1.key }.map { "\n  \($0.key) (seed \($0.value))" }
                    .joined())
            + String(format: "\n%.1f s", seconds)
    }
}

/// The line that says how far a campaign is: over and over on a terminal, now and then elsewhere.
final class Progress: Sendable {
    private struct State {
        var done = 0
        var broken = 0
        var last = Date()
        var kinds: Set<String> = []
    }
    private let total: Int
    private let start = Date()
    private let isTerminal = isatty(2) == 1
    private let state = Mutex(State())

    init(total: Int) { self.total = total }

    func step(isBroken: Bool) {
        let line: String? = state.withLock { state in
            state.done += 1
            if isBroken { state.broken += 1 }
            guard Date().timeIntervalSince(state.last) >= (isTerminal ? 0.2 : 30) else {
                return nil
            }
            state.last = Date()
            let elapsed = Date().timeIntervalSince(start)
            let left = elapsed / Double(state.done) * Double(total - state.done)
            return
                "\(state.done) of \(total) histories, \(state.broken) violations, \(Int(elapsed)) s, \(Int(left)) s left"
        }
        if let line { write(isTerminal ? "\r\u{1B}[K" + line : line + "\n") }
    }

    /// True for the first of its kind.
    func isFirst(_ kind: String) -> Bool { state.withLock { $0.kinds.insert(kind).inserted } }

    func say(_ text: String) {
        if isTerminal { write("\r\u{1B}[K") }
        print(text)
    }

    func end() { if isTerminal { write("\r\u{1B}[K") } }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
