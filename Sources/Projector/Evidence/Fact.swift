public import Ledger

/// A question that planning could not answer and the command that would answer it.
public struct Need: Sendable, Hashable {
    /// What is asked, such as `nfs of environment/prod`.
    public var fact: String
    /// How to find out: an action-free command line, word by word, ready to paste.
    public var command: [String]

    /// A question and how to answer it.
    public init(fact: String, command: [String]) {
        self.fact = fact
        self.command = command
    }

    static func describe(_ environment: String) -> Need {
        Need(
            fact: "description of environment/\(environment)",
            command: ["fleet", "env", "describe", environment])
    }
    static let environments = Need(fact: "list of environments", command: ["fleet", "env", "list"])
    static func snapshots(_ kind: SnapshotKind) -> Need {
        Need(
            fact: "list of \(kind.rawValue) snapshots",
            command: ["fleet", "snapshot", "list"] + (kind == .nfs ? ["--type", "nfs"] : []))
    }
    static let releases = Need(fact: "list of releases", command: ["fleet", "release", "list"])
    static let defaultEnvironment = Need(
        fact: "default environment", command: ["fleet", "config", "default-env"])
    static let scripts = Need(
        fact: "automatic SQL scripts", command: ["fleet", "config", "sql", "list"])
    static func host(_ host: String) -> Need {
        Need(
            fact: "where \(host) points",
            command: [
                "ledger-cli", "record", "observation", "dns", host, "--target", "TARGET", "--ttl",
                "SECONDS",
            ])
    }
    /// Where it pointed once: a look of today does not tell.
    static func host(_ host: String, before time: Timestamp) -> Need {
        Need(
            fact: "where \(host) pointed before \(time.short)",
            command: Need.host(host).command + ["--at", "TIME"])
    }
    static func setting(_ setting: String, _ environment: String) -> Need {
        Need(
            fact: "\(setting) of environment/\(environment)",
            command: [
                "ledger-cli", "record", "observation", "environment", environment, "--\(setting)",
                "off",
            ])
    }
}

/// What is known of something, with the events that make it known, or why it is not.
public enum Fact<Value: Sendable>: Sendable {
    /// A value and what makes it known.
    case known(Value, Evidence)
    /// Not known: why, the events that bear on it, and what would settle it.
    case unknown(String, Evidence, Need?)

    /// The value, when it is known.
    public var value: Value? {
        guard case .known(let value, _) = self else { return nil }
        return value
    }

    /// The events behind the value or its absence.
    public var evidence: Evidence {
        switch self {
        case .known(_, let evidence), .unknown(_, let evidence, _): evidence
        }
    }
}

/// What planning concludes about destroying a resource now.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    case safe
    case blocked
    case notOurs = "not-ours"
    case unknown
    case gone

    /// Which of two verdicts about one resource counts: blocked beats not-ours beats unknown.
    var weight: Int {
        switch self {
        case .blocked: 3
        case .notOurs: 2
        case .unknown: 1
        case .safe, .gone: 0
        }
    }
}

/// Why a resource is not safe to destroy now.
public struct Reason: Sendable, Hashable {
    /// The rule that does not hold.
    public var rule: RuleName
    /// What the rule makes of the resource: blocked, not ours or unknown.
    public var verdict: Verdict
    /// What is so, for people.
    public var message: String
    /// The events that prove it.
    public var evidence: [SequenceNumber]
    /// What would change it.
    public var unblock: String
    /// The questions whose answers may change it.
    public var needs: [Need] = []
    /// The resources whose destruction removes this reason, when that alone does.
    public var removedBy: [Resource] = []
    /// What must have been seen of them before.
    public var removedWhen: String?

    /// What it tells, whatever proves it and whatever would settle it.
    var claim: Reason {
        var claim = self
        claim.evidence = []
        claim.needs = []
        claim.unblock = ""
        return claim
    }

    static func blocked(
        _ rule: RuleName, _ message: String, _ evidence: some Sequence<SequenceNumber>,
        unblock: String, needs: [Need] = []
    ) -> Reason {
        Reason(
            rule: rule, verdict: .blocked, message: message, evidence: Array(evidence),
            unblock: unblock,
            needs: needs)
    }

    static func unknown(
        _ rule: RuleName, _ message: String, _ evidence: some Sequence<SequenceNumber>,
        unblock: String, needs: [Need] = []
    ) -> Reason {
        Reason(
            rule: rule, verdict: .unknown, message: message, evidence: Array(evidence),
            unblock: unblock,
            needs: needs)
    }

    static func notOurs(
        _ rule: RuleName, _ message: String, _ evidence: some Sequence<SequenceNumber>,
        unblock: String
    ) -> Reason {
        Reason(
            rule: rule, verdict: .notOurs, message: message, evidence: Array(evidence),
            unblock: unblock)
    }
}
