import Ledger
import Projector
import Testing

/// A copy that is known to be of no use is made once more, and nothing is built on it.
@Suite struct BadCopyTests {
    private let d = "environment/prod2"
    private let pm = "snapshot/database/plan-migration"

    private func byHand(_ plan: Plan) -> [String] {
        plan.steps.compactMap { if case .manual(let text) = $0.command { text } else { nil } }
    }

    private func create(_ name: String, from snapshot: String) -> Action {
        .envCreate(
            EnvironmentCreation(
                environment: name, source: .named("prod"), snapshot: .named(snapshot),
                size: "f1-xlarge"))
    }

    /// The destination is RUNNING, made from a snapshot of 20 s after maintenance ON.
    private func early() -> CaseHistory {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(20))
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        let created = history.clock.description
        history.act(create("prod2", from: "pm"))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
        ])
        return history
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `a destroy that did nothing is due once more, with the answer to its prompt`(
        outcome: Outcome
    ) throws {
        var history = early()
        let created = Runbook().created(history)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "plan-migration"))
        history.wait(.minutes(5))
        let early = try #require(
            history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time)
        history.snapshots([
            ("pm", "prod", "AVAILABLE", early), ("plan-migration", "prod", "AVAILABLE", taken),
        ])
        let destroy = Action.envDestroy(environment: "prod2")
        #expect(try history.next().steps.map(\.action) == [destroy])
        history.act(destroy, outcome)
        #expect(try history.next().steps.isEmpty)
        for minutes in [5, 26] {
            history.wait(.minutes(minutes))
            history.list([
                ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
            ])
            // Nobody knows yet whether it may still begin.
            let isOpen = outcome == .unknown && minutes == 5
            #expect(try history.next().steps.map(\.action) == (isOpen ? [] : [destroy]))
        }
    }

    @Test func `an early snapshot is taken again and the destination is made anew from it`() throws
    {
        var history = early()
        let created = Runbook().created(history)
        #expect(try history.next().commands == ["snapshot.create \(pm)"])
        #expect(
            try history.planner().admission(of: .envDestroy(environment: "prod2")).isRefused)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "plan-migration"))
        #expect(try history.next().needs.map(\.fact) == ["list of database snapshots"])
        history.wait(.minutes(5))
        let early = try #require(
            history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time)
        history.snapshots([
            ("pm", "prod", "AVAILABLE", early), ("plan-migration", "prod", "AVAILABLE", taken),
        ])
        #expect(try history.next().commands.map { $0.hasSuffix(" -- env.destroy \(d)") } == [true])
        // It holds nothing that is missed, yet it is no part of a clean-up.
        #expect(try history.cleanup().verdict(d) == .blocked)
        #expect(
            try history.planner().admission(of: .envDestroy(environment: "prod2")).isRefused)
        #expect(
            try history.planner().admission(of: .envDestroy(environment: "prod")).isRefused)
        history.act(.envDestroy(environment: "prod2"))
        let waiting = try history.next()
        #expect(waiting.steps.isEmpty)
        #expect(waiting.needs.map(\.fact) == ["list of environments"])
        history.wait(.minutes(10))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        #expect(try history.next().commands == ["env.create \(d)"])
        let again = history.clock.description
        #expect(again != created)
        history.act(create("prod2", from: "plan-migration"))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", again),
        ])
        #expect(try history.next().commands == ["env.load \(d)"])
        history.act(.envLoad(environment: "prod2", release: "r"))
        history.wait(.minutes(5))
        history.describe("prod2", again, maintenance: .off, active: nil)
        history.act(.envActivate(environment: "prod2", release: "r"))
        history.wait(.minutes(3))
        history.describe("prod2", again, maintenance: .off)
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        history.moveCustomers(to: "prod2")
        history.describe("prod2", again, maintenance: .off)
        #expect(try history.cleanup().verdict("environment/prod") == .safe)
    }

    @Test func `a destination that is held, or that customers are led to, is not made anew`() throws
    {
        var history = early()
        let early = try #require(
            history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "plan-migration"))
        history.wait(.minutes(5))
        history.snapshots([
            ("pm", "prod", "AVAILABLE", early), ("plan-migration", "prod", "AVAILABLE", taken),
        ])
        var held = history
        held.decide(.holdPlaced(.environment("prod2"), until: nil))
        #expect(!(try held.next().commands.contains { $0.hasSuffix("env.destroy \(d)") }))
        #expect(try held.planner().admission(of: .envDestroy(environment: "prod2")).isRefused)
        var led = history
        led.act(
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: "prod2", environment: "prod2", ttl: 300,
                    oldTTL: 300)))
        #expect(!(try led.next().commands.contains { $0.hasSuffix("env.destroy \(d)") }))
        #expect(try led.planner().admission(of: .envDestroy(environment: "prod2")).isRefused)
        // What was loaded into the source may have been all that it held.
        var replaced = history
        replaced.act(.databaseLoad(environment: "prod", path: "old.sql"))
        #expect(!(try replaced.next().commands.contains { $0.hasSuffix("env.destroy \(d)") }))
        #expect(byHand(try replaced.next()).contains { $0.contains("source-writes") })
    }

    @Test(arguments: [false, true])
    func `a dump that file evidence speaks against is dumped again before a load`(
        hasReturns: Bool
    ) throws {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod", path: "prod.sql"))
        #expect(try history.next().commands == ["database.load \(d)"])
        history.see(
            .file(
                FileEvidence(
                    path: "prod.sql", role: .dump, bytes: 9, sha256: "aa", hasTrailer: hasReturns,
                    hasCarriageReturns: hasReturns)))
        let plan = try history.next()
        #expect(
            plan.steps.map(\.command) == [
                .action(.databaseDump(environment: "prod", path: "prod-2.sql"))
            ])
        history.wait(.minutes(1))
        history.act(.databaseDump(environment: "prod", path: "prod-2.sql"))
        #expect(
            try history.next().steps.map(\.command) == [
                .action(.databaseLoad(environment: "prod2", path: "prod-2.sql"))
            ])
    }

    @Test func `a dump that is found bad after the load is dumped and loaded again`() throws {
        var history = try DumpRunbook().loaded()
        history.act(.envCacheFlush(environment: "prod2"))
        history.see(
            .file(
                FileEvidence(
                    path: "prod.sql", role: .dump, bytes: 9, sha256: "aa", hasTrailer: false,
                    hasCarriageReturns: false)))
        #expect(
            try history.next().steps.map(\.command) == [
                .action(.databaseDump(environment: "prod", path: "prod-2.sql"))
            ])
        history.act(.databaseDump(environment: "prod", path: "prod-2.sql"))
        #expect(
            try history.next().steps.map(\.command) == [
                .action(.databaseLoad(environment: "prod2", path: "prod-2.sql"))
            ])
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod-2.sql"))
        history.wait(.minutes(5))
        #expect(try history.next().commands == ["env.cache-flush \(d)"])
        DumpRunbook().finish(&history)
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.cleanup().verdict("environment/prod") == .safe)
    }

    @Test func `a temporary environment of an early snapshot is made anew from a later one`() throws
    {
        var book = DumpRunbook()
        book.isTemporaryDeclared = true
        var history = try book.activated()
        let created = Runbook().created(history)
        let early = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "early"))
        history.wait(.minutes(5))
        history.snapshots([("early", "prod", "AVAILABLE", early)])
        let made = history.clock.description
        history.act(create("temp", from: "early"))
        history.wait(.minutes(20))
        try book.close(&history)
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
            ("temp", "RUNNING", made),
        ])
        history.host("prod")
        #expect(try history.next().commands == ["snapshot.create \(pm)"])
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "plan-migration"))
        history.wait(.minutes(5))
        history.snapshots([
            ("early", "prod", "AVAILABLE", early), ("plan-migration", "prod", "AVAILABLE", taken),
        ])
        #expect(
            try history.next().commands.map { $0.hasSuffix(" -- env.destroy environment/temp") }
                == [
                    true
                ])
        history.act(.envDestroy(environment: "temp"))
        #expect(try history.next().needs.map(\.fact).contains("list of environments"))
        history.wait(.minutes(10))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
        ])
        #expect(try history.next().commands == ["env.create environment/temp"])
    }

    @Test func `known SQL scripts are removed before an environment is made from a snapshot`()
        throws
    {
        var history = Runbook().start()
        history.see(.sqlScripts(Listing(rows: ["scrub"], isComplete: true)))
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.wait(.minutes(5))
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        let removal: Action = .configSqlScript(change: .remove, script: "scrub")
        #expect(try history.next().steps.map(\.command) == [.action(removal)])
        var known = history
        known.decide(.gapAcknowledged(.sqlScripts))
        #expect(try known.next().commands == ["env.create \(d)"])
        history.act(removal)
        let waiting = try history.next()
        #expect(waiting.steps.isEmpty)
        #expect(waiting.needs.map(\.fact) == ["automatic SQL scripts"])
        history.see(.sqlScripts(Listing(rows: [], isComplete: true)))
        let plan = try history.next()
        #expect(plan.commands == ["env.create \(d)"])
        #expect(plan.warnings.isEmpty)
    }

    @Test func `where scripts ran on the destination somebody is asked to judge`() throws {
        var book = Runbook()
        book.scripts = ["scrub"]
        let plan = try book.snapshotCopied().next()
        #expect(byHand(plan).count == 1)
        #expect(byHand(plan).first?.contains("acknowledge sql-scripts") == true)
    }
}

extension Admission {
    fileprivate var isRefused: Bool { if case .refused = self { true } else { false } }
}
