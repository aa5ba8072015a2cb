import ArgumentParser
import Fleet
import Ledger

/// The command `run`.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a command and record it, before and after.",
        discussion: """
            The start is in the ledger before the program exists; input, output, errors and the \
            terminal pass through untouched; then the outcome is recorded with the first and last \
            64 KiB of what was printed and the SHA-256 of all of it, secrets taken out. A read \
            command becomes an observation, a command that is not fleet's a note.

            database dump keeps nothing of its output but length, SHA-256 and whether it is whole; \
            --output FILE writes it to a file. database connect with --input FILE, or with an \
            input that is not a terminal, is a load; on a terminal it is a shell.

            EXAMPLES
              $ ledger-cli run -- fleet env maintenance prod ON
              $ ledger-cli run --output prod.sql -- fleet database dump prod
              $ ledger-cli run --input prod.sql -- fleet database connect prod2

            EXIT STATUS
              The command's own, 128 and the number when a signal ended it · 125 the ledger failed \
            · 126 the command cannot be executed · 127 there is no such command · \
            \(ExitStatus.help([.notSafe]))
            """)

    @Option(
        help: ArgumentHelp("The file that the command is fed (< FILE).", valueName: "file"),
        completion: .file())
    var input: String?

    @Option(
        help: ArgumentHelp("The file that its output goes to (> FILE).", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The migration it belongs to (else the only open one).", valueName: "name"))
    var migration: String?

    @Argument(parsing: .postTerminator, help: ArgumentHelp("-- and the command."))
    var words: [String] = []

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if words.isEmpty {
            throw ValidationError("expected a command after --, as in: -- fleet env list")
        }
        if global.now != nil {
            throw ValidationError("--now: a command runs at no other time than now")
        }
    }

    func run() throws {
        let inputIsTerminal = input == nil && OperatingSystem.isTerminal(0)
        let command = try PlatformCommand(
            words, input: input, output: output, inputIsTerminal: inputIsTerminal)
        let program: Program
        do {
            program = try Program(words)
        } catch {
            throw RunStatus(error)
        }
        let runner: PlatformRunner
        do {
            runner = try PlatformRunner(global.open(readOnly: false), actor: global.who())
        } catch let error as StoreError {
            throw RunStatus.ledger(error)
        }
        try carryOut(command, program, runner)
    }

    private func carryOut(
        _ command: PlatformCommand, _ program: Program, _ runner: PlatformRunner
    ) throws {
        let surroundings = Surroundings.current
        var files = RunFiles()
        defer { files.close() }
        let program = try files.connect(command, program)
        try surroundings.output.flush()
        try surroundings.errors.flush()
        let signals = surroundings.output.ownDescriptor == nil ? nil : SignalCatch()
        let context = PlatformRunner.Context(migration: migration)
        files.begin()
        let report: PlatformRunner.Report
        do {
            report = try runner.run(command, program, context, signals: signals)
        } catch let lost as UnrecordedOutcome {
            throw RunStatus.unrecorded(lost)
        } catch let error as StoreError {
            throw RunStatus.ledger(error)
        }
        if case .notStarted(let code) = report.result.end {
            throw RunStatus.notStarted(words[0], code)
        }
        guard report.result.status == 0 else { throw ExitCode(report.result.status) }
    }
}
