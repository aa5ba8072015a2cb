import Ledger
import Projector
import Testing

/// A name says nothing of which thing it is: what had it before is another one.
@Suite struct SameNameTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    @Test func `the destination stays when another environment has the source's name`() throws {
        let history = Runbook.abandoned()
        #expect(try history.cleanup().verdict(d) == .safe)
        var described = history
        described.describe("prod", "2017-05-01T09:30:00Z", maintenance: .off)
        #expect(try described.cleanup().rules(d).contains(.sourceServing))
        #expect(try described.cleanup().verdict(d) == .blocked)
        #expect(try described.cleanup().verdict(pm) != .safe)
        // That one of the name was asked for says so, too, before anybody sees it.
        var made = history
        made.act(.envCreate(EnvironmentCreation(environment: "prod")))
        #expect(try made.cleanup().verdict(d) != .safe)
    }

    @Test
    func `what befell the source before a snapshot of a name that was used before is no reason`()
        throws
    {
        var history = Runbook().start()
        let first = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.wait(.minutes(2))
        history.snapshots([("pm", "prod", "AVAILABLE", first)])
        history.act(.databaseLoad(environment: "prod", path: "seed.sql"))
        history.act(.snapshotDestroy(name: "pm"))
        history.wait(.minutes(10))
        history.snapshots([])
        Runbook.takeSnapshot(&history)
        #expect(try !history.cleanup().rules(pm).contains(.lastRecoveryPoint))
        var later = history
        later.act(.databaseLoad(environment: "prod", path: "seed.sql"))
        #expect(try later.cleanup().rules(pm).contains(.lastRecoveryPoint))
    }
}

/// A word that comes late about a destroy that nobody knew the outcome of.
@Suite struct LateWordTests {
    private let final = "snapshot/database/final"

    /// By the book, the source seen gone, and what it left AVAILABLE, before anybody says that the
    /// destroy worked.
    private func gone(_ destroy: (inout CaseHistory) -> Void) -> (CaseHistory, Timestamp) {
        var history = Runbook().snapshotMethod()
        history.act(.envProtected(environment: "prod", state: .off))
        let asked = history.clock
        destroy(&history)
        history.wait(.minutes(13))
        history.list([("prod2", "RUNNING", Runbook().created(history, "prod2"))])
        history.snapshots([("final", "prod", "AVAILABLE", asked)])
        history.wait(.minutes(15))
        return (history, asked)
    }

    @Test func `the outcome of a start leaves the final snapshot what it is`() throws {
        let action = Action.envDestroy(environment: "prod")
        var start: EventID?
        var (history, asked) = gone { start = $0.begin(action) }
        #expect(try history.cleanup().verdict(final) != .notOurs)
        history.end(try #require(start), action)
        history.wait(.minutes(5))
        history.snapshots([("final", "prod", "AVAILABLE", asked)])
        #expect(try history.cleanup().rules(final) == [.finalSnapshotKept])
        #expect(try history.rollback().way == "restore")
    }

    @Test func `so does one that is told without the time of the request`() throws {
        var (history, asked) = gone { $0.act(.envDestroy(environment: "prod"), .unknown) }
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(5))
        history.snapshots([("final", "prod", "AVAILABLE", asked)])
        #expect(try history.cleanup().rules(final) == [.finalSnapshotKept])
        #expect(try history.rollback().way == "restore")
    }

    @Test(arguments: [Outcome.unknown, .refused])
    func `a final snapshot that may have been destroyed is looked at before an older one serves`(
        _ outcome: Outcome
    ) throws {
        var (history, asked) = gone { $0.act(.envDestroy(environment: "prod")) }
        history.wait(.minutes(60))
        let rows = [
            ("final", "prod", "AVAILABLE", asked), ("old", "prod", "AVAILABLE", Runbook.daily),
        ]
        history.snapshots(rows)
        history.act(.snapshotDestroy(name: "final"), outcome)
        let plan = try history.rollback()
        #expect(plan.way == "unknown", "\(plan.summary)")
        #expect(plan.needs.contains { $0.command.contains("snapshot") }, "\(plan.needs)")
        history.wait(.minutes(30))
        var lost = history
        history.snapshots(rows)
        #expect(try history.rollback().summary.contains("from snapshot/database/final"))
        for _ in 0..<2 {
            lost.snapshots([rows[1]])
            lost.wait(.minutes(6))
        }
        #expect(try lost.rollback().way == "restore")
        #expect(try lost.rollback().summary.contains("from snapshot/database/old"))
    }

    @Test
    func `a snapshot that somebody made while the source was still there is not its final one`()
        throws
    {
        var history = Runbook().snapshotMethod()
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"), .unknown)
        history.wait(.minutes(5))
        let made = history.clock
        history.wait(.minutes(1))
        history.snapshots([("final", "prod", "AVAILABLE", made)])
        history.wait(.minutes(30))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(5))
        history.snapshots([("final", "prod", "AVAILABLE", made)])
        #expect(try history.cleanup().verdict(final) == .notOurs)
    }
}

/// What is said of the source's files before there is anything that they could be moved to.
@Suite struct EarlyWordTests {
    private let s = "environment/prod"

    @Test(arguments: ["before all", "while open", "before the destination", "moved"])
    func
        `files are moved by a word that comes after the source was closed and the destination asked for`(
            _ when: String
        ) throws
    {
        var history = Runbook(nfs: .on).start()
        func say(_ moment: String) {
            if when == moment { history.decide(.gapAcknowledged(.nfs)) }
        }
        say("before all")
        history.wait(.minutes(5))
        say("while open")
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
        history.wait(.minutes(1))
        history.files(taken: taken)
        say("before the destination")
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"))))
        history.wait(.minutes(20))
        say("moved")
        #expect(
            try history.cleanup().rules(s).contains(.nfsPreserved) == (when != "moved"))
    }
}
