import Fleet
import Ledger
import Projector

/// Looks at the platform and at DNS, and records what was seen.
struct Observer {
    /// How long a read command may take, in milliseconds.
    static let limit = 120_000

    /// A look and where it stands in the ledger.
    struct Seen {
        let look: Look
        let sequence: SequenceNumber
    }

    private let global: GlobalOptions
    private let store: LedgerStore
    private let actor: Actor
    private let filter: SecretFilter
    private let owners: OpenMigrations
    private let limit: Int
    /// Looks hostnames up.
    let resolver: Resolver

    /// An observer for the ledger of some options.
    ///
    /// - Throws: `CLIError`, `StoreError`.
    init(_ global: GlobalOptions, server: NameServer?, limit: Int = Observer.limit) throws {
        self.global = global
        self.limit = limit
        store = try global.open(readOnly: false)
        actor = try global.who()
        filter = SecretFilter(patterns: try Settings(store).redaction)
        owners = OpenMigrations(try MigrationRegister(store).open)
        let evaluation = try Evaluation(global, .asked())
        resolver = Resolver(
            server: server, endpoints: evaluation.state.endpoints, staysWithServer: false)
    }

    /// Looks without recording.
    ///
    /// - Throws: `RunStatus`, `SystemError` when the platform's command cannot be run at all.
    func look(at target: LookTarget) throws -> Look {
        try Look.take(target, resolver: resolver, filter: filter, limit: limit)
    }

    /// Looks and records.
    ///
    /// - Throws: as `look(at:)`; `StoreError`.
    func see(_ target: LookTarget, cause: EventID? = nil) throws -> Seen {
        let look = try look(at: target)
        return Seen(look: look, sequence: try record(look, cause: cause))
    }

    /// Records a look; a failed one is recorded as such and takes nothing back.
    ///
    /// - Throws: `StoreError`.
    func record(_ look: Look, cause: EventID? = nil) throws -> SequenceNumber {
        var random = SystemRandomNumberGenerator()
        let payload = EventPayload.observation(look.observation)
        let draft = EventDraft(
            id: EventID(time: look.time, using: &random), payload: payload, time: look.time,
            actor: actor, basis: .observed, migration: owners.owner(of: payload), cause: cause,
            traceparent: TraceContext.current,
            attachments: look.printed.isEmpty
                ? [:] : ["output": AttachmentContent(bytes: look.printed)])
        let appended = try store.append([draft], recordedTime: Surroundings.current.clock())
        guard let place = appended.first else { preconditionFailure("one draft, one place") }
        return place.sequence
    }

    /// What the ledger says now.
    ///
    /// - Throws: `StoreError`.
    func evaluation() throws -> Evaluation { try Evaluation(global, .asked()) }

    /// Everything that is to be looked at after the list of environments was seen.
    ///
    /// Environments matter that play a part in a migration, were acted upon without a known end, or
    /// are the default one; without any, all that the list shows.
    ///
    /// - Throws: `StoreError`, `PlanError`.
    func targets(_ named: [String], after list: Look) throws -> [LookTarget] {
        let planner = try evaluation().planner()
        var environments = named
        if named.isEmpty {
            environments = planner.environmentsThatMatter
            if case .environments(let listing) = list.observation {
                let shown = listing.rows.map(\.environment)
                if listing.isComplete { environments.removeAll { !shown.contains($0) } }
                if environments.isEmpty { environments = shown }
            }
        }
        return environments.map { .platform(.envDescribe($0)) } + [
            .platform(.snapshotList(nil)), .platform(.snapshotList(.nfs)), .platform(.releaseList),
            .platform(.defaultEnvironment), .platform(.sqlScripts),
        ] + planner.hostsThatMatter.map { .host($0) }
    }
}

extension Planner {
    /// The environments with a part in a migration, in doubt, or the default one.
    var environmentsThatMatter: [String] {
        var names: Set<String> = []
        for migration in migrations where migration.closed == nil {
            names.insert(migration.roles.source)
            names.insert(migration.roles.destination)
            if let temporary = migration.temporary?.name { names.insert(temporary) }
        }
        let overview = overview()
        for attempt in overview.inDoubt {
            if case .environment(let name, _) = attempt.action.subject { names.insert(name) }
        }
        if names.isEmpty {
            // A closed migration is still cleaned up after.
            for migration in migrations where migration.isDeclared {
                names.insert(migration.roles.source)
                names.insert(migration.roles.destination)
            }
        }
        return names.sorted()
    }

    /// The hostnames of migrations and all that were ever looked up.
    var hostsThatMatter: [String] {
        Set(migrations.flatMap(\.roles.hostnames)).union(world.state.hosts.keys).sorted()
    }
}

extension State {
    /// The endpoints that each environment was last described with, wildcards aside.
    var endpoints: [String: [String]] {
        environments.compactMapValues { history in
            let shown = history.sightings.last { !$0.shown.endpoints.isEmpty }?.shown
            return shown.map { shown in
                shown.endpoints.filter { $0.key == "www" || $0.key == "admin" }
                    .map(\.value).sorted()
            }
        }
    }
}

extension EvaluationOptions {
    /// The options that nobody typed: the present, or the ledger as it once was.
    static func asked(knownAt: Int? = nil) -> EvaluationOptions {
        var options = EvaluationOptions()
        options.at = nil
        options.knownAt = knownAt
        return options
    }
}
