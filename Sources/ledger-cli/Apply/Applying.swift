import Fleet
import Ledger
import Projector

/// Carries a plan out, step by step, and stops at whatever is not as the plan has it.
///
/// Nothing is kept but the ledger: after an interruption the same command goes on, since every try
/// at a step names the plan in its event.
struct Applying {
    let issued: IssuedPlan
    let global: GlobalOptions
    let server: NameServer?
    /// How long an effect is waited for.
    let timeout: Span
    /// How long a command may take; dumps and loads take as long as they take.
    let commandLimit: Span

    let store: LedgerStore
    let actor: Actor

    /// Prepares the carrying out of a plan.
    ///
    /// - Throws: `CLIError`, `StoreError`.
    init(
        _ issued: IssuedPlan, _ global: GlobalOptions, server: NameServer?, timeout: Span,
        commandLimit: Span
    ) throws {
        self.issued = issued
        self.global = global
        self.server = server
        self.timeout = timeout
        self.commandLimit = commandLimit
        store = try global.open(readOnly: false)
        actor = try global.who()
    }

    /// What the ledger knows of the plan now.
    ///
    /// - Throws: `StoreError`.
    func chain() throws -> PlanChain { try PlanChain(issued, store) }

    /// Carries out what is left and records that the plan has ended.
    ///
    /// - Throws: `ApplyStop`, `ApplyError`; what running and looking throw.
    func run() throws {
        do {
            try carryOut()
            try seeEverything()
            try finish(completed: true)
        } catch let stop as ApplyStop {
            if try isSpent(by: stop) { try finish(completed: false) }
            throw stop
        }
    }

    /// True when a plan that stopped can never go on: the platform said no, or after some of it was
    /// done the rest is no more what is to be done.
    ///
    /// One of which nothing was done may be tried again, and one with a step of unknown outcome
    /// once it was looked at what came of it.
    private func isSpent(by stop: ApplyStop) throws -> Bool {
        switch stop {
        case .refused: return true
        case .stale:
            let attempts = try chain().attempts
            return !attempts.isEmpty && attempts.allSatisfy { $0.outcome == .accepted }
        default: return false
        }
    }

    private func carryOut() throws {
        var tried: Set<Int> = []
        var seen: Set<Int> = []
        while true {
            let chain = try chain()
            let evaluation = try evaluation()
            let clock = Surroundings.current.clock()
            try chain.check(at: clock, approvals: evaluation.state.policy.approvals)
            try ApplyStop.refuse(evaluation.prematurity(clock: clock).map { [$0] } ?? [])
            let replanning = try Replanning(chain, try evaluation.planner())
            try ApplyStop.refuse(overtaken: replanning)
            guard let (number, step) = replanning.left.first else { return }
            if tried.contains(number) {
                var action: Action?
                if case .action(let known) = step.command { action = known }
                throw ApplyStop.unknown(
                    number, PlanPrinter.what(step, in: issued.plan), action)
            }
            for earlier in prerequisites(of: number) where seen.insert(earlier).inserted {
                try wait(forStep: earlier, chain, evaluation.state.policy)
            }
            guard step.isForCommand else {
                try ByHand(self).settle(number, step, chain)
                continue
            }
            if try carryOut(number, step) { tried.insert(number) }
        }
    }

    /// The steps whose effect must be seen before: those that a clean-up names, and in a way back
    /// all, since each of its steps leans on the one before.
    private func prerequisites(of number: Int) -> [Int] {
        issued.plan.kind == .rollback
            ? Array(1..<number) : issued.plan.steps[number - 1].after
    }

    /// Plans again and runs one step's command; false when the ledger moved on meanwhile.
    private func carryOut(_ number: Int, _ step: Step) throws -> Bool {
        guard case .action(let action) = step.command else { return true }
        if step.isDestructive || step.opensTheWay {
            // Protection is taken off only where what follows may follow.
            let obstacles = try FreshLook.take(
                before: action.opened ?? action, try observer(), cause: issued.id,
                created: try incarnation(of: action))
            guard obstacles.isEmpty else {
                // What a look shows gone is no obstacle to it any more: the plan is another one.
                let replanning = try Replanning(try self.chain(), try self.evaluation().planner())
                try ApplyStop.refuse(overtaken: replanning)
                throw ApplyStop.obstacles(obstacles)
            }
        }
        let evaluation = try evaluation()
        let chain = try chain()
        try chain.check(
            at: Surroundings.current.clock(), approvals: evaluation.state.policy.approvals)
        let planner = try evaluation.planner()
        let replanning = try Replanning(chain, planner)
        if step.isDestructive || step.opensTheWay { try ApplyStop.refuse(planner.untimely) }
        guard !replanning.isStale else { throw ApplyStop.stale(replanning.difference) }
        guard replanning.left.first?.number == number else { return false }
        try say("\(number). \(PlanPrinter.what(step, in: issued.plan))")
        do {
            try run(
                number, action, head: evaluation.head.size,
                others: planner.knownNames)
        } catch StoreError.sizeDiffers {
            // Somebody recorded something between planning and acting: plan once more.
            return false
        }
        return true
    }

    private func run(_ number: Int, _ action: Action, head: Int, others: Set<String>) throws {
        let files = action.files
        let command = try PlatformCommand(
            Grammar.render(action), input: files.input, output: files.output)
        var program: Program
        do {
            program = try Program(command.words)
        } catch {
            throw RunStatus(error)
        }
        let surroundings = Surroundings.current
        program.input = .empty
        if let environment = Echo.answer(action) {
            let confirmation = Confirmation(environment: environment, others: others)
            program.input = .answers { confirmation.answer(to: $0, $1) }
        }
        // What the platform says is for the person who watches; our answer is how it ended.
        program.output = surroundings.errors.target
        program.staysTerminal = false
        if files.input == nil, files.output == nil {
            program.limit = Int(commandLimit.milliseconds)
        }
        var opened = RunFiles()
        defer { opened.close() }
        program = try opened.connect(command, program)
        try surroundings.errors.flush()
        let context = PlatformRunner.Context(
            plan: issued.issue.digest, cause: issued.id, expectedSize: head)
        let report = try PlatformRunner(store, actor: actor).run(command, program, context)
        if let question = report.result.unanswered, report.outcome != .accepted {
            throw ApplyStop.unanswered(number, question, action)
        }
        switch report.outcome {
        case .accepted?:
            // Whoever stops a plan while a step is under way does not want the next one.
            if report.result.interruption != nil { throw ApplyStop.interrupted(number) }
        case .refused?:
            let lines = report.result.printed.split(whereSeparator: \.isNewline)
            throw ApplyStop.refused(number, lines.last.map(String.init) ?? "no word why")
        default: throw ApplyStop.unknown(number, Shell.quote(command.words), command.action)
        }
    }

    /// Says at once what is going on, beside the answer.
    private func say(_ text: String) throws {
        try Output.note("ledger: \(text)")
        try Surroundings.current.errors.flush()
    }

    // MARK: Looking

    /// The platform's date of the environment that the plan means.
    private func incarnation(of action: Action) throws -> Timestamp? {
        let name: String
        switch action {
        case .envDestroy(let environment, _, _), .envProtected(let environment, _):
            name = environment
        default: return nil
        }
        let then = try Evaluation(
            global, .asked(knownAt: issued.issue.size), fromLog: true)
        let planner = try Planner(
            state: then.state, now: issued.issue.now, head: then.head, renderer: .fleet)
        return planner.world.incarnations[name]?.last?.created
    }

    /// What the ledger says now.
    ///
    /// - Throws: `StoreError`.
    func evaluation() throws -> Evaluation { try Evaluation(global, .asked(), fromLog: true) }

    /// Someone who looks.
    ///
    /// - Throws: `StoreError`.
    func observer() throws -> Observer { try Observer(global, server: server) }

    private func wait(forStep number: Int, _ chain: PlanChain, _ policy: Policy) throws {
        let step = issued.plan.steps[number - 1]
        guard let attempt = chain.attempt(at: step),
            let condition = step.completion(acceptedAt: attempt.time, policy)
        else { return }
        try wait(for: condition)
    }

    private func wait(for condition: Condition) throws {
        let end = try Waiting(observer: try observer(), timeout: timeout, cause: issued.id)
            .wait(for: condition)
        guard end.isMet else { throw ApplyStop.notSeen(condition, end.last) }
        try say("seen: \(condition)\(PlanPrinter.cited(end.events.suffix(1)))")
    }

    /// Sees the effect of every step, and what a destroyed environment leaves behind.
    private func seeEverything() throws {
        let chain = try chain()
        let policy = try evaluation().state.policy
        for number in issued.plan.steps.indices.map({ $0 + 1 }) {
            try wait(forStep: number, chain, policy)
        }
        for step in issued.plan.steps {
            guard case .action(.envDestroy(let name, _, _)) = step.command else { continue }
            let look = try observer().see(.platform(.snapshotList(nil)), cause: issued.id).look
            guard case .snapshots(_, let listing) = look.observation else { continue }
            for row in listing.rows where row.environment == name && row.status == "CREATING" {
                try wait(for: .status(.snapshot(.database, row.snapshot), "AVAILABLE"))
            }
        }
    }

    // MARK: Recording

    /// Writes down how the plan ended, once: of two who carried it out, whoever comes later leaves
    /// it at what the other one wrote.
    private func finish(completed: Bool) throws {
        while true {
            let size = try store.size()
            guard try chain().finished == nil else { return }
            do {
                _ = try append(
                    .decision(.planFinished(digest: issued.issue.digest, completed: completed)),
                    basis: .executed, expectedSize: size)
                return
            } catch StoreError.sizeDiffers { continue }
        }
    }

    /// Records something that follows from the plan.
    ///
    /// - Throws: `StoreError`.
    func append(
        _ payload: EventPayload, basis: Basis, attachments: [String: AttachmentContent] = [:],
        expectedSize: Int? = nil
    ) throws -> [Appended] {
        let now = Surroundings.current.clock()
        var random = SystemRandomNumberGenerator()
        let draft = EventDraft(
            id: EventID(time: now, using: &random), payload: payload, time: now, actor: actor,
            basis: basis, migration: issued.issue.migration, cause: issued.id,
            traceparent: TraceContext.current, attachments: attachments)
        return try store.append([draft], recordedTime: now, expectedSize: expectedSize)
    }
}
