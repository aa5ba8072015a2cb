import Ledger

/// A command ran and what came of it could not be written down.
struct UnrecordedOutcome: Error {
    /// The command.
    let command: PlatformCommand
    /// The command in words, secrets taken out.
    let shown: String
    /// The words of the command, secrets taken out.
    let words: [String]
    /// What came of it.
    let report: PlatformRunner.Report
    /// What stood in the way.
    let why: any Error
}
