import Ledger
import Projector
import Testing

/// What is under way is not done yet, and what somebody still needs is not destroyed.
@Suite struct UnderWayTests {
    private let s = "environment/prod"

    @Test(arguments: [
        Action.envDeactivate(environment: "prod2"),
        .envUnload(environment: "prod2", release: "r"),
        .envActivate(environment: "prod2", release: "r2"),
        .envLoad(environment: "prod2", release: "r2"),
    ])
    func `a change of the releases is under way until it is seen, or long after it`(
        action: Action
    ) throws {
        for outcome in [Outcome.accepted, .unknown] {
            var history = Runbook().snapshotMethod()
            let text = Runbook().created(history)
            history.act(action, outcome)
            history.wait(.seconds(5))
            history.describe("prod2", text, maintenance: .off)
            #expect(try history.cleanup().verdict(s) == .blocked)
            #expect(try history.cleanup().rules(s).contains(.inFlight))
            history.wait(.minutes(25))
            history.describe("prod2", text, maintenance: .off)
            #expect(try !history.cleanup().rules(s).contains(.inFlight))
        }
    }

    @Test func `a refused change of the releases is settled by the next look`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envDeactivate(environment: "prod2"), .refused)
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `an activation is settled when a later one is seen`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envActivate(environment: "prod2", release: "r2"))
        history.act(.envActivate(environment: "prod2", release: "r"))
        history.wait(.minutes(1))
        history.describe("prod2", text, maintenance: .off)
        #expect(try !history.cleanup().rules(s).contains(.inFlight))
    }

    @Test func `the source of a migration that a later one moves back to is not destroyed`() throws
    {
        var history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict(s) == .safe)
        history.migration = "back"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "back", source: "prod2", destination: "prod", method: .dump,
                    hostnames: ["www.bestpants.com"])))
        #expect(try history.cleanup().verdict(s) == .blocked)
        #expect(try history.cleanup().rules(s).contains(.noSuccessor))
        history.decide(.migrationClosed(abandoned: true))
        #expect(try !history.cleanup().rules(s).contains(.noSuccessor))
    }

    @Test func `the way back is not over before the source was seen open`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        history.decide(.lossAccepted)
        history.switchBack()
        history.wait(.minutes(10))
        history.host("prod")
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.act(.configDefaultEnv(environment: "prod"))
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(plan.needs.contains { $0.command.contains("prod") })
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        #expect(try history.rollback().way == "nothing")
    }

    @Test func `a dump that another one wrote over before it was loaded keeps what it is of`()
        throws
    {
        for outcome in [Outcome.accepted, .refused, .unknown] {
            let again = Action.databaseDump(environment: "prod2", path: "./prod.sql")
            var history = try DumpRunbook(
                throughTemporary: true, isTemporaryDeclared: true, load: .refused
            ).loaded()
            #expect(try history.cleanup().verdict("environment/temp") == .safe)
            history.act(again, outcome)
            #expect(try history.cleanup().verdict("environment/temp") == .blocked)
            #expect(try history.cleanup().rules("environment/temp") == [.dumpVerified])

            var loaded = try DumpRunbook(throughTemporary: true, isTemporaryDeclared: true).loaded()
            loaded.act(again, outcome)
            #expect(try loaded.cleanup().verdict("environment/temp") == .safe)
        }
    }

    @Test func `nobody is sent to look for what no look shows`() throws {
        for action in [
            Action.envProtected(environment: "prod", state: .off),
            .envSetting(environment: "prod", setting: "nfs", value: "off"),
            .envMaintenance(environment: "prod", state: .off),
        ] {
            var history = Runbook().snapshotMethod()
            history.act(action, .unknown)
            let reasons = try history.cleanup().resources.flatMap(\.reasons)
            let reason = try #require(reasons.first { $0.rule == .inFlight })
            #expect(reason.unblock.contains("observe") == action.isShownByLooks)
        }
    }
}
