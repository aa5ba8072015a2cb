import CTerminal
import Ledger

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program that runs, from its start to its end: everything passes through untouched.
///
/// One loop moves all streams. Where our streams are terminals the program gets a pseudo-terminal:
/// when input and output both are, in a session of its own with ours in raw mode; else a plain one
/// a stream, while keys and signals reach it through the session that it shares with us.
final class RunningProgram {
    /// How long a stream may be silent after the program has ended, before one that something in
    /// the background holds open is given up, in milliseconds.
    private static let patience = 100
    /// The most that a pipe holds (`/proc/sys/fs/pipe-max-size`).
    private static let pipeLimit = 1 << 20
    /// How much of what was printed may belong to one question, in characters.
    private static let questionLimit = 1 << 15
    /// How long a program may be silent within a line before that is a question that is not understood.
    private static let questionPatience = 20_000
    /// How long a program has to end once it was told to.
    private static let lastWord = 5000

    private let program: Program
    private let signals: SignalCatch?
    private let streams: ProgramStreams
    private var process: Int32 = -1
    private var exit: Int32 = -1
    private var result: ProgramResult
    private var deadline: Int?
    private var isToBeKilled = false
    private var isStopKeyPressed = false
    private var quietSince: Int?
    private var lastPrinted: Int?

    private init(_ program: Program, _ signals: SignalCatch?) throws(SystemError) {
        self.program = program
        self.signals = signals
        streams = try ProgramStreams(program)
        result = ProgramResult(end: .lost, time: Surroundings.current.clock())
    }

    /// Runs a program until it has ended and its output is delivered.
    ///
    /// - Throws: `SystemError` when there are no descriptors left; the program was not started.
    static func run(_ program: Program, signals: SignalCatch? = nil) throws(SystemError)
        -> ProgramResult
    {
        let running = try RunningProgram(program, signals)
        return try running.run()
    }

    private func run() throws(SystemError) -> ProgramResult {
        defer { streams.close() }
        let (reading, writing) = try OperatingSystem.pipe()
        exit = reading
        defer { OperatingSystem.release(descriptor: exit) }
        OperatingSystem.truncate(program.emptied)
        let code = streams.start(program, process: &process)
        streams.started()
        guard code == 0 else {
            OperatingSystem.release(descriptor: writing)
            result.end = .notStarted(code)
            return finished()
        }
        let watched = ledger_watch(process, writing)
        guard watched == 0 else {
            // Without a thread nobody can wait for it; its outcome would never be known.
            OperatingSystem.release(descriptor: writing)
            OperatingSystem.send(SIGTERM, to: process)
            throw SystemError(name: "thread", code: watched)
        }
        deadline = program.limit.map { OperatingSystem.ticks() + $0 }
        streams.takeTerminal()
        while step() {}
        return finished()
    }

    private func finished() -> ProgramResult {
        streams.releaseTerminal()
        result.output = streams.output.capture
        result.errors = streams.errors?.capture ?? Capture()
        result.input = streams.feed?.capture
        result.isInputWhole = streams.isFeedWhole
        result.hasInputFailed = streams.hasFeedFailed
        result.isOutputRefused = streams.output.isRefused
        result.loss = streams.output.loss ?? streams.errors?.loss
        return result
    }

    /// One turn of the loop; false when all is over.
    private func step() -> Bool {
        let relays = streams.relays
        var wanted = relays.compactMap(\.interest)
        let hasEnded = exit < 0
        if hasEnded {
            if relays.allSatisfy(\.isDone) { return false }
        } else {
            wanted.append(pollfd(fd: exit, events: Int16(POLLIN), revents: 0))
        }
        if let signals, signals.descriptor >= 0 {
            wanted.append(pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0))
        }
        OperatingSystem.wait(&wanted, milliseconds: pause)
        let ready = Set(wanted.filter { $0.revents != 0 }.map(\.fd))
        if let signals, ready.contains(signals.descriptor) {
            for signal in signals.arrived() where !take(signal) { return false }
        }
        var hasMoved = false
        for relay in relays {
            guard let interest = relay.interest, ready.contains(interest.fd) else { continue }
            let filter = relay === streams.keyboard ? stopKeyFilter : nil
            hasMoved = relay.move(filter) || hasMoved
            answer(after: relay)
        }
        if isStopKeyPressed { suspend() }
        streams.closeWhatIsDone()
        if !hasEnded, ready.contains(exit) { end() }
        giveUpAnswering()
        enforceLimit()
        return !isQuiet(hasMoved)
    }

    /// How long to wait at most.
    private var pause: Int? {
        if exit < 0 { return RunningProgram.patience }
        let now = OperatingSystem.ticks()
        let question = lastPrinted.flatMap { printed in
            // One that stays open within no line is looked at again when something comes.
            streams.awaitsAnswer && printed + RunningProgram.questionPatience > now
                ? printed + RunningProgram.questionPatience : nil
        }
        return [deadline, question].compactMap { $0 }.min().map { max(0, $0 - now) }
    }

    /// True when the program has ended and what holds its streams open is silent.
    private func isQuiet(_ hasMoved: Bool) -> Bool {
        guard exit < 0 else { return false }
        if hasMoved || streams.relays.contains(where: \.isWaiting) {
            quietSince = nil
            return false
        }
        let now = OperatingSystem.ticks()
        let since = quietSince ?? now
        quietSince = since
        return now - since >= RunningProgram.patience
    }

    private func end() {
        guard
            case .bytes(let bytes) = OperatingSystem.readPiece(
                exit, limit: 2 * MemoryLayout<Int32>.size)
        else { return }
        let told = bytes.withUnsafeBytes { buffer in
            (
                buffer.loadUnaligned(fromByteOffset: 0, as: Int32.self),
                buffer.loadUnaligned(fromByteOffset: 4, as: Int32.self)
            )
        }
        result.end = told.1 > 0 ? .killed(told.1) : told.0 >= 0 ? .exited(told.0) : .lost
        result.time = Surroundings.current.clock()
        OperatingSystem.release(descriptor: exit)
        exit = -1
        deadline = nil
        streams.endInput()
        streams.output.takeLast(RunningProgram.pipeLimit)
        streams.errors?.takeLast(RunningProgram.pipeLimit)
    }

    private func enforceLimit() {
        guard let deadline, exit >= 0, OperatingSystem.ticks() >= deadline else { return }
        result.isTimedOut = true
        OperatingSystem.send(isToBeKilled ? SIGKILL : SIGTERM, to: process)
        isToBeKilled = true
        self.deadline = OperatingSystem.ticks() + RunningProgram.lastWord
    }

    private func answer(after relay: Relay) {
        guard case .answers(let answer) = program.input, streams.awaitsAnswer,
            relay !== streams.feed
        else { return }
        func printed(_ relay: Relay?) -> String {
            String((relay?.capture.text ?? "").suffix(RunningProgram.questionLimit))
        }
        lastPrinted = OperatingSystem.ticks()
        guard let line = answer(printed(streams.output), printed(streams.errors)) else { return }
        if line.isEmpty { return endAnswers() }
        streams.answer(Array(line.utf8) + [0x0A])
    }

    /// A question in words that nobody understands is not answered: its input ends, which aborts it,
    /// and better so than a program that is killed in the end and whose outcome nobody knows.
    private func giveUpAnswering() {
        guard streams.awaitsAnswer, exit >= 0, let lastPrinted,
            OperatingSystem.ticks() - lastPrinted >= RunningProgram.questionPatience,
            [streams.output, streams.errors].contains(where: { $0.map(isInLine) ?? false })
        else { return }
        endAnswers()
    }

    /// Types nothing, now or later; what was asked stands in the last lines.
    private func endAnswers() {
        let printed = streams.output.capture.text + "\n" + (streams.errors?.capture.text ?? "")
        let lines = printed.split(whereSeparator: \.isNewline).suffix(2)
        result.unanswered = lines.joined(separator: " ")
        streams.endAnswers()
    }

    /// True when what was printed last did not end its line, as a question does not.
    private func isInLine(_ relay: Relay) -> Bool {
        relay.capture.tail.last.map { $0 != 0x0A } ?? false
    }

    // MARK: Signals

    /// Does with a signal what it would have done to the program; false when nothing is left to do.
    private func take(_ signal: ledger_signal) -> Bool {
        switch signal.number {
        case SIGWINCH: streams.resize()
        case SIGTSTP:
            if exit >= 0 { suspend(isSent: signal.is_sent != 0) }
        case SIGCONT:
            if exit >= 0 { OperatingSystem.send(SIGCONT, to: process) }
        default:
            if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(signal.number) {
                result.interruption = signal.number
            }
            // The outcome is to be recorded; the reader of the output is not waited for any more.
            guard exit >= 0 else { return false }
            // What the terminal sent went to the whole group, the program included.
            if signal.is_sent != 0 || streams.hasOwnSession {
                OperatingSystem.send(signal.number, to: process)
            }
        }
        return true
    }

    private var stopKeyFilter: ([UInt8]) -> [UInt8] {
        { [self] bytes in
            let key = ledger_terminal_stop_key(streams.master)
            guard key >= 0, let index = bytes.firstIndex(of: UInt8(key)) else { return bytes }
            isStopKeyPressed = true
            var rest = bytes
            rest.remove(at: index)
            return rest
        }
    }

    /// Stops the program and this process with it, as a shell's job control expects.
    ///
    /// In a session of its own the program has no parent there, so the system would not let the
    /// stop key stop it: that is done here.
    private func suspend(isSent: Bool = true) {
        isStopKeyPressed = false
        if streams.hasOwnSession {
            ledger_terminal_signal(streams.master, process, SIGSTOP)
        } else if isSent {
            OperatingSystem.send(SIGTSTP, to: process)
        }
        streams.releaseTerminal()
        ledger_stop_self()
        streams.takeTerminal()
        streams.resize()
        if streams.hasOwnSession {
            ledger_terminal_signal(streams.master, process, SIGCONT)
        } else {
            OperatingSystem.send(SIGCONT, to: process)
        }
    }
}
