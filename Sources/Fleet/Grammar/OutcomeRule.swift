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
    ///   - isExecuted: true when the ledger itself captured the output.
    /// - Returns: the outcome and the word for why.
    public static func classify(
        _ action: Action, output: String, exitStatus: Int?, timedOut: Bool = false,
        isExecuted: Bool = false
    ) -> (outcome: Outcome, detail: String) {
        classify(
            ActionOutput(action, output: output), exitStatus: exitStatus, timedOut: timedOut,
            isExecuted: isExecuted)
    }

    /// The outcome of an action whose output was read already, and why.
    static func classify(
        _ said: ActionOutput, exitStatus: Int?, timedOut: Bool, isExecuted: Bool = false
    ) -> (outcome: Outcome, detail: String) {
        if timedOut { return (.unknown, "timeout") }
        if said.telling.contains(where: Wording.speaksOfLoss) {
            return (.unknown, "connection-lost")
        }
        if case .databaseLoad = said.action, said.telling.contains(where: Wording.isDatabaseError) {
            return (.refused, "error-text")
        }
        guard let exitStatus, 0...254 ~= exitStatus, !(129...159 ~= exitStatus) else {
            return (.unknown, exitStatus == 255 ? "connection-lost" : "exit-status")
        }
        if said.namesAnother { return (.unknown, "echo-differs") }
        if exitStatus != 0 {
            let isRefusal = !said.isSilent && !said.hasEcho
            return (isRefusal ? .refused : .unknown, "exit-status")
        }
        let isDocumented = Echo.isDocumented(said.action)
        if said.isSilent {
            // ssh's farewell alone is an output without the echo.
            if isDocumented, !said.isBlank { return (.unknown, "no-echo") }
            return (isExecuted && isDocumented ? .unknown : .accepted, "silence")
        }
        if said.telling.contains(where: Wording.speaksOfError) {
            return (.unknown, "error-text")
        }
        guard isDocumented else { return (.accepted, "exit-status") }
        return said.hasEcho ? (.accepted, "echo") : (.unknown, "no-echo")
    }

    /// What the platform said that it is doing, where that is not what it was asked for.
    ///
    /// - Parameters:
    ///   - action: what was asked for.
    ///   - output: what was printed, as captured.
    /// - Returns: one action for each echo of another object or action that names all of it.
    public static func others(than action: Action, in output: String) -> [Action] {
        ActionOutput(action, output: output).otherActions
    }
}
