import Ledger
import Projector

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
