/// The one line that `verify` says first.
public enum Verdict: String, Hashable, Sendable, CaseIterable, Encodable {
    /// Nothing disagrees, and someone outside vouches for the log up to some size.
    case intactAndAnchored = "intact and anchored"
    /// Nothing disagrees, but a log rewritten as a whole would look the same.
    case intactNotAnchored = "intact, not anchored"
    /// Something was tampered with.
    case doesNotVerify = "does not verify"
    /// Verification did not come to an answer; nothing is known.
    case couldNotRun = "could not run"

    /// The verdict on a verification that ran to its end.
    ///
    /// One fatal finding decides. `isAnchored` is whether every given checkpoint is a prefix of
    /// the log, at least one being given, or the policy's quorum of witnesses signed its head.
    public init(findings: some Sequence<Finding>, isAnchored: Bool) {
        if findings.contains(where: \.isFatal) {
            self = .doesNotVerify
        } else {
            self = isAnchored ? .intactAndAnchored : .intactNotAnchored
        }
    }
}

extension Verdict: CustomStringConvertible {
    /// The words of the verdict.
    public var description: String { rawValue }
}
