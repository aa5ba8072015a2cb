import Ledger

extension Need {
    /// What came of a command that no look of the platform shows; nil for one that looks show.
    ///
    /// The outcome that is asked to be confirmed is the one that proves least: a shell may have
    /// written, a dump or a flush did nothing. Of a load neither does: one proves a copy, the other that
    /// nothing was replaced; somebody must fill in which it is. It is told for the time of the command, since what came
    /// later says nothing of it.
    static func outcome(of attempt: Attempt) -> Need? {
        var options = ["--outcome", "refused"]
        let words: [String]
        switch attempt.action {
        case .databaseShell(let environment, let database):
            options = ["--outcome", "accepted"]
            words = ["database", "connect", environment] + [database].compactMap { $0 }
        case .databaseDump(let environment, let database, let path):
            words = ["database", "dump", environment] + [database].compactMap { $0 }
            options += path.map { ["--output", $0] } ?? []
        case .databaseLoad(let environment, let database, let path):
            words = ["database", "connect", environment] + [database].compactMap { $0 }
            options = ["--outcome", "OUTCOME"] + (path.map { ["--input", $0] } ?? [])
        case .envCacheFlush(let environment): words = ["env", "cache", "flush", environment]
        default: return nil
        }
        let started = attempt.started
        if attempt.isInDoubt {
            options += ["--settles", "\(started.sequence)"]
            // A shell may have been open for long: when it ended is for somebody to say.
            if case .databaseShell = attempt.action { options += ["--at", "TIME"] }
        } else {
            let isWhole = started.time == started.time.wholeSecond
            options += ["--at", isWhole ? started.time.short : started.time.description]
        }
        let what = "\(attempt.action.name.rawValue) on \(attempt.action.subject)"
        return Need(
            fact: "what came of \(what) at \(started.time.short), accepted or refused",
            command: ["ledger-cli", "record", "command"] + options + ["--", "fleet"] + words)
    }

    /// How somebody says so, in words.
    var saying: String {
        "say what came of it, accepted or refused: " + command.joined(separator: " ")
    }
}
