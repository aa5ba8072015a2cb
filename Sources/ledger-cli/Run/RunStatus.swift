import Fleet
import Ledger

/// Why `run` ends with a status that is not its command's.
enum RunStatus: Error {
    /// The program cannot be run: 127 or 126.
    case program(ProgramError)
    /// It was there and the system did not execute it.
    case notStarted(String, Int32)
    /// The ledger failed before anything was started: 125.
    case ledger(StoreError)
    /// Something else stood in the way before anything was started: 125.
    case before(any Error)
    /// The system did not let it be followed: 125.
    case uncertain(SystemError)
    /// The command ran and its outcome is not in the ledger: 125.
    case unrecorded(UnrecordedOutcome)
    /// The command ran and is recorded, and what it printed could not be written where it was to go: 125.
    case outputLost(Int32)

    /// The status of a program that was not found.
    init(_ error: ProgramError) { self = .program(error) }

    /// The status as the caller sees it.
    var code: Int32 {
        switch self {
        case .program(.notFound): 127
        case .program(.notExecutable): 126
        case .notStarted(_, let code): code == OperatingSystem.noSuchFile ? 127 : 126
        case .ledger, .before, .uncertain, .unrecorded, .outputLost: 125
        }
    }

    /// What is wrong, and what next.
    var complaint: Complaint {
        switch self {
        case .program(.notFound(let name)):
            Complaint(
                status: .failed, message: "\(name): no such command; nothing was started",
                hints: name == "fleet"
                    ? ["an alias is known to your shell only: put a script \"fleet\" on the PATH"]
                    : [])
        case .program(.notExecutable(let name)):
            Complaint(
                status: .failed, message: "\(name): cannot be executed; nothing was started")
        case .notStarted(let name, let code):
            Complaint(
                status: .failed,
                message: "\(SystemError(name: name, code: code)); nothing was started")
        case .ledger(let error): Complaint(error).adding("nothing was started")
        case .before(let error): Complaint(error).adding("nothing was started")
        case .uncertain(let error):
            Complaint(error).adding("it may have been started, and is recorded as unknown")
        case .unrecorded(let lost): RunStatus.complaint(of: lost)
        case .outputLost(let code):
            Complaint(
                status: .failed,
                message:
                    "the command ran and is recorded, but its output is lost in part: \(SystemError(name: "output", code: code))",
                hints: ["make room, and run it again when it only reads"])
        }
    }

    private static func complaint(of lost: UnrecordedOutcome) -> Complaint {
        let report = lost.report
        let why = Complaint(lost.why)
        var message = "the command ran and its outcome is NOT in the ledger: \(why.message)"
        message += "\ncommand: \(lost.shown)\nended with status \(report.result.status)"
        guard let outcome = report.outcome else {
            return Complaint(
                status: .failed, message: message, hints: ["run it again, it only looks"])
        }
        let words =
            ["ledger-cli", "record", "command", "--outcome", outcome.rawValue]
            + (lost.command.input.map { ["--input", $0] } ?? [])
            + (lost.command.output.map { ["--output", $0] } ?? []) + ["--"]
        message += ": \(outcome.rawValue)" + (report.detail.map { " (\($0))" } ?? "")
        let command = Shell.quote(lost.words)
        return Complaint(
            status: .failed, message: message,
            hints: ["once the ledger can be written: \(Shell.quote(words)) \(command)"])
    }
}

extension Complaint {
    /// The complaint with something more to say.
    func adding(_ text: String) -> Complaint {
        Complaint(status: status, message: "\(message); \(text)", hints: hints)
    }
}
