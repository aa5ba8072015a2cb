import Ledger
import Projector

/// What is true of every resource, as `status --format json` says it.
enum StateAnswer {
    /// The state of an evaluation.
    ///
    /// - Throws: `PlanError`.
    static func json(_ evaluation: Evaluation) throws -> JSONObject {
        let planner = try evaluation.planner()
        let overview = planner.overview()
        let next = try? planner.next(migration: nil)
        return [
            "now": .string(evaluation.now.description),
            "head": [
                "size": .integer(evaluation.head.size), "root": .string(evaluation.head.root),
            ],
            "inDoubt": .array(
                overview.inDoubt.map {
                    [
                        "resource": .string($0.action.subject.description),
                        "action": .string($0.action.name.rawValue),
                        "outcome": .string($0.outcome.rawValue),
                        "evidence": .array($0.evidence.map { .integer($0.number) }),
                    ]
                }),
            "next": next.map { .object($0.json) } ?? .null,
            "resources": .array(
                overview.rows.map { row in
                    var object: JSONObject = ["resource": .string(row.resource.description)]
                    for (name, cell) in row.cells {
                        object[name] = [
                            "value": .string(cell.text),
                            "evidence": .array(cell.evidence.map { .integer($0.number) }),
                        ]
                    }
                    return .object(object)
                }),
        ]
    }
}
