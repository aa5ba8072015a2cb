import ArgumentParser
import Fleet
import Ledger

/// The command `record command`.
struct RecordCommand: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "command",
        abstract: "Report a command that was run elsewhere.",
        discussion: RecordingHelp.text(
            """
            The outcome is what --outcome says, else it follows from --exit (0 unless given) and \
            from what the command printed (--printed). A read command becomes an observation of \
            what it printed; any command that is not fleet's becomes a note. An outcome settles the \
            newest start of the same command that has none; --settles names another one.
            """,
            examples: "record command -- fleet env maintenance prod ON",
            "record command --exit 255 -- fleet env destroy prod",
            "record command --output shop.sql -- fleet database dump prod",
            "record command --printed list.txt -- fleet snapshot list"))

    @Option(help: ArgumentHelp("The start that it is the outcome of.", valueName: "seq"))
    var settles: Int?

    @Option(help: ArgumentHelp("The exit status of the command.", valueName: "n"))
    var exit: Int?

    @Option(help: "accepted, refused, unknown or started.")
    var outcome: String?

    @Option(
        help: ArgumentHelp("A file with what the command printed; - is stdin.", valueName: "file"),
        completion: .file())
    var printed: String?

    @Flag(help: "The command really printed nothing.")
    var noOutput = false

    @Option(
        help: ArgumentHelp("The file that was fed to the command (< FILE).", valueName: "file"))
    var input: String?

    @Option(
        help: ArgumentHelp("The file that the command wrote (> FILE).", valueName: "file"))
    var output: String?

    @Argument(parsing: .postTerminator, help: ArgumentHelp("-- and the command."))
    var words: [String] = []

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if words.isEmpty {
            throw ValidationError("expected a command after --, as in: -- fleet env list")
        }
        if exit != nil, outcome != nil {
            throw ValidationError("--exit and --outcome exclude each other")
        }
        if let settles, settles < 1 || outcome == Outcome.started.rawValue {
            throw ValidationError("--settles: expected the position of a start, and an outcome")
        }
        if let outcome, Outcome(rawValue: outcome) == nil {
            throw ValidationError("--outcome: expected accepted, refused, unknown or started")
        }
        if let exit, !(0...255 ~= exit) {
            throw ValidationError("--exit: expected a number from 0 to 255")
        }
        if noOutput, printed != nil {
            throw ValidationError("--no-output and --printed exclude each other")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        var line = Redirections(words, input: input, output: output)
        let shown =
            Shell.quote(
                Redaction.redact(arguments: line.words, patterns: context.patterns))
            + line.suffix
        let bytes = try printed.flatMap { try context.bytes(of: $0) }
        let text = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let attachments = bytes.map { _ in
            ["output": AttachmentContent(bytes: Excerpt.bounded(text))]
        }
        let program = line.words.removeFirst()
        guard program.split(separator: "/").last == "fleet" else {
            let status = exit ?? (outcome == nil ? 0 : nil)
            let said = outcome.flatMap(Outcome.init(rawValue:))
            let told: Outcome =
                status.map { $0 == 0 ? .accepted : $0 == 255 ? .unknown : .refused }
                ?? .unknown
            let payload = EventPayload.decision(
                .noteAdded(Note(command: shown, outcome: said ?? told, exitStatus: status)))
            return [try entry(payload, attachments, context)]
        }
        let command = try Grammar.parse(line.words, input: line.input, output: line.output)
        return [try entry(payload(of: command, shown: shown, text: text), attachments, context)]
    }

    private func entry(
        _ payload: EventPayload, _ attachments: [String: AttachmentContent]?,
        _ context: RecordingContext
    ) throws -> LedgerEntry {
        var entry = LedgerEntry(
            payload: payload, migration: try context.optionalMigration(recording.migration),
            attachments: attachments ?? [:])
        if let settles { try settle(SequenceNumber(settles), with: &entry, context) }
        return entry
    }

    /// Makes an entry the outcome of a start, which must be one of the same command.
    ///
    /// The files of the start need not be named again: they are those of the start.
    private func settle(
        _ sequence: SequenceNumber, with entry: inout LedgerEntry, _ context: RecordingContext
    ) throws {
        let event = try context.event(sequence)
        switch (try EventPayload(type: event.type, data: event.data), entry.payload) {
        case (.action(let started, .started, _)?, .action(let action, let outcome, let report))
        where Grammar.render(started) == Grammar.render(action):
            entry.payload = .action(started, outcome, report)
            entry.cause = event.id
        case (.decision(.noteAdded(let start))?, .decision(.noteAdded(let note)))
        where start.outcome == .started && start.command == note.command:
            entry.cause = event.id
        default:
            throw CLIError.usage(
                "--settles \(sequence): event \(sequence) is no start of this command",
                hint: "ledger-cli show \(sequence)")
        }
    }

    private func payload(of command: FleetCommand, shown: String, text: String) -> EventPayload {
        let said = outcome.flatMap(Outcome.init(rawValue:))
        let status = exit ?? (said == nil || said == .accepted ? 0 : nil)
        switch command {
        case .action(let action, let remarks):
            let found = OutcomeRule.classify(action, output: text, exitStatus: status)
            return .action(
                action, said ?? found.outcome,
                ActionReport(
                    command: shown, exitStatus: said == nil ? status : nil,
                    detail: said == nil ? found.detail : nil,
                    echoed: OutcomeRule.others(than: action, in: text), remarks: remarks))
        case .read(let read):
            return .observation(
                Listings.observation(
                    read, output: text, exitStatus: status ?? 1, saidNoOutput: noOutput))
        case .other:
            let told: Outcome = status == 0 ? .accepted : .unknown
            return .decision(
                .noteAdded(Note(command: shown, outcome: said ?? told, exitStatus: status)))
        }
    }
}

/// The words of a command and its redirections, which may stand among the words.
struct Redirections {
    /// The words of the command itself.
    var words: [String] = []
    /// What `<` names.
    var input: String?
    /// What `>` names.
    var output: String?

    /// The words, with `< FILE` and `> FILE` taken out.
    init(_ given: [String], input: String?, output: String?) {
        self.input = input
        self.output = output
        var rest = given[...]
        while let word = rest.popFirst() {
            if word == "<", let file = rest.popFirst() {
                self.input = file
            } else if word == ">", let file = rest.popFirst() {
                self.output = file
            } else {
                words.append(word)
            }
        }
    }

    /// The redirections as a shell writes them.
    var suffix: String {
        (input.map { " < " + Shell.quote([$0]) } ?? "")
            + (output.map { " > " + Shell.quote([$0]) } ?? "")
    }
}
