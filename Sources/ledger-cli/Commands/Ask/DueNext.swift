import Fleet
import Ledger
import Projector

/// What is due: in the only open migration, or in each of them.
struct DueNext: Sendable {
    /// The plans; one, unless several migrations are open.
    private(set) var plans: [Plan] = []
    /// True when there is one plan for each open migration.
    private(set) var isEach = false
    /// How many more migrations are open.
    private(set) var omitted = 0
    /// Why nothing can be said.
    private(set) var obstacle: String?

    /// For so many open migrations a plan is made.
    private static let limit = 8

    /// What is due by a planner.
    init(_ planner: Planner) {
        do {
            plans = [try planner.next(migration: nil)]
        } catch .ambiguousMigration(let names) {
            isEach = true
            omitted = max(0, names.count - DueNext.limit)
            plans = names.suffix(DueNext.limit).compactMap { try? planner.next(migration: $0) }
        } catch {
            obstacle = error.description
        }
    }

    /// The plan when there is but one.
    var only: Plan? { isEach ? nil : plans.first }

    /// The command that a plan begins with: its first step, or the look that must come before.
    static func command(of plan: Plan) -> String? {
        if let step = plan.steps.first { return PlanPrinter.words(of: step, in: plan) }
        return plan.needs.first.map { Shell.quote($0.command) }
    }
}
