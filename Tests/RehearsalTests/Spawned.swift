import Foundation
import Glibc

/// A program that was started with nothing but its three streams.
///
/// Foundation's `Process` learns of an end by a socket that every program started meanwhile holds
/// as well, so that a name server which goes on running keeps others waiting for ever.
struct Spawned: Sendable {
    private let id: pid_t

    /// Goes to the folder, closes all but the streams, and becomes the program.
    private static let alone = """
        cd "$0" || exit 127
        for file in /proc/self/fd/*; do
            number=${file##*/}
            if [ "$number" -gt 2 ]; then eval "exec $number>&-"; fi
        done
        exec "$@"
        """

    /// Starts a program in a folder; its input is empty.
    init(
        _ path: String, _ arguments: [String], in folder: String, environment: [String: String],
        output: Int32? = nil, errors: Int32? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors, 2) }
        let shell = ["/bin/bash", "-c", Spawned.alone, folder, path] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = shell.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var id = pid_t()
        let code = posix_spawn(&id, shell[0], &actions, nil, &words, &variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        self.id = id
    }

    /// Waits for the end; the exit status, 128 and more for a signal.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
    }

    /// Ends it.
    func terminate() { kill(id, SIGTERM) }
}
