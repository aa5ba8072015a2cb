import ArgumentParser

/// What the process says to its caller; the one table of exit statuses.
///
/// Unknown numbers mean failure. `run` is the exception: it returns its child's own status.
enum ExitStatus: Int32, CaseIterable, Sendable {
    /// The command did what it says.
    case done = 0
    /// The command did not do it.
    case failed = 1
    /// The ledger, a proof or a checkpoint does not verify.
    case doesNotVerify = 3
    /// `conform --strict` found deviations.
    case deviations = 4
    /// Not safe, blocked or stale.
    case notSafe = 5
    /// Intact, but no anchor was given though one was required.
    case notAnchored = 6
    /// There is no ledger at the path.
    case noLedger = 10
    /// Another process holds the ledger for longer than we wait.
    case busy = 11
    /// A key or a signer is missing.
    case keyMissing = 12
    /// The command line cannot be understood.
    case usage = 64

    /// The status in words, for help texts and docs.
    var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .doesNotVerify: "does not verify"
        case .deviations: "deviations found"
        case .notSafe: "not safe, blocked or stale"
        case .notAnchored: "intact but not anchored when an anchor was required"
        case .noLedger: "no ledger here"
        case .busy: "ledger busy"
        case .keyMissing: "key or signer missing"
        case .usage: "usage"
        }
    }

    /// The exit status section of a command's help; every command can end with 0, 1 and 64.
    static func help(_ statuses: [ExitStatus]) -> String {
        let all = Set([.done, .failed, .usage] + statuses)
        return allCases.filter { all.contains($0) }
            .map { "\($0.rawValue) \($0.meaning)" }.joined(separator: " · ")
    }
}

/// An answer that was printed and is also told by the status.
struct Exit: Error, Equatable {
    let status: ExitStatus
}
