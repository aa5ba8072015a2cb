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

    /// The book with these tries in place of the one that made the destination, all in its second.
    private func made(by tries: [(action: Action, outcome: Outcome)]) throws -> CaseHistory {
        var history = Runbook().start()
        try Runbook().retell(in: &history, after: history.events.count) { payload, history in
            guard case .action(.envCreate, .accepted, _) = payload else {
                history.add(payload)
                return
            }
            let time = history.clock
            for (action, outcome) in tries {
                history.wait(time - history.clock)
                history.act(action, outcome)
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
        let history = try made(by: tries.map { (creation(from: $0.snapshot), $0.outcome) })
        #expect(try history.cleanup().rules(s).contains(.copyQuiesced))
    }

    @Test(arguments: [Outcome.unknown, .refused])
    func `whichever of two tries made it from the snapshot it is the copy`(first: Outcome) throws {
        var other = EnvironmentCreation(
            environment: "prod2", source: .named("prod"), snapshot: .named("pm"))
        other.size = "f1-large"
        let history = try made(by: [
            (.envCreate(other), first), (creation(from: "pm"), .unknown),
        ])
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test(arguments: [(Outcome.accepted, true), (.unknown, false), (.refused, false)])
    func `a creation that was not accepted made nothing that is not seen to be new`(
        outcome: Outcome, isCopy: Bool
    ) throws {
        var history = Runbook().start()
        try Runbook().retell(in: &history, after: history.events.count) { payload, history in
            switch payload {
            case .action(.envCreate(let creation), .accepted, _):
                history.act(.envCreate(creation), outcome)
            case .observation(.environment(var shown)) where shown.environment == "prod2":
                shown.created = nil
                history.see(.environment(shown))
            case .observation(.environments(var listing)):
                for index in listing.rows.indices where listing.rows[index].environment == "prod2" {
                    listing.rows[index].created = nil
                }
                history.see(.environments(listing))
            default: history.add(payload)
            }
        }
        let plan = try history.cleanup()
        #expect((plan.verdict(s) == .safe) == isCopy)
        #expect(plan.rules(s).contains(.copyVerified) != isCopy)
    }

    @Test(arguments: [("pm", Outcome.refused), ("pm", .unknown), ("stale", .unknown)])
    func `what was made again after a destruction nobody is sure of is another environment`(
        snapshot: String, again: Outcome
    ) throws {
        let history = try made(by: [
            (creation(from: "stale"), .accepted), (.envDestroy(environment: "prod2"), .unknown),
            (creation(from: snapshot), again),
        ])
        let isCopy = snapshot == "pm"
        #expect(try history.cleanup().rules(s).contains(.copyQuiesced) != isCopy)
    }

    @Test(arguments: [nil, Outcome.accepted, .unknown, .refused])
    func `what was dumped is kept once the source may be gone and nothing else holds its data`(
        destroyed: Outcome?
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
        if let destroyed { history.act(.envDestroy(environment: "prod"), destroyed) }
        history.describe("tmp", made, maintenance: .on)
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2", method: .dump,
                    temporary: "tmp", hostnames: ["www.bestpants.com"])))
        #expect(
            try history.cleanup().rules("environment/tmp")
                == (destroyed == nil ? [] : [.lastRecoveryPoint]))
    }

    @Test func `a snapshot that was refused since the name was taken is not the copy`() throws {
        var history = Runbook().start()
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        try Runbook().retell(in: &history, after: history.events.count - 1) { payload, history in
            switch payload {
            case .action(let action, _, _) where action.name == .snapshotCreate:
                history.act(action, .refused)
            case .observation(.snapshots): break
            default: history.add(payload)
            }
        }
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        #expect(try history.cleanup().rules(s).contains(.copyQuiesced))
    }

    @Test(arguments: [true, false])
    func `a list that was cut short does not tell the final snapshot from a daily one`(
        isComplete: Bool
    ) throws {
        var history = Runbook.abandoned()
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

    @Test(arguments: [(true, true), (true, false), (false, false)])
    func `files of a source that was opened since their snapshot are not kept by it`(
        isOpened: Bool, isSaidWhileOpen: Bool
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
            // A word does not cover what is sent after it.
            if isSaidWhileOpen { history.decide(.gapAcknowledged(.nfs)) }
            close()
        }
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                    nfsSnapshot: .named("files"))))
        history.files(taken: taken)
        #expect(try history.cleanup().rules(s).contains(.nfsPreserved) == isOpened)
        history.decide(.gapAcknowledged(.nfs))
        #expect(try !history.cleanup().rules(s).contains(.nfsPreserved))
    }

    /// A test that failed, with the source's files moved to the destination and the source open.
    private func abandonedWithFiles(testing: Bool = true) -> CaseHistory {
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
        return history
    }

    @Test(arguments: [nil, Outcome.accepted, .unknown, .refused])
    func `what holds the last copy of the files of the source is kept`(off: Outcome?) throws {
        var history = abandonedWithFiles()
        if let off {
            history.act(.envSetting(environment: "prod", setting: "nfs", value: "OFF"), off)
        }
        #expect(try history.cleanup().rules(d) == (off == nil ? [] : [.nfsPreserved]))
    }

    @Test func `the way back keeps what holds the last copy of the files too`() throws {
        var history = abandonedWithFiles(testing: false)
        #expect(try history.rollback().commands.contains("env.destroy environment/prod2"))
        var shown = EnvironmentDescription(environment: "prod", isComplete: false)
        shown.nfs = .off
        history.see(.environment(shown))
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(!plan.commands.contains("env.destroy environment/prod2"))
    }
}
