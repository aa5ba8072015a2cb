import Ledger
import Projector
import Testing

/// What is not there any more, and what came after it.
@Suite struct SuccessionTests {
    private let s = "environment/prod"

    private func isAt(_ name: String) -> Action {
        .dnsSwitch(
            DNSSwitch(host: "www.bestpants.com", target: name, environment: name, ttl: 300))
    }

    @Test func `a source is kept when its destination is missing from a complete list`() throws {
        var history = Runbook().snapshotMethod()
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .unknown || plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.destinationServing))
        #expect(plan.verdict("snapshot/database/pm") != .safe)
        #expect(plan.steps.isEmpty)
    }

    @Test func `a destroy that was refused leaves a source that is seen RUNNING as it was`() throws
    {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"), .refused)
        #expect(try history.cleanup().verdict(s) != .safe)
        history.wait(.minutes(2))
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `the way back of a migration whose destination moved on is that of the later one`()
        throws
    {
        var history = Runbook().snapshotMethod()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "next-move", source: "prod2", destination: "prod3",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        history.act(
            .envCreate(EnvironmentCreation(environment: "prod3", source: .named("prod2"))))
        history.wait(.minutes(30))
        history.act(isAt("prod3"))
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(plan.steps.isEmpty)
        #expect(
            plan.needs.map(\.command) == [
                ["ledger-cli", "plan", "rollback", "--migration", "next-move"]
            ])
    }

    @Test func `a destination that another migration starts from is left where it is`() throws {
        var book = Runbook()
        book.testPasses = false
        var history = book.snapshotMethod()
        let made = "env.destroy environment/prod2"
        #expect(try history.rollback().commands.contains(made))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "next-move", source: "prod2", destination: "prod3",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        let plan = try history.planner().rollback(migration: history.migration)
        #expect(!plan.commands.contains(made))
        #expect(plan.extra["residue"]?.array?.contains(.string("environment/prod2")) ?? false)
    }

    @Test func `a destination that is gone is not closed on the way back`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.envProtected(environment: "prod2", state: .off))
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let plan = try history.rollback()
        #expect(!plan.steps.contains { $0.resource.description == "environment/prod2" })
        #expect(
            plan.steps.contains {
                $0.command == .action(.envMaintenance(environment: "prod", state: .off))
            })
    }

    @Test func `a source is recreated with the settings of its destination`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        let asked = history.clock
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(30))
        history.list([("prod2", "RUNNING", text)])
        history.snapshots([("prod-final", "prod", "AVAILABLE", asked)])
        let plan = try history.rollback()
        #expect(plan.way == "restore")
        guard case .action(.envCreate(let creation))? = plan.steps.first?.command else {
            Issue.record("the way back does not begin with a creation")
            return
        }
        #expect(creation.source == .named("prod2"))
        #expect(creation.snapshot == .named("prod-final"))
        #expect(creation.size == "f1-large")
    }

    @Test func `the way back clears away the temporary environment, then its snapshot`() throws {
        let history = try DumpRunbook(throughTemporary: true).loaded()
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        let commands = plan.steps.map(\.command)
        let temporary = commands.firstIndex(of: .action(.envDestroy(environment: "temp")))
        let snapshot = commands.firstIndex(of: .action(.snapshotDestroy(name: "early")))
        #expect(temporary != nil && snapshot != nil)
        if let temporary, let snapshot { #expect(temporary < snapshot) }
    }

    @Test func `the default environment does not go back to one that is destroyed next`() throws {
        var history = try DumpRunbook(throughTemporary: true).loaded()
        history.act(.configDefaultEnv(environment: "temp"))
        history.act(.configDefaultEnv(environment: "prod2"))
        let commands = try history.rollback().steps.map(\.command)
        #expect(commands.contains(.action(.configDefaultEnv(environment: "prod"))))
        #expect(!commands.contains(.action(.configDefaultEnv(environment: "temp"))))
    }

    @Test func `a temporary environment over which something was loaded is kept`() throws {
        var history = try DumpRunbook(throughTemporary: true).dumpMethod()
        #expect(try history.cleanup().verdict("environment/temp") == .safe)
        history.act(.databaseLoad(environment: "temp", path: "other.sql"))
        let plan = try history.cleanup()
        #expect(plan.verdict("environment/temp") == .blocked)
        #expect(plan.rules("environment/temp").contains(.dumpVerified))
    }

    @Test(arguments: [true, false])
    func `a temporary environment that customers were sent to is kept until that is settled`(
        isActive: Bool
    ) throws {
        var history = try DumpRunbook(throughTemporary: true, isTemporaryDeclared: true)
            .dumpMethod()
        func point(_ name: String) {
            history.act(
                .dnsSwitch(
                    DNSSwitch(
                        host: "www.bestpants.com", target: name, environment: name, ttl: 300,
                        oldTTL: 300)))
            history.wait(.minutes(70))
            history.host(name)
        }
        if isActive {
            history.act(.envLoad(environment: "temp", release: "r"))
            history.wait(.minutes(5))
            history.act(.envActivate(environment: "temp", release: "r"))
            history.wait(.minutes(5))
            history.describe(
                "temp", Runbook().created(history, "temp"), maintenance: .off, active: "r")
        }
        point("temp")
        point("prod2")
        let plan = try history.cleanup()
        #expect(plan.verdict("environment/temp") == (isActive ? .blocked : .unknown))
        #expect(plan.rules("environment/temp") == [.tempRole])
        if isActive {
            history.decide(.writesReconciled)
        } else {
            history.describe(
                "temp", Runbook().created(history, "temp"), maintenance: .off, active: nil)
        }
        #expect(try history.cleanup().verdict("environment/temp") == .safe)
    }

    @Test func `what another migration was to move to is judged as its destination as well`() throws
    {
        var history = try DumpRunbook(throughTemporary: true, isTemporaryDeclared: true)
            .dumpMethod()
        #expect(try history.cleanup().verdict("environment/temp") == .safe)
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "other", source: "prod", destination: "temp", method: .snapshot)))
        #expect(try history.cleanup().rules("environment/temp") == [.noSuccessor])
        history.decide(.testFailed(environment: "temp"))
        #expect(
            try history.cleanup().rules("environment/temp").contains(.trafficOffDestination))
    }

    @Test func `a temporary environment that this migration protected is unprotected first`() throws
    {
        var history = try DumpRunbook(throughTemporary: true).dumpMethod()
        history.act(.envProtected(environment: "temp", state: .on))
        let plan = try history.cleanup()
        #expect(plan.verdict("environment/temp") == .safe)
        #expect(
            plan.steps.filter { $0.resource.description == "environment/temp" }.map(\.command) == [
                .action(.envProtected(environment: "temp", state: .off)),
                .action(.envDestroy(environment: "temp")),
            ])
    }

    @Test func `a plan of one migration leaves the snapshot of the next one to that`() throws {
        var history = Runbook().snapshotMethod()
        history.open("next", from: "prod2", to: "prod3")
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(90))
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod2", name: "pm2"))
        history.snapshots([("pm2", "prod2", "AVAILABLE", taken)])
        let planner = try history.planner()
        let own = "snapshot/database/pm2"
        #expect(try planner.cleanup(migration: "plan-move").verdict(own) == nil)
        #expect(try planner.cleanup(migration: "next").verdict(own) == .blocked)
        #expect(try planner.cleanup(migration: nil).verdict(own) == .blocked)
    }

    @Test func `what several facts say in the same words is a reason once, with all that prove it`()
        throws
    {
        var history = Runbook().snapshotMethod()
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let reasons =
            try history.cleanup().resources.first { $0.resource.description == s }?
            .reasons ?? []
        #expect(Set(reasons.map { "\($0.rule) \($0.message)" }).count == reasons.count)
        let missing = reasons.first { $0.message.contains("missing from a complete list") }
        #expect(missing?.evidence.last?.number == history.events.count)
    }
}
