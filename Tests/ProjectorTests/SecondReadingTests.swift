import Ledger
import Projector
import Testing

/// Histories by the book with one thing besides, and what the rules demand of each.
@Suite struct SecondReadingTests {
    private let s = "environment/prod"
    private let pm = "snapshot/database/pm"
    private let host = "www.bestpants.com"

    private func point(_ name: String, environment: String? = nil, host: String? = nil) -> Action {
        .dnsSwitch(
            DNSSwitch(
                host: host ?? self.host, target: name, environment: environment, ttl: 300,
                oldTTL: 300))
    }

    /// Closed again, and every name back at the source, which is still closed.
    private func returned(accepting: Bool) -> CaseHistory {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        if accepting { history.decide(.lossAccepted) }
        history.act(point("prod", environment: "prod"))
        history.wait(.minutes(70))
        history.host("prod")
        history.describe("prod2", text, maintenance: .on)
        return history
    }

    private func commands(_ plan: Plan) -> [Step.Command] { plan.steps.map(\.command) }

    @Test func `a snapshot made later under the name of ours is not ours`() throws {
        var history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict(pm) == .safe)
        history.snapshots([("pm", "prod", "AVAILABLE", history.clock)])
        #expect(try history.cleanup().verdict(pm) == .notOurs)
        #expect(try history.cleanup().rules(pm).contains(.copyProvenance))
    }

    @Test func `a source is kept while an environment may be made from it without a word`() throws {
        var history = Runbook().snapshotCopied()
        history.act(.envCreate(EnvironmentCreation(environment: "stg")))
        #expect(try history.cleanup().rules(s).contains(.inFlight))
    }

    @Test func `one list does not settle a snapshot whose creation is unknown, two apart do`()
        throws
    {
        var history = Runbook().snapshotMethod()
        let row = history.clock
        let action = Action.snapshotCreate(environment: "prod", name: "more")
        history.act(action, .unknown)
        history.snapshots([("pm", "prod", "AVAILABLE", row)])
        #expect(try history.cleanup().rules(s) == [.inFlight])
        history.wait(.minutes(30))
        history.snapshots([("pm", "prod", "AVAILABLE", row)])
        #expect(try history.cleanup().rules(s).isEmpty)
    }

    @Test func `what an echo names instead may have been done to it`() throws {
        var history = Runbook().snapshotMethod()
        history.add(
            .action(
                .envDestroy(environment: "stg"), .unknown,
                ActionReport(
                    detail: "echo-differs", echoed: [.envDestroy(environment: "prod")])))
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .unknown)
        #expect(plan.rules(pm).contains(.lastRecoveryPoint))
        #expect(plan.steps.isEmpty)
        #expect(try history.rollback().way == "unknown")
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `an opening that was tried counts, though ON is seen afterwards`(outcome: Outcome) throws {
        var history = Runbook().snapshotMethod()
        history.act(.envMaintenance(environment: "prod", state: .off), outcome)
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s) == [.sourceWrites])
        #expect(plan.needs.isEmpty, "another look would tell nothing")
        history.decide(.gapAcknowledged(.sourceWrites))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a hostname at something of no known environment may lead to the source`() throws {
        var history = Runbook().snapshotMethod()
        history.act(point("52.1.1.1", host: "new.bestpants.com"))
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .unknown)
        #expect(plan.rules(s) == [.trafficOffSource])
        let there = Observation.dns(
            DNSAnswer(host: "new.bestpants.com", target: "prod2", environment: "prod2", ttl: 300))
        history.wait(.minutes(10))
        history.see(there)
        // Until then it may have led to the source.
        #expect(try history.cleanup().rules(s) == [.drained])
        history.wait(.minutes(10))
        history.see(there)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a look just after a switch to an address does not show that it came to nothing`()
        throws
    {
        var history = Runbook().snapshotMethod()
        history.act(point("52.1.1.1"))
        history.wait(.seconds(5))
        history.host("prod2")
        #expect(try history.cleanup().rules(s) == [.drained])
        history.wait(.hours(2))
        history.host("prod2")
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `the loss is accepted before the source is opened, though the names are back`()
        throws
    {
        let steps = commands(try returned(accepting: false).rollback())
        #expect(
            steps.prefix(2) == [
                .ledger(["ledger-cli", "record", "accept-loss"]),
                .action(.envMaintenance(environment: "prod", state: .off)),
            ])
    }

    @Test func `a loss accepted after the last write is not asked for again`() throws {
        let plan = try returned(accepting: true).rollback()
        #expect(plan.isLossy == true)
        #expect(!commands(plan).contains(.ledger(["ledger-cli", "record", "accept-loss"])))
    }

    @Test func `a daily snapshot seen before the source went is no way back`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.snapshots([("1493701200", "prod", "AVAILABLE", Runbook.daily)])
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(30))
        history.list([("prod2", "RUNNING", text)])
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(plan.needs.contains { $0.command.prefix(3) == ["fleet", "snapshot", "list"] })
    }

    @Test func `the soak keeps the source and not its snapshot`() throws {
        var history = Runbook().snapshotMethod()
        history.decide(.policySet(key: "soak", value: "24h"))
        let plan = try history.cleanup()
        #expect(plan.rules(s) == [.soak])
        #expect(plan.verdict(pm) == .safe)
    }

    @Test func `a snapshot that nothing was made from goes once the source serves again`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(90))
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.wait(.minutes(5))
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        #expect(
            commands(try history.rollback()) == [
                .action(.envMaintenance(environment: "prod", state: .off)),
                .action(.snapshotDestroy(name: "pm")),
            ])
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        #expect(try history.cleanup().verdict(pm) == .safe)
    }

    @Test func `a name that still points at what is gone is said to dangle`() throws {
        var history = Runbook().snapshotMethod()
        history.see(
            .dns(
                DNSAnswer(
                    host: "old.bestpants.com", target: "prod", environment: "prod", ttl: 300)))
        #expect(try history.cleanup().extra["dangling"] == nil)
        let text = Runbook().created(history)
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(30))
        history.list([("prod2", "RUNNING", text)])
        let dangling = try history.cleanup().extra["dangling"]?.array ?? []
        #expect(dangling.map { $0.object?["resource"]?.string } == ["dns/old.bestpants.com"])
    }

    @Test func `a way back always has the member manual`() throws {
        #expect(try Runbook().snapshotCopied().rollback().json["manual"] == .array([]))
    }

    @Test func `what is closed on the way back is still left over`() throws {
        #expect(
            try Runbook().snapshotMethod().rollback().extra["residue"] == [
                "environment/prod2", "snapshot/database/pm",
            ])
    }

    @Test func `what may be destroyed cites what it was made by and what proves it`() throws {
        let history = try DumpRunbook(throughTemporary: true).dumpMethod()
        func cited(_ resource: String) throws -> [SequenceNumber] {
            try history.cleanup().resources.first { $0.resource.description == resource }?.evidence
                ?? []
        }
        func event(_ type: EventType, _ subject: String) -> SequenceNumber? {
            history.events.first { $0.type == type && $0.subject.description == subject }?.sequence
        }
        let made = event(.action(.envCreate, .accepted), "environment/temp")
        let dumped = event(.action(.databaseDump, .accepted), "environment/temp")
        let taken = event(.action(.snapshotCreate, .accepted), "snapshot/database/early")
        let switched = event(.action(.dnsSwitch, .accepted), "dns/www.bestpants.com")
        let temporary = try cited("environment/temp")
        #expect(Set([made, dumped].compactMap { $0 }).isSubset(of: temporary))
        #expect(!temporary.contains(try #require(switched)))
        #expect(try cited("snapshot/database/early").contains(try #require(taken)))
        let other = Runbook().snapshotMethod()
        let safe = try other.cleanup().resources.first { $0.resource.description == pm }
        #expect((safe?.evidence.count ?? 0) > 5)
    }
}
