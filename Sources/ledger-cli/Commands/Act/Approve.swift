import ArgumentParser
import Ledger
import Projector

/// The command `approve`.
struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve a saved plan of someone else.",
        discussion: """
            Derives the plan anew from the events that it was made of, compares the digest, prints \
            the steps and records the approval of that digest. Whoever issued a plan cannot \
            approve it. Policy approvals says how many must before apply carries it out; a single \
            command under run needs none, for there the guard alone decides.

            EXAMPLES
              $ ledger-cli approve cleanup.json
              $ ledger-cli approve 2ee9703f151b --actor bob

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .notSafe, .noLedger, .busy]))
            """)

    @Argument(help: "The plan's file or digest.", completion: .file()) var plan: String
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        try global.refuseNow()
        let actor = try global.who()
        let issued = try IssuedPlan.find(plan, global)
        let store = try global.open(readOnly: false)
        let chain = try PlanChain(issued, store)
        let now = Surroundings.current.clock()
        try chain.check(at: now, approvals: 0)
        guard actor != issued.issuer else {
            throw ApplyError.ownApproval(issued.name, issuer: actor.id)
        }
        let wanted = try Evaluation(global, .asked()).state.policy.approvals
        var count = chain.approvals.count
        var appended: [Appended] = []
        if !chain.approvals.contains(actor.id) {
            var random = SystemRandomNumberGenerator()
            let draft = EventDraft(
                id: EventID(time: now, using: &random),
                payload: .decision(.planApproved(digest: issued.issue.digest)), time: now,
                actor: actor, basis: .reported, migration: issued.issue.migration,
                cause: issued.id, traceparent: TraceContext.current)
            appended = try store.append([draft], recordedTime: now)
            Surroundings.current.recorded.note(appended, as: draft.type)
            count += 1
        }
        if format == .json {
            return try Output.json(
                JSONObject([
                    ("digest", .string(issued.issue.digest)),
                    ("sequence", appended.first.map { .integer($0.sequence.number) }),
                    ("approvals", .integer(count)), ("wanted", .integer(wanted)),
                ]))
        }
        for (index, step) in issued.plan.steps.enumerated() {
            try Output.line("  \(index + 1). \(PlanPrinter.what(step, in: issued.plan))")
        }
        let place = appended.first.map { "event \($0.sequence)" } ?? "approved by you before"
        let share =
            wanted == 0
            ? "\(count) \(count == 1 ? "approval" : "approvals"), none is required"
            : "\(count) of \(wanted) approvals"
        try Output.line("approved plan \(issued.name), \(place); \(share)")
    }
}

extension GlobalOptions {
    /// Refuses another present for what is done now.
    ///
    /// - Throws: `CLIError.usage`.
    func refuseNow() throws(CLIError) {
        guard now == nil else {
            throw .usage("--now: what is done is done now", hint: "leave --now out")
        }
    }
}
