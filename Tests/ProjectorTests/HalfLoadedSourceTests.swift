import Ledger
import Projector
import Testing

/// The way back over a load into the source: what is done is left out, and what is half loaded is not
/// opened.
@Suite struct HalfLoadedSourceTests {
    private let path = "prod2-copy-back.sql"
    private var load: Action { .databaseLoad(environment: "prod", path: path) }
    private let opening = Action.envMaintenance(environment: "prod", state: .off)

    /// Moved by the book, closed again and dumped.
    private func dumped(isChecked: Bool = true) -> CaseHistory {
        var history = Runbook().snapshotMethod()
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        history.act(.databaseDump(environment: "prod2", path: path))
        if isChecked { check(&history) }
        history.wait(.minutes(1))
        return history
    }

    private func check(_ history: inout CaseHistory) {
        history.see(
            .file(
                FileEvidence(
                    path: path, role: .dump, bytes: 9, sha256: "aa", hasTrailer: true,
                    hasCarriageReturns: false)))
    }

    private func words(_ steps: [Step], _ plan: Plan) -> [String] {
        steps.map { plan.words($0)?.joined(separator: " ") ?? "by hand" }
    }

    private func copyBack(_ plan: Plan) throws -> [String] {
        words(try #require(plan.choices.first { $0.name == "copy-back" }).steps, plan)
    }

    private let afterLoad = [
        "env.cache-flush environment/prod", "ledger-cli record reconciled", "by hand",
        "dns.switch dns/www.bestpants.com", "env.maintenance environment/prod",
        "config.default-env environment/prod",
    ]

    @Test func `what is done of a copy-back is left out, and the load that is due may run`() throws
    {
        let unchecked = dumped(isChecked: false)
        let file = "ledger-cli record file \(path) --role dump"
        #expect(try copyBack(unchecked.rollback()).first == file)
        #expect(!(try unchecked.planner().premature(load)).isEmpty)
        var history = dumped()
        #expect(
            try copyBack(history.rollback()) == ["database.load environment/prod"] + afterLoad)
        #expect((try history.planner().premature(load)).isEmpty)
        history.act(load)
        history.wait(.minutes(5))
        let loaded = try history.rollback()
        #expect(loaded.way == "lossy")
        #expect(loaded.choices.map(\.name) == ["copy-back", "fix-forward"])
        #expect(words(loaded.steps, loaded) == afterLoad)
        #expect(try history.next().commands == ["env.cache-flush environment/prod"])
        history.act(.envCacheFlush(environment: "prod"))
        history.decide(.writesReconciled)
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(words(plan.steps, plan) == Array(afterLoad.dropFirst(2)))
    }

    @Test func `a destination that was opened since is dumped anew`() throws {
        var history = dumped()
        history.act(.envMaintenance(environment: "prod2", state: .off))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        #expect(try copyBack(history.rollback()).first == "database.dump environment/prod2")
        #expect(!(try history.planner().premature(load)).isEmpty)
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `a source that is half loaded is loaded in full before it is opened`(outcome: Outcome)
        throws
    {
        var history = dumped()
        history.act(load, outcome)
        history.wait(.minutes(5))
        let plan = try history.rollback()
        #expect(plan.way == "lossy")
        #expect(plan.choices.map(\.name) == ["copy-back", "restore", "fix-forward"])
        #expect(words(plan.steps, plan) == ["database.load environment/prod"] + afterLoad)
        for choice in plan.choices.prefix(2) {
            let all = choice.steps
            let opens = try #require(all.firstIndex { $0.command == .action(opening) })
            let loads = try #require(
                all.firstIndex {
                    $0.command == .action(load)
                        || $0.isManual && $0.resource != .dns("www.bestpants.com")
                })
            #expect(loads < opens)
        }
        #expect(!(try history.planner().premature(opening)).isEmpty)
        #expect(try history.next().commands == ["database.load environment/prod"])
        history.act(load)
        history.wait(.minutes(5))
        #expect((try history.planner().premature(opening)).isEmpty)
    }

    @Test
    func `one that was opened half loaded is closed and mended by hand, whatever was accepted`()
        throws
    {
        var history = dumped()
        history.act(load, .refused)
        history.decide(.lossAccepted)
        history.switchBack()
        history.act(opening)
        history.act(.configDefaultEnv(environment: "prod"))
        history.wait(.minutes(70))
        history.host("prod")
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        let plan = try history.rollback()
        #expect(plan.way == "lossy")
        #expect(
            words(plan.steps, plan).prefix(2) == [
                // What customers wrote there since it was opened is in it alone.
                "env.maintenance environment/prod", "database.dump environment/prod",
            ])
        #expect(
            plan.steps.contains { $0.isManual && $0.resource == .environment("prod") })
        #expect(!words(plan.steps, plan).contains("database.load environment/prod"))
        #expect(!(try history.next().steps.isEmpty))
    }

    @Test func `a source that was loaded with what it held before may be opened as it was`() throws
    {
        var history = try DumpRunbook().loaded()
        DumpRunbook().finish(&history)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        history.act(.databaseDump(environment: "prod2", path: path))
        check(&history)
        history.act(load, .refused)
        history.wait(.minutes(5))
        let broken = try history.rollback()
        let restore = try #require(broken.choices.first { $0.name == "restore" })
        let own = Action.databaseLoad(environment: "prod", path: "prod.sql")
        #expect(restore.steps.first?.command == .action(own))
        history.act(own)
        history.wait(.minutes(5))
        let plan = try history.rollback()
        #expect(plan.choices.first?.name == "accept-loss")
        #expect(words(plan.steps, plan).contains("env.cache-flush environment/prod"))
    }
}
