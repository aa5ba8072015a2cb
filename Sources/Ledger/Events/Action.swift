/// A command of the platform as a value: what was to be done, and to what.
public enum Action: Sendable, Hashable {
    /// Creates an environment.
    case envCreate(EnvironmentCreation)
    /// Destroys an environment; the platform keeps a final database snapshot.
    case envDestroy(environment: String, deleteLogs: Bool = false, noConfirm: Bool = false)
    /// Loads a release into an environment.
    case envLoad(environment: String, release: String)
    /// Makes a loaded release the active one.
    case envActivate(environment: String, release: String)
    /// Leaves an environment without an active release.
    case envDeactivate(environment: String)
    /// Takes a release off an environment.
    case envUnload(environment: String, release: String, deleteLogs: Bool = false)
    /// Turns the maintenance page on or off.
    case envMaintenance(environment: String, state: Switch)
    /// Protects an environment from being destroyed, or stops to.
    case envProtected(environment: String, state: Switch)
    /// Flushes the caches of all releases of an environment.
    case envCacheFlush(environment: String)
    /// Changes one setting: `solr`, `nfs`, `varnish`, `recycling`, `cert`, `whitelist`, `workers`,
    /// `autoscaling limits` and the like.
    case envSetting(environment: String, setting: String, value: String)
    /// Takes a snapshot of an environment. No kind means that none was given: a database snapshot.
    case snapshotCreate(
        environment: String, name: String, kind: SnapshotKind? = nil, force: Bool = false)
    /// Destroys a snapshot.
    case snapshotDestroy(name: String, kind: SnapshotKind? = nil)
    /// Dumps the database into a file; no path when the output went elsewhere.
    case databaseDump(environment: String, database: String? = nil, path: String? = nil)
    /// Feeds a file to the database.
    case databaseLoad(environment: String, database: String? = nil, path: String? = nil)
    /// Opens a shell on the database, which may have written anything.
    case databaseShell(environment: String, database: String? = nil)
    /// Reboots the database.
    case databaseReboot(environment: String)
    /// Builds a release from a git object.
    case releaseCreate(object: String, url: String? = nil)
    /// Destroys a release.
    case releaseDestroy(release: String)
    /// Names the environment that new ones are copied from.
    case configDefaultEnv(environment: String)
    /// Adds or removes a script that runs on every environment cloned from a snapshot.
    case configSqlScript(change: ScriptChange, script: String)
    /// Deletes logs.
    case logDelete(environment: String? = nil, release: String? = nil, group: String? = nil)
    /// Points a hostname at an environment or another target; TTLs in seconds.
    case dnsSwitch(DNSSwitch)
}

/// What is done to an automatic SQL script.
public enum ScriptChange: String, Sendable, Hashable {
    case add
    case remove
}

/// The arguments of `env create`.
public struct EnvironmentCreation: Sendable, Hashable {
    /// A choice that may be given, declined (`--no-…`) or left to the platform.
    public enum Choice: Sendable, Hashable {
        /// Not said.
        case unsaid
        /// `--no-…`.
        case none
        /// Named.
        case named(String)

        /// The name, when one was given.
        public var name: String? {
            guard case .named(let name) = self else { return nil }
            return name
        }
    }

    /// The name of the new environment.
    public var environment: String
    /// The environment whose settings and data are copied.
    public var source: Choice
    /// The database snapshot that the data comes from.
    public var snapshot: Choice
    /// The NFS snapshot that shared files come from.
    public var nfsSnapshot: Choice
    /// The plan size, such as `f1-large`.
    public var size: String?
    /// Whether high availability was asked for or declined.
    public var highAvailability: Bool?
    /// True when it is created protected.
    public var isProtected: Bool
    /// The name of the certificate.
    public var certificate: String?
    /// The name of the whitelist.
    public var whitelist: String?

    /// The arguments of a creation.
    public init(
        environment: String, source: Choice = .unsaid, snapshot: Choice = .unsaid,
        nfsSnapshot: Choice = .unsaid, size: String? = nil, highAvailability: Bool? = nil,
        isProtected: Bool = false, certificate: String? = nil, whitelist: String? = nil
    ) {
        self.environment = environment
        self.source = source
        self.snapshot = snapshot
        self.nfsSnapshot = nfsSnapshot
        self.size = size
        self.highAvailability = highAvailability
        self.isProtected = isProtected
        self.certificate = certificate
        self.whitelist = whitelist
    }
}

/// The change of a DNS record.
public struct DNSSwitch: Sendable, Hashable {
    /// The hostname, lower case and without a final dot.
    public var host: String
    /// What it is to point at, as given: an environment's name, an endpoint or an address.
    public var target: String
    /// The environment that the target belongs to, when that could be told from its name.
    public var environment: String?
    /// The time to live of the new record in seconds.
    public var ttl: Int?
    /// The time to live of the record that it replaces, in seconds.
    public var oldTTL: Int?

    /// The change of a record.
    public init(
        host: String, target: String, environment: String? = nil, ttl: Int? = nil,
        oldTTL: Int? = nil
    ) {
        self.host = host
        self.target = target
        self.environment = environment
        self.ttl = ttl
        self.oldTTL = oldTTL
    }
}

extension Action {
    /// The name of the action in the vocabulary.
    public var name: ActionName {
        switch self {
        case .envCreate: .envCreate
        case .envDestroy: .envDestroy
        case .envLoad: .envLoad
        case .envActivate: .envActivate
        case .envDeactivate: .envDeactivate
        case .envUnload: .envUnload
        case .envMaintenance: .envMaintenance
        case .envProtected: .envProtected
        case .envCacheFlush: .envCacheFlush
        case .envSetting: .envSetting
        case .snapshotCreate: .snapshotCreate
        case .snapshotDestroy: .snapshotDestroy
        case .databaseDump: .databaseDump
        case .databaseLoad: .databaseLoad
        case .databaseShell: .databaseShell
        case .databaseReboot: .databaseReboot
        case .releaseCreate: .releaseCreate
        case .releaseDestroy: .releaseDestroy
        case .configDefaultEnv: .configDefaultEnv
        case .configSqlScript: .configSqlScript
        case .logDelete: .logDelete
        case .dnsSwitch: .dnsSwitch
        }
    }

    /// The resource that the action is about.
    public var subject: Resource {
        switch self {
        case .envCreate(let creation): .environment(creation.environment)
        case .envDestroy(let environment, _, _), .envLoad(let environment, _),
            .envActivate(let environment, _), .envDeactivate(let environment),
            .envUnload(let environment, _, _), .envMaintenance(let environment, _),
            .envProtected(let environment, _), .envCacheFlush(let environment),
            .envSetting(let environment, _, _), .databaseDump(let environment, _, _),
            .databaseLoad(let environment, _, _), .databaseShell(let environment, _),
            .databaseReboot(let environment), .configDefaultEnv(let environment):
            .environment(environment)
        case .snapshotCreate(_, let name, let kind, _), .snapshotDestroy(let name, let kind):
            .snapshot(kind ?? .database, name)
        case .releaseCreate(let object, _): .release(object)
        case .releaseDestroy(let release): .release(release)
        case .configSqlScript: .fleet
        case .logDelete(let environment?, _, _): .environment(environment)
        case .logDelete: .fleet
        case .dnsSwitch(let change): .dns(change.host)
        }
    }
}
