import ArgumentParser
import Ledger
import Projector

/// The command `plan verify`, also `plan --verify DIGEST`.
struct PlanVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Derive a saved plan again and compare.",
        discussion: """
            Replays the ledger to the head that the plan was made from, under the policy of that \
            day, and derives it again: the same digest means that the plan follows from the events \
            and nothing else. plan --verify DIGEST is the same.

            EXAMPLES
              $ ledger-cli plan verify cleanup.json
              $ ledger-cli plan --verify 2ee9703f151b

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy]))
            """)

    @Argument(help: "The plan's file or digest.", completion: .file()) var plan: String
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let issued = try IssuedPlan.find(plan, global)
        let chain = try PlanChain(issued, try global.open())
        if format == .json {
            return try Output.json(
                JSONObject([
                    ("digest", .string(issued.issue.digest)), ("derived", .bool(true)),
                    ("head", .integer(issued.issue.size)),
                    ("sequence", .integer(issued.sequence.number)),
                    ("issuer", .string(issued.issuer.id)),
                    ("approvals", .array(chain.approvals.map { .string($0) })),
                    ("completed", chain.finished.map { .bool($0.completed) }),
                ]))
        }
        try Output.line(
            "plan \(issued.name) follows from events 1 to \(issued.issue.size): "
                + "\(issued.plan.steps.count) steps")
        try Output.line(
            "issued by \(Table.printable(issued.issuer.id)) [\(issued.sequence)]; approved by "
                + (chain.approvals.isEmpty
                    ? "nobody"
                    : chain.approvals.map(Table.printable).joined(separator: ", ")))
        if let finished = chain.finished {
            try Output.line(
                (finished.completed ? "carried out" : "ended without being carried out")
                    + " [\(finished.sequence)]")
        }
    }
}
