import FleetProof
import Projector
import Testing

/// The mutation check in small: every rule is what keeps something, and no other rule keeps it.
@Suite struct NecessityTests {
    @Test(arguments: RuleName.allCases)
    func `without this rule something that it keeps would be destroyed`(rule: RuleName) throws {
        let necessity = Necessity(rule)
        let kept = try necessity.verdict(without: LeftOut.rule)
        #expect(kept.verdict != .safe, "\(rule.rawValue) keeps nothing")
        #expect(kept.reasons.contains { $0.rule == rule } || rule == .abandoned)
        let lost = try necessity.verdict(without: rule)
        // Gone is what the history itself destroyed by a plan without the rule.
        #expect(
            [.safe, .gone].contains(lost.verdict),
            "kept all the same: \(lost.reasons.map(\.message))")
    }
}
