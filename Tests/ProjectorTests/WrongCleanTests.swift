import Ledger
import Projector
import Testing

/// Ways back and aborts of which a second reader was told that they lose nothing though they may.
@Suite struct WrongCleanTests {
    private let d = "environment/prod2"
    private let opening = MigrationRoles(
        migration: "plan-move", source: "prod", destination: "prod2", method: .snapshot,
        hostnames: ["www.bestpants.com"])

    private func point(_ name: String) -> Action {
        .dnsSwitch(
            DNSSwitch(
                host: "www.bestpants.com", target: name, environment: name, ttl: 300, oldTTL: 300))
    }

    /// The book, of which nobody recorded the activation nor looked at the destination after it was
    /// RUNNING.
    private func unrecorded(isTested: Bool, moves: Bool = true) throws -> CaseHistory {
        let book = Runbook(moves: moves)
        var history = book.start()
        try book.retell(in: &history, after: history.events.count) {
            payload, history in
            switch payload {
            case .action(.envActivate, _, _): return
            case .observation(.environment(let shown)) where shown.environment == "prod2": return
            case .decision where !isTested: return
            default: history.add(payload)
            }
        }
        return history
    }

    /// Back at the source, which is open, with the destination seen active at last.
    private func returned(_ given: CaseHistory) -> CaseHistory {
        var history = given
        history.decide(.testFailed(environment: "prod2"))
        history.decide(.noGo)
        history.act(point("prod"))
        history.wait(.minutes(70))
        history.host("prod")
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.act(.configDefaultEnv(environment: "prod"))
        history.describe("prod2", Runbook().created(history), maintenance: .off)
        return history
    }

    @Test func `customers count from an activation that nobody recorded`() throws {
        let history = returned(try unrecorded(isTested: false))
        #expect(try history.cleanup().rules(d).contains(.customerWrites))
        #expect(try history.cleanup().verdict(d) == .blocked)
        let unmoved = returned(try unrecorded(isTested: false, moves: false))
        #expect(try !unmoved.cleanup().rules(d).contains(.customerWrites))
    }

    @Test func `a list that shows a release is a look at an active one`() throws {
        var history = try unrecorded(isTested: false)
        #expect(try history.rollback().way == "unknown")
        history.listServing(made: Runbook().created(history))
        #expect(try history.rollback().way == "lossy")
    }

    @Test func `a test that passed shows that a release was active`() throws {
        #expect(try unrecorded(isTested: true).rollback().way == "lossy")
        #expect(try unrecorded(isTested: true, moves: false).rollback().way == "clean")
    }

    @Test func `closing the destination now does not tell what it took before`() throws {
        var history = Runbook().snapshotCopied()
        let text = Runbook().created(history)
        history.wait(.hours(27))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(90))
        history.describe("prod2", text, maintenance: .on)
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.rollback().way == "unknown")
        history.host("prod")
        #expect(try history.rollback().way == "clean")
    }

    @Test(arguments: [false, true])
    func `a name that led to the destination before it was made leads there once it is`(
        isBack: Bool
    ) throws {
        var history = CaseHistory()
        for event in Runbook(moves: false).snapshotMethod().events
        where event.type != .observation(.dns) {
            guard let payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            history.wait(event.time - history.clock)
            history.add(payload)
        }
        let end = history.clock
        history.wait(.hours(-6))
        history.host("prod2", ttl: 3600)
        history.wait(.hours(1))
        if isBack { history.host("prod") }
        history.wait(end - history.clock)
        #expect(try history.rollback().way == (isBack ? "clean" : "lossy"))
    }

    @Test func `what was served before anybody declared the migration counts`() throws {
        var history = Runbook(isDeclared: false).snapshotMethod()
        history.act(point("prod"))
        history.wait(.minutes(70))
        history.host("prod")
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let made = history.clock
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"))))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", made.description),
        ])
        history.decide(.migrationOpened(opening))
        #expect(try history.rollback().way == "lossy")
    }

    @Test func `a default that was set before anybody declared the migration is put back`() throws {
        var history = Runbook(moves: false, isDeclared: false).snapshotMethod()
        history.act(.configDefaultEnv(environment: "prod2"))
        history.decide(.migrationOpened(opening))
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        #expect(plan.commands.contains("config.default-env environment/prod"))
    }

    @Test func `customers at a third environment are not brought back for nothing`() throws {
        var history = Runbook(destinationStaysClosed: true, moves: false).snapshotMethod()
        #expect(try history.rollback().way == "clean")
        history.act(point("prodnew"))
        history.wait(.minutes(70))
        history.host("prodnew")
        #expect(try history.rollback().way == "unknown")
    }

    @Test func `a loss that is accepted is not that of the source's own data`() throws {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        #expect(try history.cleanup().verdict(d) == .safe)
        history.act(.databaseLoad(environment: "prod", path: "old.sql"))
        history.decide(.lossAccepted)
        #expect(try history.cleanup().rules(d) == [.customerWrites])
        history.decide(.writesReconciled)
        #expect(try history.cleanup().verdict(d) == .safe)
    }

    @Test func `a source that is being destroyed does not serve, though it is seen RUNNING`() throws
    {
        for (outcome, verdict) in [(Outcome.accepted, Verdict.blocked), (.unknown, .unknown)] {
            var history = Runbook.abandoned()
            history.see(.defaultEnvironment("prod"))
            history.act(.envDestroy(environment: "prod"), outcome)
            history.wait(.seconds(5))
            history.describe("prod", Runbook.prodCreated, maintenance: .off)
            let plan = try history.cleanup()
            #expect(plan.verdict(d) == verdict)
            #expect(plan.rules(d) == [.sourceServing])
            history.wait(.minutes(30))
            history.describe("prod", Runbook.prodCreated, maintenance: .off)
            #expect(try (history.cleanup().verdict(d) == .safe) == (outcome == .unknown))
        }
    }

    @Test func `a way back discards no snapshot that a load has made the last copy`() throws {
        let row = SnapshotRow(
            snapshot: "pm1", environment: "prod", status: "AVAILABLE", type: "MANUAL",
            created: Timestamp("2017-05-01T09:00:00Z"))
        var history = Runbook().start()
        let first = history.events.count
        history.wait(.minutes(-61))
        history.act(.snapshotCreate(environment: "prod", name: "pm1"))
        history.wait(.minutes(20))
        history.act(.databaseLoad(environment: "prod", path: "old.sql"))
        try Runbook(testPasses: false).retell(in: &history, after: first) { payload, history in
            guard case .observation(.snapshots(let kind, var listing)) = payload else {
                history.add(payload)
                return
            }
            listing.rows.append(row)
            history.see(.snapshots(kind, listing))
        }
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let commands = try history.rollback().commands
        #expect(commands.contains("snapshot.destroy snapshot/database/pm"))
        #expect(!commands.contains("snapshot.destroy snapshot/database/pm1"))
    }

    @Test func `a way back destroys nothing while the source may be going`() throws {
        var history = Runbook(testPasses: false).snapshotMethod()
        #expect(try history.rollback().commands.contains("snapshot.destroy snapshot/database/pm"))
        history.act(.envDestroy(environment: "prod"), .unknown)
        history.wait(.seconds(5))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(!plan.commands.contains { $0.contains("destroy") })
        history.wait(.minutes(30))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.rollback().way == "clean")
        #expect(try history.rollback().commands.contains("env.destroy environment/prod2"))
    }

    @Test
    func `what was loaded over before the first step may be in the destination alone`() throws {
        for (loaded, way) in [(true, "unknown"), (false, "clean")] {
            var book = Runbook()
            book.isDeclared = false
            var history = book.start()
            history.migration = nil
            history.act(.snapshotCreate(environment: "prod", name: "old"))
            history.wait(.minutes(20))
            if loaded { history.act(.databaseLoad(environment: "prod", path: "old.sql")) }
            history.wait(.minutes(20))
            history.migration = "plan-move"
            history.decide(
                .migrationOpened(
                    MigrationRoles(
                        migration: "plan-move", source: "prod", destination: "prod2",
                        method: .dump, hostnames: ["www.bestpants.com"])))
            // It names no snapshot, and may be made from any.
            history.act(
                .envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod"))))
            #expect(try history.rollback().way == way)
            guard loaded else { continue }
            history.decide(.writesReconciled)
            #expect(try history.rollback().way == "clean")
        }
    }
}
