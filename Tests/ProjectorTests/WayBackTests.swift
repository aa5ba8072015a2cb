import Ledger
import Projector
import Testing

/// The order of a way back, the choices of a lossy one, and restores.
@Suite struct WayBackTests {
    private func commands(_ steps: [Step], _ plan: Plan) -> [String] {
        steps.map { plan.words($0)?.joined(separator: " ") ?? "by hand" }
    }

    @Test func `a lossy way back offers three choices with every step of the copy-back`() throws {
        let plan = try Runbook().snapshotMethod().rollback()
        #expect(plan.way == "lossy")
        #expect(plan.choices.map(\.name) == ["accept-loss", "copy-back", "fix-forward"])
        #expect(plan.choices[0].steps == plan.steps)
        #expect(
            commands(plan.choices[1].steps, plan) == [
                "env.maintenance environment/prod2", "database.dump environment/prod2",
                "ledger-cli record file prod2-copy-back.sql --role dump",
                "database.load environment/prod", "env.cache-flush environment/prod",
                "ledger-cli record reconciled", "by hand", "dns.switch dns/www.bestpants.com",
                "env.maintenance environment/prod", "config.default-env environment/prod",
            ])
    }

    @Test func `a copy-back closes a source that was opened`() throws {
        var history = Runbook().snapshotMethod()
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        let plan = try history.rollback()
        let copyBack = try #require(plan.choices.first { $0.name == "copy-back" })
        #expect(
            commands(copyBack.steps, plan).prefix(3) == [
                "env.maintenance environment/prod2", "env.maintenance environment/prod",
                "database.dump environment/prod",
            ])
    }

    @Test func `the source is never opened before the destination is closed`() throws {
        for closed in [false, true] {
            let plan = try Runbook(destinationStaysClosed: closed).snapshotMethod().rollback()
            for steps in [plan.steps] + plan.choices.map(\.steps) {
                let opening = steps.firstIndex {
                    $0.command == .action(.envMaintenance(environment: "prod", state: .off))
                }
                guard let opening else { continue }
                let closing = steps.firstIndex {
                    $0.command == .action(.envMaintenance(environment: "prod2", state: .on))
                }
                #expect(closed || closing.map { $0 < opening } ?? false)
                #expect(steps[opening].requires.contains("maintenance of prod2 effective"))
            }
        }
    }

    private func destroyed() -> CaseHistory {
        var history = Runbook().snapshotMethod()
        let created = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(10))
        history.list([("prod2", "RUNNING", created)])
        return history
    }

    @Test func `a restore is made from the final snapshot and copies back by choice`() throws {
        var history = destroyed()
        history.snapshots([("final", "prod", "AVAILABLE", history.clock + .minutes(-9))])
        let plan = try history.rollback()
        #expect(plan.way == "restore")
        #expect(plan.isLossy == true)
        #expect(plan.commands.first == "env.create environment/prod")
        let copyBack = try #require(plan.choices.first { $0.name == "copy-back" })
        let words = commands(copyBack.steps, plan)
        let load = try #require(words.firstIndex(of: "database.load environment/prod"))
        let move = try #require(words.firstIndex(of: "dns.switch dns/www.bestpants.com"))
        #expect(load < move)
    }

    @Test func `without any snapshot it is unknown for an hour and impossible after it`() throws {
        var history = destroyed()
        history.snapshots([])
        #expect(try history.rollback().way == "unknown")
        history.wait(.minutes(61))
        history.snapshots([])
        let plan = try history.rollback()
        #expect(plan.way == "impossible")
        let points = plan.extra["noReturn"]?.array?.compactMap { $0.object?["point"]?.string }
        #expect(points == ["N1", "N2", "N3"])
    }

    @Test func `once the source was recreated and serves there is nothing left to do`() throws {
        var history = destroyed()
        history.snapshots([("final", "prod", "AVAILABLE", history.clock + .minutes(-9))])
        history.act(
            .envCreate(EnvironmentCreation(environment: "prod", snapshot: .named("final"))))
        let made = (history.clock + .seconds(-1)).description
        history.wait(.minutes(20))
        history.describe("prod", made, maintenance: .off, active: nil)
        let middle = try history.rollback()
        #expect(middle.way == "restore")
        #expect(middle.commands.first == "env.activate environment/prod", "it is loaded")
        history.act(.envLoad(environment: "prod", release: "r"))
        history.act(.envActivate(environment: "prod", release: "r"))
        history.wait(.minutes(5))
        history.describe("prod", made, maintenance: .off)
        history.act(
            .dnsSwitch(
                DNSSwitch(host: "www.bestpants.com", target: "prod", environment: "prod", ttl: 300))
        )
        history.wait(.minutes(70))
        history.host("prod")
        history.describe("prod", made, maintenance: .off)
        #expect(
            try history.rollback().commands == [
                "config.default-env environment/prod", "env.protected environment/prod",
            ])
        history.act(.configDefaultEnv(environment: "prod"))
        history.act(.envProtected(environment: "prod", state: .on))
        #expect(try history.rollback().way == "nothing")
    }
}
