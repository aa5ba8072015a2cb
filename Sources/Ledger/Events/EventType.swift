/// The closed vocabulary of CloudEvents `type` values.
public enum EventType: Sendable, Hashable, CustomStringConvertible {
    /// A command and what came of it: `env.create.accepted`.
    case action(ActionName, Outcome)
    /// What a look at the platform showed: `observed.environment`.
    case observation(ObservationName)
    /// What people decided or noted: `decision.go`.
    case decision(DecisionName)
    /// A type that this version does not know: kept, verified and shown, and it stops planning.
    case other(String)

    /// The type of a text; `.other` when the vocabulary lacks it.
    public init(_ text: String) {
        self = EventType.known[text] ?? .other(text)
    }

    private static let known = Dictionary(
        all.map { ($0.description, $0) }, uniquingKeysWith: { first, _ in first })

    /// The text of the type.
    public var description: String {
        switch self {
        case .action(let name, let outcome): "\(name.rawValue).\(outcome.rawValue)"
        case .observation(let name): name.rawValue
        case .decision(let name): name.rawValue
        case .other(let text): text
        }
    }

    /// Every known type, in the order of the vocabulary.
    public static let all: [EventType] =
        ActionName.allCases.flatMap { name in Outcome.allCases.map { .action(name, $0) } }
        + ObservationName.allCases.map { .observation($0) }
        + DecisionName.allCases.map { .decision($0) }
}

/// A command of the platform, in the platform's own words.
public enum ActionName: String, Sendable, Hashable, CaseIterable {
    case envCreate = "env.create"
    case envDestroy = "env.destroy"
    case envLoad = "env.load"
    case envActivate = "env.activate"
    case envDeactivate = "env.deactivate"
    case envUnload = "env.unload"
    case envMaintenance = "env.maintenance"
    case envProtected = "env.protected"
    case envCacheFlush = "env.cache-flush"
    case envSetting = "env.setting"
    case snapshotCreate = "snapshot.create"
    case snapshotDestroy = "snapshot.destroy"
    case databaseDump = "database.dump"
    case databaseLoad = "database.load"
    case databaseShell = "database.shell"
    case databaseReboot = "database.reboot"
    case releaseCreate = "release.create"
    case releaseDestroy = "release.destroy"
    case configDefaultEnv = "config.default-env"
    case configSqlScript = "config.sql-script"
    case logDelete = "log.delete"
    case dnsSwitch = "dns.switch"
}

/// What came of a command.
public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// Written before the command ran.
    case started
    /// The platform said yes; not that it is done.
    case accepted
    /// The platform said no; it may have acted all the same.
    case refused
    /// Nobody knows: a lost connection, a time-out, an echo that names another object.
    case unknown
}

/// A look at the platform.
public enum ObservationName: String, Sendable, Hashable, CaseIterable {
    case environment = "observed.environment"
    case environments = "observed.environments"
    case snapshots = "observed.snapshots"
    case releases = "observed.releases"
    case defaultEnvironment = "observed.default-env"
    case sqlScripts = "observed.sql-scripts"
    case dns = "observed.dns"
    case file = "observed.file"
}

/// A decision, a note or an act on the ledger itself.
public enum DecisionName: String, Sendable, Hashable, CaseIterable {
    case migrationOpened = "migration.opened"
    case migrationClosed = "migration.closed"
    case testPassed = "test.passed"
    case testFailed = "test.failed"
    case go = "decision.go"
    case noGo = "decision.no-go"
    case lossAccepted = "loss.accepted"
    case writesReconciled = "writes.reconciled"
    case gapAcknowledged = "gap.acknowledged"
    case holdPlaced = "hold.placed"
    case holdReleased = "hold.released"
    case policySet = "policy.set"
    case planIssued = "plan.issued"
    case planApproved = "plan.approved"
    case planFinished = "plan.finished"
    case eventVoided = "event.voided"
    case attachmentErased = "attachment.erased"
    case keyAdded = "key.added"
    case keyRetired = "key.retired"
    case ledgerCreated = "ledger.created"
    case noteAdded = "note.added"
}

/// How the ledger came to know.
public enum Basis: String, Sendable, Hashable, CaseIterable {
    /// The ledger ran the command itself.
    case executed
    /// The ledger looked itself.
    case observed
    /// Someone said so.
    case reported
    /// It stood in an imported file.
    case imported
}
