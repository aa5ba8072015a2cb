import Ledger
import Projector
import Testing

/// What a way back does in spite of what is not known to have ended, or happened before it all.
@Suite struct CompensationTests {
    private let pastShell = Action.databaseShell(environment: "prod")

    @Test(arguments: [
        Action.databaseLoad(environment: "prod2", path: "prod.sql"),
        .envActivate(environment: "prod2", release: "r"),
        .envLoad(environment: "prod2", release: "r2"), .envCacheFlush(environment: "prod2"),
        .envProtected(environment: "prod2", state: .on),
    ])
    func `what is not known to have ended on the destination stops no step that takes it back`(
        action: Action
    ) throws {
        var history = try DumpRunbook().loaded()
        history.act(action, .unknown)
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(plan.commands.contains("env.destroy environment/prod2"))
        if case .envProtected = action {
            #expect(plan.commands.contains("env.protected environment/prod2"))
        }
        #expect(try history.cleanup().verdict("environment/prod2") == .blocked)
    }

    @Test func `what may hold customers' only writes is not destroyed in spite of that`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.envLoad(environment: "prod2", release: "r2"), .unknown)
        let plan = try history.rollback()
        #expect(plan.way == "lossy")
        #expect(!plan.commands.contains("env.destroy environment/prod2"))
    }

    @Test
    func `a dump of unknown outcome keeps neither the temporary environment nor its snapshot`()
        throws
    {
        var history = try DumpRunbook(throughTemporary: true, isTemporaryDeclared: true).loaded()
        let index = try #require(
            history.events.firstIndex { $0.type == .action(.databaseDump, .accepted) })
        var cut = CaseHistory()
        for event in history.events[..<index] {
            guard let payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            cut.wait(event.time - cut.clock)
            cut.add(payload)
        }
        cut.act(.databaseDump(environment: "temp", path: "prod.sql"), .unknown)
        history = cut
        let plan = try history.rollback()
        #expect(
            plan.commands.suffix(3) == [
                "env.destroy environment/prod2", "env.destroy environment/temp",
                "snapshot.destroy snapshot/database/early",
            ])
    }

    @Test func `what is being made of the destination keeps it`() throws {
        var history = try DumpRunbook().loaded()
        history.act(.envCreate(EnvironmentCreation(environment: "qa", source: .named("prod2"))))
        #expect(try !history.rollback().commands.contains("env.destroy environment/prod2"))
    }

    // MARK: The source's own data

    private func afterShell(_ action: Action) -> CaseHistory {
        var history = Runbook(isDeclared: false).start()
        history.act(action)
        history.wait(.hours(1))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        return history
    }

    @Test(arguments: [
        Action.databaseShell(environment: "prod"),
        .databaseLoad(environment: "prod", path: "fix.sql"),
    ])
    func `what was done to the source before the first step is what one goes back to`(
        action: Action
    ) throws {
        var history = afterShell(action)
        #expect(try history.rollback().way == "nothing")
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.rollback().way == "clean")
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        #expect(try history.rollback().way == "clean")
    }

    @Test func `a shell on the source is settled by the word that is meant for it`() throws {
        var history = Runbook().snapshotCopied()
        history.act(pastShell)
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        let because = plan.extra["because"]?.string ?? ""
        #expect(because.contains("acknowledge source-writes"))
        #expect(!because.contains("reconciled"))
        history.decide(.gapAcknowledged(.sourceWrites))
        #expect(try history.rollback().way == "clean")
    }

    @Test func `a load over the source is not settled by that word`() throws {
        var history = Runbook().snapshotCopied()
        history.act(.databaseLoad(environment: "prod", path: "x.sql"))
        history.decide(.gapAcknowledged(.sourceWrites))
        #expect(try history.rollback().way == "unknown")
    }

    @Test func `no advice on the source's late writes says the word for the destination's`() throws
    {
        var history = Runbook().snapshotMethod()
        history.act(pastShell)
        let source = try #require(
            try history.cleanup().resources.first {
                $0.resource.description == "environment/prod"
            })
        let reasons = source.reasons.filter { $0.rule == .sourceWrites }
        #expect(!reasons.isEmpty)
        #expect(reasons.allSatisfy { $0.unblock.hasSuffix("record acknowledge source-writes") })
        #expect(!source.reasons.contains { $0.unblock.contains("reconciled") })
    }
}
