import ArgumentParser
import Ledger
import Projector

/// The command `plan`.
struct PlanGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Derive the next step, the way back or the clean-up.",
        discussion: """
            A plan is derived from the events alone and cites them; making one changes nothing. \
            Only what every rule calls safe becomes a step, everything else is listed with all \
            its reasons. The status is 0 whenever there is an answer.

            EXAMPLES
              $ ledger-cli plan next
              $ ledger-cli plan rollback --at 2017-05-03T21:50:00Z
              $ ledger-cli plan cleanup --format json

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """,
        subcommands: [PlanNext.self, PlanRollback.self, PlanCleanup.self, PlanVerify.self])
}

/// What every kind of plan takes.
struct PlanOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The migration (else the only open one; all of them for cleanup).", valueName: "name"))
    var migration: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write the plan there as JSON and record that it was issued.", valueName: "file"),
        completion: .file())
    var save: String?
}

/// The command `plan next`.
struct PlanNext: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Show the step of the procedure that is due.",
        discussion: """
            What must be observed first, the step or steps that are due, what would be unsafe \
            now, and the questions that the clean-up will ask later.

            EXAMPLES
              $ ledger-cli plan next --migration plan-move

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)
    @OptionGroup var options: PlanOptions
    @OptionGroup var evaluation: EvaluationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let asked = try Evaluation(global, evaluation)
        try asked.remark()
        let planner = try asked.planner()
        let plan = try planner.next(migration: options.migration)
        try options.issue(plan, evaluation, global)
        try PlanPrinter.print(plan, global)
    }
}

/// The command `plan rollback`.
struct PlanRollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Show the way back and what it would lose.",
        discussion: """
            The verdict is about customers' service and data: nothing, clean, lossy, restore, \
            impossible or unknown. The points of no return are shown with the events that passed them.

            EXAMPLES
              $ ledger-cli plan rollback --at 2017-05-03T21:50:00Z

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)
    @OptionGroup var options: PlanOptions
    @OptionGroup var evaluation: EvaluationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let asked = try Evaluation(global, evaluation)
        try asked.remark()
        let planner = try asked.planner()
        let plan = try planner.rollback(migration: options.migration)
        try options.issue(plan, evaluation, global)
        try PlanPrinter.print(plan, global)
    }
}

/// The command `plan cleanup`.
struct PlanCleanup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleanup",
        abstract: "Show what may be destroyed now, and why the rest not.",
        discussion: """
            Every resource that the ledger knows gets a verdict: safe, blocked, unknown, \
            not-ours or gone. Only safe ones have steps.

            EXAMPLES
              $ ledger-cli plan cleanup
              $ ledger-cli plan cleanup --format sh > cleanup.sh

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)
    @OptionGroup var options: PlanOptions
    @OptionGroup var evaluation: EvaluationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let asked = try Evaluation(global, evaluation)
        try asked.remark()
        let planner = try asked.planner()
        let plan = try planner.cleanup(migration: options.migration)
        try options.issue(plan, evaluation, global)
        try PlanPrinter.print(plan, global)
    }
}
