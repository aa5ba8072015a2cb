import ArgumentParser
import Ledger

/// The command `init`.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create a ledger.",
        discussion: """
            Creates the file and its first event, which names the ledger's origin. The origin is a \
            name for this log that no other log has, such as a host and a path; it can never be \
            changed.

            EXAMPLES
              $ ledger-cli init --origin ledger.bestpants.example/fleet

            EXIT STATUS
              \(ExitStatus.help([]))
            """)

    @Option(help: ArgumentHelp("The name of the log, for ever.", valueName: "name"))
    var origin: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        let isName =
            !origin.isEmpty && origin.utf8.count <= 200
            && origin.unicodeScalars.allSatisfy {
                $0.value > 0x20 && !$0.properties.isWhitespace && $0 != "+"
            }
        if !isName {
            throw ValidationError(
                "--origin: expected a name without spaces and +, such as "
                    + "ledger.bestpants.example/fleet")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        let surroundings = Surroundings.current
        guard !OperatingSystem.exists(global.path) else { throw CLIError.exists(global.given) }
        try RehearsalClock.check(origin)
        let now = surroundings.clock()
        var random = SystemRandomNumberGenerator()
        let created = EventDraft(
            id: EventID(time: now, using: &random),
            payload: .decision(.ledgerCreated(origin: origin)), time: now,
            actor: try global.who(), basis: .reported, traceparent: TraceContext.current)
        _ = try LedgerStore.create(path: global.path, origin: origin, created: created)
        if format == .json {
            return try Output.json(["ledger": .string(global.given), "origin": .string(origin)])
        }
        try Output.line("created \(global.given) of \(origin)")
    }
}
