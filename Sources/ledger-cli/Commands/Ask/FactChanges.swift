import Ledger
import Projector

/// What is true at two points, and where they differ.
struct FactChanges {
    /// A fact that differs; nil where it did not exist.
    struct Change {
        let fact: String
        let from: String?
        let to: String?
    }

    /// The facts that differ, by name.
    let changes: [Change]

    /// The differences between two sets of facts.
    init(from before: [String: String], to after: [String: String]) {
        changes = Set(before.keys).union(after.keys).sorted()
            .filter { before[$0] != after[$0] }
            .map { Change(fact: $0, from: before[$0], to: after[$0]) }
    }

    /// What was true or known at a point, by name; each point is its own present, so that nothing
    /// seems unknown only because it is long ago.
    ///
    /// - Throws: `StoreError`, `PlanError`.
    static func facts(
        _ global: GlobalOptions, at: Timestamp? = nil, knownAt: Int? = nil
    ) throws -> [String: String] {
        var options = EvaluationOptions()
        options.at = at
        options.knownAt = knownAt
        let evaluation = try Evaluation(global, options)
        let planner = try at == nil ? evaluation.past() : evaluation.reader()
        var facts: [String: String] = [:]
        for row in planner.overview().rows {
            for (name, cell) in row.cells { facts["\(row.resource) \(name)"] = cell.text }
        }
        return facts
    }

    /// The changes as JSON.
    var json: JSONValue {
        .array(
            changes.map {
                [
                    "fact": .string($0.fact), "from": $0.from.map { .string($0) } ?? .null,
                    "to": $0.to.map { .string($0) } ?? .null,
                ]
            })
    }

    /// The changes as a table.
    var lines: [String] {
        guard !changes.isEmpty else { return [] }
        var table = Table("fact", "from", "to")
        for change in changes { table.add(change.fact, change.from ?? "-", change.to ?? "-") }
        return table.lines
    }
}
