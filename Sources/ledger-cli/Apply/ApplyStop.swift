import Fleet
import Ledger
import Projector

/// Why the carrying out of a plan does not go on.
enum ApplyStop: Error {
    /// The remaining steps are others now.
    case stale([String])
    /// Events tell of a time that has not come, or had not when they were recorded.
    case untimely([Obstacle])
    /// What a destruction leans on was not seen, or is another thing.
    case obstacles([FreshLook.Obstacle])
    /// A step's outcome is not known.
    case unknown(Int, String, Action?)
    /// The platform said no.
    case refused(Int, String)
    /// The platform asked something that is not understood to be about the step, and nothing was
    /// typed: the question.
    case unanswered(Int, String, Action)
    /// Something is to be done by hand: what, and what then.
    case byHand(Int, String, hints: [String])
    /// Somebody wanted it to stop while a step was under way.
    case interrupted(Int)
    /// An effect was not seen in time.
    case notSeen(Condition, String)

    /// Lets nothing be done while the time of events stands in the way.
    ///
    /// - Throws: `ApplyStop.untimely`.
    static func refuse(_ obstacles: [Obstacle]) throws {
        guard obstacles.isEmpty else { throw ApplyStop.untimely(obstacles) }
    }

    /// Stops a plan of which something that it means to destroy is gone without it.
    ///
    /// - Throws: `ApplyStop.stale`.
    static func refuse(overtaken replanning: Replanning) throws {
        if replanning.isOvertaken { throw ApplyStop.stale(replanning.difference) }
    }

    /// What is told of it.
    func complaint(_ issued: IssuedPlan) -> Complaint {
        let name = issued.name
        let again = "then: ledger-cli apply \(name)"
        switch self {
        case .stale(let difference):
            return Complaint(
                status: .notSafe,
                message: (["plan \(name): stale, the ledger asks for something else now"]
                    + difference).joined(separator: "\n"),
                hints: ["ledger-cli plan \(issued.issue.plan)"])
        case .untimely(let obstacles):
            return Complaint(
                status: .notSafe,
                message: (["plan \(name): nothing was done"]
                    + obstacles.map { "\($0.message)\(PlanPrinter.cited($0.evidence))" })
                    .joined(separator: "\n"),
                hints: obstacles.map(\.unblock) + [again])
        case .obstacles(let obstacles):
            let lines = obstacles.map { "\($0.place): \($0.what)" }
            return Complaint(
                status: .notSafe,
                message: ([
                    "plan \(name): nothing was destroyed, since not all was seen that it leans on"
                ]
                    + lines).joined(separator: "\n"),
                hints: ["ledger-cli observe", again])
        case .unknown(let number, let what, let action):
            let look =
                action.flatMap { $0.isShownByLooks ? nil : Grammar.render($0) }.map { command in
                    "no look shows it: ledger-cli record command --outcome accepted|refused -- \(Shell.quote(command))"
                } ?? "ledger-cli observe"
            return Complaint(
                status: .notSafe, message: "step \(number), \(what): nobody knows what came of it",
                hints: [look, again])
        case .unanswered(let number, let question, let action):
            return Complaint(
                status: .notSafe,
                message:
                    "step \(number): the platform asks what is not understood, and nothing was typed: \(Table.printable(question))",
                hints: [
                    "answer it yourself: ledger-cli observe, then ledger-cli run -- "
                        + Shell.quote(Grammar.render(action))
                ])
        case .refused(let number, let text):
            return Complaint(
                status: .failed, message: "step \(number): the platform refused: \(text)",
                hints: ["the plan is used up: ledger-cli observe, then plan again"])
        case .byHand(let number, let text, let hints):
            return Complaint(
                status: .notSafe, message: "step \(number) is done by hand: \(text)", hints: hints)
        case .interrupted(let number):
            return Complaint(
                status: .failed,
                message: "interrupted: step \(number) is done and recorded, nothing after it",
                hints: [again])
        case .notSeen(let condition, let last):
            return Complaint(
                status: .notSafe, message: "not seen in time: \(condition); at last \(last)",
                hints: [again])
        }
    }
}
