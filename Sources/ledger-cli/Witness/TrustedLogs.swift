import Ledger

/// The logs that a witness knows, from a file.
///
/// A line is a verifier key, white space and the origin; without one the origin is the name of the
/// key. `#` begins a comment. Several lines with one origin are one log with several keys, as while its key rotates.
struct TrustedLogs: Sendable {
    /// A log.
    struct Log: Sendable {
        /// The first line of its checkpoints.
        let origin: String
        /// The keys of which one must have signed.
        var keys: [VerifierKey]
    }

    /// The logs, each origin once.
    private(set) var logs: [Log] = []

    /// Reads a file of logs.
    ///
    /// - Throws: `CLIError` naming the line.
    init(_ text: String, file: String) throws(CLIError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let key: VerifierKey
            do {
                key = try VerifierKey.parse(String(first))
            } catch {
                throw .unreadable(
                    file, why: "line \(index + 1): \(error)",
                    hint: "a line is the vkey of a log, as ledger-cli key show prints it")
            }
            let origin = words.count > 1 ? TrustedLogs.trimmed(words[1]) : key.name.text
            if let known = logs.firstIndex(where: { $0.origin.utf8.elementsEqual(origin.utf8) }) {
                logs[known].keys.append(key)
            } else {
                logs.append(Log(origin: origin, keys: [key]))
            }
        }
        guard !logs.isEmpty else {
            throw .unreadable(
                file, why: "no log in it",
                hint: "a line is the vkey of a log, as ledger-cli key show prints it")
        }
    }

    /// The log of an origin, byte for byte.
    func log(origin: String) -> Log? {
        logs.first { $0.origin.utf8.elementsEqual(origin.utf8) }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
