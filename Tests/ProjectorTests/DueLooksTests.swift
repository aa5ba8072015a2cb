import Ledger
import Projector
import Testing

/// What is asked for before a step that waits for it.
@Suite struct DueLooksTests {
    private let list = "list of environments"

    /// By the dump method through a temporary environment, up to the clean-up.
    private func throughTemporary() throws -> CaseHistory {
        var book = DumpRunbook()
        book.isTemporaryDeclared = true
        var history = try book.activated()
        try book.close(&history)
        book.makeTemporary(&history)
        history.act(.databaseDump(environment: "temp", path: "temp.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "temp.sql"))
        history.wait(.minutes(5))
        book.finish(&history)
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        return history
    }

    @Test func `what is being destroyed is listed and not described`() throws {
        var history = try throughTemporary()
        let destroy = Action.envDestroy(environment: "prod")
        #expect(try history.planner().lastLooks(before: destroy).environments.contains("temp"))
        history.act(.envDestroy(environment: "temp"))
        history.wait(.minutes(20))
        let looks = try history.planner().lastLooks(before: destroy)
        #expect(!looks.environments.contains("temp"))
        #expect(looks.listsEnvironments)
        #expect(try history.next().needs.map(\.fact).contains(list))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history)),
        ])
        #expect(!(try history.planner().lastLooks(before: destroy).listsEnvironments))
        #expect(!(try history.next().needs.map(\.fact).contains(list)))
    }

    @Test func `nothing is done while what was destroyed is not seen gone`() throws {
        var history = Runbook().snapshotMethod()
        let created = Runbook().created(history)
        history.destroyProd(leaving: [("prod2", "RUNNING", created)])
        history.act(.snapshotDestroy(name: "pm"))
        let plan = try history.next()
        #expect(plan.needs.map(\.fact).contains("list of database snapshots"))
        #expect(plan.extra["phase"]?.string != "done")
    }

    @Test func `a way back that destroys the destination asks for what it leans on`() throws {
        var history = try DumpRunbook().activated()
        #expect(try history.rollback().needs.isEmpty)
        history.wait(.hours(25))
        history.host("prod")
        history.describe("prod2", Runbook().created(history), maintenance: .off)
        let destroy = Action.envDestroy(environment: "prod2")
        #expect(
            try history.rollback().needs.map(\.fact).contains("description of environment/prod"))
        guard case .refused(_, _, let obstacles) = try history.planner().admission(of: destroy)
        else {
            Issue.record("it was admitted")
            return
        }
        #expect(obstacles.contains { $0.unblock.contains("fleet env describe prod") })
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        #expect(
            try history.planner().admission(of: destroy) == .admitted(.environment("prod2")))
    }

    @Test func `what is still being created is listed before the way back is done`() throws {
        let loaded = try DumpRunbook().activated()
        var history = CaseHistory()
        for event in loaded.events {
            guard let payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            history.wait(event.time - history.clock)
            history.add(payload)
            if event.type == .action(.envCreate, .accepted) { break }
        }
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(plan.needs.map(\.fact) == [list])
    }

    @Test func `a release that a cut description does not tell is asked for`() throws {
        var history = CaseHistory()
        for event in try DumpRunbook().activated().events {
            guard var payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            if event.type == .action(.envLoad, .accepted) { break }
            if case .observation(.environment(var shown)) = payload {
                shown.releases = nil
                shown.isComplete = false
                payload = .observation(.environment(shown))
            }
            history.wait(event.time - history.clock)
            history.add(payload)
        }
        let plan = try history.next()
        #expect(plan.steps.isEmpty)
        #expect(plan.needs.map(\.fact).contains("description of environment/prod"))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        #expect(try history.next().commands == ["env.load environment/prod2"])
    }

    @Test func `placeholders are found in what is to be run`() {
        let named = EnvironmentCreation(environment: "prod2", size: "f1-large")
        let unnamed = EnvironmentCreation(environment: "prod2", size: "SIZE")
        #expect(Placeholder.found(in: .envCreate(named)) == nil)
        #expect(Placeholder.found(in: .envCreate(unnamed)) == "SIZE")
        #expect(
            Placeholder.found(in: .envLoad(environment: "prod2", release: "RELEASE")) == "RELEASE")
        #expect(Placeholder.found(in: .envLoad(environment: "prod2", release: "r")) == nil)
    }

    @Test(arguments: [true, false])
    func `a source that only an accepted command speaks of is opened again`(isDeclared: Bool) throws
    {
        var history = CaseHistory(migration: isDeclared ? "plan-move" : nil)
        if isDeclared {
            history.decide(CaseHistory.opening("plan-move", from: "prod", to: "prod2"))
        }
        history.act(.envMaintenance(environment: "prod", state: .on))
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(plan.commands == ["env.maintenance environment/prod"])
        history.list([])
        if isDeclared { #expect(try history.rollback().way == "unknown") }
    }
}
