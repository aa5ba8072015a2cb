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

    /// True when the line speaks of an error.
    static func speaksOfError(_ line: String) -> Bool { contains(line, errors) }

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
