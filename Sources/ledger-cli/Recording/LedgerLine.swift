import ArgumentParser
import Fleet
import Ledger

/// Reads the `ledger-cli` commands of a transcript with the syntax of the real ones.
enum LedgerLine {
    /// The entries of the words after `ledger-cli`.
    ///
    /// `record …`, `migration open|close` and `policy set` are entries; what only asks, and what a
    /// transcript cannot do again, stays a note of the command.
    ///
    /// - Throws: what the command itself would say, as a `CLIError`.
    static func entries(
        _ arguments: [String], time: Timestamp, openMigrations: [MigrationRoles],
        patterns: [RedactionPattern] = []
    ) throws -> [LedgerEntry] {
        let surroundings = Surroundings.current
        let words = CommandWords.withLeadingOptionsMoved(arguments, root: LedgerCLI.self)
        guard let first = words.first, ["record", "migration", "policy"].contains(first) else {
            return [note(arguments, patterns)]
        }
        if first != "record", words.count > 1, ["list", "template"].contains(words[1]) {
            return [note(arguments, patterns)]
        }
        try Suggestion.check(words, root: LedgerCLI.self)
        let command: any ParsableCommand
        do {
            command = try LedgerCLI.parseAsRoot(words)
        } catch let error as CLIError {
            throw error
        } catch {
            let unknown = CommandWords.unknownOption(in: words, root: LedgerCLI.self)
            throw CLIError.usage(
                unknown.map { "unknown option '\($0.word)'" } ?? Complaint(error).message,
                hint: unknown?.nearest.map { "did you mean: \($0)" })
        }
        guard let command = command as? any RecordingCommand else {
            return [note(arguments, patterns)]
        }
        let options = command.recording
        let context = RecordingContext(
            time: options.at ?? time, openMigrations: openMigrations, knownMigrations: nil,
            patterns: patterns,
            isTranscript: true,
            read: { path, body in
                guard path != "-", OperatingSystem.exists(surroundings.path(path)) else {
                    return false
                }
                try surroundings.read(path, body)
                return true
            },
            // What stands at a position is known to the import alone, which looks.
            voidable: { _ in },
            event: { sequence in
                throw CLIError.notInTranscript(
                    "--settles \(sequence)",
                    hint: "positions differ from ledger to ledger; leave it out")
            })
        var entries = try command.entries(in: context)
        if entries.isEmpty { entries = [note(arguments, patterns)] }
        for index in entries.indices {
            entries[index].time = options.at
            entries[index].actor = options.global.actor
        }
        return entries
    }

    private static func note(
        _ arguments: [String], _ patterns: [RedactionPattern]
    ) -> LedgerEntry {
        let words = Redaction.redact(arguments: ["ledger-cli"] + arguments, patterns: patterns)
        return LedgerEntry(
            payload: .decision(
                .noteAdded(
                    Note(command: Shell.quote(words), outcome: .accepted, exitStatus: 0))))
    }
}
