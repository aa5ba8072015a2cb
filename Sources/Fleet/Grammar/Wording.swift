/// The words by which a line of output gives a failure away.
///
/// The platform's error texts are not documented, so the words are many: one too many makes an
/// outcome unknown, one too few would make it accepted.
enum Wording {
    private static let errors = [
        "error", "fail", "failed", "fatal", "cannot", "can't", "can not", "could not", "couldn't",
        "unable", "denied", "refused", "forbidden", "not found", "no such", "not exist",
        "doesn't exist", "already exists", "not allowed", "not permitted", "not authorized",
        "unauthorized", "invalid", "exception", "traceback", "aborted", "aborting", "rejected",
        "unrecognized", "unrecognised", "unknown command", "unknown option", "usage:",
        "too many", "too few", "must be", "must not", "in use", "exceeded", "sorry",
        "killed", "segmentation fault", "command not found", "permission",
        "errno", "no space", "read-only file system", "is a directory", "not a directory",
        "file exists", "deadlock", "got packet", "interrupted", "corrupt", "truncated",
    ]

    /// Programs that say on the terminal only what went wrong; their warnings are marked as such.
    private static let complainers = [
        "bash", "-bash", "zsh", "-zsh", "sh", "-sh", "dash", "ksh", "fish", "mysqldump", "mysql",
        "mariadb-dump", "mariadb", "pg_dump", "psql",
    ]

    /// What a shell prints of a program that a signal ended or stopped.
    private static let endings = [
        "terminated", "hangup", "interrupt", "quit", "alarm clock", "aborted", "bus error",
        "stopped", "suspended", "illegal instruction", "floating point exception",
    ]

    private static let losses = [
        "timed out", "time-out", "timeout", "time out", "lost connection", "connection lost",
        "connection was lost", "lost the connection", "connection reset", "connection closed",
        "connection refused", "connection aborted", "connection terminated", "connection dropped",
        "connection to server was lost", "closed by remote host", "closed by foreign host",
        "broken pipe", "not responding", "unreachable", "no route to host", "could not resolve",
        "gone away", "disconnect", "exchange_identification", "hung up", "unexpected eof",
        "end of file during", "server has gone",
    ]

    /// True when the line speaks of an error, or of a command that was broken off.
    static func speaksOfError(_ line: String) -> Bool {
        contains(line, errors) || isComplaint(line) || isBrokenOff(line)
    }

    /// True for `bash: bestpants.sql: …` and `mysqldump: …`, warnings aside.
    private static func isComplaint(_ line: String) -> Bool {
        guard let colon = line.firstIndex(of: ":"),
            complainers.contains(String(line[..<colon]))
        else { return false }
        let rest = line[line.index(after: colon)...].drop { $0 == " " }.lowercased()
        return !rest.hasPrefix("[warning]") && !rest.hasPrefix("warning")
            && !rest.hasPrefix("[note]")
    }

    /// True for the key that a terminal shows, and for a shell's word about a signal:
    /// `[1]+  Stopped                 fleet …`.
    private static func isBrokenOff(_ line: String) -> Bool {
        if ["^C", "^Z", "^\\"].contains(where: line.contains) { return true }
        var rest = Substring(line)
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            rest = rest[rest.index(after: end)...].drop { "+- ".contains($0) }
        }
        let text = rest.lowercased()
        return endings.contains { word in
            text.hasPrefix(word)
                && text.dropFirst(word.count).first.map { !$0.isLetter } ?? true
        }
    }

    /// True when the line speaks of a time-out or a lost connection.
    static func speaksOfLoss(_ line: String) -> Bool { contains(line, losses) }

    /// True for the error line of MySQL's client: `ERROR 1227 (42000) at line 18: …`.
    static func isDatabaseError(_ line: String) -> Bool {
        guard line.hasPrefix("ERROR ") else { return false }
        return line.utf8.dropFirst(6).first.map { 0x30...0x39 ~= $0 } == true
    }

    /// True when one of the phrases starts at the beginning of a word.
    private static func contains(_ line: String, _ phrases: [String]) -> Bool {
        let text = Array(line.lowercased().utf8)
        for start in text.indices {
            if start > 0, isLetter(text[start - 1]) { continue }
            for phrase in phrases where text[start] == phrase.utf8.first {
                if text[start...].starts(with: phrase.utf8) { return true }
            }
        }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte || byte >= 0x80 }
}
