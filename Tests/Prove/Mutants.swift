import FleetProof
import Foundation
import Projector

/// Leaves out each rule in turn: whatever nobody misses is not tested.
struct Mutants {
    let histories: Int
    let seed: UInt64
    let jobs: Int
    let caseResults: String?

    /// The rules that nothing missed.
    func run() async throws -> [RuleName] {
        var cases: [String: [String]] = [:]
        if let caseResults {
            for line in try String(contentsOfFile: caseResults, encoding: .utf8).split(
                separator: "\n")
            {
                let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
                if parts.count == 2 { cases[parts[0], default: []].append(parts[1]) }
            }
        }
        let found = try await withThrowingTaskGroup(of: (RuleName, String?).self) { group in
            var rules = RuleName.allCases[...]
            var found: [RuleName: String] = [:]
            for _ in 0..<max(1, jobs) {
                if let rule = rules.popFirst() { group.addTask { (rule, try notice(rule)) } }
            }
            for try await (rule, what) in group {
                found[rule] = what
                if let rule = rules.popFirst() { group.addTask { (rule, try notice(rule)) } }
            }
            return found
        }
        var survivors: [RuleName] = []
        for rule in RuleName.allCases {
            let tests = cases[rule.rawValue] ?? []
            let name = rule.rawValue + String(repeating: " ", count: 26 - rule.rawValue.count)
            let proof = found[rule].map { "proof: \($0)" }
            let test = tests.first.map {
                "tests: \($0)" + (tests.count > 1 ? " and \(tests.count - 1) more" : "")
            }
            let caught = [proof, test].compactMap { $0 }
            if caught.isEmpty { survivors.append(rule) }
            print(name + (caught.isEmpty ? "SURVIVES" : caught.joined(separator: "; ")))
        }
        print(
            "\(RuleName.allCases.count - survivors.count) of \(RuleName.allCases.count) rules are missed when left out"
        )
        return survivors
    }

    /// The first broken promise of random histories without a rule that are sound with it.
    private func notice(_ rule: RuleName) throws -> String? {
        for index in 0..<histories {
            let seed = self.seed &+ UInt64(index)
            guard let broken = try Scenario(seed: seed, without: rule).prove().broken else {
                continue
            }
            // What breaks with every rule in place too says nothing of this one.
            if try Scenario(seed: seed, without: nil).prove().broken?.what == broken.what {
                continue
            }
            return "\(broken.what) (seed \(seed))"
        }
        return nil
    }
}
