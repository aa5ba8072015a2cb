import Foundation
import Testing

/// A child process of the built program, whose standard output is a pipe or a terminal of the
/// test's own.
final class Child {
    private let process = Process()
    private let reading: FileHandle
    private let writing: FileHandle
    /// What was read so far.
    private(set) var output = ""

    /// A child that writes to a pipe, or to a terminal of a size.
    init(
        _ words: [String], in directory: String, columns: Int? = nil, rows: Int = 24,
        environment: [String: String] = [:]
    ) throws {
        if let columns {
            let (master, slave) = try Child.pseudoTerminal()
            var size = winsize()
            size.ws_col = UInt16(columns)
            size.ws_row = UInt16(rows)
            try #require(ioctl(slave, UInt(TIOCSWINSZ), &size) == 0)
            reading = FileHandle(fileDescriptor: master, closeOnDealloc: true)
            writing = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        } else {
            let pipe = Pipe()
            (reading, writing) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
        }
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent("ledger-cli")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.environment = ["TERM": "xterm"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = writing
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Only the child holds the other end now: reading ends when it does.
        try writing.close()
    }

    /// The two ends of a new pseudo-terminal.
    private static func pseudoTerminal() throws -> (master: Int32, slave: Int32) {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(master >= 0)
        #if canImport(Darwin)
            try #require(grantpt(master) == 0 && unlockpt(master) == 0)
            let name = try #require(ptsname(master).map { String(cString: $0) })
        #else
            // What unlockpt and ptsname do (ioctl_tty(2)); Glibc's module does not show them.
            var isLocked: Int32 = 0
            var number: UInt32 = 0
            try #require(ioctl(master, 0x4004_5431, &isLocked) == 0)
            try #require(ioctl(master, 0x8004_5430, &number) == 0)
            let name = "/dev/pts/\(number)"
        #endif
        let slave = open(name, O_RDWR | O_NOCTTY)
        try #require(slave >= 0)
        return (master, slave)
    }

    /// Reads until a text has come; returns what came up to its end since the last call.
    @discardableResult
    func read(until text: String) throws -> String {
        while true {
            if let range = output.range(of: text) {
                let read = String(output[..<range.upperBound])
                output.removeSubrange(..<range.upperBound)
                return read
            }
            var bytes = [UInt8](repeating: 0, count: 4096)
            // A terminal whose other end is closed gives an error instead of an end.
            let count = Foundation.read(reading.fileDescriptor, &bytes, bytes.count)
            try #require(count > 0, "ended before \(text); had \(output)")
            output += String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    /// Reads no more.
    func close() throws { try reading.close() }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end: its status, and whether a signal made it.
    func end() -> (status: Int32, isSignal: Bool) {
        process.waitUntilExit()
        return (process.terminationStatus, process.terminationReason == .uncaughtSignal)
    }
}
