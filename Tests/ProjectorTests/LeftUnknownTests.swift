import Ledger
import Projector
import Testing

/// A migration is not done while something that it made may still be there.
@Suite struct LeftUnknownTests {
    /// DUMP through a temporary environment whose destroy was lost, up to the end of the source.
    private func ended() throws -> CaseHistory {
        let book = DumpRunbook(throughTemporary: false, isTemporaryDeclared: true)
        var history = try book.activated()
        try book.close(&history)
        book.makeTemporary(&history)
        history.act(.databaseDump(environment: "temp", path: "t.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "t.sql"))
        history.wait(.minutes(5))
        book.finish(&history)
        history.act(.envDestroy(environment: "temp"), .unknown)
        history.destroyProd(leaving: [("prod2", "RUNNING", Runbook().created(history))])
        return history
    }

    @Test func `what a lost destroy may have left is asked about`() throws {
        var history = try ended()
        let plan = try history.next()
        #expect(plan.extra["phase"] == .string("clean up"))
        #expect(plan.needs.contains { $0.command == ["fleet", "env", "list"] })
        history.wait(.minutes(30))
        let created = Runbook().created(history)
        for _ in 0..<2 {
            history.list([("prod2", "RUNNING", created)])
            history.snapshots([])
            history.wait(.minutes(30))
        }
        #expect(try history.next().extra["phase"] == .string("done"))
    }

    @Test func `a snapshot may go once lists show that what was made from it is gone`() throws {
        let evening = Evening.dumpMethod(temporary: "temp").with("destroy temporary") { history in
            history.act(.envDestroy(environment: "temp"), .unknown)
            for _ in 0..<2 {
                history.wait(.minutes(30))
                history.list([
                    ("prod", "RUNNING", Runbook.prodCreated),
                    ("prod2", "RUNNING", history.created("prod2")),
                ])
            }
        }
        let conformance = try evening.history().conformance()
        #expect(!conformance.deviations.contains("temporary-destroyed-before-snapshot"))
        let unseen = Evening.dumpMethod(temporary: "temp").with("destroy temporary") { history in
            history.act(.envDestroy(environment: "temp"), .unknown)
        }
        #expect(
            try unseen.history().conformance().deviations
                .contains("temporary-destroyed-before-snapshot"))
    }

    @Test func `to say afterwards what came of a command is no next one`() throws {
        let evening = Evening.dumpMethod(temporary: "temp").with("destroy temporary") { history in
            let tried = history.clock
            history.act(.envDestroy(environment: "temp"), .unknown)
            history.wait(.minutes(30))
            history.list([
                ("prod", "RUNNING", Runbook.prodCreated),
                ("prod2", "RUNNING", history.created("prod2")),
            ])
            let looked = history.clock
            history.wait(tried - looked)
            history.act(.envDestroy(environment: "temp"))
            history.wait(looked - history.clock)
        }
        let conformance = try evening.history().conformance()
        #expect(!conformance.found.contains("doubt-settled-before-next"), "\(conformance.text)")
    }
}
