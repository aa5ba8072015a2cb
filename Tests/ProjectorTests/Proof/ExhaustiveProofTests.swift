import FleetModel
import FleetProof
import Foundation
import Ledger
import Projector
import Testing

/// Every way to stray from the book at every place, up to a depth, with the book resumed after it.
@Suite struct ExhaustiveProofTests {
    /// Every which step of the book is strayed from; a long run strays from each.
    static let stride =
        ProcessInfo.processInfo.environment["LEDGER_PROOF_DEPTH"] == nil ? 6 : 1

    /// How many strays in a row: `LEDGER_PROOF_DEPTH`, one unless said otherwise.
    static let depth =
        ProcessInfo.processInfo.environment["LEDGER_PROOF_DEPTH"].flatMap { Int($0) } ?? 1

    /// What is done instead of, or before, the next step of the book.
    private enum Stray {
        case skip
        /// The next step ends refused or unknown; the dice say which, and whether it acted.
        case fail(UInt64)
        case insert(Deed)
    }

    private static let strays: [Stray] =
        [.skip] + [1, 2, 3, 5, 8, 13].map(Stray.fail)
        + ["prod", "prod2"].flatMap { name -> [Stray] in
            [
                .insert(.act(.envMaintenance(environment: name, state: .on))),
                .insert(.act(.envMaintenance(environment: name, state: .off))),
                .insert(.act(.envDestroy(environment: name))),
                .insert(.act(.databaseLoad(environment: name, path: "a.sql"))),
                .insert(.act(.configDefaultEnv(environment: name))),
                .insert(
                    .act(
                        .dnsSwitch(
                            DNSSwitch(
                                host: Platform.hostnames[0], target: name, environment: name)))),
            ]
        } + [
            .insert(.act(.snapshotDestroy(name: "pm"))), .insert(.decide(.noGo)),
            .insert(.decide(.testFailed(environment: "prod2"))), .insert(.decide(.lossAccepted)),
            .insert(.timeToLive(Platform.hostnames[0], 60)),
            .insert(.decide(.holdPlaced(.environment("prod"), until: nil))),
            .insert(.follow(.cleanup)), .insert(.follow(.rollback)), .insert(.wait(61)),
        ]

    @Test(arguments: Operator.Method.allCases)
    func `no stray from the book makes a plan that breaks a promise`(method: Operator.Method) throws
    {
        let book = Operator().book(method)
        var distinct: Set<UInt64> = []
        var found: [String] = []
        var start = History()
        for index in book.indices {
            if index % Self.stride == 1 % Self.stride {
                try explore(start, book[index...], Self.depth, &distinct, &found)
            }
            try start.play(Move(deed: book[index], dice: UInt64(index)))
        }
        print("proof: \(distinct.count) distinct histories of \(method) at depth \(Self.depth)")
        #expect(distinct.count > book.count)
        for text in found.prefix(3) { Issue.record(Comment(rawValue: text)) }
    }

    private func explore(
        _ history: History, _ rest: ArraySlice<Deed>, _ depth: Int, _ distinct: inout Set<UInt64>,
        _ found: inout [String]
    ) throws {
        for stray in Self.strays where found.count < 3 {
            var next = history
            var left = rest
            switch stray {
            case .skip: left = left.dropFirst()
            case .fail(let dice):
                guard let first = left.popFirst() else { continue }
                next.failures = 100
                try next.play(Move(deed: first, dice: dice))
                next.failures = 0
            case .insert(let deed):
                try next.play(Move(deed: deed, dice: UInt64(depth)))
            }
            var end = next
            for (index, deed) in left.enumerated() {
                try end.play(Move(deed: deed, dice: UInt64(index)))
            }
            // The same events, times and truth again need no second look.
            guard distinct.insert(end.fingerprint).inserted else { continue }
            for history in [next, end] {
                guard let broken = try Proof(history).violations.first else { continue }
                found.append(
                    "\(broken)\n\(history.lines)\nnow \(Platform.time(history.platform.now).short)"
                )
            }
            if depth > 1 { try explore(next, left, depth - 1, &distinct, &found) }
        }
    }
}
