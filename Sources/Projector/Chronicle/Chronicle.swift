public import Ledger

/// The story of one migration as it can be told afterwards: what happened when, how long what
/// lasted, and what stands there and costs money.
public struct Chronicle: Sendable {
    /// A point of the published procedure.
    public enum Point: String, Sendable, Hashable, CaseIterable {
        case opened
        case created
        case closed
        case copyPoint = "copy-point"
        case dumped
        case loaded
        case activated
        case tested
        case decided
        case protected
        case switched
        case drained
        case defaultMoved = "default-moved"
        case reopened
        case destroyed
        case gone
        case ended
    }

    /// Something that happened at one moment.
    public struct Milestone: Sendable, Hashable {
        /// Which point of the procedure it is.
        public var point: Point
        /// When it happened.
        public var time: Timestamp
        /// What it was about.
        public var resource: Resource
        /// What happened, for people.
        public var text: String
        /// The event by which someone did it; nil for what followed by itself.
        public var act: SequenceNumber?
        /// The events that show it.
        public var evidence: [SequenceNumber]
    }

    /// What a span of time was.
    public enum SpanKind: String, Sendable, Hashable, CaseIterable {
        /// An environment is there.
        case life
        /// An environment is effectively in maintenance.
        case maintenance
        /// Customers are served by nobody.
        case downtime
        /// The destination may take writes that the source lacks.
        case exposure
        /// Old answers of DNS may still be served.
        case drain
        /// The waiting time after the drain.
        case soak
        /// From the first destruction to the last proof of absence.
        case cleanup
    }

    /// Something that lasted.
    public struct Stretch: Sendable, Hashable {
        /// What it was.
        public var kind: SpanKind
        /// What it was about.
        public var resource: Resource
        /// When it began.
        public var from: Timestamp
        /// When it ended; nil while it goes on.
        public var to: Timestamp?
        /// What it was, for people.
        public var text: String
        /// The events that show it.
        public var evidence: [SequenceNumber]
    }

    /// A thing that is paid for.
    public struct Upkeep: Sendable, Hashable {
        /// The thing.
        public var resource: Resource
        /// The part that it plays, such as `source`; empty when no migration uses it.
        public var role: String
        /// Its size as the platform shows it, such as `f1-large` or `100GB`.
        public var size: String?
        /// Whether it is highly available; nil when that was not seen or has no meaning.
        public var isHighlyAvailable: Bool?
        /// Since when it is there.
        public var since: Timestamp?
        /// When it was proven to be gone; nil while it is not.
        public var until: Timestamp?
        /// Since when nobody needs it: its service or its copy has passed to another thing.
        public var idleSince: Timestamp?
        /// What made it idle, for people: `the drain`.
        public var idleBecause: String?
        /// The events that show it.
        public var evidence: [SequenceNumber]
    }

    /// The migration.
    public var migration: Migration
    /// The hostnames of its customers.
    public var hostnames: [String]
    /// What happened, by time.
    public var milestones: [Milestone] = []
    /// What lasted, by kind and time.
    public var stretches: [Stretch] = []
    /// What is or was paid for.
    public var upkeep: [Upkeep] = []
    /// Everything that the migration touched.
    public var resources: Set<Resource> = []

    /// The hour of downtime that the published procedure allows for
    /// (Fleet, "migrate between plans": up to an hour).
    public static let documentedDowntime = Span.hours(1)

    /// How long customers were served by nobody, and whether that is over; nil when they always were.
    public func downtime(until now: Timestamp) -> (span: Span, isOver: Bool)? {
        let parts = stretches.filter { $0.kind == .downtime }
        guard !parts.isEmpty else { return nil }
        let sum = parts.reduce(Span.seconds(0)) { $0 + (($1.to ?? now) - $1.from) }
        return (sum, parts.allSatisfy { $0.to != nil })
    }
}

extension Planner {
    /// The story of a migration until now.
    public func chronicle(of migration: Migration) -> Chronicle {
        var chronicle = Chronicle(
            migration: migration, hostnames: world.hostnames(migration))
        chronicle.resources = world.resources(of: migration)
        chronicle.stretches = world.stretches(of: migration)
        chronicle.milestones = world.milestones(of: migration)
        chronicle.upkeep = world.upkeep(of: migration)
        return chronicle
    }
}

extension World {
    /// The environments of a migration and the parts they play.
    func cast(of migration: Migration) -> [(role: String, environment: Incarnation)] {
        [
            ("source", migration.source), ("destination", migration.destination),
            ("temporary", migration.temporary),
        ].compactMap { role, environment in environment.map { (role, $0) } }
    }

    /// The snapshots that a migration made, was made from or left behind.
    func snapshots(of migration: Migration) -> [SnapshotKey] {
        let cast = cast(of: migration).map(\.environment)
        let names = Set(cast.map(\.name))
        let seeds = Set(cast.compactMap(\.seed))
        return state.snapshots.keys.sorted().filter { key in
            guard let history = state.snapshots[key] else { return false }
            if key.kind == .database, seeds.contains(key.name) { return true }
            let isMade = history.attempts.contains { attempt in
                guard case .snapshotCreate(let environment, _, _, _) = attempt.action else {
                    return false
                }
                return names.contains(environment) && attempt.started >= migration.opened
            }
            return isMade || isFinal(key, of: cast)
        }
    }

    /// True when a snapshot first appeared after the accepted destroy of one of the environments.
    private func isFinal(_ key: SnapshotKey, of cast: [Incarnation]) -> Bool {
        guard let first = state.snapshots[key]?.sightings.first else { return false }
        return cast.contains { environment in
            guard let destroy = environment.attempts(.envDestroy).first(where: \.isAccepted),
                first.row.environment == environment.name, let created = first.row.created
            else { return false }
            return created >= destroy.started.time.wholeSecond - policy.clockSkew
        }
    }

    /// Everything that a migration touched.
    func resources(of migration: Migration) -> Set<Resource> {
        var resources: Set<Resource> = [.migration(migration.name)]
        for (_, environment) in cast(of: migration) {
            resources.insert(.environment(environment.name))
            for attempt in environment.attempts {
                switch attempt.action {
                case .envLoad(_, let release), .envActivate(_, let release),
                    .envUnload(_, let release, _):
                    resources.insert(.release(release))
                case .databaseDump(_, _, let path?), .databaseLoad(_, _, let path?):
                    resources.insert(.file(path))
                default: break
                }
            }
        }
        resources.formUnion([
            .environment(migration.roles.source), .environment(migration.roles.destination),
        ])
        if let temporary = migration.roles.temporary { resources.insert(.environment(temporary)) }
        resources.formUnion(snapshots(of: migration).map(\.resource))
        resources.formUnion(hostnames(migration).map { Resource.dns($0) })
        return resources
    }
}
