import Ledger
import Projector
import Testing

/// What is due and planned when things go back, or were tried in vain.
@Suite struct TurningBackTests {
    private let s = "environment/prod"
    private let host = "www.bestpants.com"

    private func point(_ name: String) -> Action {
        .dnsSwitch(DNSSwitch(host: host, target: name, environment: name, ttl: 300, oldTTL: 300))
    }

    /// Tested and decided, not yet switched.
    private func decided() -> CaseHistory {
        var book = Runbook()
        book.moves = false
        return book.snapshotMethod()
    }

    /// A test that failed; the source opened again and not looked at.
    private func reopened() -> CaseHistory {
        var book = Runbook()
        book.testPasses = false
        var history = book.snapshotMethod()
        history.act(.envMaintenance(environment: "prod", state: .off))
        return history
    }

    @Test func `an OFF that was attempted ends a closure that only sight would begin again`() throws
    {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.act(.envMaintenance(environment: "prod", state: .off))
        for _ in 0..<2 {
            history.wait(.minutes(2))
            history.describe("prod", Runbook.prodCreated, maintenance: .on)
        }
        #expect(try history.next().commands == ["env.maintenance environment/prod"])
        for event in Runbook().snapshotMethod().events.dropFirst(9) {
            if let payload = try? EventPayload(type: event.type, data: event.data) {
                history.wait(.minutes(5))
                history.add(payload)
            }
        }
        history.wait(.minutes(70))
        history.host("prod2")
        #expect(try history.cleanup().rules(s).contains(.copyQuiesced))
    }

    @Test func `what was seen open and is seen closed again was closed by somebody`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.act(.envMaintenance(environment: "prod", state: .off))
        for seen in [Switch.off, .on, .on] {
            history.wait(.minutes(2))
            history.describe("prod", Runbook.prodCreated, maintenance: seen)
        }
        #expect(try history.next().commands == ["snapshot.create snapshot/database/plan-migration"])
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `a release that was not loaded after all is loaded again`(outcome: Outcome) throws {
        var history = Runbook().snapshotCopied()
        let events = history.events.prefix { $0.type != .action(.envLoad, .accepted) }
        history = CaseHistory()
        for event in events {
            if let payload = try? EventPayload(type: event.type, data: event.data) {
                history.wait(event.time - history.clock)
                history.add(payload)
            }
        }
        history.act(.envLoad(environment: "prod2", release: "r"), outcome)
        #expect(try history.next().steps.isEmpty)
        history.wait(.minutes(5))
        var shown = EnvironmentDescription(environment: "prod2", isComplete: true)
        shown.status = "RUNNING"
        shown.created = Timestamp(Runbook().created(history))
        shown.releases = []
        history.see(.environment(shown))
        #expect(try history.next().commands == ["env.load environment/prod2"])
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `a switch that did not work is made again, and the default waits for it`(outcome: Outcome)
        throws
    {
        var history = decided()
        history.act(point("prod2"), outcome)
        let first = try history.next()
        #expect(first.steps.isEmpty)
        #expect(first.needs.map(\.fact).contains("where \(host) points"))
        history.wait(.minutes(2))
        history.host("prod")
        #expect(try history.next().commands == ["dns.switch dns/\(host)"])
    }

    @Test func `a switch that shows nothing after the drain is made again`() throws {
        var history = decided()
        history.act(point("prod2"))
        history.wait(.minutes(2))
        history.host("prod", ttl: 3600)
        #expect(!(try history.next().commands.contains("dns.switch dns/\(host)")))
        history.wait(.minutes(70))
        history.host("prod", ttl: 3600)
        #expect(try history.next().commands == ["dns.switch dns/\(host)"])
    }

    @Test func `a hostname that was sent back means that the migration goes back`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        history.decide(.lossAccepted)
        history.act(point("prod"))
        let plan = try history.next()
        #expect(plan.extra["phase"]?.string == "roll back")
        #expect(!plan.commands.contains("env.maintenance environment/prod2"))
    }

    @Test func `the source is not opened beside a destination that may serve`() throws {
        // Nobody ever looked where the names point.
        var unseen = decided()
        unseen = CaseHistory()
        for event in decided().events where event.type != .observation(.dns) {
            if let payload = try? EventPayload(type: event.type, data: event.data) {
                unseen.wait(event.time - unseen.clock)
                unseen.add(payload)
            }
        }
        #expect(
            try unseen.rollback().commands.filter { $0.hasPrefix("env.maintenance") } == [
                "env.maintenance environment/prod2", "env.maintenance environment/prod",
            ])
        // The names are back and drained, and it was never closed.
        var back = Runbook().snapshotMethod()
        back.act(point("prod"))
        back.wait(.minutes(70))
        back.host("prod")
        #expect(
            try back.rollback().commands.filter { $0.hasPrefix("env.maintenance") } == [
                "env.maintenance environment/prod2", "env.maintenance environment/prod",
            ])
    }

    @Test func `a source without its release gets it back before customers come`() throws {
        var history = Runbook().snapshotMethod()
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.act(.envUnload(environment: "prod", release: "r"))
        #expect(
            try history.rollback().needs.map(\.fact).contains("description of environment/prod"))
        history.wait(.minutes(5))
        var shown = EnvironmentDescription(environment: "prod", isComplete: true)
        shown.status = "RUNNING"
        shown.created = Timestamp(Runbook.prodCreated)
        shown.maintenance = .on
        shown.releases = []
        history.see(.environment(shown))
        let commands = try history.rollback().commands
        #expect(commands.contains("env.load environment/prod"))
        let activated = try #require(commands.firstIndex(of: "env.activate environment/prod"))
        let moved = try #require(commands.firstIndex(of: "dns.switch dns/\(host)"))
        #expect(activated < moved)
    }

    @Test func `the copy goes as well when the destination is gone already`() throws {
        var history = reopened()
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.host("prod")
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(5))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let plan = try history.rollback()
        #expect(plan.commands.contains("snapshot.destroy snapshot/database/pm"))
    }

    @Test func `the default environment is not destroyed on the way back`() throws {
        var history = reopened()
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        history.act(.configDefaultEnv(environment: "prod2"))
        let commands = try history.rollback().commands
        let back = try #require(commands.firstIndex(of: "config.default-env environment/prod"))
        let destroyed = try #require(commands.firstIndex(of: "env.destroy environment/prod2"))
        #expect(back < destroyed)
        // What was the default before is gone: nobody can say what it should be.
        var other = Runbook().start()
        other.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("stg", "RUNNING", "2016-01-01T00:00:00Z"),
        ])
        other.act(.configDefaultEnv(environment: "stg"))
        other.act(.envDestroy(environment: "stg"))
        other.act(
            .envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod"))))
        other.wait(.minutes(20))
        other.describe("prod2", (other.clock + .minutes(-20)).description, maintenance: .off)
        other.act(.configDefaultEnv(environment: "prod2"))
        #expect(!(try other.rollback().commands.contains("env.destroy environment/prod2")))
    }

    @Test func `a source that was loaded over is not said to lose nothing`() throws {
        var history = reopened()
        #expect(try history.rollback().way == "clean")
        history.act(.databaseLoad(environment: "prod", path: "short.sql"))
        #expect(try history.rollback().way == "unknown")
        history.decide(.writesReconciled)
        #expect(try history.rollback().way == "clean")
    }

    @Test func `what was told to open is looked at before it is called back`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.act(.envMaintenance(environment: "prod", state: .off))
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(plan.steps.isEmpty)
        #expect(plan.needs.map(\.fact) == ["description of environment/prod"])
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        #expect(try history.rollback().way == "nothing")
    }

    @Test func `an abandoned migration asks for what its clean-up waits for`() throws {
        var history = reopened()
        #expect(try history.next().needs.map(\.fact).contains("description of environment/prod"))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        #expect(try history.next().commands.contains("env.destroy environment/prod2"))
        history.act(.envDestroy(environment: "prod2"))
        #expect(try history.next().needs.map(\.fact).contains("list of environments"))
    }

    @Test func `what was made from the copy for the dump is left over like the copy`() throws {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "ts"))
        history.wait(.minutes(3))
        history.snapshots([("ts", "prod", "AVAILABLE", taken)])
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "tmp", source: .named("prod"), snapshot: .named("ts"))))
        let residue = try history.rollback().extra["residue"]?.array?.compactMap(\.string) ?? []
        #expect(residue.contains("environment/tmp"))
        #expect(residue.contains("snapshot/database/ts"))
    }
}
