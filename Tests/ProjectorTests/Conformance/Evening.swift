import Ledger
import Projector

/// The published procedure as named steps, so that a test can leave one out, add one or do one
/// differently.
struct Evening {
    typealias Step = (name: String, play: @Sendable (inout CaseHistory) -> Void)

    private(set) var steps: [Step]
    var migration: String? = "plan-move"

    /// The history of all steps.
    func history() -> CaseHistory {
        var history = CaseHistory(migration: migration)
        for step in steps { step.play(&history) }
        return history
    }

    /// The same without some steps.
    func without(_ names: String...) -> Evening {
        var evening = self
        evening.steps.removeAll { names.contains($0.name) }
        return evening
    }

    /// The same with one step done differently.
    func with(_ name: String, _ play: @escaping @Sendable (inout CaseHistory) -> Void) -> Evening {
        var evening = self
        evening.steps = steps.map { $0.name == name ? (name, play) : $0 }
        return evening
    }

    /// The same with something done before a step.
    func before(_ name: String, _ play: @escaping @Sendable (inout CaseHistory) -> Void) -> Evening
    {
        var evening = self
        evening.steps = steps.flatMap { $0.name == name ? [("extra", play), $0] : [$0] }
        return evening
    }

    /// The same with something done after a step.
    func after(_ name: String, _ play: @escaping @Sendable (inout CaseHistory) -> Void) -> Evening {
        var evening = self
        evening.steps = steps.flatMap { $0.name == name ? [$0, ("extra", play)] : [$0] }
        return evening
    }

    /// The same up to and with a step.
    func through(_ name: String) -> Evening {
        var evening = self
        if let index = steps.firstIndex(where: { $0.name == name }) {
            evening.steps = Array(steps[...index])
        }
        return evening
    }

    /// The same with more steps.
    func then(_ more: [Step]) -> Evening {
        var evening = self
        evening.steps += more
        return evening
    }
}

extension CaseHistory {
    /// When an environment was created, as its listing says.
    func created(_ name: String) -> String {
        if name == "prod" { return Runbook.prodCreated }
        let creation = events.last {
            $0.type == .action(.envCreate, .accepted) && $0.subject == "environment/\(name)"
        }
        return (creation?.time ?? clock).description
    }

    /// When a snapshot was taken.
    func taken(_ name: String) -> Timestamp {
        events.last {
            $0.type == .action(.snapshotCreate, .accepted)
                && $0.subject == "snapshot/database/\(name)"
        }?.time ?? clock
    }

    /// A whole description with the settings that matter when customers arrive.
    mutating func look(
        _ name: String, maintenance: Switch = .off, active: String? = "r",
        settings: [String: String] = [:]
    ) {
        var shown = EnvironmentDescription(environment: name, isComplete: true)
        shown.status = "RUNNING"
        shown.created = Timestamp(created(name))
        shown.maintenance = maintenance
        shown.solr = .off
        shown.size = name == "prod" ? "f1-large" : "f1-xlarge"
        shown.releases = [
            .init(release: active ?? "r", status: active == nil ? "RUNNING" : "ACTIVE")
        ]
        shown.settings = [
            "ssl certificate": "bestpants", "whitelist": "allow-all", "recycling": "ON",
            "autoscaling min": "2", "autoscaling max": "10",
        ].merging(settings) { $1 }
        see(.environment(shown))
    }

    /// Switches the shop's hostname.
    mutating func point(_ environment: String, ttl: Int = 300, target: String? = nil) {
        act(
            .dnsSwitch(
                DNSSwitch(
                    host: Evening.host, target: target ?? environment, environment: environment,
                    ttl: ttl)))
    }

    /// A command with what the grammar or the outcome rule noticed.
    mutating func act(
        _ action: Action, _ outcome: Outcome = .accepted, remarks: [String] = [],
        detail: String? = nil
    ) {
        add(.action(action, outcome, ActionReport(detail: detail, remarks: remarks)))
    }

    /// How it was done, asked some time after its last event.
    func conformance(after span: Span = .hours(3), migration: String? = nil) throws -> Conformance {
        try planner(after: span).conformance(migration: migration)
    }
}

extension Conformance {
    /// The names of the checks that found something.
    var found: Set<String> { Set(findings.map(\.check.name)) }

    /// The names of the checks that found a deviation.
    var deviations: Set<String> {
        Set(findings.filter { $0.check.severity != .note }.map(\.check.name))
    }

    /// The names of the activated checks that hold.
    var holding: Set<String> { Set(held.map(\.check.name)) }

    /// Everything that was found, for messages.
    var text: String {
        (findings + undecided).map { "\($0.check.id) \($0.check.name): \($0.message)" }
            .joined(separator: "\n")
    }
}
