import Ledger
import Projector
import Testing

/// The way back when the source may hold what its destination lacks: neither holds everything, and
/// nothing is loaded over the last that has it.
@Suite struct NeitherHoldsAllTests {
    private let load = Action.databaseLoad(environment: "prod", path: "prod2-copy-back.sql")

    /// SNAP with the snapshot taken before maintenance had reached all nodes.
    private func tooEarly() -> CaseHistory {
        var book = Runbook()
        book.snapshotAfter = .seconds(20)
        return book.snapshotMethod()
    }

    /// The dump method, switched before anything was copied.
    private func uncopied() throws -> CaseHistory {
        var history = try DumpRunbook().activated()
        history.lead(to: "prod2", oldTTL: 3600)
        history.wait(.minutes(70))
        history.host("prod2")
        return history
    }

    private func choice(_ name: String, _ history: CaseHistory) throws -> Choice {
        try #require(history.rollback().choices.first { $0.name == name })
    }

    private func index(_ steps: [Step], _ action: ActionName, _ name: String) -> Int? {
        steps.firstIndex {
            if case .action(let taken) = $0.command {
                taken.name == action && taken.subject == .environment(name)
            } else {
                false
            }
        }
    }

    @Test func `nothing is loaded over what may be the last copy of the source's own orders`()
        throws
    {
        let throughTemporary = try DumpRunbook(throughTemporary: true).dumpMethod()
        for history in [tooEarly(), try uncopied(), throughTemporary] {
            let plan = try history.rollback()
            #expect(plan.way == "lossy")
            #expect(plan.extra["because"]?.string?.contains("writes that prod2 lacks") ?? false)
            let steps = try choice("copy-back", history).steps
            #expect(index(steps, .databaseLoad, "prod") == nil)
            let kept = try #require(index(steps, .databaseDump, "prod"))
            let merged = try #require(
                steps.firstIndex { $0.isManual && $0.resource == .environment("prod") })
            let opened = try #require(
                steps.lastIndex {
                    $0.command == .action(.envMaintenance(environment: "prod", state: .off))
                })
            #expect(kept < merged && merged < opened)
            let forward = try choice("fix-forward", history)
            #expect(!forward.message.contains("lose nothing"))
            #expect(!forward.steps.contains { $0.because.contains("every write") })
            #expect(forward.steps.first?.resource == .environment("prod"))
        }
    }

    @Test func `what is next calls none of the choices lossless`() throws {
        var history = tooEarly()
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        history.decide(.noGo)
        let plan = try history.next()
        #expect(plan.commands == ["ledger-cli record accept-loss"])
        #expect(!plan.warnings.contains { $0.contains("lose nothing") })
        #expect(plan.warnings.contains { $0.contains("by hand") })
    }

    @Test func `what is dumped of the source is not dumped again, and the merge stays by hand`()
        throws
    {
        var history = tooEarly()
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        history.act(.databaseDump(environment: "prod", path: "prod-before-copy-back.sql"))
        history.act(.databaseDump(environment: "prod2", path: "prod2-copy-back.sql"))
        let steps = try choice("copy-back", history).steps
        #expect(index(steps, .databaseDump, "prod") == nil)
        #expect(index(steps, .databaseDump, "prod2") == nil)
        #expect(index(steps, .databaseLoad, "prod") == nil)
        #expect(!(try history.planner().premature(load)).isEmpty)
        history.act(load)
        history.wait(.minutes(5))
        let loaded = try choice("copy-back", history).steps
        #expect(loaded.contains { $0.isManual && $0.resource == .environment("prod") })
        #expect(try !choice("fix-forward", history).message.contains("lose nothing"))
    }

    @Test func `a copy by the book is carried back whole`() throws {
        for history in [Runbook().snapshotMethod(), try DumpRunbook().dumpMethod()] {
            let steps = try choice("copy-back", history).steps
            #expect(steps.contains { $0.command == .action(load) })
            #expect(index(steps, .databaseDump, "prod") == nil)
            #expect(try choice("fix-forward", history).message.contains("lose nothing"))
        }
    }

    @Test func `customers who were sent back before anything was copied leave an end to declare`()
        throws
    {
        var history = try uncopied()
        history.switchBack()
        history.wait(.minutes(70))
        history.host("prod")
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.describe("prod2", Runbook().created(history), maintenance: .off)
        #expect(try history.rollback().way == "nothing")
        let plan = try history.next()
        #expect(plan.commands == ["ledger-cli migration close plan-move --abandoned"])
        #expect(plan.warnings.contains { $0.contains("destroying prod2") })
        history.decide(.migrationClosed(abandoned: true))
        #expect(try history.cleanup().rules("environment/prod2").contains(.customerWrites))
    }
}
