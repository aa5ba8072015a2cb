import Ledger
import Projector
import Testing

/// What an answer advises must be possible, must settle the matter, and must not spoil another one.
@Suite struct SettlingAdviceTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let host = "www.bestpants.com"

    private func reasons(_ history: CaseHistory, _ resource: String) throws -> [Reason] {
        try history.cleanup().resources.first { $0.resource.description == resource }?.reasons ?? []
    }

    // MARK: An OFF that was not accepted

    private func refused(_ outcome: Outcome, isSeen: Bool) -> Evening {
        .snapshotMethod.before("load") {
            $0.act(.envMaintenance(environment: "prod", state: .off), outcome)
            $0.wait(.minutes(2))
            if isSeen { $0.look("prod", maintenance: .on) }
        }
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `what an OFF that was not accepted may have let in is settled by a word`(
        outcome: Outcome
    ) throws {
        for isSeen in [false, true] {
            var history = refused(outcome, isSeen: isSeen).through("default").history()
            let found = try reasons(history, s).filter { $0.rule == .sourceWrites }
            #expect(found.map(\.verdict) == [isSeen ? .blocked : .unknown])
            #expect(found.allSatisfy { $0.unblock.hasSuffix("acknowledge source-writes") })
            for _ in 0..<2 {
                history.wait(.minutes(2))
                history.look("prod", maintenance: .on)
            }
            history.decide(.gapAcknowledged(.sourceWrites))
            #expect(try !reasons(history, s).contains { $0.rule == .sourceWrites })
        }
    }

    @Test(arguments: [Outcome.refused, .unknown], [false, true])
    func `no report says that an OFF which was not accepted opened the source`(
        outcome: Outcome, isSeen: Bool
    ) throws {
        let conformance = try refused(outcome, isSeen: isSeen).history().conformance()
        #expect(!conformance.found.contains("source-stays-closed"))
        #expect(conformance.text.contains("it may have been open"))
    }

    @Test func `an OFF that was not accepted and was seen to have worked is a deviation`() throws {
        let evening = Evening.snapshotMethod.before("load") {
            $0.act(.envMaintenance(environment: "prod", state: .off), .unknown)
            $0.wait(.minutes(2))
            $0.look("prod", maintenance: .off)
        }
        #expect(try evening.history().conformance().found.contains("source-stays-closed"))
    }

    @Test func `a copy after an OFF that was not accepted is taken again`() throws {
        var history = Runbook().start()
        try Runbook().retell(in: &history, after: Runbook().start().events.count) {
            payload, history in
            if case .action(.snapshotCreate, _, _) = payload {
                history.act(.envMaintenance(environment: "prod", state: .off), .unknown)
            }
            history.add(payload)
        }
        let found = try reasons(history, s).filter { $0.rule == .copyQuiesced }
        #expect(found.map(\.verdict) == [.unknown])
        #expect(found.first?.unblock.contains("take a new copy") == true)
        #expect(found.first?.needs.isEmpty == true)
    }

    // MARK: Copies and successors

    @Test(arguments: [Outcome.refused, .unknown])
    func `a dump of a closed source was quiesced, whatever became of its load`(outcome: Outcome)
        throws
    {
        let history = try DumpRunbook(load: outcome).loaded()
        let rules = try history.cleanup().rules(s)
        #expect(rules.contains(.copyVerified))
        #expect(!rules.contains(.copyQuiesced))
    }

    @Test func `a dump of an open source was not, whatever became of its load`() throws {
        var history = try DumpRunbook().activated()
        history.act(.databaseDump(environment: "prod", path: "prod.sql"))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"), .refused)
        #expect(try history.cleanup().rules(s).contains(.copyQuiesced))
    }

    @Test func `nobody is told to open what another migration has closed to copy it`() throws {
        var history = Runbook().snapshotMethod()
        history.decide(.migrationClosed(abandoned: false))
        history.migration = "move2"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "move2", source: "prod2", destination: "prod3", method: .snapshot,
                    hostnames: [host])))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        for isSeen in [false, true] {
            if isSeen {
                history.wait(.seconds(90))
                history.describe("prod2", Runbook().created(history), maintenance: .on)
            }
            let found = try reasons(history, s).filter { $0.rule == .destinationServing }
            #expect(found.contains { $0.unblock.contains("wait until move2") })
            #expect(!found.contains { $0.unblock.contains("OFF") })
        }
    }

    @Test func `a migration that was declared by mistake can be closed`() throws {
        var history = Runbook().snapshotMethod()
        history.migration = "typo"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "typo", source: "prod", destination: "prdo2", method: .snapshot)))
        let found = try reasons(history, s).filter { $0.rule == .noSuccessor }
        #expect(found.first?.unblock.hasSuffix("migration close typo --abandoned") == true)
        history.decide(.migrationClosed(abandoned: true))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    // MARK: Hostnames

    @Test func `a hostname that was never switched needs no drain at the destination`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        func admin(_ place: String) -> Observation {
            .dns(
                DNSAnswer(host: "admin.bestpants.com", target: place, environment: place, ttl: 300))
        }
        var told = CaseHistory()
        told.see(admin("prod"))
        for event in history.events {
            guard let payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            if event.time > told.clock { told.wait(event.time - told.clock) }
            told.add(payload)
        }
        history = told
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        history.act(
            .dnsSwitch(
                DNSSwitch(host: host, target: "prod", environment: "prod", ttl: 300, oldTTL: 300)))
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(70))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.act(.configDefaultEnv(environment: "prod"))
        history.host("prod")
        history.see(admin("prod"))
        history.decide(.lossAccepted)
        history.decide(.migrationClosed(abandoned: true))
        history.describe("prod2", text, maintenance: .on)
        #expect(try !history.cleanup().rules(d).contains(.trafficOffDestination))
    }

    @Test func `a declared hostname that is in DNS no more can be left out again`() throws {
        let roles = MigrationRoles(
            migration: "plan-move", source: "prod", destination: "prod2", method: .snapshot,
            hostnames: [host, "admin.bestpants.com"])
        var history = CaseHistory()
        try Runbook().retell(in: &history, after: 0) { payload, history in
            if case .decision(.migrationOpened) = payload {
                history.decide(.migrationOpened(roles))
                history.see(
                    .dns(
                        DNSAnswer(
                            host: "admin.bestpants.com", target: "prod", environment: "prod",
                            ttl: 300)))
            } else {
                history.add(payload)
            }
        }
        history.wait(.hours(25))
        let found = try reasons(history, s).filter { $0.rule == .trafficOffSource }
        let admin = try #require(found.first { $0.message.contains("admin") }?.unblock)
        #expect(
            admin.hasSuffix(
                "when it is in DNS no more: ledger-cli record void 1, ledger-cli record void 2, then ledger-cli migration open plan-move --from prod --to prod2 --method snapshot --hostname www.bestpants.com --at 2017-05-01T10:00:00Z"
            ))
        // Customers came by the other one.
        let www = try #require(found.first { $0.message.contains("www") }?.unblock)
        #expect(!www.contains("void"))
    }

    @Test func `a name that is none of the shop's may be taken back with its switch`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.dnsSwitch(DNSSwitch(host: "blog.bestpants.com", target: "x.tumblr.com")))
        let change = history.events.count
        history.see(.dns(DNSAnswer(host: "blog.bestpants.com", target: "x.tumblr.com", ttl: 300)))
        let found = try reasons(history, s).first { $0.message.contains("blog") }
        let void = "ledger-cli record void \(change), ledger-cli record void \(change + 1)"
        #expect(found?.unblock.hasSuffix(void) == true)
    }

    @Test func `a source that another migration made anew is not made once more`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(20))
        history.list([("prod2", "RUNNING", text)])
        history.snapshots([("final", "prod", "AVAILABLE", history.clock + .minutes(-19))])
        history.decide(.migrationClosed(abandoned: false))
        history.migration = "back"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "back", source: "prod2", destination: "prod", method: .snapshot,
                    hostnames: [host])))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(90))
        history.describe("prod2", text, maintenance: .on)
        history.act(.snapshotCreate(environment: "prod2", name: "again"))
        history.wait(.minutes(2))
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod", source: .named("prod2"), snapshot: .named("again"))))
        history.wait(.minutes(20))
        history.act(.envActivate(environment: "prod", release: "r"))
        history.wait(.minutes(3))
        history.describe("prod", made, maintenance: .off)
        history.moveCustomers(to: "prod")
        history.migration = "plan-move"
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(plan.extra["because"]?.string?.contains("back has moved on") == true)
        #expect(!plan.commands.contains("env.create environment/prod"))
    }
}
