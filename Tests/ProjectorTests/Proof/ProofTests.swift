import FleetModel
import FleetProof
import Foundation
import Ledger
import Projector
import Testing

@Suite struct ProofTests {
    static let seed =
        ProcessInfo.processInfo.environment["LEDGER_PROOF_SEED"].flatMap { UInt64($0) } ?? 2016
    static let count =
        ProcessInfo.processInfo.environment["LEDGER_PROOF_HISTORIES"].flatMap { Int($0) } ?? 1500

    @Test(arguments: Operator.Method.allCases)
    func `a fully observed history by the book ends with the source in the plan`(
        method: Operator.Method
    ) throws {
        for seed in UInt64(0)..<20 {
            var dice = SplitMix(seed: seed)
            var history = History()
            for deed in Operator.beginning(method) + Operator.switchOver {
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
        for deed in Operator.beginning(method) {
            try history.play(Move(deed: deed, dice: dice.next()))
        }
        let plan = try history.planner().rollback(migration: "move")
        #expect(plan.extra["verdict"] == .string("clean"), "\(plan.summary)")
    }

    @Test func `no random history makes a plan that breaks a promise`() throws {
        var safe = 0
        var clean = 0
        var seen: Set<String> = []
        for index in 0..<ProofTests.count {
            let seed = ProofTests.seed &+ UInt64(index)
            let moves = ProofTests.moves(seed)
            let (broken, proven) = try ProofTests.firstViolation(moves, everyMove: false, seed)
            safe += proven.safe
            clean += proven.clean
            guard let broken else { continue }
            let kind = broken
            if !seen.insert(kind).inserted { continue }
            Issue.record(
                Comment(
                    rawValue: try Shrinker(failures: ProofTests.failures(seed)).report(
                        moves, kind, seed)))
            if seen.count >= 12 { break }
        }
        print(
            "proof: \(ProofTests.count) histories from seed \(ProofTests.seed), \(safe) safe verdicts, \(clean) clean rollbacks, \(seen.count) kinds of violation"
        )
        #expect(safe > 0 && clean > 0)
    }

    static func moves(_ seed: UInt64) -> [Move] {
        var hand = Operator(dice: SplitMix(seed: seed))
        let method = hand.dice.pick(Operator.Method.allCases)
        let wildness = hand.dice.pick([0, 1, 2, 4, 8, 20])
        return hand.history(method, wildness: wildness)
    }

    static func failures(_ seed: UInt64) -> Int { [0, 4, 10][Int(seed % 3)] }

    /// Plays moves and checks at some of them, or at each.
    static func firstViolation(
        _ moves: [Move], everyMove: Bool, _ seed: UInt64, kind: String? = nil
    ) throws -> (String?, (safe: Int, clean: Int)) {
        var history = History()
        history.failures = failures(seed)
        var counts = (safe: 0, clean: 0)
        for (index, move) in moves.enumerated() {
            try history.play(move)
            guard everyMove || index == moves.count - 1 || move.dice % 8 == 0 else { continue }
            let proof = try Proof(history)
            counts.safe += proof.safe
            counts.clean += proof.clean
            let found = proof.violations.first {
                kind == nil || $0 == kind
            }
            if let found { return (found, counts) }
        }
        return (nil, counts)
    }
}
