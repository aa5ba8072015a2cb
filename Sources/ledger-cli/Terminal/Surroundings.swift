import Ledger
import Synchronization

/// Everything that a command takes from outside: clock, environment, streams.
///
/// Commands reach it through `Surroundings.current`, so that tests run them inside the process with
/// a clock, an environment and streams of their own.
struct Surroundings: Sendable {
    /// The value of an environment variable.
    var environment: @Sendable (String) -> String?
    /// The wall clock; it stamps `recordedtime` and is the present unless `--now` says otherwise.
    var clock: @Sendable () -> Timestamp
    /// Lets time pass.
    var pause: @Sendable (Span) -> Void = { RehearsalClock.pause($0) }
    /// The name of the person or service at the keyboard.
    var loginName: @Sendable () -> String
    /// Hands over the bytes of standard input, a piece at a time.
    var readInput: @Sendable (([UInt8]) throws -> Void) throws -> Void
    /// All environment variables.
    var variables: @Sendable () -> [(name: String, value: String)] = {
        OperatingSystem.environment()
    }
    /// Looks hostnames up in the place of DNS; nil for DNS itself.
    var lookUp: (@Sendable (String) -> DNSAnswer)?
    /// Where relative paths start; nil for the process's own working directory.
    var directory: String?
    /// Answers.
    var output: Sink
    /// Everything else.
    var errors: Sink
    /// Posts bytes to a web address.
    var post: @Sendable (String, [UInt8]) async throws -> Transmission.Answer = {
        try await Transmission.post($0, $1)
    }
    /// What is to be published when the command is done.
    var outbox = Outbox()
    /// What the command recorded so far.
    var recorded = Recorded()

    /// The surroundings of the command that is running.
    @TaskLocal static var current = Surroundings.process

    /// Those of the process.
    static let process = Surroundings(
        environment: { OperatingSystem.environment($0) },
        clock: { RehearsalClock.time() },
        loginName: { OperatingSystem.loginName() },
        readInput: { try OperatingSystem.read("-", $0) },
        directory: nil,
        output: Sink(descriptor: 1, name: "standard output"),
        errors: Sink(descriptor: 2, name: "standard error"))

    /// A path as the process sees it.
    func path(_ given: String) -> String {
        guard let directory, !given.hasPrefix("/") else { return given }
        return directory + "/" + given
    }

    /// Hands over the bytes of a file, or of standard input for `-`, a piece at a time.
    ///
    /// - Throws: `SystemError` naming the path as given, and whatever `body` throws.
    func read(_ given: String, _ body: ([UInt8]) throws -> Void) throws {
        if given == "-" { return try readInput(body) }
        do {
            try OperatingSystem.read(path(given), body)
        } catch let error as SystemError {
            throw SystemError(name: given, code: error.code)
        }
    }

    /// All bytes of a file, or of standard input for `-`.
    ///
    /// - Throws: `SystemError` naming the path as given; `CLIError.unreadable` beyond `wholeLimit`.
    func bytes(of given: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read(given) { try Surroundings.add($0, to: &bytes, of: given) }
        return bytes
    }

    /// How many bytes are read of what has to be held whole.
    static let wholeLimit = 64 << 20

    /// Takes a piece of what is held whole.
    ///
    /// - Throws: `CLIError.unreadable` when it is too much.
    static func add(
        _ piece: [UInt8], to bytes: inout [UInt8], of name: String
    ) throws(CLIError) {
        guard bytes.count + piece.count <= wholeLimit else {
            throw .unreadable(
                name == "-" ? "standard input" : name, why: "more than 64 MiB, which is not read",
                hint: "name the file that is meant; record file keeps what a long one is")
        }
        bytes += piece
    }
}

/// A stream to write to: a descriptor of the process, or memory in tests.
final class Sink: Sendable {
    private let descriptor: Int32?
    private let name: String
    private let buffer: Mutex<[UInt8]>
    private let fixedSize: TerminalSize?
    /// True when people watch.
    let isTerminal: Bool

    /// The size of the terminal at this moment; nil when it is none or does not say.
    var size: TerminalSize? {
        guard isTerminal else { return nil }
        return descriptor.map(OperatingSystem.terminalSize) ?? fixedSize
    }

    /// The columns of the terminal; nil when lines may be as long as they are.
    var columns: Int? { size?.columns }

    /// Waits, and tells whether somebody still reads; memory is always read.
    func isRead(afterMilliseconds milliseconds: Int32) -> Bool {
        guard let descriptor else { return true }
        return OperatingSystem.isRead(descriptor, afterMilliseconds: milliseconds)
    }

    /// A stream on a descriptor.
    init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
        isTerminal = OperatingSystem.isTerminal(descriptor)
        fixedSize = nil
        buffer = Mutex([])
    }

    /// A stream that only remembers; as a terminal it has a size when one is given.
    init(isTerminal: Bool = false, size: TerminalSize? = nil) {
        descriptor = nil
        name = "memory"
        self.isTerminal = isTerminal
        fixedSize = size
        buffer = Mutex([])
    }

    /// Takes bytes; they reach a descriptor 64 KiB at a time and when flushed.
    ///
    /// - Throws: `SystemError` when the descriptor takes no more.
    func write(_ bytes: some Sequence<UInt8>) throws {
        let isFull = buffer.withLock { held in
            held.append(contentsOf: bytes)
            return held.count >= 1 << 16
        }
        if isFull { try flush() }
    }

    /// Takes a line of text.
    ///
    /// - Throws: `SystemError` when the descriptor takes no more.
    func line(_ text: String = "") throws {
        try write(Array(text.utf8) + [0x0A])
    }

    /// Hands what is held to the descriptor; in memory it stays.
    ///
    /// - Throws: `SystemError` when the descriptor takes no more.
    func flush() throws {
        guard let descriptor else { return }
        let bytes = buffer.withLock { held in
            defer { held.removeAll(keepingCapacity: true) }
            return held
        }
        try OperatingSystem.write(bytes, to: descriptor, name: name)
    }

    /// The descriptor behind it, when there is one.
    var ownDescriptor: Int32? { descriptor }

    /// What is held, as text.
    var text: String { buffer.withLock { String(decoding: $0, as: UTF8.self) } }
}
