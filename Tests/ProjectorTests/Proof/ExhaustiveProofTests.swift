import FleetProof
import Foundation
import Testing

/// Every way to stray from the book, at some places; `scripts/prove --depth` does it at all.
@Suite struct ExhaustiveProofTests {
    /// How many strays in a row: `LEDGER_PROOF_DEPTH`, one unless said otherwise.
    static let depth =
        ProcessInfo.processInfo.environment["LEDGER_PROOF_DEPTH"].flatMap { Int($0) } ?? 1

    @Test(arguments: Operator.Method.allCases)
    func `no stray from the book makes a plan that breaks a promise`(method: Operator.Method) throws
    {
        let exploration = Exploration(method, depth: Self.depth)
        var outcome = Exploration.Outcome()
        for place in exploration.places where place % 9 == 1 {
            outcome.add(try exploration.explore(at: place))
        }
        print(
            "proof: \(outcome.distinct.count) distinct histories of \(method.rawValue) at depth \(Self.depth)"
        )
        #expect(outcome.distinct.count > 50)
        for found in outcome.broken { Issue.record("\(found.what)\n\(found.history)") }
    }
}
