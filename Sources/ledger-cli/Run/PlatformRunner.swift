import Fleet
import Ledger

/// Runs commands and writes down what was started and what came of it.
///
/// The start of whatever may change the platform is durable before the program exists; the outcome
/// follows when it has ended. Should we die in between, the start stays without an outcome: in doubt.
struct PlatformRunner {
    /// What an event says beside the command itself.
    struct Context {
        /// The migration that was named.
        var migration: String?
        /// Why the guard was overridden, when it was.
        var overrideReason: String?
        /// The digest of the plan that the command is a step of.
        var plan: String?
        /// The event that the command follows from.
        var cause: EventID?
        /// How many events there must be before the start, so that what was decided still holds.
        var expectedSize: Int?
    }

    /// What came of a command.
    struct Report {
        /// How the program ended and what it printed.
        var result: ProgramResult
        /// What is recorded as its outcome; nil for a reading.
        var outcome: Outcome?
        /// Why, in a fixed word.
        var detail: String?
        /// What a reading showed.
        var observation: Observation?
        /// The events of outcome and evidence.
        var appended: [Appended] = []
    }

    /// Who writes it down.
    let scribe: Scribe

    private var filter: SecretFilter { scribe.filter }

    /// A runner on a ledger.
    ///
    /// - Throws: `StoreError`; `EventError` when an event cannot be read.
    init(_ store: LedgerStore, actor: Actor) throws { scribe = try Scribe(store, actor: actor) }

    /// Runs a command to its end.
    ///
    /// - Parameters:
    ///   - command: the command.
    ///   - program: the program and its streams.
    ///   - context: what else the events say.
    /// - Returns: what came of it; the outcome is recorded.
    /// - Throws: `StoreError` before the program was started; `UnrecordedOutcome` after.
    func run(
        _ command: PlatformCommand, _ program: Program, _ context: Context = Context()
    ) throws -> Report {
        // From before the start until the outcome is recorded a signal is the program's.
        let signals = Surroundings.current.output.ownDescriptor == nil ? nil : SignalCatch()
        let start = try start(of: command, context)
        if let start {
            _ = try scribe.append([start], expectedSize: context.expectedSize)
        }
        defer { withExtendedLifetime(signals) {} }
        let result: ProgramResult
        do {
            result = try RunningProgram.run(program, signals: signals)
        } catch {
            // Nothing was started, or nobody can wait for it: what is recorded says so.
            var failed = ProgramResult(end: .lost, time: Surroundings.current.clock())
            failed.errors.take(Array("\(error)".utf8))
            _ = try record(command, failed, start, context)
            throw error
        }
        return try record(command, result, start, context)
    }

    /// The event before; nil for what changes nothing on the platform.
    private func start(of command: PlatformCommand, _ context: Context) throws -> EventDraft? {
        let payload: EventPayload
        switch command.kind {
        case .action(let action, let remarks):
            payload = .action(
                action, .started,
                ActionReport(
                    command: shown(command, action), remarks: remarks,
                    isOverride: context.overrideReason != nil, plan: context.plan))
        case .other:
            payload = .decision(
                .noteAdded(Note(command: command.shown(filter), outcome: .started)))
        case .read, .foreign: return nil
        }
        let draft = scribe.draft(
            payload, at: Surroundings.current.clock(), migration: context.migration,
            cause: context.cause,
            attachments: context.overrideReason.map {
                ["override": AttachmentContent(text: filter.redact($0))]
            } ?? [:])
        // What came of it could not be told under its name either.
        guard !Redaction.leftOut(of: draft.data) else { throw CLIError.notSearched }
        return draft
    }

    /// The command as it is kept: what the action itself says of names is no secret.
    private func shown(_ command: PlatformCommand, _ action: Action) -> String {
        command.shown(filter.sparing(EnvironmentSecrets.names(in: action.json)))
    }

    private func record(
        _ command: PlatformCommand, _ result: ProgramResult, _ start: EventDraft?,
        _ context: Context
    ) throws -> Report {
        var report = Report(result: result)
        let payload = payload(of: command, result, context, &report)
        let time = max(result.time, start?.time ?? result.time)
        var drafts = [
            scribe.draft(
                payload, at: time, migration: context.migration, cause: start?.id ?? context.cause,
                attachments: result.attachments(filter))
        ]
        for evidence in files(command, result) {
            drafts.append(
                scribe.draft(
                    .observation(.file(evidence)), at: time, migration: context.migration,
                    cause: drafts[0].id))
        }
        do {
            report.appended = try append(drafts, small: note(command, report, time, context))
        } catch {
            throw UnrecordedOutcome(
                command: command, shown: command.shown(filter),
                words: filter.redact(arguments: command.words), report: report, why: error)
        }
        return report
    }

    private func payload(
        of command: PlatformCommand, _ result: ProgramResult, _ context: Context,
        _ report: inout Report
    ) -> EventPayload {
        let status: Int? =
            if case .lost = result.end { nil } else { Int(result.status) }
        switch command.kind {
        case .action(let action, let remarks):
            let found = outcome(of: action, result, status)
            report.outcome = found.outcome
            report.detail = found.detail
            return .action(
                action, found.outcome,
                ActionReport(
                    command: shown(command, action), exitStatus: status, detail: found.detail,
                    echoed: OutcomeRule.others(than: action, in: words(of: action, result)),
                    remarks: remarks, isOverride: context.overrideReason != nil,
                    plan: context.plan))
        case .read(let read):
            let observation = result.observation(of: read)
            report.observation = observation
            return .observation(observation)
        case .other, .foreign:
            let outcome = told(result)
            report.outcome = outcome
            return .decision(
                .noteAdded(
                    Note(command: command.shown(filter), outcome: outcome, exitStatus: status)))
        }
    }

    private func outcome(
        of action: Action, _ result: ProgramResult, _ status: Int?
    ) -> (outcome: Outcome, detail: String) {
        if case .notStarted = result.end { return (.refused, "exit-status") }
        // Whatever the platform says, it was not given all that was to be loaded, or did not take it.
        if case .databaseLoad = action, result.hasInputFailed { return (.unknown, "input") }
        let found = told(action, result, status)
        guard found.outcome == .accepted else { return found }
        switch action {
        case .databaseLoad where result.input != nil && !result.isInputWhole:
            return (.unknown, "input")
        case .databaseDump where result.isOutputRefused: return (.unknown, "output")
        default: return found
        }
    }

    private func told(
        _ action: Action, _ result: ProgramResult, _ status: Int?
    ) -> (outcome: Outcome, detail: String) {
        return OutcomeRule.classify(
            action, output: words(of: action, result), exitStatus: status,
            timedOut: result.isTimedOut, isExecuted: true)
    }

    /// What was said of an action: a dump's output is data, not words about it.
    private func words(of action: Action, _ result: ProgramResult) -> String {
        if case .databaseDump = action { result.errors.text } else { result.printed }
    }

    /// The outcome of a command that has no rule of its own.
    private func told(_ result: ProgramResult) -> Outcome {
        switch result.end {
        case .exited(0): .accepted
        case .exited(255), .killed, .lost: .unknown
        case .exited(let status): 129...159 ~= status || result.isTimedOut ? .unknown : .refused
        case .notStarted: .refused
        }
    }

    // MARK: Events

    /// What passed through files: a dump that was written, a dump that was loaded whole.
    private func files(_ command: PlatformCommand, _ result: ProgramResult) -> [FileEvidence] {
        if case .notStarted = result.end { return [] }
        switch command.action {
        case .databaseDump(_, _, let path?):
            // What passed is not what the file has.
            if result.isOutputRefused { return [] }
            return [result.output.evidence(path: path, role: .dump)]
        case .databaseLoad(_, _, let path?):
            guard let input = result.input, result.isInputWhole else { return [] }
            return [input.evidence(path: path, role: .dump)]
        default: return []
        }
    }

    /// What is kept of an outcome that does not fit into a record.
    private func note(
        _ command: PlatformCommand, _ report: Report, _ time: Timestamp, _ context: Context
    ) -> EventDraft {
        scribe.draft(
            .decision(
                .noteAdded(
                    Note(
                        command: command.shown(filter), outcome: report.outcome,
                        exitStatus: Int(report.result.status)))),
            at: time, migration: context.migration,
            attachments: report.result.attachments(filter))
    }

    /// Appends an outcome; what stands in the way may go away, so this is tried for a while.
    private func append(_ drafts: [EventDraft], small: EventDraft) throws -> [Appended] {
        var pauses: [UInt32] = [250, 500, 1000, 2000, 4000]
        var drafts = drafts
        while true {
            do {
                return try scribe.append(drafts)
            } catch {
                switch error {
                case .event(let why, index: 0) where drafts.first?.id != small.id:
                    let type = drafts.first.map { "\($0.type)" } ?? "event"
                    try? Output.note(
                        "ledger: warning: \(type): not recorded: \(why); a note of the command is")
                    drafts = [small]
                case .event(_, let index) where index > 0: drafts.remove(at: index)
                default:
                    // To be busy is waited for inside already.
                    switch error {
                    case .busy, .undecided: pauses = Array(pauses.suffix(1))
                    default: break
                    }
                    guard let pause = pauses.first else { throw error }
                    pauses.removeFirst()
                    OperatingSystem.sleep(milliseconds: pause)
                }
            }
        }
    }
}
