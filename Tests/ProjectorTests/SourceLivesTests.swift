import Ledger
import Projector
import Testing

/// A source that was destroyed, recreated from a snapshot of what it held, and destroyed again.
@Suite struct SourceLivesTests {
    private typealias Row = (String, String, String, Timestamp)

    /// The source destroyed, and what its first life left AVAILABLE: the migration's snapshot or the
    /// final one.
    private func gone(leaving name: String) -> (CaseHistory, Row) {
        var history = Runbook().snapshotMethod()
        let row: Row = (
            name, "prod", "AVAILABLE", name == "pm" ? history.clock + .hours(-3) : history.clock
        )
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(62))
        history.list([("prod2", "RUNNING", Runbook().created(history, "prod2"))])
        history.snapshots([row])
        return (history, row)
    }

    /// Makes the source again from a snapshot; it runs, and is seen to where that is asked for.
    private func live(_ history: inout CaseHistory, from seed: String, isSeen: Bool = true) {
        let made = history.clock.description
        history.act(.envCreate(EnvironmentCreation(environment: "prod", snapshot: .named(seed))))
        history.wait(.minutes(20))
        if isSeen {
            history.describe("prod", made, maintenance: .off)
        } else {
            history.act(.envActivate(environment: "prod", release: "r"))
        }
        history.wait(.minutes(90))
    }

    /// Destroys the source, sees it gone, and returns the row of the snapshot that it leaves.
    private func destroy(_ history: inout CaseHistory, leaving name: String) -> Row {
        let asked = history.clock
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(10))
        history.list([("prod2", "RUNNING", Runbook().created(history, "prod2"))])
        return (name, "prod", "AVAILABLE", asked)
    }

    @Test(arguments: [true, false])
    func `it is made from what its last life left, and waits for that`(_ isSeen: Bool) throws {
        var (history, first) = gone(leaving: "final")
        live(&history, from: "final", isSeen: isSeen)
        let last = destroy(&history, leaving: "last")
        history.snapshots([first])
        let early = try history.rollback()
        #expect(early.way == "unknown", "\(early.summary)")
        #expect(early.summary.contains("snapshot/database/final, which lacks what prod took"))
        #expect(early.steps.isEmpty)
        var late = history
        history.snapshots([first, last])
        let back = try history.rollback()
        #expect(back.way == "restore")
        #expect(back.summary.contains("prod can be recreated from snapshot/database/last"))
        #expect(!back.summary.contains("is lost"))
        #expect(back.commands.contains("env.activate environment/prod"), "\(back.commands)")
        late.wait(.minutes(61))
        late.snapshots([first])
        let older = try late.rollback()
        #expect(older.way == "restore")
        #expect(older.isLossy == true)
        #expect(
            older.summary.contains(
                "recreated from snapshot/database/final; what prod took after it was made is lost"))
    }

    @Test func `the migration's snapshot lacks what a recreated source took`() throws {
        var (history, pm) = gone(leaving: "pm")
        #expect(try history.rollback().way == "restore")
        live(&history, from: "pm")
        _ = destroy(&history, leaving: "last")
        history.snapshots([pm])
        let plan = try history.rollback()
        #expect(plan.way == "unknown", "\(plan.summary)")
        #expect(plan.summary.contains("pm, which lacks what prod took"))
    }

    @Test func `what an earlier life lacked is lacked by all that were made from it`() throws {
        var (history, pm) = gone(leaving: "final")
        // A daily one of the evening before.
        let old: Row = ("1493", "prod", "AVAILABLE", history.clock + .hours(-20))
        history.snapshots([pm, old])
        live(&history, from: "1493")
        let last = destroy(&history, leaving: "last")
        history.snapshots([pm, old, last])
        let plan = try history.rollback()
        #expect(plan.summary.contains("prod can be recreated from snapshot/database/last"))
        #expect(plan.isLossy == true)
        #expect(
            plan.summary.contains(
                "prod was recreated from snapshot/database/1493 and lacks what was taken after it"),
            "\(plan.summary)")
        live(&history, from: "last")
        history.decide(.migrationClosed(abandoned: true))
        let reasons = try history.planner().check(.environment("prod2")).reasons
        #expect(reasons.contains { $0.message.contains("snapshot/database/1493 and lacks") })
    }

    @Test func `one that serves again after two lives ends the way back`() throws {
        var (history, first) = gone(leaving: "final")
        live(&history, from: "final")
        let last = destroy(&history, leaving: "last")
        history.snapshots([first, last])
        live(&history, from: "last")
        let plan = try history.rollback()
        #expect(plan.way == "restore", "\(plan.summary)")
        #expect(plan.summary.contains("prod was recreated"))
        #expect(!plan.commands.contains("env.create environment/prod"))
    }
}
