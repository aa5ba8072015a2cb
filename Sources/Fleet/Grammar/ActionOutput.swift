import Ledger

/// The output of an action, sorted into what proves and what only accompanies.
struct ActionOutput {
    /// What was asked for.
    let action: Action
    /// True when the action was echoed.
    private(set) var hasEcho = false
    /// The echoes of something else, the plainest reading of each line.
    private var others: [Echo.Line] = []
    /// True when something else was echoed.
    var namesAnother: Bool { !others.isEmpty }
    /// True when no line says anything.
    let isSilent: Bool
    /// True when there was nothing but white space, not even ssh's farewell.
    let isBlank: Bool
    /// The lines whose wording counts: neither echo nor prompt.
    private(set) var telling: [String] = []

    /// Reads what was printed, as captured.
    init(_ action: Action, output: String) {
        self.action = action
        let expected = Echo.lines(of: action)
        var lines = ConsoleText(output).lines[...]
        isSilent = lines.allSatisfy(\.isEmpty)
        isBlank = isSilent && output.allSatisfy(\.isWhitespace)
        var rest: Substring?
        if case .envDestroy(let environment, _, _) = action {
            (lines, rest) = ActionOutput.afterPrompt(lines, environment)
        }
        let isRawDump: Bool
        if case .databaseDump(_, _, nil) = action {
            isRawDump = true
        } else {
            isRawDump = false
        }
        let isDestruction = ActionOutput.isDestruction(action)
        for line in (rest.map { [String($0)] } ?? []) + lines where !line.isEmpty {
            var echoes = isRawDump ? [] : Echo.parse(line)
            if echoes.isEmpty, isDestruction {
                if let answered = ActionOutput.echoesBehindPrompt(line) {
                    echoes = answered
                } else if DestroyPrompt.isQuestion(line), !Wording.speaksOfError(line) {
                    continue
                }
            }
            if echoes.contains(where: expected.contains) {
                hasEcho = true
            } else if let other = echoes.last {
                others.append(other)
            } else if !isRawDump || ActionOutput.isDiagnostic(line) {
                telling.append(line)
            }
        }
    }

    private static func isDestruction(_ action: Action) -> Bool {
        switch action {
        case .envDestroy, .snapshotDestroy, .releaseDestroy: true
        default: false
        }
    }

    /// The echoes that end a line which begins with a prompt, as a pipe shows it when the answer that
    /// was typed is not seen; nil when it is no such line.
    private static func echoesBehindPrompt(_ line: String) -> [Echo.Line]? {
        for mark in [": ", "> ", "? "] {
            for range in line.ranges(of: mark) {
                let echoes = Echo.parse(String(line[range.upperBound...]))
                if echoes.isEmpty { continue }
                return isPrompt(line[..<range.upperBound]) ? echoes : nil
            }
        }
        return nil
    }

    /// True for words that wait for an answer and speak of no error.
    private static func isPrompt(_ text: Substring) -> Bool {
        let text = text.lowercased()
        if text.allSatisfy({ " >:?".contains($0) }) || DestroyPrompt.isQuestion(text) {
            return true
        }
        let asks = ["enter", "type", "typing", "confirm", "sure", "proceed", "continue", "go on"]
        return asks.contains(where: text.contains) && !Wording.speaksOfError(text)
    }

    /// What the platform said that it is doing, where that is not what it was asked for: one action
    /// for each echo of another object or action that names all of it.
    var otherActions: [Action] {
        var kind: SnapshotKind?
        if case .snapshotDestroy(_, let given) = action { kind = given }
        var found: [Action] = []
        for line in others {
            guard let other = Echo.action(of: line, kind: kind), !found.contains(other) else {
                continue
            }
            found.append(other)
        }
        return found
    }

    /// The lines after the confirmation prompt of `env destroy` and the name typed there, and
    /// the text that follows the prompt on its own line when the answer was not echoed.
    ///
    /// The prompt shows a table of the environment, whose values prove nothing.
    private static func afterPrompt(
        _ lines: ArraySlice<String>, _ environment: String
    ) -> (ArraySlice<String>, Substring?) {
        guard
            let prompt = lines.firstIndex(where: {
                let line = $0.lowercased()
                return line.contains("enter the environment's name")
                    || line.contains("enter the environments name")
            })
        else {
            // Another wording: what stands before it proves nothing either.
            let other = lines.firstIndex {
                DestroyPrompt.isQuestion($0) && !Wording.speaksOfError($0)
            }
            return (other.map { lines[$0...] } ?? lines, nil)
        }
        // The sentence "… or anything else to abort" may be broken into two lines.
        let end = lines[prompt...].prefix(2).firstIndex { $0.lowercased().contains("abort") }
        guard let last = end else { return (lines[prompt...], nil) }
        var after = lines[(last + 1)...]
        var rest: Substring?
        if let range = lines[last].firstRange(of: "abort") {
            rest = lines[last][range.upperBound...].drop { " :.?>".contains($0) }
            if rest.map(String.init) == environment || rest?.isEmpty == true { rest = nil }
        }
        if let index = after.firstIndex(where: { !$0.isEmpty }) {
            let answer = after[index]
            if answer == environment || answer == "> \(environment)" {
                after = after[(index + 1)...]
            } else if rest == nil, answer.hasPrefix("> ") {
                // The prompt's own line, with an answer that was not echoed.
                rest = answer.dropFirst(2)
                after = after[(index + 1)...]
            }
        }
        return (after, rest)
    }

    /// A dump on the terminal is data; only the tools' own lines speak of the command.
    private static func isDiagnostic(_ line: String) -> Bool {
        let line = line.lowercased()
        return [
            "mysqldump", "error", "fleet", "ssh", "connection", "client_loop", "timeout",
            "packet_write", "write failed", "traceback",
        ].contains { line.hasPrefix($0) }
    }
}
