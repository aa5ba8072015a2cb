import Ledger
import Projector
import Testing

/// What an environment was made from, and what it may be the last copy of.
@Suite struct MakingTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"

    private func creation(from snapshot: String) -> Action {
        .envCreate(
            EnvironmentCreation(
                environment: "prod2", source: .named("prod"), snapshot: .named(snapshot)))
    }

    /// The book with these tries at making the destination in place of the one that was accepted.
    private func made(by tries: [(snapshot: String, outcome: Outcome)]) -> CaseHistory {
        var history = Runbook().start()
        for event in Runbook().snapshotMethod().events.dropFirst(history.events.count) {
            guard let payload = try? EventPayload(type: event.type, data: event.data) else {
                continue
            }
            history.wait(event.time - history.clock)
            if event.type == .action(.envCreate, .accepted) {
                for (snapshot, outcome) in tries {
                    history.wait(event.time - history.clock)
                    history.act(creation(from: snapshot), outcome)
                }
            } else {
                history.add(payload)
            }
        }
        return history
    }

    @Test(arguments: [
        [("pm", Outcome.refused), ("stale", .unknown)], [("stale", .refused), ("pm", .unknown)],
        [("pm", .unknown), ("stale", .unknown)], [("stale", .unknown)],
    ])
    func `a copy is not what may have been made from another snapshot`(
        tries: [(snapshot: String, outcome: Outcome)]
    ) throws {
        #expect(try made(by: tries).cleanup().rules(s).contains(.copyQuiesced))
    }

    @Test(arguments: [Outcome.unknown, .refused])
    func `whichever of two tries made it from the snapshot it is the copy`(first: Outcome) throws {
        let history = made(by: [("pm", first), ("pm", .unknown)])
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test(arguments: [Outcome.unknown, .refused])
    func `what was made again after a destruction nobody is sure of is another environment`(
        again: Outcome
    ) throws {
        var history = Runbook().start()
        for event in Runbook().snapshotMethod().events.dropFirst(history.events.count) {
            guard let payload = try? EventPayload(type: event.type, data: event.data) else {
                continue
            }
            history.wait(event.time - history.clock)
            if event.type == .action(.envCreate, .accepted) {
                for (action, outcome) in [
                    (creation(from: "pm"), Outcome.accepted),
                    (.envDestroy(environment: "prod2"), .unknown),
                    (creation(from: "stale"), again),
                ] {
                    history.wait(event.time - history.clock)
                    history.act(action, outcome)
                }
            } else {
                history.add(payload)
            }
        }
        #expect(try history.cleanup().verdict(s) == .blocked)
    }

    @Test(arguments: [true, false])
    func `what was dumped is kept once the source may be gone and nothing else holds its data`(
        isDestroyed: Bool
    ) throws {
        var history = Runbook().start()
        history.act(.snapshotCreate(environment: "prod", name: "early"))
        history.wait(.minutes(5))
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "tmp", source: .named("prod"), snapshot: .named("early"))))
        history.wait(.minutes(20))
        history.act(.databaseDump(environment: "tmp", database: nil, path: "tmp.sql"))
        if isDestroyed { history.act(.envDestroy(environment: "prod")) }
        history.describe("tmp", made, maintenance: .on)
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2", method: .dump,
                    temporary: "tmp", hostnames: ["www.bestpants.com"])))
        #expect(
            try history.cleanup().rules("environment/tmp")
                == (isDestroyed ? [.lastRecoveryPoint] : []))
    }

    @Test func `a snapshot that was refused since the name was taken is not the copy`() throws {
        var history = Runbook().start()
        let taken = history.clock
        for event in Runbook().snapshotMethod().events.dropFirst(history.events.count) {
            guard let payload = try? EventPayload(type: event.type, data: event.data) else {
                continue
            }
            if history.clock == taken {
                history.act(.snapshotCreate(environment: "prod", name: "pm"))
            }
            history.wait(event.time - history.clock)
            switch payload {
            case .action(let action, _, _) where action.name == .snapshotCreate:
                history.act(action, .refused)
            case .observation(.snapshots): break
            default: history.add(payload)
            }
        }
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        #expect(try history.cleanup().verdict(s) == .blocked)
    }

    @Test(arguments: [true, false])
    func `a list that was cut short does not tell the final snapshot from a daily one`(
        isComplete: Bool
    ) throws {
        var book = Runbook()
        book.testPasses = false
        var history = book.snapshotMethod()
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        history.act(.envDestroy(environment: "prod2"))
        let taken = history.clock
        history.wait(.minutes(5))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.see(
            .snapshots(
                .database,
                Listing(
                    rows: [
                        SnapshotRow(
                            snapshot: "left", environment: "prod2", status: "AVAILABLE",
                            type: "AUTOMATED", created: taken)
                    ], isComplete: isComplete)))
        #expect(
            try history.cleanup().verdict("snapshot/database/left")
                == (isComplete ? .safe : .unknown))
    }

    @Test(arguments: [true, false])
    func `files of a source that was opened since their snapshot are not kept by it`(
        isOpened: Bool
    ) throws {
        var history = Runbook(nfs: .on).start()
        func close() {
            history.act(.envMaintenance(environment: "prod", state: .on))
            history.wait(.seconds(90))
            history.describe("prod", Runbook.prodCreated, maintenance: .on)
        }
        close()
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
        history.wait(.minutes(1))
        if isOpened {
            history.act(.envMaintenance(environment: "prod", state: .off))
            close()
        }
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                    nfsSnapshot: .named("files"))))
        history.see(
            .snapshots(
                .nfs,
                Listing(
                    rows: [
                        SnapshotRow(
                            snapshot: "files", environment: "prod", status: "AVAILABLE",
                            type: "MANUAL", created: taken)
                    ], isComplete: true)))
        #expect(try history.cleanup().rules(s).contains(.nfsPreserved) == isOpened)
        history.decide(.gapAcknowledged(.nfs))
        #expect(try !history.cleanup().rules(s).contains(.nfsPreserved))
    }

    /// A test that failed, with the source's files moved to the destination and the source open.
    private func abandonedWithFiles(
        keeping isKept: Bool, testing: Bool = true
    ) -> CaseHistory {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.envSetting(environment: "prod", setting: "nfs", value: "ON"))
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
        history.wait(.minutes(2))
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        let text = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                    nfsSnapshot: .named("files"))))
        history.wait(.minutes(20))
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        history.host("prod")
        guard testing else { return history }
        history.decide(.testFailed(environment: "prod2"))
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        if !isKept {
            history.act(.envSetting(environment: "prod", setting: "nfs", value: "OFF"))
        }
        return history
    }

    @Test(arguments: [true, false])
    func `what holds the last copy of the files of the source is kept`(isKept: Bool) throws {
        let plan = try abandonedWithFiles(keeping: isKept).cleanup()
        #expect(plan.rules(d) == (isKept ? [] : [.nfsPreserved]))
    }

    @Test func `the way back keeps what holds the last copy of the files too`() throws {
        var history = abandonedWithFiles(keeping: true, testing: false)
        #expect(try history.rollback().commands.contains("env.destroy environment/prod2"))
        var shown = EnvironmentDescription(environment: "prod", isComplete: false)
        shown.nfs = .off
        history.see(.environment(shown))
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(!plan.commands.contains("env.destroy environment/prod2"))
    }
}
