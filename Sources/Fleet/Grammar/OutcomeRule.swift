public import Ledger

/// Tells from the exit status and the output of a command what came of it.
///
/// Exit statuses and error texts are not documented, so *accepted* needs proof and everything that
/// is not clearly a refusal is *unknown*. In the order of the checks:
///
/// 1. A time-out, or words about a lost connection: unknown.
/// 2. MySQL's error line in a load: refused at any exit status.
/// 3. No exit status, 255 (ssh's own), or 129…159 (a signal): unknown.
/// 4. An echo of another object or action, alone or beside the right one: unknown.
/// 5. Any other failure: refused with text; unknown without a word or beside the right echo.
/// 6. Silence: accepted in transcripts and reports, where people trim; where an echo is documented
///    unknown under `run`, and when there is ssh's farewell and nothing else.
/// 7. Words about an error: unknown, even beside the right echo.
/// 8. The right echo, or no documented one: accepted. Else unknown.
public enum OutcomeRule {
    /// The outcome of an action and, in one of the fixed words of `ActionReport.detail`, why.
    ///
    /// - Parameters:
    ///   - action: what was asked for.
    ///   - output: what was printed, as captured.
    ///   - exitStatus: nil when the command was killed or its status is not known.
    ///   - timedOut: true when it was given up.
    ///   - saidNoOutput: true when someone vouches that nothing was printed.
    ///   - isExecuted: true when the ledger itself captured the output.
    /// - Returns: the outcome and the word for why.
    public static func classify(
        _ action: Action, output: String, exitStatus: Int?, timedOut: Bool = false,
        saidNoOutput: Bool = false, isExecuted: Bool = false
    ) -> (outcome: Outcome, detail: String) {
        let evidence = Evidence(action, ConsoleText(output).lines)
        if timedOut { return (.unknown, "timeout") }
        if evidence.telling.contains(where: Wording.speaksOfLoss) {
            return (.unknown, "connection-lost")
        }
        if case .databaseLoad = action, evidence.telling.contains(where: Wording.isDatabaseError) {
            return (.refused, "error-text")
        }
        guard let exitStatus, 0...254 ~= exitStatus, !(129...159 ~= exitStatus) else {
            return (.unknown, exitStatus == 255 ? "connection-lost" : "exit-status")
        }
        if evidence.namesAnother { return (.unknown, "echo-differs") }
        if exitStatus != 0 {
            let isRefusal = !evidence.isSilent && !evidence.hasEcho
            return (isRefusal ? .refused : .unknown, "exit-status")
        }
        let isDocumented = Echo.isDocumented(action)
        if evidence.isSilent {
            // ssh's farewell alone is an output without the echo.
            if isDocumented, !output.allSatisfy(\.isWhitespace) { return (.unknown, "no-echo") }
            return (isExecuted && isDocumented ? .unknown : .accepted, "silence")
        }
        if evidence.telling.contains(where: Wording.speaksOfError) {
            return (.unknown, "error-text")
        }
        guard isDocumented else { return (.accepted, "exit-status") }
        return evidence.hasEcho ? (.accepted, "echo") : (.unknown, "no-echo")
    }

    /// What the platform said that it is doing, where that is not what it was asked for.
    ///
    /// - Parameters:
    ///   - action: what was asked for.
    ///   - output: what was printed, as captured.
    /// - Returns: one action for each echo of another object or action that names all of it.
    public static func others(than action: Action, in output: String) -> [Action] {
        let evidence = Evidence(action, ConsoleText(output).lines)
        var kind: SnapshotKind?
        if case .snapshotDestroy(_, let given) = action { kind = given }
        var found: [Action] = []
        for line in evidence.others {
            guard let other = Echo.action(of: line, kind: kind), !found.contains(other) else {
                continue
            }
            found.append(other)
        }
        return found
    }

    /// The output of an action, sorted into what proves and what only accompanies.
    private struct Evidence {
        var hasEcho = false
        /// The echoes of something else, the plainest reading of each line.
        var others: [Echo.Line] = []
        var namesAnother: Bool { !others.isEmpty }
        var isSilent = true
        /// The lines whose wording counts: neither echo nor prompt.
        var telling: [String] = []

        init(_ action: Action, _ lines: [String]) {
            let expected = Set(Echo.lines(of: action))
            var lines = lines[...]
            isSilent = lines.allSatisfy(\.isEmpty)
            var rest: Substring?
            if case .envDestroy(let environment, _, _) = action {
                (lines, rest) = Evidence.afterPrompt(lines, environment)
            }
            let isRawDump: Bool
            if case .databaseDump(_, _, nil) = action {
                isRawDump = true
            } else {
                isRawDump = false
            }
            for line in (rest.map { [String($0)] } ?? []) + lines where !line.isEmpty {
                let echoes = isRawDump ? [] : Echo.parse(line)
                if echoes.contains(where: expected.contains) {
                    hasEcho = true
                } else if let other = echoes.last {
                    others.append(other)
                } else if !isRawDump || Evidence.isDiagnostic(line) {
                    telling.append(line)
                }
            }
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
            else { return (lines, nil) }
            // The sentence "… or anything else to abort" may be broken into two lines.
            let end = lines[prompt...].prefix(2).firstIndex { $0.lowercased().contains("abort") }
            let last = end ?? prompt
            var after = lines[(last + 1)...]
            var rest: Substring?
            if let range = lines[last].firstRange(of: "abort") {
                rest = lines[last][range.upperBound...].drop { " :.?>".contains($0) }
                if rest.map(String.init) == environment || rest?.isEmpty == true { rest = nil }
            }
            if let answer = after.first(where: { !$0.isEmpty }),
                answer == environment || answer == "> \(environment)",
                let index = after.firstIndex(of: answer)
            {
                after = after[(index + 1)...]
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
}
