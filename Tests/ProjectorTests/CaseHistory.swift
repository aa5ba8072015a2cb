import FleetProof
import Ledger
import Projector

/// A history written down step by step, as `rules.md` notes its worked cases; the clock moves by hand.
struct CaseHistory {
    private(set) var events: [Event] = []
    private(set) var clock: Timestamp
    private var random = SystemRandomNumberGenerator()
    var migration: String?
    /// By how much a wrong clock dates what is written down ahead of when it is recorded.
    var lead = Span.seconds(0)

    init(at text: String = "2017-05-01T10:00:00Z", migration: String? = "plan-move") {
        clock = Timestamp(text) ?? Timestamp(milliseconds: 0)
        self.migration = migration
    }

    mutating func wait(_ span: Span) { clock = clock + span }

    @discardableResult
    mutating func add(
        _ payload: EventPayload, basis: Basis = .imported, cause: EventID? = nil
    ) -> EventID {
        let id = EventID(time: clock, using: &random)
        let draft = EventDraft(
            id: id, payload: payload, time: clock + lead, actor: Actor(id: "alice"), basis: basis,
            migration: migration, cause: cause)
        events.append(
            Event(
                sequence: SequenceNumber(events.count + 1), recordedTime: clock, source: "test",
                draft: draft))
        wait(.seconds(1))
        return id
    }

    /// What the ledger itself ran begins; its outcome is in doubt until it ends.
    mutating func begin(_ action: Action) -> EventID {
        add(.action(action, .started, ActionReport()), basis: .executed)
    }

    /// What the ledger itself ran ends.
    mutating func end(_ start: EventID, _ action: Action, _ outcome: Outcome = .accepted) {
        add(.action(action, outcome, ActionReport()), basis: .executed, cause: start)
    }

    mutating func act(_ action: Action, _ outcome: Outcome = .accepted) {
        add(.action(action, outcome, ActionReport()))
    }

    mutating func decide(_ decision: Decision) { add(.decision(decision)) }

    mutating func see(_ observation: Observation) { add(.observation(observation)) }

    /// A whole description.
    mutating func describe(
        _ name: String, _ created: String, maintenance: Switch, active: String? = "r",
        status: String = "RUNNING"
    ) {
        var shown = EnvironmentDescription(environment: name, isComplete: true)
        shown.status = status
        shown.created = Timestamp(created)
        shown.maintenance = maintenance
        shown.solr = .off
        shown.size = name == "prod" ? "f1-large" : "f1-xlarge"
        shown.releases = [.init(release: "r", status: active == nil ? "RUNNING" : "ACTIVE")]
        see(.environment(shown))
    }

    /// A complete list of environments, each with its status and creation.
    mutating func list(_ rows: [(String, String, String)]) {
        see(
            .environments(
                Listing(
                    rows: rows.map {
                        EnvironmentRow(environment: $0.0, status: $0.1, created: Timestamp($0.2))
                    },
                    isComplete: true)))
    }

    /// A complete list of nfs snapshots with one of prod that is AVAILABLE.
    mutating func files(_ name: String = "files", taken: Timestamp) {
        see(
            .snapshots(
                .nfs,
                Listing(
                    rows: [
                        SnapshotRow(
                            snapshot: name, environment: "prod", status: "AVAILABLE",
                            type: "MANUAL", created: taken)
                    ], isComplete: true)))
    }

    /// A complete list of both environments, with the release that is active on each.
    mutating func listServing(made destination: String) {
        see(
            .environments(
                Listing(
                    rows: [("prod", Runbook.prodCreated), ("prod2", destination)].map {
                        EnvironmentRow(
                            environment: $0.0, status: "RUNNING", release: "r",
                            created: Timestamp($0.1))
                    }, isComplete: true)))
    }

    /// Customers are sent to an environment.
    mutating func lead(to name: String, oldTTL: Int) {
        act(
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: name, environment: name, ttl: 300,
                    oldTTL: oldTTL)))
    }

    /// Customers are sent back to the source.
    mutating func switchBack() { lead(to: "prod", oldTTL: 300) }

    /// Customers are sent to an environment that was tested, up to the end of the drain.
    mutating func moveCustomers(to name: String) {
        act(.envProtected(environment: name, state: .on))
        lead(to: name, oldTTL: 3600)
        wait(.minutes(70))
        host(name)
        act(.configDefaultEnv(environment: name))
    }

    /// Another migration begins, an hour after what was before.
    mutating func open(
        _ name: String, from source: String, to destination: String,
        by method: MigrationMethod = .snapshot
    ) {
        migration = name
        wait(.minutes(60))
        decide(CaseHistory.opening(name, from: source, to: destination, by: method))
    }

    /// The word by which a migration of the shop begins.
    static func opening(
        _ name: String, from source: String, to destination: String,
        by method: MigrationMethod = .snapshot
    ) -> Decision {
        .migrationOpened(
            MigrationRoles(
                migration: name, source: source, destination: destination, method: method,
                hostnames: ["www.bestpants.com"]))
    }

    /// The source goes as planned, and leaves its final snapshot.
    mutating func destroyProd(leaving rows: [(String, String, String)]) {
        act(.envProtected(environment: "prod", state: .off))
        act(.envDestroy(environment: "prod"))
        let asked = clock
        wait(.minutes(30))
        list(rows)
        snapshots([("prod-final", "prod", "AVAILABLE", asked)])
    }

    /// A complete list of database snapshots.
    mutating func snapshots(_ rows: [(String, String, String, Timestamp)]) {
        see(
            .snapshots(
                .database,
                Listing(
                    rows: rows.map {
                        SnapshotRow(
                            snapshot: $0.0, environment: $0.1, status: $0.2, type: "MANUAL",
                            created: $0.3)
                    },
                    isComplete: true)))
    }

    mutating func host(_ environment: String, ttl: Int = 300) {
        see(
            .dns(
                DNSAnswer(
                    host: "www.bestpants.com", target: environment, environment: environment,
                    ttl: ttl)))
    }

    func planner(after span: Span = .seconds(0)) throws -> Planner {
        try Planner(
            state: Replay.state(of: events), now: clock + span,
            head: PlanHead(size: events.count, root: ""), renderer: .words, without: LeftOut.rule)
    }

    func cleanup(after span: Span = .seconds(0)) throws -> Plan {
        try planner(after: span).cleanup(migration: nil)
    }

    func rollback(after span: Span = .seconds(0)) throws -> Plan {
        try planner(after: span).rollback(migration: migration)
    }

    func next(after span: Span = .seconds(0)) throws -> Plan {
        try planner(after: span).next(migration: migration)
    }
}

extension ActionRenderer {
    /// The action's own words, for tests that read plans.
    static let words = ActionRenderer(
        command: { ["\($0.name.rawValue)", $0.subject.description] }, expected: { _ in nil },
        answer: { _ in nil })
}

extension Plan {
    func verdict(_ resource: String) -> Projector.Verdict? {
        resources.first { $0.resource.description == resource }?.verdict
    }

    func rules(_ resource: String) -> Set<RuleName> {
        Set(resources.first { $0.resource.description == resource }?.reasons.map(\.rule) ?? [])
    }

    var way: String? { extra["verdict"]?.string }

    var isLossy: Bool? { extra["lossy"]?.bool }

    /// What a plan of what is next says that would be unsafe now.
    var warnings: [String] { extra["unsafe"]?.array?.compactMap(\.string) ?? [] }

    /// The commands of the steps, as `name resource`.
    var commands: [String] { steps.compactMap { words($0)?.joined(separator: " ") } }
}
