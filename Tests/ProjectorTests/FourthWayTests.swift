import Ledger
import Projector
import Testing

/// What is due and what the way back is, where the answer was wrong or led nowhere.
@Suite struct FourthWayTests {
    private let host = "www.bestpants.com"

    private func because(_ plan: Plan) -> String { plan.extra["because"]?.string ?? "" }

    private func byHand(_ plan: Plan) -> [String] {
        plan.steps.compactMap { if case .manual(let text) = $0.command { text } else { nil } }
    }

    private func to(_ name: String) -> Action {
        .dnsSwitch(
            DNSSwitch(host: host, target: name, environment: name, ttl: 300, oldTTL: 300))
    }

    /// SNAP and its clean-up but for the migration's snapshot.
    private func destroyed(_ outcome: Outcome = .accepted, nfs: Switch = .off) -> CaseHistory {
        var history = Runbook(nfs: nfs).snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"), outcome)
        history.wait(.minutes(10))
        history.list([("prod2", "RUNNING", text)])
        history.wait(.minutes(30))
        history.list([("prod2", "RUNNING", text)])
        return history
    }

    private func restorable(nfs: Switch = .off) -> CaseHistory {
        var history = destroyed(nfs: nfs)
        history.snapshots([("final", "prod", "AVAILABLE", history.clock)])
        return history
    }

    // MARK: What is due

    @Test func `after a shell on the destination a test is due and not the switch`() throws {
        var history = Runbook().snapshotCopied()
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        #expect(try history.next().commands == ["env.protected environment/prod2"])
        history.act(.databaseShell(environment: "prod2"))
        let plan = try history.next()
        #expect(plan.extra["phase"] == .string("test"))
        #expect(plan.commands == ["ledger-cli record test prod2 passed"])
        history.decide(.testPassed(environment: "prod2"))
        #expect(try history.next().commands == ["env.protected environment/prod2"])
    }

    @Test func `a copy of which one command names the database is not switched to`() throws {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod", database: "shop", path: "a.sql"))
        history.act(.databaseLoad(environment: "prod2", path: "a.sql"))
        history.act(.envCacheFlush(environment: "prod2"))
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        let plan = try history.next()
        #expect(plan.extra["phase"] == .string("copy"))
        #expect(plan.commands == ["database.dump environment/prod"])
        #expect(plan.warnings.contains { $0.hasPrefix("the DNS switch: database shop") })
    }

    @Test(arguments: ["prod", "prod2"])
    func `a closed destination is opened for its test only where no customer comes by`(
        place: String
    ) throws {
        var book = Runbook()
        book.destinationStaysClosed = true
        var history = book.snapshotCopied()
        if place == "prod2" { history.act(to("prod2")) }
        history.host(place)
        let commands = try history.next().commands
        #expect(commands.contains("env.maintenance environment/prod2") == (place == "prod"))
        #expect(commands.contains("ledger-cli record test prod2 passed") == (place == "prod2"))
    }

    @Test func `a destination to which old answers may lead is not opened for its test`() throws {
        var book = Runbook()
        book.destinationStaysClosed = true
        var history = book.snapshotCopied()
        for name in ["prod2", "prod"] {
            history.act(
                .dnsSwitch(DNSSwitch(host: host, target: name, environment: name, ttl: nil)))
        }
        history.wait(.hours(2))
        history.host("prod")
        #expect(try !history.next().commands.contains("env.maintenance environment/prod2"))
    }

    @Test func `a dump that names no file is taken again`() throws {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod"))
        #expect(try history.next().commands == ["database.dump environment/prod"])
        history.act(.databaseDump(environment: "prod", path: "a.sql"))
        #expect(try history.next().commands == ["database.load environment/prod2"])
    }

    @Test func `a migration that was closed early is led to its end`() throws {
        var book = Runbook()
        book.isDefaultSet = false
        book.drainWait = .minutes(2)
        var history = book.snapshotMethod()
        history.decide(.migrationClosed(abandoned: false))
        #expect(try history.next().commands.first?.hasPrefix("config.default-env") == true)
    }

    // MARK: The way back

    @Test(arguments: ["nfs", "solr"])
    func `what turning a setting OFF destroyed is not brought back by opening`(setting: String)
        throws
    {
        var history = Runbook(nfs: .on).start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        let before = try history.rollback()
        #expect(before.way == "clean")
        #expect(byHand(before).isEmpty)
        history.act(.envSetting(environment: "prod", setting: setting, value: "OFF"))
        let plan = try history.rollback()
        // Solr was described OFF before.
        #expect(plan.way == (setting == "nfs" ? "lossy" : "clean"))
        #expect(byHand(plan).contains { $0.contains("NFS of prod ON again") } == (setting == "nfs"))
        history.decide(.gapAcknowledged(.nfs))
        #expect(try history.rollback().way == "clean")
    }

    @Test func `a source whose data was replaced before it was destroyed is not restored whole`()
        throws
    {
        var book = Runbook()
        book.destinationStaysClosed = true
        func history(loaded: Bool) -> CaseHistory {
            var history = book.snapshotMethod()
            if loaded { history.act(.databaseLoad(environment: "prod", path: "old.sql")) }
            history.act(.envDestroy(environment: "prod"))
            history.wait(.minutes(10))
            history.list([("prod2", "RUNNING", Runbook().created(history))])
            history.snapshots([("final", "prod", "AVAILABLE", history.clock)])
            history.describe("prod2", Runbook().created(history), maintenance: .on)
            return history
        }
        let plain = try history(loaded: false).rollback()
        #expect(plain.way == "restore" && plain.isLossy == false)
        let replaced = try history(loaded: true).rollback()
        #expect(replaced.way == "restore" && replaced.isLossy == true)
        #expect(because(replaced).contains("may have replaced"))
    }

    @Test func `a restore says that no snapshot has the files`() throws {
        #expect(try !because(restorable().rollback()).contains("NFS"))
        let plan = try restorable(nfs: .on).rollback()
        #expect(plan.isLossy == true)
        #expect(because(plan).contains("its NFS was ON and no nfs snapshot"))
    }

    @Test func `automatic SQL scripts are taken away before the source is made again`() throws {
        var history = restorable()
        #expect(try !byHand(history.rollback()).contains { $0.contains("SQL scripts") })
        history.see(.sqlScripts(Listing(rows: ["wipe"], isComplete: true)))
        let plan = try history.rollback()
        #expect(byHand(plan).first == "remove the automatic SQL scripts before: wipe")
        #expect(plan.steps.first?.isManual == true)
    }

    @Test func `a release that was destroyed is built again before it is loaded`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.act(.envUnload(environment: "prod", release: "r"))
        history.wait(.minutes(2))
        var shown = EnvironmentDescription(environment: "prod", isComplete: true)
        shown.status = "RUNNING"
        shown.created = Timestamp(Runbook.prodCreated)
        shown.maintenance = .on
        shown.releases = []
        history.see(.environment(shown))
        #expect(try history.rollback().way == "clean")
        history.act(.releaseDestroy(release: "r"))
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(byHand(plan).first == "build release r again from its commit")
        #expect(plan.needs.map(\.fact).contains("list of releases"))
    }

    @Test func `an ON that was accepted is waited for and not given again`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        #expect(try history.rollback().commands.first == "env.maintenance environment/prod2")
        history.act(.envMaintenance(environment: "prod2", state: .on))
        let plan = try history.rollback()
        #expect(!plan.commands.contains("env.maintenance environment/prod2"))
        #expect(plan.steps.first?.isManual == true)
        #expect(plan.needs.map(\.fact).contains("description of environment/prod2"))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        #expect(try byHand(history.rollback()).allSatisfy { !$0.hasPrefix("wait until") })
    }

    @Test func `the default environment is set back to a source that is made again`() throws {
        let plan = try restorable().rollback()
        #expect(plan.commands.contains { $0.hasPrefix("config.default-env") })
        #expect(!byHand(plan).contains { $0.contains("default environment") })
    }
}
