import ArgumentParser
import Fleet
import Ledger
import Projector

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

            What destroys is started only when it is safe and a last look at the platform and at \
            DNS still says so; else it is refused with every reason, unless --override says why. \
            What comes too early is asked about, or needs --yes where nobody can be asked.

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

    @Option(
        help: ArgumentHelp(
            "Run what is not safe all the same; the reason is recorded.", valueName: "reason"))
    var override: String?

    @Flag(help: "Run what comes too early without being asked.")
    var yes = false

    @Option(
        help: ArgumentHelp(
            "The DNS server for the last look (else LEDGER_RESOLVER, else the system's).",
            valueName: "host:port"))
    var resolver: String?

    @OptionGroup var expected: ExpectedSize

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
        if override?.allSatisfy(\.isWhitespace) == true {
            throw ValidationError("--override: expected some words")
        }
    }

    func run() throws {
        let inputIsTerminal = input == nil && OperatingSystem.isTerminal(0)
        let command = try PlatformCommand(
            words, input: input, output: output, inputIsTerminal: inputIsTerminal)
        if command.kind == .foreign, let hidden = HiddenCommand.found(in: words) {
            throw CLIError.usage(
                "\(hidden): a fleet command behind another one would be neither judged nor recorded",
                hint: "ledger-cli run -- fleet …")
        }
        if let action = command.action, let word = Placeholder.found(in: action) {
            throw CLIError.usage(
                "\(word) stands for what only you know", hint: "say it in its place")
        }
        let program: Program
        do {
            program = try Program(words)
        } catch {
            throw RunStatus(error)
        }
        let runner: PlatformRunner
        do {
            runner = try PlatformRunner(global.open(readOnly: false), actor: global.who())
        } catch {
            throw Run.failure(error)
        }
        let server = try NameServer.chosen(resolver)
        var files = RunFiles()
        defer { files.close() }
        do {
            try expected.check(runner.scribe.store)
        } catch {
            throw Run.failure(error)
        }
        var context: PlatformRunner.Context
        let connected: Program
        do {
            context = PlatformRunner.Context(migration: try known(migration, runner))
            try global.refuseToWriteOver(output)
            connected = try files.connect(command, program)
        } catch {
            throw RunStatus.before(error)
        }
        context.expectedSize = expected.expectSize
        // Who expects a size wants nothing judged again.
        var tries = expected.expectSize == nil ? 3 : 0
        while true {
            if let action = command.action {
                let gate = Gate(
                    global: global, command: command,
                    shown: command.shown(runner.scribe.filter), server: server)
                do {
                    let pass = try gate.pass(action, overriding: override, isConfirmed: yes)
                    context.overrideReason = pass.overrideReason
                    // What was looked at again is in the ledger by now.
                    context.expectedSize =
                        pass.expectedSize ?? (pass.hasLooked ? nil : expected.expectSize)
                } catch {
                    throw Run.failure(error)
                }
            }
            do {
                return try carryOut(command, connected, runner, context)
            } catch RunStatus.ledger(.sizeDiffers) where tries > 0 {
                // Somebody recorded something since it was judged: it is judged again.
                tries -= 1
            }
        }
    }

    /// What is thrown before anything was started: what the caller did wrong and what is not safe as it
    /// is, anything else as a failure of the ledger.
    private static func failure(_ error: any Error) -> any Error {
        switch error {
        case let error as CLIError where [.usage, .notSafe].contains(error.status): error
        case is RunStatus, is Exit: error
        case let error as StoreError: RunStatus.ledger(error)
        default: RunStatus.before(error)
        }
    }

    private func known(_ migration: String?, _ runner: PlatformRunner) throws -> String? {
        guard let migration else { return nil }
        let names = try MigrationRegister(runner.scribe.store).names
        guard names.contains(migration) || migration.hasPrefix("derived/") else {
            throw CLIError.unknownMigration(migration, known: names)
        }
        return migration
    }

    private func carryOut(
        _ command: PlatformCommand, _ program: Program, _ runner: PlatformRunner,
        _ context: PlatformRunner.Context
    ) throws {
        let surroundings = Surroundings.current
        try surroundings.output.flush()
        try surroundings.errors.flush()
        let report: PlatformRunner.Report
        do {
            report = try runner.run(command, program, context)
        } catch let lost as UnrecordedOutcome {
            throw RunStatus.unrecorded(lost)
        } catch let error as StoreError {
            throw RunStatus.ledger(error)
        } catch let error as CLIError {
            throw RunStatus.before(error)
        } catch let error as SystemError {
            throw RunStatus.uncertain(error)
        }
        if case .notStarted(let code) = report.result.end {
            throw RunStatus.notStarted(words[0], code)
        }
        let status = report.result.status
        // It may have ended because nobody took what it printed.
        if let code = report.result.loss, status == 0 || status == OperatingSystem.unread {
            throw RunStatus.outputLost(code)
        }
        guard status == 0 else { throw ExitCode(status) }
    }
}
