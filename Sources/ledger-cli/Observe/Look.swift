import Fleet
import Ledger

/// Something that can be looked at.
enum LookTarget: Hashable {
    /// A read command of the platform.
    case platform(ReadCommand)
    /// A hostname.
    case host(String)

    /// What is done to look, as one would type it.
    var command: String {
        switch self {
        case .platform(let read): Shell.quote(Grammar.render(read))
        case .host(let host): "look-up of \(host)"
        }
    }
}

/// What one look showed.
struct Look {
    /// What was looked at.
    let target: LookTarget
    /// When the look began: nothing newer can be said to have been seen.
    let time: Timestamp
    /// What was seen.
    let observation: Observation
    /// What was printed.
    var printed: [UInt8] = []
    /// Why it proves less than it might; nil when it was seen whole.
    var problem: String?

    /// Looks; `program` is the platform's command as it is to be called.
    ///
    /// - Throws: `RunStatus` when the platform's command cannot be found or executed,
    ///   `SystemError` when it cannot be started.
    static func take(
        _ target: LookTarget, program words: [String], resolver: Resolver, filter: SecretFilter,
        limit: Int
    ) throws -> Look {
        let time = Surroundings.current.clock()
        switch target {
        case .host(let host):
            let answer = Surroundings.current.lookUp?(host) ?? resolver.answer(for: host)
            return Look(
                target: target, time: time, observation: .dns(answer),
                problem: answer.isFailed
                    ? "no answer" : answer.environment == nil ? "points at no environment" : nil)
        case .platform(let read):
            var program: Program
            do {
                program = try Program(words + Grammar.render(read).dropFirst())
            } catch {
                throw RunStatus(error)
            }
            program.input = .empty
            program.output = .nowhere
            program.errors = .nowhere
            program.staysTerminal = false
            program.limit = limit
            let result = try RunningProgram.run(program)
            let observation = result.observation(of: read)
            return Look(
                target: target, time: time, observation: observation,
                printed: result.output.excerpt(filter) + result.errors.excerpt(filter),
                problem: problem(observation, result))
        }
    }

    /// A look at the platform that could not even begin.
    static func failed(_ read: ReadCommand, why: String) -> Look {
        let time = Surroundings.current.clock()
        let result = ProgramResult(end: .notStarted(OperatingSystem.noSuchFile), time: time)
        return Look(
            target: .platform(read), time: time, observation: result.observation(of: read),
            problem: why)
    }

    private static func problem(_ observation: Observation, _ result: ProgramResult) -> String? {
        if observation.isComplete { return nil }
        if result.isTimedOut { return "took too long" }
        guard case .exited(0) = result.end else { return "failed with status \(result.status)" }
        return "was cut off or could not be read"
    }
}

extension Observation {
    /// True when all was seen that there was to see.
    var isComplete: Bool {
        switch self {
        case .environment(let shown): shown.isComplete
        case .environments(let listing): listing.isComplete
        case .snapshots(_, let listing): listing.isComplete
        case .releases(let listing): listing.isComplete
        case .defaultEnvironment(let name): name != nil
        case .sqlScripts(let listing): listing.isComplete
        case .dns(let answer): !answer.isFailed
        case .file: true
        }
    }
}
