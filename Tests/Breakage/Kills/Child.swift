import Glibc

/// A program that runs beside us, its output in a pipe.
///
/// Every pipe is close-on-exec, so that other children do not hold it open after its owner has died.
final class Child {
    /// Why a child cannot be started.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where its output is read, without waiting.
    let output: Int32
    private let process: pid_t
    private var text: [UInt8] = []
    private var isReaped = false

    init(_ words: [String]) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let code = posix_spawn(&process, words[0], &actions, nil, &arguments, environ)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw Failure(description: "\(words[0]): cannot be started (\(code))")
        }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        self.process = process
        output = ends[0]
    }

    deinit {
        end()
        close(output)
    }

    /// The whole lines that it has printed since; nil when it has closed its output.
    func lines() -> [String]? {
        var isOpen = true
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count > 0 {
                text += buffer[0..<count]
                continue
            }
            isOpen = count < 0 && (errno == EAGAIN || errno == EINTR)
            break
        }
        // A line that was cut off by the kill says nothing.
        guard let end = text.lastIndex(of: 0x0A) else { return isOpen ? [] : nil }
        let lines = text[...end].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        text.removeSubrange(...end)
        return lines
    }

    /// Kills it, if it has not ended, and waits for its end.
    func end() {
        guard !isReaped else { return }
        isReaped = true
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// Waits for its end; all that it printed and its exit status, 128 and more for a signal.
    func finish() -> (lines: [String], status: Int32) {
        var lines: [String] = []
        var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) != process {
            lines += self.lines() ?? []
            _ = poll(&wait, 1, 20)
        }
        isReaped = true
        lines += self.lines() ?? []
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
        return (lines, code)
    }
}
