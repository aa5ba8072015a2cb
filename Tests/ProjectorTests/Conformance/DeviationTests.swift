import Ledger
import Projector
import Testing

/// Each check against a history that keeps it and one that breaks it in one place.
@Suite struct DeviationTests {
    /// One thing done differently, and the check that must say so.
    struct Slip: Sendable, CustomTestStringConvertible {
        var check: String
        var name: String
        var wrong: @Sendable () -> Evening
        /// A history that activates the check and keeps it; the procedure by the book unless said.
        var right: @Sendable () -> Evening
        var after: Span

        var testDescription: String { "\(check) \(name)" }

        init(
            _ check: String, _ name: String, after: Span = .hours(3),
            right: @escaping @Sendable () -> Evening = { .snapshotMethod },
            _ wrong: @escaping @Sendable () -> Evening
        ) {
            self.check = check
            self.name = name
            self.right = right
            self.wrong = wrong
            self.after = after
        }
    }

    static let dump: @Sendable () -> Evening = { .dumpMethod() }
    static let throughTemporary: @Sendable () -> Evening = {
        .dumpMethod(temporary: "temp")
    }
    static let back: @Sendable () -> Evening = {
        Evening.snapshotMethod.through("default").then(Evening.back)
    }

    @Sendable static func hasty(_ name: String) -> @Sendable (inout CaseHistory) -> Void {
        {
            $0.act(.envMaintenance(environment: name, state: .on))
            $0.wait(.seconds(20))
        }
    }

    private static let move: [Slip] = [
        Slip("C07", "decided-before-switch") { .snapshotMethod.without("test") },
        Slip("C07", "decided-before-switch") { .snapshotMethod.without("go") },
        Slip("C07", "decided-before-switch") {
            .snapshotMethod.after("go") {
                $0.act(.envActivate(environment: "prod2", release: "r"))
            }
        },
        Slip("C08", "protected-before-switch") { .snapshotMethod.without("protect") },
        Slip("C09", "open-by-end-of-drain") {
            .snapshotMethod.before("switch") {
                $0.act(.envMaintenance(environment: "prod2", state: .on))
            }.through("default")
        },
        Slip("C09", "open-by-end-of-drain", right: { .dumpMethod(opensLate: true) }) {
            .dumpMethod(opensLate: true).without("open prod2").through("default")
        },
        Slip("C18", "no-address-record") {
            .snapshotMethod.with("switch") { $0.point("prod2", target: "203.0.113.7") }
        },
        Slip("C18", "ttl-lowered-before-switch") { .snapshotMethod.without("lower") },
        Slip("C18", "no-hostname-missed") {
            .snapshotMethod.after("lookup") {
                $0.see(
                    .dns(
                        DNSAnswer(
                            host: "shop.bestpants.com", target: "prod", environment: "prod",
                            ttl: 300)))
            }
        },
        Slip("C19", "default-after-switch") {
            .snapshotMethod.before("switch") {
                $0.act(.configDefaultEnv(environment: "prod2"))
            }
        },
        Slip("C19", "default-before-destroy") {
            .snapshotMethod.without("default", "night")
        },
        Slip("C32", "closed-before-switch-back", right: back) { back().without("close prod2") },
        Slip("C32", "destination-closed-before-source-opens", right: back) {
            Evening.snapshotMethod.through("default").then(
                Array(Evening.back.suffix(1) + Evening.back.prefix(3)))
        },
    ]

    private static let cleanup: [Slip] = [
        Slip("C20", "drained-before-snapshot-destroy") {
            .snapshotMethod.after("switch") { $0.act(.snapshotDestroy(name: "pm")) }
        },
        Slip("C20", "drained-before-snapshot-destroy") {
            .snapshotMethod.after("active") { $0.act(.snapshotDestroy(name: "pm")) }
        },
        Slip("C20", "drained-before-source-destroy") {
            .snapshotMethod.without("drain", "night")
        },
        Slip("C21", "unprotected-directly-before-destroy") {
            .snapshotMethod.without("unprotect").before("destroy pm") {
                $0.act(.envProtected(environment: "prod", state: .off))
            }
        },
        Slip("C21", "source-not-left-unprotected") { .snapshotMethod.through("unprotect") },
        Slip("C22", "destination-protected-at-destroy") { .snapshotMethod.without("protect") },
        Slip("C22", "destination-active-at-destroy") {
            .snapshotMethod.before("unprotect") {
                $0.act(.envDeactivate(environment: "prod2"))
                $0.wait(.minutes(2))
                $0.look("prod2", active: nil)
            }
        },
        Slip("C23", "logs-kept") {
            .snapshotMethod.with("destroy") {
                $0.act(.envDestroy(environment: "prod", deleteLogs: true))
            }
        },
        Slip("C23", "source-destroy-confirmed") {
            .snapshotMethod.with("destroy") {
                $0.act(.envDestroy(environment: "prod", noConfirm: true))
            }
        },
        Slip("C23", "temporary-destroy-unconfirmed", right: throughTemporary) {
            throughTemporary().with("destroy temporary") {
                $0.act(.envDestroy(environment: "temp", noConfirm: true))
            }
        },
        Slip("C24", "final-snapshot-seen") { .snapshotMethod.without("gone") },
        Slip("C24", "no-final-snapshot-left", right: throughTemporary) {
            throughTemporary().with("destroy ts") {
                $0.act(.snapshotDestroy(name: "ts"))
                $0.wait(.minutes(2))
                $0.snapshots([("ft", "temp", "AVAILABLE", $0.clock)])
            }
        },
    ]

    private static let manner: [Slip] = [
        Slip("C25", "no-command-after-destroy") {
            .snapshotMethod.after("gone") {
                $0.act(.envMaintenance(environment: "prod", state: .off))
            }
        },
        Slip("C25", "name-not-reused") {
            .snapshotMethod.before("open") {
                $0.act(
                    .envCreate(
                        EnvironmentCreation(environment: "prod2", size: "f1-large")))
                $0.wait(.minutes(20))
                $0.list([("prod2", "RUNNING", $0.created("prod2"))])
                $0.act(.envDestroy(environment: "prod2"))
                $0.wait(.minutes(20))
                $0.list([("prod", "RUNNING", Runbook.prodCreated)])
            }
        },
        Slip("C26", "no-forced-snapshot") {
            .snapshotMethod.with("snapshot") {
                $0.act(.snapshotCreate(environment: "prod", name: "pm", force: true))
            }
        },
        Slip("C28", "snapshot-duration") {
            .snapshotMethod.before("available") { $0.wait(.minutes(12)) }
        },
        Slip("C28", "creation-duration") {
            .snapshotMethod.before("running prod2") { $0.wait(.minutes(25)) }
        },
        Slip("C28", "downtime") { .snapshotMethod.before("test") { $0.wait(.minutes(40)) } },
        Slip("C28", "outside-platform-windows") {
            .snapshotMethod.before("close prod") { $0.wait(.minutes(65)) }
        },
        Slip("C29", "operands-in-order") {
            .snapshotMethod.with("load") {
                $0.act(
                    .envLoad(environment: "prod2", release: "r"), .accepted,
                    remarks: ["swapped-operands"])
            }
        },
        Slip("C29", "snapshot-named-by-option") {
            .snapshotMethod.with("snapshot") {
                $0.act(
                    .snapshotCreate(environment: "prod", name: "pm"), .accepted,
                    remarks: ["positional-name"])
            }
        },
        Slip("C29", "no-dash-in-name", right: throughTemporary) {
            .dumpMethod(temporary: "prod-dump")
        },
        Slip("C30", "echo-matches") {
            .snapshotMethod.before("load") {
                $0.act(
                    .envLoad(environment: "prod2", release: "r"), .unknown, detail: "echo-differs")
            }
        },
        Slip(
            "C30", "doubt-settled-before-next",
            right: {
                .snapshotMethod.before("load") {
                    $0.act(.envCacheFlush(environment: "prod2"), .unknown)
                    $0.look("prod2", active: nil)
                }
            }
        ) {
            .snapshotMethod.before("load") {
                $0.act(.envLoad(environment: "prod2", release: "r"), .unknown)
            }
        },
        Slip("C31", "source-not-left-closed") { .snapshotMethod.through("active") },
    ]

    static let slips = copy + release + move + cleanup + manner

    @Test(arguments: slips) func `one slip is found, and its absence is found to be right`(
        slip: Slip
    ) throws {
        let wrong = try slip.wrong().history().conformance(after: slip.after)
        let finding = wrong.findings.first { $0.check.name == slip.name }
        #expect(finding?.check.id == slip.check, "\(wrong.text)")
        #expect(finding?.evidence.isEmpty == false)
        let right = try slip.right().history().conformance(after: slip.after)
        if slip.name != "closed-source-dumped" {
            #expect(right.holding.contains(slip.name), "\(right.text)")
            #expect(!right.found.contains(slip.name), "\(right.text)")
        }
    }

    @Test func `every check is broken and kept by some history`() {
        let tried = Set(Self.slips.map(\.name))
        #expect(Set(ConformanceCheck.all.map(\.name)) == tried)
        #expect(Set(ConformanceCheck.all.map(\.id)).count == 32)
        #expect(ConformanceCheck.all.count == Set(ConformanceCheck.all.map(\.name)).count)
    }
}
