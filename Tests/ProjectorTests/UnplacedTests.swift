import Ledger
import Projector
import Testing

/// Hostnames that lead to an address of which nobody knows whose it is.
@Suite struct UnplacedTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let apex = "bestpants.com"

    private func see(_ address: String, _ history: inout CaseHistory) {
        history.see(
            .dns(DNSAnswer(host: apex, target: address, ttl: 300, addresses: [address])))
    }

    private func point(_ address: String, _ history: inout CaseHistory) {
        history.act(
            .dnsSwitch(
                DNSSwitch(host: apex, target: address, environment: nil, ttl: 300, oldTTL: 300)))
    }

    /// SNAP to a test that failed, and the way back followed; an address of the apex was seen before.
    private func abandoned(
        _ then: (inout CaseHistory) -> Void
    ) throws -> CaseHistory {
        var history = Runbook().start()
        see("203.0.113.7", &history)
        try Runbook(testPasses: false).retell(in: &history, after: 7)
        then(&history)
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        return history
    }

    private func rollback(_ history: CaseHistory) throws -> String? {
        try history.planner().rollback(migration: "plan-move").extra["verdict"]?.string
    }

    @Test func `an address that a name had all along says nothing against the way back`() throws {
        let history = try abandoned { see("203.0.113.7", &$0) }
        #expect(try history.cleanup().verdict(d) == .safe)
        #expect(try rollback(history) != "unknown")
    }

    @Test(arguments: [true, false])
    func `a name that was led to another address may lead to the destination`(isSwitched: Bool)
        throws
    {
        let history = try abandoned { history in
            if isSwitched { point("203.0.113.99", &history) }
            see("203.0.113.99", &history)
        }
        let plan = try history.cleanup()
        #expect(plan.verdict(d) == .unknown)
        #expect(plan.rules(d).contains(.trafficOffDestination))
        #expect(plan.rules(d).contains(.customerWrites))
        let before = try abandoned { history in
            point("203.0.113.99", &history)
            see("203.0.113.99", &history)
        }
        #expect(try rollback(before) != "clean")
        // What the advice says settles it, once what it may have taken is given up.
        var told = history
        func place(_ history: inout CaseHistory) {
            history.see(
                .dns(
                    DNSAnswer(
                        host: apex, target: "prod", environment: "prod", ttl: 300,
                        addresses: ["203.0.113.99"])))
        }
        place(&told)
        #expect(try told.cleanup().verdict(d) != .safe)
        let created = Runbook().created(told)
        told.act(.envMaintenance(environment: "prod2", state: .on))
        told.wait(.minutes(2))
        told.describe("prod2", created, maintenance: .on)
        told.decide(.lossAccepted)
        told.wait(.minutes(70))
        told.host("prod")
        place(&told)
        let rules = try told.cleanup().rules(d)
        #expect(rules == [], "\(rules)")
        // Or it is none of the shop's.
        let voids = history.events.filter { event in
            event.subject == "dns/\(apex)"
        }.map(\.sequence)
        var forgotten = history
        for sequence in voids { forgotten.decide(.eventVoided(sequence)) }
        #expect(try forgotten.cleanup().verdict(d) == .safe)
    }

    @Test func `a name that was led to another address may lead to what was only loaded`() throws {
        for address in ["203.0.113.7", "203.0.113.99"] {
            var history = Runbook().start()
            see("203.0.113.7", &history)
            try Runbook(moves: false).retell(in: &history, after: 7) { payload, history in
                switch payload {
                case .action(.envActivate, _, _), .decision(.testPassed), .decision(.go),
                    .action(.envProtected, _, _):
                    break
                case .observation(.environment(let shown)) where shown.environment == "prod2": break
                default: history.add(payload)
                }
            }
            see(address, &history)
            #expect(try (rollback(history) == "clean") == (address == "203.0.113.7"))
        }
    }

    @Test func `where nobody looked hostnames up, what was loaded may have been met`() throws {
        for isDescribed in [true, false] {
            var book = Runbook()
            book.moves = false
            var history = CaseHistory()
            for event in book.snapshotMethod().events {
                guard let payload = try EventPayload(type: event.type, data: event.data) else {
                    continue
                }
                history.wait(event.time - history.clock)
                switch payload {
                case .observation(.dns), .action(.envActivate, _, _), .decision(.testPassed),
                    .decision(.go), .action(.envProtected, _, _):
                    break
                case .observation(.environment(let shown)) where shown.environment == "prod2": break
                default: history.add(payload)
                }
            }
            if isDescribed {
                history.describe(
                    "prod2", Runbook().created(history), maintenance: .off, active: nil)
            }
            #expect(try rollback(history) == (isDescribed ? "clean" : "unknown"))
        }
    }

    @Test func `another try at the same source does not place a name`() throws {
        func history(_ roles: (String, String)?) throws -> CaseHistory {
            var history = Runbook().start()
            if let (source, destination) = roles {
                history.migration = "first"
                history.decide(
                    .migrationOpened(
                        MigrationRoles(
                            migration: "first", source: source, destination: destination,
                            method: .snapshot, hostnames: [apex])))
                history.decide(.migrationClosed(abandoned: true))
                history.migration = "plan-move"
            }
            see("203.0.113.7", &history)
            try Runbook().retell(in: &history, after: 7)
            return history
        }
        #expect(try history(nil).cleanup().rules(s) == [.trafficOffSource])
        #expect(try history(("prod", "try")).cleanup().rules(s) == [.trafficOffSource])
        #expect(try history(("site", "site2")).cleanup().verdict(s) == .safe)
    }

    @Test func `customers who were led to an environment nobody looked at may have been served`()
        throws
    {
        func history(looks: Bool) throws -> CaseHistory {
            var history = Runbook().snapshotTaken()
            let text = history.clock.description
            history.act(
                .envCreate(
                    EnvironmentCreation(
                        environment: "prod2", source: .named("prod"), snapshot: .named("pm"))))
            history.wait(.minutes(20))
            history.list([
                ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
            ])
            history.moveCustomers(to: "prod2")
            history.wait(.minutes(20))
            if looks { history.describe("prod2", text, maintenance: .off, active: nil) }
            return history
        }
        #expect(try rollback(history(looks: false)) != "clean")
        #expect(try rollback(history(looks: true)) == "clean")
    }

    @Test(arguments: [true, false])
    func `the final snapshot of a temporary that customers were led to is kept`(
        isActivated: Bool
    ) throws {
        for isLed in [true, false] {
            var history = try DumpRunbook(throughTemporary: true).loaded()
            if isLed {
                if isActivated {
                    history.act(.envLoad(environment: "temp", release: "r"))
                    history.act(.envActivate(environment: "temp", release: "r"))
                }
                history.act(
                    .dnsSwitch(
                        DNSSwitch(
                            host: "www.bestpants.com", target: "temp", environment: "temp",
                            ttl: 300, oldTTL: 3600)))
                history.host("temp")
                history.wait(.minutes(25))
                history.act(
                    .dnsSwitch(
                        DNSSwitch(
                            host: "www.bestpants.com", target: "prod", environment: "prod",
                            ttl: 300, oldTTL: 300)))
                history.wait(.minutes(70))
                history.host("prod")
            }
            let destroyed = history.clock
            history.act(.envDestroy(environment: "temp"))
            history.wait(.minutes(30))
            history.list([
                ("prod", "RUNNING", Runbook.prodCreated),
                ("prod2", "RUNNING", Runbook().created(history)),
            ])
            history.snapshots([
                ("early", "prod", "AVAILABLE", Runbook.daily),
                ("temp-final", "temp", "AVAILABLE", destroyed),
            ])
            let plan = try history.cleanup()
            let rules = plan.rules("snapshot/database/temp-final")
            #expect(rules.contains(.finalSnapshotKept) == isLed, "\(isLed) \(rules)")
        }
    }
}
