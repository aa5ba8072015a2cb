import Fleet
import Ledger
import Projector

/// A plan compared with what the events give now.
struct Replanning {
    /// The steps of the plan that are left, with their numbers.
    let left: [(number: Int, step: Step)]
    /// The steps that the events ask for now, those that this plan has done aside.
    let current: [Step]
    /// The plan that the events give now.
    let plan: Plan
    private let issued: Plan
    /// What the plan still means to destroy and is gone or going.
    private let vanished: Set<Resource>

    /// Plans again at the present head.
    ///
    /// - Throws: `PlanError`.
    init(_ chain: PlanChain, _ planner: Planner) throws {
        issued = chain.issued.plan
        let issue = chain.issued.issue
        let numbered = issued.steps.enumerated().map { (number: $0.offset + 1, step: $0.element) }
        let plan = try planner.plan(issue.plan, migration: issue.migration)
        self.plan = plan
        left = numbered.filter { number, step in
            !chain.isDone(step, number: number)
                && !Replanning.hasTakenEffect(step, chain, plan, planner)
        }
        vanished = Set(
            left.filter(\.step.isDestructive).map(\.step.resource).filter { resource in
                Replanning.isGone(resource, planner)
            })
        var steps = plan.steps
        for (number, step) in numbered where !left.contains(where: { $0.number == number }) {
            if let index = steps.firstIndex(where: { $0.isSame(as: step) }) {
                steps.remove(at: index)
            }
        }
        if issued.kind == .rollback, plan.extra["verdict"]?.string == "nothing" {
            // Once customers are served again, what is left to do is to clean up.
            let cleanup = try planner.cleanup(migration: issue.migration).steps
            let wanted = left.map(\.step)
            steps = cleanup.filter { step in wanted.contains { $0.isSame(as: step) } }
        }
        current = steps
    }

    /// True when a step of unknown outcome was seen to have worked: it is asked for no more, and
    /// what was to be destroyed is gone or going.
    private static func hasTakenEffect(
        _ step: Step, _ chain: PlanChain, _ plan: Plan, _ planner: Planner
    ) -> Bool {
        guard let attempt = chain.attempt(at: step), attempt.outcome != .refused,
            !plan.steps.contains(where: { $0.isSame(as: step) })
        else { return false }
        return !step.isDestructive || isGone(step.resource, planner)
    }

    private static func isGone(_ resource: Resource, _ planner: Planner) -> Bool {
        let verdict = planner.verdict(of: resource)
        return verdict?.verdict == .gone
            || verdict?.reasons.contains { $0.rule == .beingDestroyed } ?? false
    }

    /// True when the remaining steps are no more what the events ask for.
    ///
    /// A rollback may ask for more at its end, once customers are back: that is another plan's.
    var isStale: Bool {
        if isWorse { return true }
        guard current.count == left.count || issued.kind == .rollback && current.count > left.count
        else { return true }
        return !zip(left, current).allSatisfy { $0.step.isSame(as: $1) }
    }

    /// True when a thing that the plan still means to destroy is gone or going without it: whatever
    /// is looked at again, the plan stays stale.
    var isOvertaken: Bool { isStale && left.contains { vanished.contains($0.step.resource) } }

    private var isWorse: Bool {
        guard issued.kind == .rollback else { return false }
        let order = ["nothing", "clean", "lossy", "restore", "unknown", "impossible"]
        func rank(_ plan: Plan) -> Int {
            order.firstIndex(of: plan.extra["verdict"]?.string ?? "") ?? order.count
        }
        return rank(plan) > rank(issued)
    }

    /// What differs, for people: steps that went and came, and why.
    var difference: [String] {
        var lines: [String] = []
        if isWorse {
            lines.append("verdict: \(plan.extra["verdict"]?.string ?? "unknown"): \(plan.summary)")
        }
        let gone = left.filter { entry in !current.contains { $0.isSame(as: entry.step) } }
        for (number, step) in gone {
            lines.append("- \(number). \(PlanPrinter.what(step, in: plan))")
            let verdict = plan.resources.first { $0.resource == step.resource }
            lines += (verdict?.reasons ?? []).flatMap(PlanPrinter.lines)
        }
        for step in current where !left.contains(where: { $0.step.isSame(as: step) }) {
            lines.append("+ \(PlanPrinter.what(step, in: plan))")
        }
        if lines.isEmpty { lines.append("the same steps in another order") }
        return lines
    }
}

extension Step {
    /// True when two steps do the same to the same thing.
    func isSame(as other: Step) -> Bool { resource == other.resource && command == other.command }
}

extension PlanPrinter {
    /// What a step does, in one line.
    static func what(_ step: Step, in plan: Plan) -> String {
        if case .manual(let words) = step.command { return "by hand: \(Table.printable(words))" }
        return Table.printable(command(of: step, in: plan))
    }
}
