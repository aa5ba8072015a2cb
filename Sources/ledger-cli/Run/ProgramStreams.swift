import CTerminal
import Ledger

/// The three streams of a program, on pipes and pseudo-terminals.
final class ProgramStreams {
    /// Carries the output; on a terminal the errors too.
    private(set) var output: Relay
    /// Carries the errors, when they go another way.
    private(set) var errors: Relay?
    /// Carries what the program is fed and is looked at.
    private(set) var feed: Relay?
    /// Carries the keys to the pseudo-terminal.
    private(set) var keyboard: Relay?
    /// True when the program is in a session of its own, on a terminal of its own.
    let hasOwnSession: Bool
    /// Our end of its terminal; negative when it has none of its own.
    private(set) var master: Int32 = -1
    /// True while what the program asks may still be answered: its input stays open so long.
    private(set) var awaitsAnswer = false
    /// True when all there was to feed was taken.
    private(set) var isFeedWhole = false
    /// True when what was to be fed could not be read to its end.
    var hasFeedFailed: Bool { feed?.hasFailed ?? false }

    /// Its ends, closed here once it has them.
    private var theirs: [Int32] = []
    /// Its ends of terminals, kept open until it has ended: when the last one is closed the
    /// terminal hangs up, and a program that only closes its streams must not be told so.
    private var slaves: [Int32] = []
    private var given: (input: Int32, output: Int32, errors: Int32) = (-1, -1, -1)
    private var terminal: Int32 = -1
    private var feedEnd: Int32 = -1
    private var terminals: [(ours: Int32, master: Int32)] = []
    private var hasTerminal = false

    /// Prepares the streams of a program.
    ///
    /// - Throws: `SystemError` when there are no descriptors or terminals left.
    init(_ program: Program) throws(SystemError) {
        let outputTerminal = ProgramStreams.terminal(program.output, program)
        let errorsTerminal = ProgramStreams.terminal(program.errors, program)
        var isInherited = false
        if case .inherited = program.input { isInherited = true }
        hasOwnSession =
            outputTerminal != nil && isInherited && OperatingSystem.isTerminal(0)
            && ledger_terminal_is_foreground(0) != 0
        output = Relay(from: -1, to: .nowhere)
        let ours: Int32
        if let like = outputTerminal {
            ours = try openTerminal(like, isPlain: !hasOwnSession, for: \.output)
            if hasOwnSession {
                master = ours
                terminal = given.output
                given.input = given.output
            }
        } else {
            ours = try openPipe(for: \.output)
        }
        output = Relay(from: ours, to: program.output, keepsContent: program.keepsOutput)
        if errorsTerminal != nil, outputTerminal != nil {
            given.errors = given.output
        } else {
            let ours: Int32
            if let like = errorsTerminal {
                ours = try openTerminal(like, isPlain: true, for: \.errors)
            } else {
                ours = try openPipe(for: \.errors)
            }
            errors = Relay(from: ours, to: program.errors)
        }
        try openInput(program)
    }

    /// The terminal that a stream of ours is.
    private static func terminal(_ target: StreamTarget, _ program: Program) -> Int32? {
        guard program.staysTerminal, case .descriptor(let descriptor) = target,
            OperatingSystem.isTerminal(descriptor)
        else { return nil }
        return descriptor
    }

    private func openTerminal(
        _ like: Int32, isPlain: Bool,
        for stream: WritableKeyPath<(input: Int32, output: Int32, errors: Int32), Int32>
    ) throws(SystemError) -> Int32 {
        var ours: Int32 = -1
        var slave: Int32 = -1
        let code = ledger_terminal_open(like, isPlain ? 1 : 0, &ours, &slave)
        guard code == 0 else { throw SystemError(name: "pseudo-terminal", code: code) }
        given[keyPath: stream] = slave
        slaves.append(slave)
        terminals.append((like, ours))
        ledger_nonblocking(ours)
        return ours
    }

    private func openPipe(
        for stream: WritableKeyPath<(input: Int32, output: Int32, errors: Int32), Int32>
    ) throws(SystemError) -> Int32 {
        let (reading, writing) = try OperatingSystem.pipe()
        given[keyPath: stream] = writing
        theirs.append(writing)
        ledger_nonblocking(reading)
        return reading
    }

    private func openInput(_ program: Program) throws(SystemError) {
        switch program.input {
        case .inherited: break
        case .empty:
            given.input = try OperatingSystem.openForReading("/dev/null")
            theirs.append(given.input)
        case .handed(let descriptor): given.input = descriptor
        case .relayed(let descriptor):
            try openFeed(from: descriptor)
        case .answers:
            try openFeed(from: -1)
            awaitsAnswer = true
        }
    }

    private func openFeed(from source: Int32) throws(SystemError) {
        let (reading, writing) = try OperatingSystem.pipe()
        given.input = reading
        theirs.append(reading)
        feedEnd = writing
        ledger_nonblocking(writing)
        feed = Relay(
            from: source, to: .descriptor(writing), isOwned: false, isPatient: true,
            keepsContent: false)
    }

    /// Starts the program; gives 0 or the value of `errno`.
    func start(_ program: Program, process: inout Int32) -> Int32 {
        withCStrings(program.words) { words in
            program.path.withCString { path in
                func start(_ directory: UnsafePointer<CChar>?) -> Int32 {
                    var wanted = ledger_program(
                        path: path, arguments: words, environment: ledger_environment(),
                        directory: directory, input: given.input, output: given.output,
                        errors: given.errors, terminal: terminal)
                    return ledger_start(&wanted, &process)
                }
                guard let directory = program.directory else { return start(nil) }
                return directory.withCString { start($0) }
            }
        }
    }

    /// Forgets the ends that the program has now.
    func started() {
        for descriptor in theirs { OperatingSystem.release(descriptor: descriptor) }
        theirs = []
    }

    /// Everything that may have something to move.
    var relays: [Relay] {
        var all = [output]
        if let errors { all.append(errors) }
        if let feed, feedEnd >= 0 { all.append(feed) }
        if let keyboard, hasTerminal { all.append(keyboard) }
        return all
    }

    /// Closes the program's input once everything is fed, or once it takes no more.
    func closeWhatIsDone() {
        if let feed, feedEnd >= 0, feed.isDone, !awaitsAnswer { closeFeed() }
        // The terminal is gone: the program is told by losing its own.
        if output.isRefused, master >= 0 {
            keyboard?.abandon()
            master = -1
        }
    }

    /// The program has ended: nothing more is fed, and its terminals end with what it left there.
    func endInput() {
        for slave in slaves { OperatingSystem.release(descriptor: slave) }
        slaves = []
        keyboard?.abandon()
        if feedEnd >= 0 { closeFeed() }
    }

    /// Types the one answer, after which the program's input ends.
    func answer(_ bytes: [UInt8]) {
        guard awaitsAnswer, feedEnd >= 0 else { return }
        awaitsAnswer = false
        feed?.insert(bytes)
    }

    /// Nothing more is answered.
    func endAnswers() { awaitsAnswer = false }

    private func closeFeed() {
        awaitsAnswer = false
        isFeedWhole = feed.map { $0.isDone && !$0.isRefused && !$0.hasFailed } ?? false
        feed?.abandon()
        OperatingSystem.release(descriptor: feedEnd)
        feedEnd = -1
    }

    // MARK: The terminal

    /// Takes our terminal over, as far as we are in its foreground.
    func takeTerminal() {
        guard hasOwnSession, ledger_terminal_is_foreground(0) != 0, ledger_terminal_raw(0) == 0
        else { return }
        hasTerminal = true
        if keyboard == nil, master >= 0 {
            keyboard = Relay(
                from: 0, to: .descriptor(master), isOwned: false, isPatient: true,
                keepsContent: false)
        }
    }

    /// Gives our terminal back as it was.
    func releaseTerminal() {
        guard hasTerminal else { return }
        ledger_terminal_restore(0)
        hasTerminal = false
    }

    /// Passes the size of our terminal on.
    func resize() {
        for pair in terminals where output.source == pair.master || errors?.source == pair.master {
            ledger_terminal_resize(pair.ours, pair.master)
        }
    }

    /// Closes whatever is left.
    func close() {
        releaseTerminal()
        started()
        endInput()
        output.abandon()
        errors?.abandon()
    }

    private func withCStrings<Value>(
        _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        // A word with a NUL could never have been typed; it would end there.
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { word in
            let bytes = Array(word.utf8.prefix { $0 != 0 })
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
            for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
            copy[bytes.count] = 0
            return copy
        }
        pointers.append(nil)
        defer { for pointer in pointers { pointer?.deallocate() } }
        return pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("no words") }
            return body(base)
        }
    }
}
