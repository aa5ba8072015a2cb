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
    }

    /// The ledger that is asked.
    let global: GlobalOptions
    /// Records what the last look shows.
    let runner: PlatformRunner
    /// The command as it was typed, for messages.
    let command: PlatformCommand
    /// Looks a hostname up.
    let lookUp: (String) -> DNSAnswer

    /// Lets an action pass, or says why not.
    ///
    /// - Throws: `CLIError.notSafe`, `.lookFailed`; `Exit` when nobody says yes.
    func pass(_ action: Action, overriding reason: String?, isConfirmed: Bool) throws -> Pass {
        let first = try evaluate(action)
        var pass = Pass(overrideReason: nil, expectedSize: nil)
        switch first.admission {
        case .harmless: try confirm(first.warnings, isConfirmed: isConfirmed)
        case .refused:
            guard let reason else { throw refusal(first.admission) }
            try warn(overridden(first.admission))
            pass.overrideReason = reason
        case .admitted:
            try confirm(first.warnings, isConfirmed: isConfirmed)
            do {
                try lookAgain(first.looks)
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
        let looks: Looks
        let size: Int
    }

    /// What is looked at again, and what is known of it.
    private struct Looks {
        let wanted: LastLooks
        let target: Action
        let created: [String: Timestamp]
        let row: SnapshotRow?
    }

    private func evaluate(_ action: Action) throws -> Finding {
        let evaluation = try Evaluation(global, .present, fromLog: true)
        let planner = try evaluation.planner()
        let wanted = planner.lastLooks(before: action)
        var created: [String: Timestamp] = [:]
        for name in wanted.environments { created[name] = planner.created(name) }
        var row: SnapshotRow?
        if case .snapshotDestroy(let name, let kind) = action {
            row = planner.lastRow(kind ?? .database, name)
        }
        return Finding(
            admission: planner.admission(of: action), warnings: planner.premature(action),
            looks: Looks(wanted: wanted, target: action, created: created, row: row),
            size: evaluation.head.size)
    }

    // MARK: The last look

    /// Looks at the platform and at DNS and records what is seen; whatever cannot be seen whole, or
    /// is not what the ledger knows, stops the command.
    private func lookAgain(_ looks: Looks) throws {
        let progress = Progress()
        defer { try? progress.clear() }
        for name in looks.wanted.environments {
            let observation = try look(.envDescribe(name), progress)
            guard case .environment(let shown) = observation else { continue }
            if let known = looks.created[name], shown.created != known {
                throw lookFailed(
                    "\(name) was created \(shown.created?.short ?? "at no time that is shown"), the ledger knows the one of \(known.short)"
                )
            }
        }
        for kind in looks.wanted.snapshots {
            let observation = try look(.snapshotList(kind == .database ? nil : kind), progress)
            guard case .snapshotDestroy(let name, _) = looks.target,
                case .snapshots(_, let listing) = observation
            else { continue }
            guard let row = listing.rows.first(where: { $0.snapshot == name }) else {
                throw lookFailed("snapshot \(name) is not in the list")
            }
            if let known = looks.row,
                row.created != known.created || row.environment != known.environment
            {
                throw lookFailed("snapshot \(name) is not the one that the ledger knows")
            }
        }
        if looks.wanted.includesReleases { _ = try look(.releaseList, progress) }
        for host in looks.wanted.hosts {
            try progress.show("look-up of \(host)")
            let answer = lookUp(host)
            try runner.observe(.dns(answer))
            if answer.isFailed { throw lookFailed("\(host) could not be looked up") }
        }
    }

    private func look(_ read: ReadCommand, _ progress: Progress) throws -> Observation {
        let words = command.words.prefix(1) + Grammar.render(read).dropFirst()
        let shown = Shell.quote(Array(words))
        try progress.show(shown)
        var program: Program
        do {
            program = try Program(Array(words))
        } catch {
            throw lookFailed("\(shown): the command cannot be run")
        }
        program.input = .empty
        program.output = .nowhere
        program.errors = .nowhere
        program.staysTerminal = false
        program.limit = 120_000
        let report = try runner.run(PlatformCommand(Array(words)), program)
        guard let observation = report.observation, observation.isWhole else {
            throw lookFailed(
                "\(shown): "
                    + (report.result.isTimedOut
                        ? "no answer" : "not seen whole (status \(report.result.status))"))
        }
        return observation
    }

    // MARK: Words

    private var shown: String { command.shown(runner.filter) }

    private func lookFailed(_ why: String) -> CLIError { .lookFailed(shown, why: why) }

    private func refusal(_ admission: Admission) -> CLIError {
        guard case .refused(let resource, let verdict, let obstacles) = admission else {
            return .lookFailed(shown, why: "nothing admits it")
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

extension EvaluationOptions {
    /// The options that nobody typed: the present.
    static var present: EvaluationOptions {
        var options = EvaluationOptions()
        options.at = nil
        options.knownAt = nil
        return options
    }
}

extension Observation {
    /// True when all was seen that there was to see.
    fileprivate var isWhole: Bool {
        switch self {
        case .environment(let shown): shown.isComplete
        case .environments(let listing): listing.isComplete
        case .snapshots(_, let listing): listing.isComplete
        case .releases(let listing): listing.isComplete
        case .sqlScripts(let listing): listing.isComplete
        case .defaultEnvironment(let name): name != nil
        case .dns(let answer): !answer.isFailed
        case .file: true
        }
    }
}
