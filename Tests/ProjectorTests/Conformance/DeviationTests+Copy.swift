import Ledger
import Projector

/// What may go wrong with the copy and the release.
extension DeviationTests {
    static let copy: [Slip] = [
        Slip("C01", "source-closed-before-snapshot") {
            .snapshotMethod.with("close prod", hasty("prod"))
        },
        Slip("C01", "source-closed-before-snapshot") { .snapshotMethod.without("close prod") },
        Slip("C02", "source-closed-before-dump", right: dump) {
            dump().without("close prod")
        },
        Slip("C02", "source-closed-before-dump", right: throughTemporary) {
            throughTemporary().without("close prod").after("destroy temporary") {
                $0.act(.envMaintenance(environment: "prod", state: .on))
            }
        },
        Slip("C02", "destination-closed-before-dump", right: dump) {
            dump().with("close prod2", hasty("prod2"))
        },
        Slip("C02", "both-closed-before-load", right: dump) {
            dump().before("load dump") {
                $0.act(.envMaintenance(environment: "prod2", state: .off))
            }
        },
        Slip("C03", "source-stays-closed") {
            .snapshotMethod.before("load") {
                $0.act(.envMaintenance(environment: "prod", state: .off))
            }
        },
        Slip("C03", "source-stays-closed") {
            .snapshotMethod.through("default").before("default") {
                $0.wait(.minutes(5))
                $0.look("prod", maintenance: .off)
            }
        },
        Slip("C04", "snapshot-available-before-create") { .snapshotMethod.without("available") },
        Slip("C04", "snapshot-available-before-create") {
            .snapshotMethod.with("available") {
                $0.snapshots([("pm", "prod", "CREATING", $0.taken("pm"))])
            }
        },
        Slip("C04", "destination-names-snapshot") {
            .snapshotMethod.with("create prod2") {
                $0.act(
                    .envCreate(
                        EnvironmentCreation(
                            environment: "prod2", source: .named("prod"), size: "f1-xlarge",
                            highAvailability: true)))
            }
        },
        Slip("C11", "loaded-before-open", right: dump) {
            dump().without("open prod2").before("load dump") {
                $0.act(.envMaintenance(environment: "prod2", state: .off))
                $0.wait(.minutes(2))
            }
        },
        Slip("C12", "caches-flushed-after-load", right: dump) { dump().without("flush") },
        Slip("C12", "caches-flushed-after-load", right: dump) {
            dump().without("flush").after("test") { $0.act(.envCacheFlush(environment: "prod2")) }
        },
        Slip("C13", "live-source-not-dumped", right: dump) { dump().without("close prod") },
        Slip("C13", "source-not-dumped-beside-temporary", right: throughTemporary) {
            throughTemporary().before("load dump") {
                $0.act(.databaseDump(environment: "prod", path: "other.sql"))
            }
        },
        Slip("C13", "closed-source-dumped", right: dump) { dump() },
        Slip("C15", "no-sql-scripts") {
            .snapshotMethod.before("create prod2") {
                $0.see(.sqlScripts(Listing(rows: ["anonymise.sql"], isComplete: true)))
            }
        },
        Slip(
            "C16", "nfs-contents-kept",
            right: {
                .snapshotMethod.before("snapshot") {
                    $0.act(.envSetting(environment: "prod", setting: "nfs", value: "ON"))
                    $0.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
                    let taken = $0.clock
                    $0.wait(.minutes(2))
                    $0.see(
                        .snapshots(
                            .nfs,
                            Listing(
                                rows: [
                                    SnapshotRow(
                                        snapshot: "files", environment: "prod",
                                        status: "AVAILABLE", type: "MANUAL", created: taken)
                                ], isComplete: true)))
                    $0.decide(.gapAcknowledged(.nfs))
                }
            }
        ) {
            .snapshotMethod.before("close prod") {
                $0.act(.envSetting(environment: "prod", setting: "nfs", value: "ON"))
            }
        },
        Slip(
            "C16", "settings-before-release",
            right: {
                .snapshotMethod.before("load") {
                    $0.act(.envSetting(environment: "prod2", setting: "solr", value: "ON"))
                }
            }
        ) {
            .snapshotMethod.after("loaded") {
                $0.act(.envSetting(environment: "prod2", setting: "solr", value: "ON"))
            }
        },
    ]

    static let release: [Slip] = [
        Slip("C05", "running-before-load") { .snapshotMethod.without("running prod2") },
        Slip("C05", "running-before-load") {
            .snapshotMethod.with("running prod2") {
                $0.list([("prod2", "CREATING", $0.created("prod2"))])
            }
        },
        Slip("C05", "loaded-before-activate") {
            .snapshotMethod.with("loaded") { history in
                var shown = EnvironmentDescription(environment: "prod2", isComplete: true)
                shown.status = "LOADING"
                shown.created = Timestamp(history.created("prod2"))
                shown.releases = [.init(release: "r", status: "LOADING")]
                history.see(.environment(shown))
            }
        },
        Slip("C05", "active-before-test") {
            .snapshotMethod.with("active") { $0.look("prod2", active: nil) }
        },
        Slip("C06", "same-release") {
            .snapshotMethod.with("activate") {
                $0.act(.envActivate(environment: "prod2", release: "q"))
            }
        },
        Slip("C10", "opened-before-test", right: dump) { .dumpMethod(opensLate: true) },
        Slip("C14", "temporary-running-before-dump", right: throughTemporary) {
            throughTemporary().without("running temp")
        },
        Slip("C14", "temporary-dumped-before-destroy", right: throughTemporary) {
            throughTemporary().without("dump", "load dump", "flush")
        },
        Slip("C14", "temporary-running-before-snapshot-destroy", right: throughTemporary) {
            throughTemporary().before("running temp") { $0.act(.snapshotDestroy(name: "ts")) }
        },
        Slip("C14", "temporary-destroyed-before-snapshot", right: throughTemporary) {
            throughTemporary().before("destroy temporary") {
                $0.act(.snapshotDestroy(name: "ts"))
            }
        },
        Slip("C14", "temporary-destroyed", right: throughTemporary) {
            throughTemporary().without("destroy temporary", "destroy ts", "gone")
        },
        Slip("C17", "certificate-at-switch") {
            .snapshotMethod.with("active") {
                $0.look("prod2", settings: ["ssl certificate": "self-signed"])
            }
        },
        Slip("C17", "whitelist-at-switch") {
            .snapshotMethod.after("active") {
                $0.act(.envSetting(environment: "prod2", setting: "whitelist", value: "office"))
            }
        },
        Slip("C17", "recycling-at-switch") {
            .snapshotMethod.with("active") { $0.look("prod2", settings: ["recycling": "OFF"]) }
        },
        Slip("C17", "autoscaling-at-switch") {
            .snapshotMethod.with("active") {
                $0.look("prod2", settings: ["autoscaling max": "2"])
            }
        },
        Slip("C27", "size-and-ha-said") {
            .snapshotMethod.with("create prod2") {
                $0.act(
                    .envCreate(
                        EnvironmentCreation(
                            environment: "prod2", source: .named("prod"), snapshot: .named("pm"))))
            }
        },
        Slip("C27", "plan-changed") {
            .snapshotMethod.with("create prod2") {
                $0.act(
                    .envCreate(
                        EnvironmentCreation(
                            environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                            size: "f1-large", highAvailability: false)))
            }
        },
    ]
}
