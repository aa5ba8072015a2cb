import CTerminal
import Foundation
import Glibc
import Testing

/// A program that was started with nothing but its three streams, as it would be by a shell.
///
/// It is started the way `run` starts programs and not by `posix_spawn` or Foundation's `Process`:
/// the threads that tests run on block nearly all signals, and a program that inherits that
/// cannot be ended any more, so that whoever waits for its end waits for ever.
final class Spawned: Sendable {
    /// How long a program may take, in seconds, before it is killed.
    static let deadline = 300

    private let id: pid_t
    /// Where its end is told.
    private let told: Int32

    /// Starts a program in a folder; its input is empty.
    init(
        _ path: String, _ arguments: [String], in folder: String, environment: [String: String],
        output: Int32, errors: Int32
    ) throws {
        let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(input) }
        var ends: [Int32] = [-1, -1]
        try #require(ledger_pipe(&ends) == 0)
        var started = pid_t()
        let code = withStrings([path] + arguments) { words in
            withStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                path.withCString { path in
                    folder.withCString { folder in
                        var program = ledger_program(
                            path: path, arguments: words, environment: variables,
                            directory: folder, input: input, output: output, errors: errors,
                            terminal: -1)
                        return ledger_start(&program, &started)
                    }
                }
            }
        }
        try #require(code == 0, "\(path): \(String(cString: strerror(code)))")
        id = started
        told = ends[0]
        try #require(ledger_watch(id, ends[1]) == 0)
    }

    deinit {
        terminate()
        close(told)
    }

    /// Waits for the end; the exit status, 128 and more for a signal.
    ///
    /// The wait is on a thread of its own, so that no test keeps the few threads that all tests
    /// share; a program that takes too long, or whose test is given up, is killed.
    func end(within seconds: Int = Spawned.deadline) async -> Int32 {
        await withTaskCancellationHandler {
            let isOver = await isReadable(told, seconds)
            if !isOver {
                Issue.record("killed: it had not ended after \(seconds) s")
                terminate()
                _ = await isReadable(told, seconds)
            }
            var status: [Int32] = [-1, 0]
            _ = read(told, &status, 2 * MemoryLayout<Int32>.size)
            return status[1] > 0 ? 128 + status[1] : status[0]
        } onCancel: {
            terminate()
        }
    }

    /// Ends it, whatever it does, unless it has ended.
    func terminate() {
        var wanted = pollfd(fd: told, events: Int16(POLLIN), revents: 0)
        if poll(&wanted, 1, 0) == 0 { kill(id, SIGKILL) }
    }
}

/// True once something can be read, or the other end is closed; false after so many seconds.
func isReadable(_ descriptor: Int32, _ seconds: Int) async -> Bool {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let end = Date().addingTimeInterval(TimeInterval(seconds))
            var count: Int32 = 0
            repeat {
                let left = max(0, end.timeIntervalSinceNow * 1000)
                count = poll(&wanted, 1, Int32(left))
            } while count < 0 && errno == EINTR
            continuation.resume(returning: count > 0)
        }
    }
}

private func withStrings<Value>(
    _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
    let pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("no words") }
        return body(base)
    }
}
