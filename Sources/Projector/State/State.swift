public import Ledger

/// Everything that a ledger's events say, by resource, in the order in which it happened.
///
/// The state keeps histories, not conclusions: what follows from them is derived when asked, so a
/// late report takes its true place by being inserted there.
public struct State: Sendable {
    /// A complete listing: evidence that what it lacks was absent.
    public struct ListingMark: Sendable, Hashable, Timed {
        /// When, and by which event.
        public var moment: Moment
    }

    /// An event that was recorded before the time that it tells of.
    public struct Foretold: Sendable, Hashable, Timed {
        /// When it is said to have happened, and by which event.
        public var moment: Moment
        /// When the ledger learned of it.
        public var recorded: Timestamp

        /// By how much the time that it tells of had not come.
        public var lead: Span { moment.time - recorded }
    }

    /// A declared migration: its opening, and its closing if any.
    public struct Declaration: Sendable, Hashable {
        /// The roles as last declared.
        public var roles: MigrationRoles
        /// The first opening.
        public var opened: Moment
        /// The newest opening, whose word counts.
        public var confirmed: Moment
        /// Every event that declared roles.
        public var evidence: [SequenceNumber]
    }

    /// The environments by name.
    public internal(set) var environments: [String: EnvironmentHistory] = [:]
    /// The snapshots by kind and name.
    public internal(set) var snapshots: [SnapshotKey: SnapshotHistory] = [:]
    /// The releases by name.
    public internal(set) var releases: [String: ReleaseHistory] = [:]
    /// The hostnames.
    public internal(set) var hosts: [String: HostHistory] = [:]
    /// Tries at setting the default environment.
    public internal(set) var defaultAttempts = Chronology<Attempt>()
    /// Answers to which environment is the default one.
    public internal(set) var defaultAnswers: [Mark<String>] = []
    /// Tries at changing the automatic SQL scripts.
    public internal(set) var scriptAttempts = Chronology<Attempt>()
    /// Lists of the automatic SQL scripts.
    public internal(set) var scriptListings: [Mark<Listing<String>>] = []
    /// Tries at `log delete`.
    public internal(set) var logAttempts = Chronology<Attempt>()
    /// Complete lists of environments.
    public internal(set) var environmentListings: [ListingMark] = []
    /// Complete lists of snapshots by kind.
    public internal(set) var snapshotListings: [SnapshotKind: [ListingMark]] = [:]
    /// Complete lists of releases.
    public internal(set) var releaseListings: [ListingMark] = []
    /// Evidence about files by path.
    public internal(set) var files: [String: [Mark<FileEvidence>]] = [:]
    /// Dumps by path.
    public internal(set) var dumps: [String: Chronology<Attempt>] = [:]
    /// Declared migrations by name.
    public internal(set) var declarations: [String: Declaration] = [:]
    /// Closings of migrations by name, by time: one may be told before the opening that it ends.
    public internal(set) var closings: [String: [Mark<Bool>]] = [:]
    /// Tests, decisions, acknowledgements, losses and reconciliations, by time.
    public internal(set) var decisions: [Mark<Decision>] = []
    /// Holds and releases of holds by resource text, by time.
    public internal(set) var holds: [String: [Mark<Decision>]] = [:]
    /// The policy at the end of the events.
    public internal(set) var policy = Policy()
    /// The events that set it.
    public internal(set) var policyMarks: [Mark<Decision>] = []
    /// Plans that were issued, approved or finished, by time.
    public internal(set) var planMarks: [Mark<Decision>] = []
    /// Tries that were started and have no outcome yet, by the id of their start.
    public internal(set) var inDoubt: [EventID: Attempt] = [:]
    /// Commands without an action of their own that were started and have no outcome yet.
    public internal(set) var unfinishedNotes: [EventID: UnfinishedNote] = [:]
    /// Events that count, of a type that this version does not know.
    public internal(set) var unreadable: [Mark<String>] = []
    /// Events that count and that decisions lean on, recorded before the time that they tell of.
    public internal(set) var foretold: [Foretold] = []
    /// The newest event that was replayed and counts, by time.
    public internal(set) var newest: Moment?
    /// How many events were replayed.
    public internal(set) var count = 0

    /// The state before any event.
    public init() {}

    /// The closing of a declared migration, and whether it abandoned it: the newest one, unless it was
    /// opened again after that.
    func closing(of declaration: Declaration) -> Mark<Bool>? {
        closings[declaration.roles.migration]?.last.flatMap {
            $0.moment > declaration.confirmed ? $0 : nil
        }
    }
}
