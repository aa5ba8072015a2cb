public import Ledger

/// Everything that the events say of the environments of one name.
public struct EnvironmentHistory: Sendable {
    /// A look that showed something of the environment.
    public struct Sighting: Sendable {
        /// When, and by which event.
        public let moment: Moment
        /// How the ledger knows.
        public let basis: Basis
        let row: Int32
        let content: EventContent

        /// True for a whole `env describe`, whose facts age; false for a list row or a single fact.
        public var isDescription: Bool { shown.isComplete }
        /// What was shown; lent, because a description is large and mostly one member is asked for.
        public var shown: EnvironmentDescription {
            _read { yield content.environments[Int(row)] }
        }
    }

    /// Tries at actions on it, by start.
    public internal(set) var attempts = Chronology<Attempt>()
    /// Looks at it, by time.
    public internal(set) var sightings = Chronology<Sighting>()
}

/// Everything that the events say of the snapshots of one kind and name.
public struct SnapshotHistory: Sendable {
    /// A row of a list.
    public struct Sighting: Sendable {
        /// When, and by which event.
        public let moment: Moment
        /// How the ledger knows.
        public let basis: Basis
        let number: Int32
        let content: EventContent

        /// The row.
        public var row: SnapshotRow { _read { yield content.snapshots[Int(number)] } }
    }

    /// Tries at `snapshot create` and `snapshot destroy`, by start.
    public internal(set) var attempts = Chronology<Attempt>()
    /// Rows, by time.
    public internal(set) var sightings = Chronology<Sighting>()
}

/// Everything that the events say of one release.
public struct ReleaseHistory: Sendable {
    /// A row of a list.
    public struct Sighting: Sendable {
        /// When, and by which event.
        public let moment: Moment
        /// How the ledger knows.
        public let basis: Basis
        let row: Int32
        let content: EventContent

        /// The row.
        public var value: ReleaseRow { _read { yield content.releases[Int(row)] } }
    }

    /// Tries at `release create` and `release destroy`, by start.
    public internal(set) var attempts = Chronology<Attempt>()
    /// Rows of the release list, by time.
    public internal(set) var rows = Chronology<Sighting>()
}

/// Everything that the events say of one hostname.
public struct HostHistory: Sendable {
    /// An answer of a look-up.
    public struct Answer: Sendable {
        /// When, and by which event.
        public let moment: Moment
        /// How the ledger knows.
        public let basis: Basis
        let content: EventContent

        /// The answer.
        public var value: DNSAnswer { _read { yield content.answers[0] } }
    }

    /// Tries at switching it, by start.
    public internal(set) var switches = Chronology<Attempt>()
    /// Answers of look-ups that did not fail, by time.
    public internal(set) var answers = Chronology<Answer>()
    /// Look-ups that failed, by time.
    public internal(set) var failures: [Moment] = []
}

/// A kind of snapshot and a name, which together identify one (Fleet, "manage snapshots").
public struct SnapshotKey: Sendable, Hashable, Comparable {
    /// The kind.
    public var kind: SnapshotKind
    /// The name.
    public var name: String

    /// The key of a snapshot.
    public init(kind: SnapshotKind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// The snapshot as a resource.
    public var resource: Resource { .snapshot(kind, name) }

    /// By name, then kind.
    public static func < (a: SnapshotKey, b: SnapshotKey) -> Bool {
        a.name == b.name ? a.kind.rawValue < b.kind.rawValue : a.name < b.name
    }
}
