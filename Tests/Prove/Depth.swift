import FleetProof
import Foundation

/// Strays from the book at every place, so many times in a row.
struct Depth {
    let depth: Int
    let jobs: Int

    /// True when every promise held.
    func run() async throws -> Bool {
        var isSound = true
        for method in Operator.Method.allCases {
            let exploration = Exploration(method, depth: depth)
            let outcome = try await withThrowingTaskGroup(of: Exploration.Outcome.self) { group in
                var places = exploration.places
                var all = Exploration.Outcome()
                for _ in 0..<max(1, jobs) {
                    if let place = places.popFirst() {
                        group.addTask { try exploration.explore(at: place) }
                    }
                }
                for try await part in group {
                    all.add(part)
                    if let place = places.popFirst() {
                        group.addTask { try exploration.explore(at: place) }
                    }
                }
                return all
            }
            print(
                "\(method.rawValue): \(outcome.distinct.count) distinct histories at depth \(depth), \(outcome.tally.plans) plans, \(outcome.tally.steps) steps executed, \(outcome.tally.violations) violations"
            )
            for found in outcome.broken { print("violation: \(found.what)\n\(found.history)") }
            isSound = isSound && outcome.broken.isEmpty
        }
        return isSound
    }
}
