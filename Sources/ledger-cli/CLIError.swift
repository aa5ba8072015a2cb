import Ledger
import Projector

/// What is wrong with a command line, or with asking it of this ledger.
enum CLIError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A word that names no command.
    case unknownCommand(String, nearest: String?, parent: String)
    /// Arguments that do not go together; the hint is the next step.
    case usage(String, hint: String? = nil)
    /// A format that the command does not print.
    case unsupportedFormat(OutputFormat, supported: [OutputFormat])
    /// A decision that belongs to a migration, while none is open.
    case noOpenMigration
    /// A decision that belongs to a migration, while several are open.
    case severalOpenMigrations([String])
    /// A migration that was never opened.
    case unknownMigration(String, known: [String])
    /// A migration that is not open any more.
    case closedMigration(String, open: [String])
    /// A migration name that was used before.
    case migrationExists(String)
    /// A migration that is opened under the name of one that has ended.
    case migrationClosed(String, at: Timestamp)
    /// A text that names no resource.
    case notAResource(String)
    /// A position that the ledger does not have.
    case noSuchEvent(Int, size: Int)
    /// An event that cannot be taken back.
    case notVoidable(SequenceNumber, why: String)
    /// An event that was taken back before.
    case alreadyVoided(SequenceNumber, by: SequenceNumber)
    /// A resource whose hold is to end and that has none; what is held.
    case notHeld(Resource, held: [Resource])
    /// A time that has not come yet.
    case inTheFuture(Timestamp, clock: Timestamp)
    /// A policy key that does not exist.
    case unknownPolicy(String, nearest: String?)
    /// A policy value of the wrong kind.
    case badPolicyValue(key: String, value: String, expected: String)
    /// A redaction pattern that takes too long on some texts.
    case slowPattern(String)
    /// Names that no redaction pattern of the policy was done with in time.
    case notSearched
    /// A command of `ledger-cli` that cannot stand in a transcript.
    case notInTranscript(String, hint: String)
    /// A line of a JSONL import.
    case jsonLine(file: String, line: Int, why: String)
    /// An event of an import that cannot be written, and where it stands when that can be told.
    case unimportable(String?, why: String, hint: String?)
    /// A file that is not what it was said to be.
    case unreadable(String, why: String, hint: String?)
    /// Something is at the path of a new ledger.
    case exists(String)
    /// Something is at the path of a new key.
    case keyFileExists(String)
    /// A head did not get to a place outside.
    case notPublished(String, hint: String?)
    /// A place outside has a head that this log does not continue.
    case notContinued(String)
    /// A key or a signature is needed and not there.
    case keyMissing(String, hint: String?)
    /// A command that destroys, and what speaks against it.
    case notSafe(String, resource: Resource?, verdict: String, [Obstacle])
    /// A command that destroys, and why the last look at the platform does not admit it.
    case lookFailed(String, [FreshLook.Obstacle])
    /// A command that comes too early, with nobody there to be asked.
    case tooEarly(String)

    /// The exit status.
    var status: ExitStatus {
        switch self {
        case .unknownCommand, .usage, .unsupportedFormat, .notAResource, .unknownPolicy,
            .badPolicyValue, .slowPattern:
            .usage
        case .keyMissing: .keyMissing
        case .notSafe, .lookFailed, .tooEarly: .notSafe
        case .notContinued: .doesNotVerify
        default: .failed
        }
    }

    /// Subject first, lower case, no full stop.
    var message: String {
        switch self {
        case .unknownCommand(let path, _, _): return "unknown command \"\(path)\""
        case .usage(let text, _): return text
        case .unsupportedFormat(let format, let supported):
            let list = supported.map(\.rawValue).joined(separator: ", ")
            return "format \(format.rawValue): this command prints \(list)"
        case .noOpenMigration: return "no migration is open"
        case .severalOpenMigrations(let names):
            return "several migrations are open: \(names.joined(separator: ", "))"
        case .unknownMigration(let name, let known):
            return "unknown migration \"\(name)\""
                + (known.isEmpty
                    ? "; none was opened yet" : "; known: \(known.joined(separator: ", "))")
        case .closedMigration(let name, let open):
            return "migration \"\(name)\" is not open"
                + (open.isEmpty ? "" : "; open: \(open.joined(separator: ", "))")
        case .migrationExists(let name): return "migration \"\(name)\" was opened before"
        case .migrationClosed(let name, let time):
            return "migration \"\(name)\" was closed at \(time.short); choose another name"
        case .notAResource(let text): return "\"\(text)\" names no resource"
        case .noSuchEvent(let number, let size):
            return "event \(number): the ledger holds events 1 to \(size)"
        case .notVoidable(let sequence, let why): return "event \(sequence): \(why)"
        case .alreadyVoided(let sequence, let by):
            return "event \(sequence): voided by event \(by) before"
        case .notHeld(let resource, let held):
            return "\(resource) is not held; "
                + (held.isEmpty
                    ? "nothing is"
                    : "held: \(held.map(\.description).joined(separator: ", "))")
        case .inTheFuture(let time, let clock):
            return "time \(time.short) is in the future; the clock says \(clock.short)"
        case .unknownPolicy(let key, _): return "unknown policy \"\(key)\""
        case .badPolicyValue(let key, let value, let expected):
            return "policy \(key): \"\(value)\" is not \(expected)"
        case .slowPattern(let text):
            return "policy redaction: \"\(text)\" takes more than \(BoundedSearch.limit)s on one "
                + "long word, so that recording would wait for it"
        case .notSearched:
            return "a redaction pattern of the policy takes too long on what is to be recorded"
        case .notInTranscript(let what, _): return "\(what): not in a transcript"
        case .jsonLine(let file, let line, let why): return "\(file):\(line): \(why)"
        case .unreadable(let path, let why, _): return "\(path): \(why)"
        case .unimportable(let place, let why, _):
            return "\(place ?? "import"): \(why); nothing was written"
        case .exists(let path), .keyFileExists(let path): return "\(path): exists already"
        case .notSafe(let command, _, let verdict, let obstacles):
            return "\(command): \(verdict); nothing was started"
                + obstacles.map { obstacle in
                    "\n- \(obstacle.message)\(PlanPrinter.cited(obstacle.evidence))"
                        + "\n  → \(obstacle.unblock)"
                }.joined()
        case .lookFailed(let command, let obstacles):
            return "\(command): not all was seen that it leans on; nothing was started"
                + obstacles.map { "\n- \($0.place): \($0.what)" }.joined()
        case .tooEarly(let command): return "\(command): too early; nothing was started"
        case .keyMissing(let text, _), .notPublished(let text, _), .notContinued(let text):
            return text
        }
    }

    /// Message and next step in one line, for those who add a place before it.
    var description: String { message + (hint.map { "; \($0)" } ?? "") }

    /// The next step, as a command to paste where there is one.
    var hint: String? {
        switch self {
        case .unknownCommand(_, let nearest?, _): return "did you mean: \(nearest)"
        case .unknownCommand(_, nil, let parent): return "see \(parent) --help"
        case .usage(_, let hint), .unreadable(_, _, let hint), .keyMissing(_, let hint),
            .notPublished(_, let hint), .unimportable(_, _, let hint):
            return hint
        case .notContinued: return "ledger-cli verify --against that head"
        case .unsupportedFormat(_, let supported):
            return supported.first.map { "--format \($0.rawValue)" }
        case .noOpenMigration:
            return "ledger-cli migration open NAME --from ENV --to ENV --method snapshot|dump, "
                + "or name one with --migration"
        case .severalOpenMigrations(let names): return names.first.map { "--migration \($0)" }
        case .unknownMigration: return "ledger-cli migration list"
        case .closedMigration: return "ledger-cli migration list"
        case .migrationExists, .migrationClosed:
            return "choose another name; ledger-cli migration list"
        case .notAResource:
            return "resources read environment/prod, snapshot/database/NAME, snapshot/nfs/NAME, "
                + "release/NAME, dns/HOST, migration/NAME, event/SEQ, file/PATH"
        case .noSuchEvent: return "ledger-cli history"
        case .notVoidable: return nil
        case .alreadyVoided(_, let by): return "ledger-cli show \(by)"
        case .notHeld: return "ledger-cli history --type hold.placed"
        case .inTheFuture: return "give the time at which it happened, as 2017-05-01T10:00:00Z"
        case .unknownPolicy(_, let nearest?): return "did you mean: \(nearest)"
        case .unknownPolicy: return "ledger-cli policy list"
        case .badPolicyValue: return "ledger-cli policy set --help"
        case .slowPattern:
            return "begin it with what is always there or with \\b, or bound what repeats, as in "
                + "[a-z0-9]{1,64}@"
        case .notSearched:
            return
                "ledger-cli policy list shows the patterns; policy set redaction sets quicker ones"
        case .notInTranscript(_, let hint): return hint
        case .jsonLine: return "one CloudEvents JSON event a line, as history --format jsonl prints"
        case .exists: return "choose another path with --ledger PATH"
        case .keyFileExists(let path):
            return "it may sign another ledger: move it away, or use it with LEDGER_KEY=\(path)"
        case .notSafe(_, let resource, _, _):
            return (resource.map { "ledger-cli check \($0); " } ?? "")
                + "--override REASON runs it all the same and is recorded"
        case .lookFailed: return "ledger-cli observe, then run it again"
        case .tooEarly: return "ledger-cli plan next, or --yes to run it all the same"
        }
    }
}
