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

extension Evening {
    static let host = "www.bestpants.com"

    private static func opening(_ method: MigrationMethod, temporary: String? = nil) -> [Step] {
        [
            (
                "open",
                {
                    $0.decide(
                        .migrationOpened(
                            MigrationRoles(
                                migration: "plan-move", source: "prod", destination: "prod2",
                                method: method, temporary: temporary, hostnames: [host])))
                }
            ),
            (
                "look",
                {
                    $0.list([("prod", "RUNNING", Runbook.prodCreated)])
                    $0.look("prod")
                    $0.see(.sqlScripts(Listing(rows: [], isComplete: true)))
                    $0.see(.defaultEnvironment("prod"))
                    var shown = EnvironmentDescription(environment: "prod", isComplete: false)
                    shown.nfs = .off
                    shown.protected = .on
                    $0.see(.environment(shown))
                }
            ),
            ("lookup", { $0.host("prod", ttl: 3600) }),
            (
                "lower",
                {
                    $0.wait(.hours(2))
                    $0.host("prod", ttl: 300)
                }
            ),
        ]
    }

    static func close(_ name: String) -> Step {
        (
            "close \(name)",
            {
                $0.act(.envMaintenance(environment: name, state: .on))
                $0.wait(.seconds(90))
                $0.look(name, maintenance: .on)
            }
        )
    }

    static func create(_ name: String, snapshot: String?, size: String = "f1-xlarge") -> [Step] {
        [
            (
                "create \(name)",
                {
                    $0.act(
                        .envCreate(
                            EnvironmentCreation(
                                environment: name, source: .named("prod"),
                                snapshot: snapshot.map { .named($0) } ?? .unsaid, size: size,
                                highAvailability: true)))
                }
            ),
            (
                "running \(name)",
                {
                    $0.wait(.minutes(20))
                    $0.list([
                        ("prod", "RUNNING", Runbook.prodCreated),
                        (name, "RUNNING", $0.created(name)),
                    ])
                }
            ),
        ]
    }

    private static let release: [Step] = [
        ("load", { $0.act(.envLoad(environment: "prod2", release: "r")) }),
        (
            "loaded",
            {
                $0.wait(.minutes(5))
                $0.look("prod2", active: nil)
            }
        ),
        ("activate", { $0.act(.envActivate(environment: "prod2", release: "r")) }),
        (
            "active",
            {
                $0.wait(.minutes(3))
                $0.look("prod2")
            }
        ),
    ]

    private static func snapshot(_ name: String) -> [Step] {
        [
            ("snapshot", { $0.act(.snapshotCreate(environment: "prod", name: name)) }),
            (
                "available",
                {
                    $0.wait(.minutes(5))
                    $0.snapshots([(name, "prod", "AVAILABLE", $0.taken(name))])
                }
            ),
        ]
    }

    private static let open: Step = (
        "open prod2",
        {
            $0.act(.envMaintenance(environment: "prod2", state: .off))
            $0.wait(.seconds(90))
            $0.look("prod2")
        }
    )

    private static let decision: [Step] = [
        ("test", { $0.decide(.testPassed(environment: "prod2")) }),
        ("go", { $0.decide(.go) }),
        ("protect", { $0.act(.envProtected(environment: "prod2", state: .on)) }),
    ]

    private static let move: [Step] = [
        ("switch", { $0.point("prod2") }),
        (
            "drain",
            {
                $0.wait(.minutes(10))
                $0.host("prod2")
            }
        ),
        ("default", { $0.act(.configDefaultEnv(environment: "prod2")) }),
    ]

    private static let night: Step = (
        "night",
        {
            $0.wait(.hours(9))
            $0.look("prod", maintenance: .on)
            $0.look("prod2")
            $0.see(.defaultEnvironment("prod2"))
            $0.host("prod2")
        }
    )

    static let cleanup: [Step] = [
        ("unprotect", { $0.act(.envProtected(environment: "prod", state: .off)) }),
        ("destroy", { $0.act(.envDestroy(environment: "prod")) }),
        (
            "gone",
            {
                let destroyed = $0.clock
                $0.wait(.minutes(20))
                $0.list([("prod2", "RUNNING", $0.created("prod2"))])
                $0.snapshots([("fs1", "prod", "AVAILABLE", destroyed)])
            }
        ),
    ]

    private static let dropSnapshot: Step = (
        "destroy pm",
        {
            $0.act(.snapshotDestroy(name: "pm"))
            $0.wait(.minutes(5))
            $0.snapshots([])
        }
    )

    /// The snapshot method by the book, with its clean-up.
    static var snapshotMethod: Evening {
        var steps = opening(.snapshot) + [close("prod")] + snapshot("pm")
        steps += create("prod2", snapshot: "pm") + release + decision + move
        steps += [night, dropSnapshot] + cleanup
        return Evening(steps: steps)
    }

    private static func dump(_ environment: String) -> Step {
        ("dump", { $0.act(.databaseDump(environment: environment, path: "prod.sql")) })
    }

    private static func drop(_ temporary: String) -> [Step] {
        let environment: Step = (
            "destroy temporary",
            {
                $0.act(.envDestroy(environment: temporary))
                let destroyed = $0.clock
                $0.wait(.minutes(10))
                $0.list([
                    ("prod", "RUNNING", Runbook.prodCreated),
                    ("prod2", "RUNNING", $0.created("prod2")),
                ])
                $0.snapshots([
                    ("ts", "prod", "AVAILABLE", $0.taken("ts")),
                    ("ft", temporary, "AVAILABLE", destroyed),
                ])
            }
        )
        let snapshots: Step = (
            "destroy ts",
            {
                $0.act(.snapshotDestroy(name: "ts"))
                $0.act(.snapshotDestroy(name: "ft"))
                $0.wait(.minutes(2))
                $0.snapshots([])
            }
        )
        return [environment, snapshots]
    }

    private static func copied(_ temporary: String?) -> [Step] {
        guard let temporary else { return [dump("prod")] }
        return snapshot("ts") + create(temporary, snapshot: "ts") + [dump(temporary)]
            + drop(temporary)
    }

    private static let loading: [Step] = [
        (
            "load dump",
            {
                $0.wait(.minutes(4))
                $0.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
                $0.wait(.minutes(4))
            }
        ),
        ("flush", { $0.act(.envCacheFlush(environment: "prod2")) }),
    ]

    /// The dump method by the book; the destination is opened before the test or after the switch.
    static func dumpMethod(opensLate: Bool = false, temporary: String? = nil) -> Evening {
        var steps = opening(.dump, temporary: temporary) + create("prod2", snapshot: nil)
        steps += release + [close("prod"), close("prod2")] + copied(temporary) + loading
        if opensLate {
            steps += decision + [move[0], open] + Array(move[1...])
        } else {
            steps += [open] + decision + move
        }
        return Evening(steps: steps + [night] + cleanup)
    }

    /// What an abort before the switch does.
    static let abort: [Step] = [
        ("fail", { $0.decide(.testFailed(environment: "prod2")) }),
        (
            "reopen",
            {
                $0.act(.envMaintenance(environment: "prod", state: .off))
                $0.wait(.seconds(90))
                $0.look("prod")
            }
        ),
        (
            "drop prod2",
            {
                $0.act(.envDestroy(environment: "prod2"))
                $0.wait(.minutes(10))
                $0.list([("prod", "RUNNING", Runbook.prodCreated)])
                $0.act(.snapshotDestroy(name: "pm"))
                $0.wait(.minutes(5))
                $0.snapshots([])
            }
        ),
    ]

    /// What a rollback after the switch does.
    static let back: [Step] = [
        close("prod2"),
        ("accept", { $0.decide(.lossAccepted) }),
        (
            "switch back",
            {
                $0.point("prod")
                $0.wait(.minutes(10))
                $0.host("prod")
            }
        ),
        (
            "reopen",
            {
                $0.act(.envMaintenance(environment: "prod", state: .off))
                $0.wait(.seconds(90))
                $0.look("prod")
            }
        ),
    ]
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
