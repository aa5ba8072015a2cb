import FleetModel
import FleetProof
import Foundation
import Ledger
import Projector
import Testing

/// A short run of what `scripts/prove` does at length.
@Suite struct ProofTests {
    static let seed =
        ProcessInfo.processInfo.environment["LEDGER_PROOF_SEED"].flatMap { UInt64($0) } ?? 2016
    static let count =
        ProcessInfo.processInfo.environment["LEDGER_PROOF_HISTORIES"].flatMap { Int($0) } ?? 200

    @Test(arguments: Operator.Method.allCases)
    func `a fully observed history by the book ends with the source in the plan`(
        method: Operator.Method
    ) throws {
        for seed in UInt64(0)..<3 {
            var dice = SplitMix(seed: seed)
            var history = History()
            for deed in Operator().book(method) {
                try history.play(Move(deed: deed, dice: dice.next()))
            }
            let plan = try history.planner().cleanup(migration: nil)
            let destroyed = plan.steps.filter {
                $0.command == .action(.envDestroy(environment: "prod"))
            }
            #expect(destroyed.count == 1, "\(seed): \(plan.resources)\n\(history.lines)")
            let proof = try Proof(history)
            #expect(proof.violations.isEmpty, "\(seed): \(history.lines)")
        }
    }

    @Test(arguments: Operator.Method.allCases)
    func `before the switch the way back of a history by the book is clean`(
        method: Operator.Method
    ) throws {
        var dice = SplitMix(seed: 3)
        var history = History()
        for deed in Operator().beginning(method) {
            try history.play(Move(deed: deed, dice: dice.next()))
        }
        let plan = try history.planner().rollback(migration: "move")
        #expect(plan.extra["verdict"] == .string("clean"), "\(plan.summary)")
    }

    @Test func `no random history makes a plan that breaks a promise`() throws {
        var tally = Tally()
        var seen: Set<String> = []
        for index in 0..<Self.count {
            let scenario = Scenario(seed: Self.seed &+ UInt64(index))
            let result = try scenario.prove()
            tally.add(result.tally)
            guard let (what, count) = result.broken, seen.insert(what).inserted else { continue }
            let report = try Shrinker(scenario.setup, isCareful: scenario.kind == .careful)
                .report(Array(scenario.moves.prefix(count)), what)
            Issue.record("\(what)\nscripts/prove --seed \(scenario.seed) --histories 1\n\(report)")
            if seen.count >= 5 { break }
        }
        print(
            "proof: \(tally.histories) histories from seed \(Self.seed), \(tally.plans) plans, \(tally.verdicts[.safe] ?? 0) safe verdicts, \(tally.ways["clean"] ?? 0) clean ways back, \(seen.count) kinds of violation"
        )
        #expect(tally.verdicts[.safe] ?? 0 > 0 && tally.ways["clean"] ?? 0 > 0)
        #expect(tally.booked == tally.planned && tally.sparse == tally.answered)
    }

    @Test func `the same seed gives the same history`() throws {
        for seed in UInt64(7)..<10 {
            let first = try Scenario(seed: seed).prove()
            #expect(try first.fingerprint == Scenario(seed: seed).prove().fingerprint)
        }
    }
}
