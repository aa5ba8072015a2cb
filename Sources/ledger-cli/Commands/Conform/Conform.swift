import ArgumentParser
import Ledger
import Projector

/// The command `conform`.
struct Conform: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract: "Hold a migration against the documented procedure.",
        discussion: """
            Every deviation with what was done and by which events, what the procedure says and on \
            which page: E for what risked data or an outage, W for what was not by the book, I for \
            notes. Then the fitness (checks that hold among those that were activated; notes do not \
            count), the method as declared and as the events show it, how long each phase and the \
            downtime took, and what was left behind. Checks that the events do not settle are \
            listed as unknown. With --strict the status is 4 when there is an E or a W; notes and \
            unknown checks do not count. Without MIGRATION the only one is meant.

            EXAMPLES
              $ ledger-cli conform plan-move
              $ ledger-cli conform plan-move --strict --format json
              $ ledger-cli conform --list

            EXIT STATUS
              \(ExitStatus.help([.deviations, .noLedger, .busy]))
            """)

    @Argument(help: "The migration (else the only one).") var migration: String?

    @Flag(help: "End with status 4 when there is a deviation, E or W.") var strict = false

    @Flag(help: "List the checks instead; no ledger is needed.") var list = false

    @OptionGroup var options: EvaluationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if list, migration != nil || strict || options.at != nil || options.knownAt != nil {
            throw ValidationError("--list takes no migration and no other option of conform")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        if list { return try ConformPrinter.list(format) }
        let evaluation = try Evaluation(global, options)
        try evaluation.remark()
        let conformance = try evaluation.planner().conformance(migration: migration)
        if format == .json {
            try Output.json(conformance.json)
        } else {
            try ConformPrinter.print(conformance)
        }
        if strict, conformance.hasDeviations { throw Exit(status: .deviations) }
    }
}
