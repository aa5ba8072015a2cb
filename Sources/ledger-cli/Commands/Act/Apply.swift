import ArgumentParser
import Ledger
import Projector

/// The command `apply`.
struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Carry out a saved plan, step by step.",
        discussion: """
            Before every step the plan is made again from all that is known then; when the \
            remaining steps are not the same it stops and prints the difference. Before anything \
            is destroyed the platform is read again. A question of the platform is answered only \
            when it names what the step is about. It waits until an effect is seen where the next \
            step leans on it, and stops at whatever is refused or unknown. Interrupted, the same \
            command goes on. A plan is carried out once. At a terminal it asks once before the \
            first step; where nobody can be asked it does not ask and carries the plan out, with \
            --yes or without: --dry-run only looks.

            EXAMPLES
              $ ledger-cli plan cleanup --save cleanup.json
              $ ledger-cli apply cleanup.json --dry-run
              $ ledger-cli apply cleanup.json --yes

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .notSafe, .noLedger, .busy])) · 127 no such \
            command as fleet
            """)

    @Argument(help: "The plan's file or digest.", completion: .file()) var plan: String

    @Flag(help: "Only show what would be done.") var dryRun = false

    @Flag(help: "Do not ask before the first step at a terminal.") var yes = false

    @Option(
        help: ArgumentHelp("Say that a step that is done by hand is done.", valueName: "number"))
    var done: Int?

    @Option(help: ArgumentHelp("The DNS server (else LEDGER_RESOLVER).", valueName: "host:port"))
    var resolver: String?

    @Option(help: ArgumentHelp("How long an effect is waited for (else 60m).", valueName: "span"))
    var timeout: String = "60m"

    @Option(help: ArgumentHelp("How long a command may take (else 5m).", valueName: "span"))
    var commandTimeout: String = "5m"

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if Policy.span(timeout) == nil || Policy.span(commandTimeout) == nil {
            throw ValidationError("expected a span like 90s, 5m or 24h")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        try global.refuseNow()
        let server = try NameServer.chosen(resolver)
        let issued = try IssuedPlan.find(plan, global)
        guard issued.plan.kind != .next else { throw ApplyError.onlyShows(issued.name) }
        let applying = try Applying(
            issued, global, server: server, timeout: Policy.span(timeout) ?? .hours(1),
            commandLimit: Policy.span(commandTimeout) ?? .minutes(5))
        if let done { try ByHand(applying).say(done: done) }
        let evaluation = try applying.evaluation()
        try evaluation.remark()
        let chain = try applying.chain()
        try chain.check(
            at: Surroundings.current.clock(), approvals: evaluation.state.policy.approvals)
        let replanning = try Replanning(chain, try evaluation.planner())
        if dryRun { return try show(issued, chain, replanning, format) }
        if !yes, try !isWanted(issued, replanning) {
            throw CLIError.usage("not confirmed; nothing was done", hint: "--yes does not ask")
        }
        do {
            try applying.run()
        } catch let stop as ApplyStop {
            throw ApplyFailure(
                complaint: stop.complaint(issued).adding(try applying.chain().leftOpen))
        } catch let lost as UnrecordedOutcome {
            throw RunStatus.unrecorded(lost)
        }
        let ended = try applying.chain()
        guard format == .json else {
            return try Output.line(
                "plan \(issued.name) is carried out: \(issued.plan.steps.count) steps"
                    + PlanPrinter.cited(ended.finished.map { [$0.sequence] } ?? []))
        }
        try Output.json(json(issued, ended))
    }

    /// Asks a person at a terminal; a program that names a plan means it.
    private func isWanted(_ issued: IssuedPlan, _ replanning: Replanning) throws -> Bool {
        let surroundings = Surroundings.current
        guard surroundings.errors.isTerminal, OperatingSystem.isTerminal(0) else { return true }
        for (number, step) in replanning.left {
            try surroundings.errors.line(
                "  \(number). \(PlanPrinter.what(step, in: issued.plan))")
        }
        try surroundings.errors.write(Array("Carry out plan \(issued.name)? yes or no: ".utf8))
        try surroundings.errors.flush()
        return readLine()?.lowercased() == "yes"
    }

    private func show(
        _ issued: IssuedPlan, _ chain: PlanChain, _ replanning: Replanning, _ format: OutputFormat
    ) throws {
        if format == .json {
            var object = json(issued, chain)
            object["stale"] = .bool(replanning.isStale)
            object["difference"] = .array(
                (replanning.isStale ? replanning.difference : []).map { .string($0) })
            try Output.json(object)
        } else {
            for (index, step) in issued.plan.steps.enumerated() {
                let isLeft = replanning.left.contains { $0.number == index + 1 }
                let state =
                    isLeft
                    ? chain.attempt(at: step).map { "\($0.outcome.rawValue) before" } ?? "to do"
                    : "done"
                try Output.line(
                    "  \(index + 1). \(PlanPrinter.what(step, in: issued.plan))  (\(state))")
            }
            try Output.line(
                replanning.isStale
                    ? "stale: the ledger asks for something else now"
                    : "\(replanning.left.count) of \(issued.plan.steps.count) steps to do")
            if replanning.isStale { try Output.lines(replanning.difference) }
        }
        if replanning.isStale { throw Exit(status: .notSafe) }
    }

    private func json(_ issued: IssuedPlan, _ chain: PlanChain) -> JSONObject {
        JSONObject([
            ("digest", .string(issued.issue.digest)),
            ("completed", chain.finished.map { .bool($0.completed) }),
            ("sequence", chain.finished.map { .integer($0.sequence.number) }),
            (
                "steps",
                .array(
                    issued.plan.steps.enumerated().map { index, step in
                        let attempt = chain.attempt(at: step)
                        return .object(
                            JSONObject([
                                ("number", .integer(index + 1)),
                                ("resource", .string(step.resource.description)),
                                ("done", .bool(chain.isDone(step, number: index + 1))),
                                ("outcome", attempt.map { .string($0.outcome.rawValue) }),
                                ("event", attempt.map { .integer($0.sequence.number) }),
                            ]))
                    })
            ),
        ])
    }
}

/// A plan was not carried out to its end, in words for people.
struct ApplyFailure: Error {
    let complaint: Complaint
}
