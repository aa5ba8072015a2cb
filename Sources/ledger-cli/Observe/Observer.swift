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
        /// True when all that was seen stands there, and was all that there is.
        let isComplete: Bool
    }

    private let global: GlobalOptions
    private let scribe: Scribe
    private let server: NameServer?
    /// The platform's command as it is called.
    private let program: [String]
    /// Looks hostnames up.
    private(set) var resolver: Resolver

    /// An observer for the ledger of some options.
    ///
    /// - Throws: `CLIError`, `StoreError`.
    init(_ global: GlobalOptions, server: NameServer?, program: [String] = ["fleet"]) throws {
        self.global = global
        self.server = server
        self.program = program
        scribe = try Scribe(global.open(readOnly: false), actor: global.who())
        resolver = Resolver(server: server)
        try learnEndpoints()
    }

    /// Takes the endpoints that were described last: they tell where a flattened name is.
    ///
    /// - Throws: `StoreError`.
    mutating func learnEndpoints() throws { resolver.endpoints = try evaluation().state.endpoints }

    /// Looks without recording.
    ///
    /// - Throws: `RunStatus`, `SystemError` when the platform's command cannot be run at all.
    func look(at target: LookTarget, limit: Int = Observer.limit) throws -> Look {
        try Look.take(
            target, program: program, resolver: resolver, filter: scribe.filter, limit: limit)
    }

    /// Looks and records.
    ///
    /// - Throws: as `look(at:)`; `StoreError`.
    func see(_ target: LookTarget, cause: EventID? = nil) throws -> Seen {
        let look = try look(at: target)
        let draft = draft(look, cause)
        return Seen(
            look: look, sequence: try append(draft),
            isComplete: look.observation.isComplete && Shortage(draft) == nil)
    }

    /// Records that the platform's command could not be run.
    ///
    /// - Throws: `StoreError`.
    func record(failed read: ReadCommand, why status: RunStatus) throws -> Seen {
        let complaint = status.complaint
        let look = Look.failed(
            read, why: ([complaint.message] + complaint.hints).joined(separator: "; "))
        return Seen(look: look, sequence: try record(look), isComplete: false)
    }

    /// Records a look; a failed one is recorded as such and takes nothing back.
    ///
    /// - Throws: `StoreError`.
    func record(_ look: Look, cause: EventID? = nil) throws -> SequenceNumber {
        try append(draft(look, cause))
    }

    private func draft(_ look: Look, _ cause: EventID?) -> EventDraft {
        scribe.draft(
            .observation(look.observation), at: look.time, cause: cause,
            attachments: look.printed.isEmpty
                ? [:] : ["output": AttachmentContent(bytes: look.printed)])
    }

    private func append(_ draft: EventDraft) throws -> SequenceNumber {
        let appended = try scribe.append([draft])
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
        let planner = try evaluation().reader()
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
