/// What a look at the platform, at DNS or at a file showed.
public enum Observation: Sendable, Hashable {
    /// One environment as described, or the few facts of it that someone saw.
    case environment(EnvironmentDescription)
    /// The list of environments.
    case environments(Listing<EnvironmentRow>)
    /// The list of snapshots of one kind.
    case snapshots(SnapshotKind, Listing<SnapshotRow>)
    /// The list of releases.
    case releases(Listing<ReleaseRow>)
    /// The default environment; nil when the answer could not be read.
    case defaultEnvironment(String?)
    /// The names of the automatic SQL scripts.
    case sqlScripts(Listing<String>)
    /// Where a hostname points.
    case dns(DNSAnswer)
    /// A file: a dump, a report.
    case file(FileEvidence)

    /// The name of the observation in the vocabulary.
    public var name: ObservationName {
        switch self {
        case .environment: .environment
        case .environments: .environments
        case .snapshots: .snapshots
        case .releases: .releases
        case .defaultEnvironment: .defaultEnvironment
        case .sqlScripts: .sqlScripts
        case .dns: .dns
        case .file: .file
        }
    }

    /// The resource that the observation is about.
    public var subject: Resource {
        switch self {
        case .environment(let description): .environment(description.environment)
        case .environments, .snapshots, .releases, .defaultEnvironment, .sqlScripts: .fleet
        case .dns(let answer): .dns(answer.host)
        case .file(let file): .file(file.path)
        }
    }
}

/// The rows of a list and whether it was seen whole.
///
/// Only a complete listing is evidence that something is absent.
public struct Listing<Row: Sendable & Hashable>: Sendable, Hashable {
    /// The rows that could be read.
    public var rows: [Row]
    /// True when header and ruler parsed, every row was read and the command completed.
    public var isComplete: Bool

    /// A listing.
    public init(rows: [Row], isComplete: Bool) {
        self.rows = rows
        self.isComplete = isComplete
    }
}

/// A row of `env list`.
public struct EnvironmentRow: Sendable, Hashable {
    /// The environment's name.
    public var environment: String
    /// The status token in upper case, such as `RUNNING`.
    public var status: String
    /// The active release, when one was shown.
    public var release: String?
    /// When it was created, when the list says so.
    public var created: Timestamp?
    /// The name of the certificate, when shown.
    public var certificate: String?

    /// A row of the list.
    public init(
        environment: String, status: String, release: String? = nil, created: Timestamp? = nil,
        certificate: String? = nil
    ) {
        self.environment = environment
        self.status = status
        self.release = release
        self.created = created
        self.certificate = certificate
    }
}

/// A row of `snapshot list`.
public struct SnapshotRow: Sendable, Hashable {
    /// The snapshot's name.
    public var snapshot: String
    /// The environment that it was taken of.
    public var environment: String
    /// The status token in upper case, such as `AVAILABLE`.
    public var status: String
    /// The size as shown.
    public var size: String?
    /// `MANUAL` or `AUTOMATED`, as shown.
    public var type: String?
    /// When it was created.
    public var created: Timestamp?

    /// A row of the list.
    public init(
        snapshot: String, environment: String, status: String, size: String? = nil,
        type: String? = nil, created: Timestamp? = nil
    ) {
        self.snapshot = snapshot
        self.environment = environment
        self.status = status
        self.size = size
        self.type = type
        self.created = created
    }
}

/// A row of `release list`.
public struct ReleaseRow: Sendable, Hashable {
    /// The release's name.
    public var release: String
    /// The status token in upper case, such as `AVAILABLE`.
    public var status: String
    /// When it was last modified, when shown.
    public var modified: Timestamp?
    /// The environments that use it; nil when the list has no such column.
    public var environments: [String]?

    /// A row of the list.
    public init(
        release: String, status: String, modified: Timestamp? = nil, environments: [String]? = nil
    ) {
        self.release = release
        self.status = status
        self.modified = modified
        self.environments = environments
    }
}

/// What `env describe` showed, or single facts that a console or support showed.
public struct EnvironmentDescription: Sendable, Hashable {
    /// A release that is loaded into the environment.
    public struct Load: Sendable, Hashable {
        /// The release.
        public var release: String
        /// The status token in upper case; `ACTIVE` for the active one.
        public var status: String

        /// A loaded release.
        public init(release: String, status: String) {
            self.release = release
            self.status = status
        }
    }

    /// The environment's name.
    public var environment: String
    /// True when the whole description was read; single facts are not.
    public var isComplete: Bool
    /// The status token in upper case.
    public var status: String?
    /// When it was created.
    public var created: Timestamp?
    /// The plan size.
    public var size: String?
    /// Whether it is highly available.
    public var highAvailability: Switch?
    /// The maintenance mode.
    public var maintenance: Switch?
    /// Whether it is protected; no listing shows it.
    public var protected: Switch?
    /// Whether NFS is on; no listing shows it.
    public var nfs: Switch?
    /// Whether Solr is on.
    public var solr: Switch?
    /// The release that was active before, when one is named.
    public var previousRelease: String?
    /// The loaded releases; nil when the section was missing.
    public var releases: [Load]?
    /// Every other key as shown, such as `ssl certificate`, `whitelist` or `recycling`.
    public var settings: [String: String]
    /// The hostnames of its endpoints by their name (`www`, `admin` …).
    public var endpoints: [String: String]

    /// A description; what was not seen stays nil.
    public init(environment: String, isComplete: Bool) {
        self.environment = environment
        self.isComplete = isComplete
        settings = [:]
        endpoints = [:]
    }

    /// The active release among the loaded ones: `.some(nil)` when none is, nil when not shown.
    ///
    /// The old form names it among the properties and need not list the loaded ones.
    public var activeRelease: String?? {
        if let releases { return .some(releases.first { $0.status == "ACTIVE" }?.release) }
        guard let named = settings["active release"] else { return nil }
        return named == "None" ? .some(nil) : named
    }
}

/// What a look-up of a hostname gave.
public struct DNSAnswer: Sendable, Hashable {
    /// The hostname, lower case and without a final dot.
    public var host: String
    /// What it points at, as seen: an environment's name, an endpoint or the first address.
    public var target: String?
    /// The environment that the target belongs to, when that could be told.
    public var environment: String?
    /// The time to live in seconds.
    public var ttl: Int?
    /// True when the time to live comes from a caching resolver and is a lower bound.
    public var isCached: Bool
    /// True when the look-up gave no answer; such a look-up voids nothing.
    public var isFailed: Bool
    /// The chain of canonical names, in order.
    public var chain: [String]
    /// The addresses, in text.
    public var addresses: [String]

    /// An answer.
    public init(
        host: String, target: String? = nil, environment: String? = nil, ttl: Int? = nil,
        isCached: Bool = false, isFailed: Bool = false, chain: [String] = [],
        addresses: [String] = []
    ) {
        self.host = host
        self.target = target
        self.environment = environment
        self.ttl = ttl
        self.isCached = isCached
        self.isFailed = isFailed
        self.chain = chain
        self.addresses = addresses
    }
}

/// What a file is kept for.
public enum FileRole: String, Sendable, Hashable, CaseIterable {
    case dump
    case report
    case other
}

/// What was seen of a file.
public struct FileEvidence: Sendable, Hashable {
    /// The path as given.
    public var path: String
    /// What it is kept for.
    public var role: FileRole
    /// Its length in bytes.
    public var bytes: Int
    /// Its SHA-256 in lower-case hexadecimal.
    public var sha256: String
    /// For a dump: whether its completion trailer is there.
    public var hasTrailer: Bool?
    /// For a dump: whether carriage returns crept in.
    public var hasCarriageReturns: Bool?

    /// Evidence about a file.
    public init(
        path: String, role: FileRole, bytes: Int, sha256: String, hasTrailer: Bool? = nil,
        hasCarriageReturns: Bool? = nil
    ) {
        self.path = path
        self.role = role
        self.bytes = bytes
        self.sha256 = sha256
        self.hasTrailer = hasTrailer
        self.hasCarriageReturns = hasCarriageReturns
    }
}
