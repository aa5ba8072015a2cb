public import Ledger

/// Why no plan can be made.
public enum PlanError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No migration of that name is known; the known ones.
    case unknownMigration(String, known: [String])
    /// Several migrations are known and none was named.
    case ambiguousMigration([String])
    /// No migration is known.
    case noMigration
    /// The ledger holds an event that this version cannot read.
    case unreadableEvent(type: String, SequenceNumber)
    /// The present lies before the newest event.
    case beforeNewest(now: Timestamp, newest: Timestamp, SequenceNumber)
    /// The resource is not known.
    case unknownResource(String)

    /// The error in words.
    public var description: String {
        switch self {
        case .unknownMigration(let name, let known):
            "migration \"\(name)\": not known; known: \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .ambiguousMigration(let names):
            "several migrations: name one with --migration: \(names.joined(separator: ", "))"
        case .noMigration: "no migration is known"
        case .unreadableEvent(let type, let sequence):
            "event \(sequence): type \"\(type)\" is not known to this version, which plans nothing while it counts"
        case .beforeNewest(let now, let newest, let sequence):
            "--now \(now.short) lies before event \(sequence) at \(newest.short); use --at to ask about the past"
        case .unknownResource(let text): "\(text): the ledger knows no such resource"
        }
    }
}

/// Makes plans: a pure function of a state, a present and a renderer.
public struct Planner: Sendable {
    /// What the facts are derived from.
    public let world: World
    /// Every migration, declared or derived.
    public let migrations: [Migration]
    /// Why this ledger can be shown but not planned with; nil when it can.
    public let obstacle: PlanError?
    let head: PlanHead
    let renderer: ActionRenderer

    static let webTierOnly =
        "maintenance closes the web tier only: cron or integrations on the source may still write"

    /// A planner for a state at a present.
    ///
    /// - Throws: `PlanError.unreadableEvent` or `.beforeNewest`.
    public init(state: State, now: Timestamp, head: PlanHead, renderer: ActionRenderer)
        throws(PlanError)
    {
        try self.init(state: state, now: now, head: head, renderer: renderer, without: nil)
    }

    /// A planner that lacks one rule: what the proof of the rules must notice.
    ///
    /// - Throws: `PlanError.unreadableEvent` or `.beforeNewest`.
    package init(
        state: State, now: Timestamp, head: PlanHead, renderer: ActionRenderer, without: RuleName?
    ) throws(PlanError) {
        try self.init(
            showing: state, now: now, head: head, renderer: renderer, without: without)
        if let obstacle { throw obstacle }
    }

    /// A planner that tells what is known also where events stand that this version cannot read.
    ///
    /// There it makes no plan, gives no verdict and judges no conduct.
    ///
    /// - Throws: `PlanError.beforeNewest`.
    public init(showing state: State, now: Timestamp, head: PlanHead, renderer: ActionRenderer)
        throws(PlanError)
    {
        try self.init(showing: state, now: now, head: head, renderer: renderer, without: nil)
    }

    private init(
        showing state: State, now: Timestamp, head: PlanHead, renderer: ActionRenderer,
        without: RuleName?
    ) throws(PlanError) {
        if let newest = state.newest, now < newest.time {
            throw .beforeNewest(now: now, newest: newest.time, newest.sequence)
        }
        world = World(state: state, now: now, without: without)
        migrations = world.migrations()
        obstacle = state.unreadable.first.map {
            .unreadableEvent(type: $0.value, $0.moment.sequence)
        }
        self.head = head
        self.renderer = renderer
    }

    /// A plan without a step that says why there is none.
    public func refusal(_ kind: Plan.Kind, migration: String?, _ obstacle: PlanError) -> Plan {
        var plan = blank(kind, migration)
        plan.summary = obstacle.description
        return plan
    }

    /// Lets nothing be planned where something may have happened that cannot be read.
    func refuseObstacle() throws(PlanError) {
        if let obstacle { throw obstacle }
    }

    func blank(_ kind: Plan.Kind, _ migration: String?) -> Plan {
        Plan(
            kind: kind, migration: migration, now: world.now,
            expires: world.now + world.policy.planExpiry, head: head, renderer: renderer)
    }

    /// The migration of a name; without one the only open one, else the newest.
    ///
    /// - Throws: `PlanError.unknownMigration` or `.ambiguousMigration`.
    public func migration(named name: String?) throws(PlanError) -> Migration? {
        if let name {
            guard let migration = migrations.first(where: { $0.name == name }) else {
                throw .unknownMigration(name, known: migrations.map(\.name))
            }
            return migration
        }
        let open = migrations.filter { $0.closed == nil }
        let declared = open.filter(\.isDeclared)
        if declared.count > 1 { throw .ambiguousMigration(declared.map(\.name)) }
        return declared.first ?? open.last ?? migrations.last
    }

    /// The steps with the name of their migration where a word recorded without it could be meant for
    /// another one.
    func named(_ steps: [Step], for migration: String?) -> [Step] {
        let open = world.migrations().filter { $0.isDeclared && $0.closed == nil }
        guard open.count > 1, let migration, open.contains(where: { $0.name == migration }) else {
            return steps
        }
        return steps.map { step in
            guard case .ledger(let words) = step.command, words.dropFirst().first == "record",
                words.dropFirst(2).first != "file"
            else { return step }
            var named = step
            named.command = .ledger(words + ["--migration", migration])
            return named
        }
    }
}

extension [Need] {
    /// Each question once, in order.
    func unique() -> [Need] {
        var seen: Set<Need> = []
        return filter { seen.insert($0).inserted }
    }
}
