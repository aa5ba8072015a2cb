/// A decision, a note or an act on the ledger itself.
///
/// Free text (reasons, notes, reports) is not here: it travels as an attachment named `reason`,
/// `text` or `report`, so that it can be erased.
public enum Decision: Sendable, Hashable {
    /// A migration and its roles.
    case migrationOpened(MigrationRoles)
    /// A migration ended; abandoned when its destination is not to be used.
    case migrationClosed(abandoned: Bool)
    /// A test of an environment passed.
    case testPassed(environment: String)
    /// A test of an environment failed.
    case testFailed(environment: String)
    /// Customers are to be moved.
    case go
    /// Customers are not to be moved.
    case noGo
    /// The writes that only the destination holds may be lost.
    case lossAccepted
    /// The writes that only one side held were carried over.
    case writesReconciled
    /// A known gap of the copy is accepted.
    case gapAcknowledged(Gap)
    /// A resource must not be destroyed, until a time or until released.
    case holdPlaced(Resource, until: Timestamp?)
    /// The holds on a resource end.
    case holdReleased(Resource)
    /// A policy has a new value.
    case policySet(key: String, value: String)
    /// A plan was saved; `kind` is `next`, `rollback` or `cleanup`.
    case planIssued(PlanIssue)
    /// An actor approved a plan.
    case planApproved(digest: String)
    /// The applying of a plan ended.
    case planFinished(digest: String, completed: Bool)
    /// An event does not count.
    case eventVoided(SequenceNumber)
    /// An attachment's content and salt were removed.
    case attachmentErased(SequenceNumber, attachment: String)
    /// A key signs from here on.
    case keyAdded(vkey: String)
    /// A key signs no longer.
    case keyRetired(vkey: String)
    /// The ledger's first event.
    case ledgerCreated(origin: String)
    /// A note, or a command that the grammar has no action for.
    case noteAdded(Note)

    /// The name of the decision in the vocabulary.
    public var name: DecisionName {
        switch self {
        case .migrationOpened: .migrationOpened
        case .migrationClosed: .migrationClosed
        case .testPassed: .testPassed
        case .testFailed: .testFailed
        case .go: .go
        case .noGo: .noGo
        case .lossAccepted: .lossAccepted
        case .writesReconciled: .writesReconciled
        case .gapAcknowledged: .gapAcknowledged
        case .holdPlaced: .holdPlaced
        case .holdReleased: .holdReleased
        case .policySet: .policySet
        case .planIssued: .planIssued
        case .planApproved: .planApproved
        case .planFinished: .planFinished
        case .eventVoided: .eventVoided
        case .attachmentErased: .attachmentErased
        case .keyAdded: .keyAdded
        case .keyRetired: .keyRetired
        case .ledgerCreated: .ledgerCreated
        case .noteAdded: .noteAdded
        }
    }
}

/// The two ways of Fleet's "migrate between plans".
public enum MigrationMethod: String, Sendable, Hashable, CaseIterable {
    /// A snapshot of the closed source, and the destination made from it.
    case snapshot
    /// A destination made first, then a dump of the closed source loaded into it.
    case dump
}

/// Which environment plays which part in a migration.
public struct MigrationRoles: Sendable, Hashable {
    /// The migration's name.
    public var migration: String
    /// The environment that is left.
    public var source: String
    /// The environment that is moved to.
    public var destination: String
    /// How the data travels.
    public var method: MigrationMethod
    /// The temporary environment that the dump is taken of, when there is one.
    public var temporary: String?
    /// The hostnames that customers use.
    public var hostnames: [String]

    /// The roles of a migration.
    public init(
        migration: String, source: String, destination: String, method: MigrationMethod,
        temporary: String? = nil, hostnames: [String] = []
    ) {
        self.migration = migration
        self.source = source
        self.destination = destination
        self.method = method
        self.temporary = temporary
        self.hostnames = hostnames
    }
}

/// A gap of the copy that someone can accept.
public enum Gap: String, Sendable, Hashable, CaseIterable {
    case solr
    case sqlScripts = "sql-scripts"
    case sourceWrites = "source-writes"
    case nfs
    case cache
}

/// A plan that was saved.
public struct PlanIssue: Sendable, Hashable {
    /// `next`, `rollback` or `cleanup`.
    public var plan: String
    /// The plan's digest, lower-case hexadecimal SHA-256.
    public var digest: String
    /// How many events the plan was made from.
    public var size: Int
    /// The present that the plan was made for.
    public var now: Timestamp
    /// The migration that the plan was restricted to, if any.
    public var migration: String?

    /// A plan that was saved.
    public init(
        plan: String, digest: String, size: Int, now: Timestamp, migration: String? = nil
    ) {
        self.plan = plan
        self.digest = digest
        self.size = size
        self.now = now
        self.migration = migration
    }
}

/// What a note is about; its text is the attachment `text` or `output`.
public struct Note: Sendable, Hashable {
    /// The command that was run, secrets redacted; nil for a plain note.
    public var command: String?
    /// The command's outcome.
    public var outcome: Outcome?
    /// The command's exit status.
    public var exitStatus: Int?

    /// A note.
    public init(command: String? = nil, outcome: Outcome? = nil, exitStatus: Int? = nil) {
        self.command = command
        self.outcome = outcome
        self.exitStatus = exitStatus
    }
}
