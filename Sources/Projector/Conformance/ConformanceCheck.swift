public import Ledger

/// One constraint of the documented procedure: a row of the table of checks.
///
/// Several rows may share an id: a numbered check that asks for several things, or for one thing in
/// several severities, is a row for each.
public struct ConformanceCheck: Sendable {
    /// How bad it is when the constraint does not hold.
    public enum Severity: String, Sendable, Hashable, CaseIterable {
        /// Data loss or an outage was risked.
        case error = "E"
        /// The procedure was not followed.
        case warning = "W"
        /// Worth knowing; no deviation.
        case note = "I"
    }

    /// The shape of the constraint, in the words of DECLARE (Pesic, Schonenberg, van der Aalst).
    public enum Template: String, Sendable, Hashable, CaseIterable {
        /// The second never happens unless the first happened before.
        case precedence
        /// The first is followed by the second.
        case response
        /// Both precedence and response.
        case succession
        /// It does not happen.
        case absence
        /// It happens, or a thing is so, by a moment.
        case existence
        /// It takes no longer than, or falls within, a time.
        case timed
    }

    /// The number, `C01` to `C32`.
    public let id: String
    /// What is asked, in kebab-case; unique among all rows.
    public let name: String
    /// How bad a deviation is.
    public let severity: Severity
    /// The shape of the constraint.
    public let template: Template
    /// The methods that it belongs to.
    public let methods: Set<MigrationMethod>
    /// What the procedure says.
    public let sentence: String
    /// The page that says so.
    public let source: String
    let judge: @Sendable (Conduct) -> CheckResult

    init(
        _ id: String, _ severity: Severity, _ template: Template, _ name: String,
        in methods: Set<MigrationMethod> = [.snapshot, .dump], _ sentence: String, source: String,
        _ judge: @escaping @Sendable (Conduct) -> CheckResult
    ) {
        self.id = id
        self.name = name
        self.severity = severity
        self.template = template
        self.methods = methods
        self.sentence = sentence
        self.source = source
        self.judge = judge
    }

    /// Every check, by number.
    public static let all: [ConformanceCheck] =
        copyChecks + loadChecks + releaseChecks + temporaryChecks + settingChecks + switchChecks
        + cleanupChecks + manner
}

/// What a check makes of one migration.
enum CheckResult {
    /// It was activated and holds, by these events.
    case satisfied([SequenceNumber])
    /// It does not hold, in these places.
    case violated([Deviation])
    /// Nothing happened that the check speaks of.
    case vacuous
    /// It was activated, and what is known does not tell whether it holds.
    case unknown(String, [SequenceNumber])

    /// What was done that should not have been, or the other way round.
    struct Deviation: Hashable {
        var message: String
        var evidence: [SequenceNumber]
    }
}
