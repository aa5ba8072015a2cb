import CTerminal
import Foundation
import Testing

@testable import ledger_cli

/// The built program in a process of its own, with pipes or on a terminal of its own.
final class Session {
    /// The built program.
    static let binary: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<6 {
            let candidate = folder.appendingPathComponent("ledger-cli").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder = folder.deletingLastPathComponent()
        }
        return PlanningTests.root + "/.build/debug/ledger-cli"
    }()

    /// The process.
    let process: Int32
    /// Our end of its terminal; -1 without one.
    let master: Int32
    /// Its input; -1 on a terminal.
    private var input: Int32 = -1
    private var output: Int32
    private var errors: Int32 = -1
    private let exit: Int32
    /// What it printed so far; on a terminal everything.
    private(set) var printed: [UInt8] = []
    /// What it printed to its errors so far.
    private(set) var complained: [UInt8] = []
    /// 128 and the signal, or the exit status, once it has ended.
    private(set) var status: Int32?

    /// Starts a program.
    init(
        _ words: [String], in directory: String, onTerminal: Bool = false,
        environment extra: [String: String] = [:]
    ) throws {
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in extra { variables[name] = value }
        variables["PATH"] = directory + "/bin:" + (variables["PATH"] ?? "/usr/bin:/bin")
        var slave: Int32 = -1
        var ours: Int32 = -1
        var ends: [(Int32, Int32)] = []
        if onTerminal {
            try #require(ledger_terminal_open(-1, 0, &ours, &slave) == 0)
        } else {
            for _ in 0..<3 { ends.append(try Session.pipe()) }
        }
        let (reading, writing) = try Session.pipe()
        exit = reading
        master = ours
        output = ours
        var started: Int32 = -1
        let code = Session.withStrings(words) { arguments in
            Session.withStrings(variables.map { "\($0.key)=\($0.value)" }) { environment in
                words[0].withCString { path in
                    directory.withCString { folder in
                        var program = ledger_program(
                            path: path, arguments: arguments, environment: environment,
                            directory: folder, input: onTerminal ? slave : ends[0].0,
                            output: onTerminal ? slave : ends[1].1,
                            errors: onTerminal ? slave : ends[2].1,
                            terminal: slave)
                        return ledger_start(&program, &started)
                    }
                }
            }
        }
        try #require(code == 0)
        process = started
        if onTerminal {
            close(slave)
        } else {
            close(ends[0].0)
            close(ends[1].1)
            close(ends[2].1)
            input = ends[0].1
            output = ends[1].0
            errors = ends[2].0
        }
        try #require(ledger_watch(process, writing) == 0)
    }

    deinit {
        if status == nil { kill(process, SIGKILL) }
        for descriptor in [input, output, errors, exit] where descriptor >= 0 { close(descriptor) }
    }

    /// A run of the built program.
    @discardableResult
    static func run(
        _ words: String..., in directory: String, input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws -> Session {
        let session = try Session([binary] + words, in: directory, environment: environment)
        session.type(input)
        session.endInput()
        try session.wait()
        return session
    }

    /// Types or feeds bytes.
    func type(_ bytes: [UInt8]) {
        let target = master >= 0 ? master : input
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Types text.
    func type(_ text: String) { type(Array(text.utf8)) }

    /// Ends its input.
    func endInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// What it printed, as text.
    var text: String { String(decoding: printed, as: UTF8.self) }

    /// Reads until something was printed.
    func read(until wanted: String, seconds: Int = 30) throws {
        try turn(seconds) { self.text.contains(wanted) }
        try #require(text.contains(wanted), "\(text)")
    }

    /// Reads until the process has ended and its streams are closed.
    @discardableResult
    func wait(seconds: Int = 60) throws -> Int32 {
        try turn(seconds) { self.status != nil && self.output < 0 && self.errors < 0 }
        return try #require(status, "it has not ended; so far: \(text)")
    }

    private func turn(_ seconds: Int, _ isDone: () -> Bool) throws {
        let end = Date().addingTimeInterval(TimeInterval(seconds))
        while !isDone(), Date() < end {
            var wanted = [output, errors, status == nil ? exit : -1].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&wanted, nfds_t(wanted.count), 200) > 0 else {
                // Something in the background may hold the streams open.
                if status != nil { (output, errors) = (-1, -1) }
                continue
            }
            if wanted[0].revents != 0, !take(output, into: \.printed) { output = -1 }
            if wanted[1].revents != 0, !take(errors, into: \.complained) { errors = -1 }
            if wanted[2].revents != 0 {
                var told: [Int32] = [-1, 0]
                _ = Foundation.read(exit, &told, 8)
                status = told[1] > 0 ? 128 + told[1] : told[0]
            }
        }
    }

    private func take(
        _ descriptor: Int32, into target: ReferenceWritableKeyPath<Session, [UInt8]>
    ) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Foundation.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return false }
        self[keyPath: target] += buffer[..<count]
        return true
    }

    private static func pipe() throws -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(ledger_pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private static func withStrings<Value>(
        _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("no words") }
            return body(base)
        }
    }
}
