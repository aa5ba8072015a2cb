import Fleet
import Ledger
import Projector

/// Lets a command start: what destroys only when every rule holds and the platform, looked at once
/// more, still says so; what comes too early only when somebody says yes.
///
/// It knows no time but the present: no other time can be asked for.
struct Gate {
    /// What the start is to say and to demand.
    struct Pass {
        /// Why the guard was overridden; nil when it had nothing to say.
        var overrideReason: String?
        /// How many events the decision was made from.
        var expectedSize: Int?
        /// True when it was looked at again, which is in the ledger.
        var hasLooked = false
    }

    /// The ledger that is asked.
    let global: GlobalOptions
    /// The command as it was typed.
    let command: PlatformCommand
    /// The command in words, secrets taken out.
    let shown: String
    /// Who is asked about hostnames; nil for the system's servers.
    let server: NameServer?

    /// Lets an action pass, or says why not.
    ///
    /// - Throws: `CLIError.notSafe`, `.lookFailed`; `Exit` when nobody says yes.
    func pass(_ action: Action, overriding reason: String?, isConfirmed: Bool) throws -> Pass {
        let first = try evaluate(action, remarks: true)
        var pass = Pass(overrideReason: nil, expectedSize: nil)
        switch first.admission {
        case .harmless: try confirm(first.warnings, isConfirmed: isConfirmed)
        case .refused:
            guard let reason else { throw refusal(first.admission) }
            try warn(overridden(first.admission))
            pass.overrideReason = reason
        case .admitted:
            try confirm(first.warnings, isConfirmed: isConfirmed)
            pass.hasLooked = true
            do {
                try lookAgain(before: action)
                let second = try evaluate(action)
                if case .refused = second.admission { throw refusal(second.admission) }
                pass.expectedSize = second.size
            } catch let error as CLIError {
                guard let reason else { throw error }
                try warn(["overridden: \(error.message)"])
                pass.overrideReason = reason
            }
        }
        return pass
    }

    private struct Finding {
        let admission: Admission
        let warnings: [String]
        let size: Int
    }

    private func evaluate(_ action: Action, remarks: Bool = false) throws -> Finding {
        let evaluation = try Evaluation(global, .asked(), fromLog: true)
        if remarks { try evaluation.remark() }
        let planner = try evaluation.planner()
        var admission = planner.admission(of: action)
        if let early = evaluation.prematurity(clock: Surroundings.current.clock()) {
            admission = admission.refused(action.subject, early)
        }
        return Finding(
            admission: admission, warnings: planner.premature(action), size: evaluation.head.size)
    }

    /// Whatever cannot be seen whole, or is not what the ledger knows, stops the command.
    private func lookAgain(before action: Action) throws {
        let observer = try Observer(
            global, server: server, program: Array(command.words.prefix(1)))
        let obstacles = try FreshLook.take(before: action, observer)
        guard obstacles.isEmpty else {
            throw CLIError.lookFailed(shown, obstacles)
        }
    }

    // MARK: Words

    private func refusal(_ admission: Admission) -> CLIError {
        guard case .refused(let resource, let verdict, let obstacles) = admission else {
            return .notSafe(shown, resource: nil, verdict: "not admitted", [])
        }
        return .notSafe(shown, resource: resource, verdict: verdict, obstacles)
    }

    private func overridden(_ admission: Admission) -> [String] {
        guard case .refused(_, let verdict, let obstacles) = admission else { return [] }
        return ["overridden: \(verdict)"] + obstacles.map { "- \($0.message)" }
    }

    private func warn(_ lines: [String]) throws {
        for line in lines { try Output.note("ledger: warning: \(line)") }
    }

    /// Asks whether a command that comes too early is to run all the same.
    private func confirm(_ warnings: [String], isConfirmed: Bool) throws {
        guard !warnings.isEmpty else { return }
        try warn(warnings.map { "too early: \($0)" })
        if isConfirmed { return }
        let errors = Surroundings.current.errors
        guard errors.isTerminal, OperatingSystem.isTerminal(0) else {
            throw CLIError.tooEarly(shown)
        }
        try errors.write(Array("Run it all the same? [y/N] ".utf8))
        try errors.flush()
        guard case .bytes(let typed) = OperatingSystem.readPiece(0, limit: 1024),
            ["y", "yes"].contains(
                String(decoding: typed, as: UTF8.self).lowercased().filter { !$0.isWhitespace })
        else { throw Exit(status: .notSafe) }
    }
}
