import ArgumentParser
import Fleet
import Ledger
import Projector

/// An error on its way to people: what, what next, and with which status.
struct Complaint: Equatable {
    /// The exit status.
    var status: ExitStatus
    /// Subject first, lower case, no full stop.
    var message: String
    /// Next steps.
    var hints: [String] = []

    /// Writes an error where it belongs and returns the exit status.
    ///
    /// Requests for help and for the version arrive here too; they are answers.
    static func report(_ error: any Error, of arguments: [String]) -> Int32 {
        let surroundings = Surroundings.current
        if !isOurs(error), LedgerCLI.exitCode(for: error) == .success {
            try? surroundings.output.line(LedgerCLI.fullMessage(for: error))
            return ExitStatus.done.rawValue
        }
        if let run = error as? RunStatus {
            run.complaint.write(
                to: surroundings.errors, isJSON: asksForJSON(arguments), code: run.code)
            return run.code
        }
        var complaint = Complaint(error)
        if !isOurs(error),
            let unknown = CommandWords.unknownOption(in: arguments, root: LedgerCLI.self)
        {
            complaint.message = "unknown option '\(unknown.word)'"
            if let nearest = unknown.nearest {
                complaint.hints.insert("did you mean: \(nearest)", at: 0)
            }
        }
        if !isOurs(error), complaint.message.hasPrefix("missing") {
            complaint.mind(negativeNumberIn: arguments)
        }
        if error is SystemError { complaint.hints += surroundings.recorded.hints }
        complaint.write(
            to: surroundings.errors, isJSON: asksForJSON(arguments), code: complaint.status.rawValue
        )
        return complaint.status.rawValue
    }

    /// Says that a negative number was taken for an option, where there is one.
    private mutating func mind(negativeNumberIn arguments: [String]) {
        let words = Array(arguments.prefix { $0 != "--" })
        func isNegative(_ word: String) -> Bool {
            word.hasPrefix("-") && word.count > 1
                && word.utf8.dropFirst().allSatisfy { 0x30...0x39 ~= $0 }
        }
        guard let index = words.firstIndex(where: isNegative) else { return }
        let number = words[index]
        let before = index > 0 ? words[index - 1] : ""
        if before.hasPrefix("--"), !before.contains("=") {
            message = "\(before): \"\(number)\" is taken for an option"
            hints.insert(
                "numbers are not negative here; a text like it is given as \(before)=\(number)",
                at: 0)
        } else {
            message = "\"\(number)\" is taken for an option"
            hints.insert(
                "numbers are not negative here; a text like it is given behind --, as in -- \(number)",
                at: 0)
        }
    }

    /// True for an error that is not the argument parser's.
    private static func isOurs(_ error: any Error) -> Bool {
        error is CLIError || error is SystemError || error is StoreError
            || error is TranscriptError || error is GrammarError || error is EventError
            || error is JSONError || error is PlanError || error is KeyError || error is NoteError
            || error is ReceiptError || error is PolicyError || error is ProofError
            || error is SigningError || error is ApplyError || error is ApplyFailure
            || error is ExportError
    }

    /// The complaint of an error.
    init(_ error: any Error) {
        switch error {
        case let error as CLIError:
            self.init(
                status: error.status, message: error.message,
                hints: error.hint.map { [$0] } ?? [])
        case let error as StoreError: self.init(store: error)
        case let error as GrammarError:
            self.init(
                status: .usage, message: "fleet command: \(error)",
                hints: ["write the command as Fleet does, as in: -- fleet env list"])
        case let error as PlanError: self.init(plan: error)
        case let error as ApplyError: self = error.complaint
        case let error as ApplyFailure: self = error.complaint
        case let error as ExportError: self.init(export: error)
        case let error where Self.isOurs(error):
            self.init(status: .failed, message: String(describing: error))
        default: self.init(parsing: error)
        }
    }

    /// The complaint of planning: its own words and a next step.
    private init(plan error: PlanError) {
        self.init(status: .failed, message: error.description)
        switch error {
        case .unknownMigration: hints = ["ledger-cli migration list"]
        case .ambiguousMigration(let names): hints = names.prefix(1).map { "--migration \($0)" }
        case .noMigration:
            hints = ["ledger-cli migration open NAME --from ENV --to ENV --method snapshot|dump"]
        case .unreadableEvent(_, let sequence):
            hints = [
                "ledger-cli show \(sequence); a newer version may know it",
                "when it is a mistake: ledger-cli record void \(sequence) --reason …",
            ]
        case .beforeNewest(let now, let newest, let sequence):
            hints = ["--at \(now.short)"]
            if Surroundings.current.clock() < newest {
                hints.append(
                    "when the time of event \(sequence) is wrong: "
                        + "ledger-cli record void \(sequence) --reason …")
            }
        case .unknownResource: hints = ["ledger-cli status"]
        }
    }

    /// The complaint of an export: its own words, the next step apart from them.
    private init(export error: ExportError) {
        let parts = error.description.split(separator: "; ", maxSplits: 1).map(String.init)
        self.init(status: .failed, message: parts[0], hints: Array(parts.dropFirst()))
        if error.isEvidence { status = .doesNotVerify }
        switch error {
        case .busy: status = .busy
        case .noSignedHead:
            status = .keyMissing
            hints = [
                "ledger-cli checkpoint --sign signs the head when the key is at hand; "
                    + "export --bundle and --jsonl need none"
            ]
        default: break
        }
    }

    /// The complaint of the store: its own words, the next step apart from them.
    private init(store error: StoreError) {
        let parts = error.description.split(separator: "; ", maxSplits: 1).map(String.init)
        status = .failed
        message = parts[0]
        hints = Array(parts.dropFirst())
        switch error {
        case .noLedger(let path):
            status = .noLedger
            hints = ["ledger-cli init --origin NAME, or name another file with --ledger PATH"]
            if let target = OperatingSystem.absentTarget(ofLink: path) {
                message = "\(path): \(Complaint.leadsNowhere(target))"
                hints = [Complaint.placeOfEmptyLink]
            }
        case .notALedger(let path):
            status = .noLedger
            if OperatingSystem.isEmptyFile(path) {
                message = "\(path): an empty file, not a ledger"
                hints = [Complaint.placeOfEmptyFile]
            }
        case .replaced: status = .noLedger
        case .busy, .undecided: status = .busy
        case .signer: status = .keyMissing
        case .headDiffers: status = .doesNotVerify
        // SQLITE_ERROR, SQLITE_CORRUPT
        case .io(let code, _) where [1, 11].contains(code & 0xFF):
            hints.append(Complaint.restoring)
        case .sizeDiffers(_, let actual):
            hints = ["ledger-cli history, then --expect-size \(actual)"]
        default: break
        }
    }

    /// How a backup takes a ledger's place.
    static let restoring =
        "a backup is best opened where it is, with --ledger; before one is copied over a ledger, "
        + "its files -wal, -shm, -turn, -projection and -projection-before are taken away"

    /// What a symbolic link is behind which nothing is.
    static func leadsNowhere(_ target: String) -> String {
        "a symbolic link to \(Table.printable(target)), where nothing is"
    }

    /// The next step where such a link is.
    static let placeOfEmptyLink =
        "let it lead to a ledger, or remove it, then ledger-cli init --origin NAME"

    /// The next step where a ledger might be and an empty file is.
    static let placeOfEmptyFile =
        "remove it, then ledger-cli init --origin NAME, or ledger-cli import --bundle DIR"

    /// A complaint.
    init(status: ExitStatus, message: String, hints: [String] = []) {
        self.status = status
        self.message = message
        self.hints = hints
    }

    /// The complaint of the argument parser, in our form.
    private init(parsing error: any Error) {
        let full = LedgerCLI.fullMessage(for: error)
        var hints: [String] = []
        for line in full.split(separator: "\n") {
            if line.hasPrefix("Usage: ") { hints.append("usage: \(line.dropFirst(7))") }
            if line.hasPrefix("  See '") {
                let quoted = line.dropFirst(7).prefix { $0 != "'" }
                hints.append("see \(quoted)")
            }
        }
        var text = LedgerCLI.message(for: error)
        if text.hasSuffix(".") { text.removeLast() }
        self.init(
            status: .usage, message: text.prefix(1).lowercased() + text.dropFirst(), hints: hints)
    }

    private func write(to sink: Sink, isJSON: Bool, code: Int32) {
        // What somebody gave in the wrong place is repeated, but no key and no password.
        let (message, hints) = (
            Redaction.redact(self.message), self.hints.map { Redaction.redact($0) }
        )
        // Nothing can be told when standard error itself takes no more; the status still tells.
        if isJSON {
            let object: JSONObject = [
                "error": .string(message), "hints": .array(hints.map { .string($0) }),
                "status": .integer(Int(code)),
            ]
            if let bytes = try? CanonicalJSON.encode(object) { try? sink.write(bytes + [0x0A]) }
            return
        }
        let style = Style(sink, environment: Surroundings.current.environment)
        for (index, line) in message.split(separator: "\n").enumerated() {
            let head = index == 0 ? "ledger: \(style.red("error:")) " : "ledger:        "
            try? sink.line(head + line)
        }
        for hint in hints { try? sink.line("ledger: hint: \(hint)") }
    }

    /// True when the command line asks for JSON; it may be one that does not parse.
    private static func asksForJSON(_ arguments: [String]) -> Bool {
        let own = Array(arguments.prefix { $0 != "--" })
        return own.contains { $0 == "--format=json" || $0 == "--format=jsonl" }
            || zip(own, own.dropFirst()).contains {
                $0.0 == "--format" && ($0.1 == "json" || $0.1 == "jsonl")
            }
    }
}
