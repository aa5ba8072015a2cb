import FleetModel
import Ledger
import Projector

/// Every way to stray from the book at every place, so many times in a row, with the book resumed
/// after it.
package struct Exploration: Sendable {
    package let method: Operator.Method
    /// How many strays in a row.
    package let depth: Int

    /// What came of it.
    package struct Outcome: Sendable {
        /// Hashes of what the ledger knows and what is really so, at the end of each history.
        package var distinct: Set<UInt64> = []
        package var tally = Tally()
        /// What broke, with the history that shows it.
        package var broken: [(what: String, history: String)] = []

        package init() {}

        package mutating func add(_ other: Outcome) {
            distinct.formUnion(other.distinct)
            tally.add(other.tally)
            for found in other.broken where !broken.contains(where: { $0.what == found.what }) {
                broken.append(found)
            }
        }
    }

    package init(_ method: Operator.Method, depth: Int) {
        self.method = method
        self.depth = depth
    }

    /// The places that the book can be strayed from.
    package var places: Range<Int> { 1..<Operator().book(method).count }

    /// Strays from one place.
    package func explore(at place: Int) throws -> Outcome {
        let book = Operator().book(method)
        var history = History()
        for (index, deed) in book[..<place].enumerated() {
            try history.play(Move(deed: deed, dice: UInt64(index)))
        }
        var outcome = Outcome()
        try explore(history, book[place...], depth, &outcome)
        return outcome
    }

    private func explore(
        _ history: History, _ rest: ArraySlice<Deed>, _ depth: Int, _ outcome: inout Outcome
    ) throws {
        for stray in Stray.all where outcome.broken.count < 8 {
            var next = history
            var left = rest
            switch stray {
            case .skip: left = left.dropFirst()
            case .fail(let dice):
                guard let first = left.popFirst() else { continue }
                next.failures = 100
                try next.play(Move(deed: first, dice: dice))
                next.failures = 0
            case .insert(let deed): try next.play(Move(deed: deed, dice: UInt64(depth)))
            }
            var end = next
            for (index, deed) in left.enumerated() {
                try end.play(Move(deed: deed, dice: UInt64(index)))
            }
            // The same events, times and truth again need no second look.
            guard outcome.distinct.insert(end.fingerprint ^ end.platform.fingerprint).inserted
            else { continue }
            outcome.tally.histories += 1
            for history in [next, end] {
                let proof = try Proof(history)
                outcome.tally.add(proof.tally)
                guard let what = proof.violations.first else { continue }
                outcome.tally.violations += 1
                if !outcome.broken.contains(where: { $0.what == what }) {
                    outcome.broken.append((what, TranscriptWriter(history).text))
                }
            }
            if depth > 1 { try explore(next, left, depth - 1, &outcome) }
        }
    }
}

/// What is done instead of, or before, the next step of the book.
private enum Stray {
    case skip
    /// The next step ends refused or unknown; the dice say which, and whether it acted.
    case fail(UInt64)
    case insert(Deed)

    static let all: [Stray] =
        [.skip] + [1, 2, 3, 5, 8, 13].map(Stray.fail)
        + ["prod", "prod2"].flatMap(on)
        + others.map(Stray.insert)

    private static func on(_ name: String) -> [Stray] {
        let deeds: [Deed] = [
            .act(.envMaintenance(environment: name, state: .on)),
            .act(.envMaintenance(environment: name, state: .off)),
            .act(.envDestroy(environment: name)),
            .act(.databaseLoad(environment: name, path: "a.sql")),
            .act(.configDefaultEnv(environment: name)),
            .act(
                .dnsSwitch(
                    DNSSwitch(host: Platform.hostnames[0], target: name, environment: name))),
        ]
        return deeds.map(Stray.insert)
    }

    private static let others: [Deed] = [
        .act(.snapshotDestroy(name: "pm")), .decide(.noGo),
        .decide(.testFailed(environment: "prod2")), .decide(.lossAccepted),
        .timeToLive(Platform.hostnames[0], 60),
        .decide(.holdPlaced(.environment("prod"), until: nil)), .follow(.cleanup),
        .follow(.rollback), .wait(61), .backUp,
        .act(.configSqlScript(change: .add, script: "wipe")),
        .act(.envSetting(environment: "prod", setting: "nfs", value: "ON")),
    ]
}
