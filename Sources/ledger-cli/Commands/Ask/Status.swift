import ArgumentParser
import Ledger

/// The command `status`.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what is true of every resource.",
        discussion: """
            Rebuilt from the events: what is in doubt first, how long the source is closed against \
            the documented hour, the one step that is due, then environments, snapshots, \
            releases, hostnames and migrations. Each fact cites its event and how it is known: x executed, o observed, \
            r reported, i imported. A value with a question mark was seen too long \
            ago to lean on (policy evidence-age). --watch goes on: on a terminal it draws in place \
            until it is interrupted, elsewhere it prints the status anew each time that something \
            changes.

            EXAMPLES
              $ ledger-cli status
              $ ledger-cli status --at 2017-05-03T21:50:00Z
              $ ledger-cli status --watch

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)
    @Flag(help: "Go on showing it as it changes.") var watch = false
    @OptionGroup var options: EvaluationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if watch, options.at != nil || options.knownAt != nil || global.now != nil {
            throw ValidationError("--watch goes with none of --at, --known-at and --now")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        if watch { return try StatusWatch(global, options, format).run() }
        let evaluation = try Evaluation(global, options)
        try evaluation.remark()
        let status = try StatusText(evaluation)
        if format == .json { return try Output.json(status.json) }
        try Output.lines(status.lines(columns: Surroundings.current.output.columns))
    }
}
