import Ledger
import Projector
import Testing

/// What was answered is not asked again, and what nobody looked for is asked once.
@Suite struct AnsweredTests {
    private func facts(_ plan: Plan) -> [String] { plan.needs.map(\.fact) }

    @Test func `the list of nfs snapshots is asked for until it was seen whole`() throws {
        var book = Runbook()
        book.nfs = .on
        var history = book.snapshotMethod()
        let fact = "list of nfs snapshots"
        #expect(facts(try history.cleanup()).contains(fact))
        history.see(.snapshots(.nfs, Listing(rows: [], isComplete: false)))
        #expect(facts(try history.cleanup()).contains(fact))
        history.see(.snapshots(.nfs, Listing(rows: [], isComplete: true)))
        #expect(!facts(try history.cleanup()).contains(fact))
        #expect(!facts(try history.next()).contains(fact))
        #expect(try history.cleanup().rules("environment/prod") == [.nfsPreserved])
        // One that is being made is looked for again.
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
        #expect(facts(try history.cleanup()).contains(fact))
        history.wait(.minutes(5))
        history.files(taken: taken)
        #expect(!facts(try history.cleanup()).contains(fact))
        history.decide(.gapAcknowledged(.nfs))
        #expect(try history.cleanup().verdict("environment/prod") == .safe)
    }

    @Test func `what a destroyed destination left is asked for until a list was seen`() throws {
        var history = try DumpRunbook().loaded()
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        history.see(.defaultEnvironment("prod"))
        history.decide(.migrationClosed(abandoned: true))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(10))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let fact = "list of database snapshots"
        let way = try history.rollback()
        #expect(way.way == "nothing")
        #expect(
            way.extra["residue"]?.array?.compactMap(\.string)
                == ["final snapshot of environment/prod2"])
        for plan in [way, try history.next(), try history.cleanup()] {
            #expect(facts(plan) == [fact])
        }
        history.snapshots([])
        for plan in [try history.rollback(), try history.next(), try history.cleanup()] {
            #expect(facts(plan).isEmpty)
        }
    }
}
