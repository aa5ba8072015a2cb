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
            "inDoubt": overview.inDoubtJSON,
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
