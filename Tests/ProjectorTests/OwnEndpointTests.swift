import Ledger
import Projector
import Testing

/// The names that the platform gives an environment are nobody's to lead anywhere.
@Suite struct OwnEndpointTests {
    private let s = "environment/prod"
    private let endpoint = "www.prod.bestpants.f.nchr.io"

    /// SNAP in which somebody looked up a name at its beginning.
    private func moved(
        lookingUp host: String, at target: String? = nil, declared hostnames: [String] = []
    ) throws -> CaseHistory {
        var history = Runbook().start()
        let first = history.events.count
        var shown = EnvironmentDescription(environment: "prod", isComplete: true)
        shown.status = "RUNNING"
        shown.created = Timestamp(Runbook.prodCreated)
        shown.maintenance = .off
        shown.solr = .off
        shown.releases = [.init(release: "r", status: "ACTIVE")]
        shown.endpoints = ["www": endpoint, "admin": "admin.prod.bestpants.f.nchr.io"]
        history.see(.environment(shown))
        let isNamed = target == "prod"
        history.see(
            .dns(
                DNSAnswer(
                    host: host, target: target, environment: isNamed ? "prod" : nil, ttl: 60)))
        if !hostnames.isEmpty {
            history.decide(
                .migrationOpened(
                    MigrationRoles(
                        migration: "plan-move", source: "prod", destination: "prod2",
                        method: .snapshot, hostnames: hostnames)))
        }
        try Runbook().retell(in: &history, after: first)
        return history
    }

    @Test(arguments: ["prod", "203.0.113.10"])
    func `an endpoint that was looked up is no hostname of the shop`(target: String) throws {
        for host in [endpoint, "solr.prod.bestpants.f.nchr.io"] {
            let history = try moved(lookingUp: host, at: target)
            let plan = try history.cleanup()
            #expect(plan.verdict(s) == .safe, "\(plan.rules(s))")
            #expect(try !history.next().commands.contains { $0.hasPrefix("dns.switch") })
        }
    }

    @Test func `a name that only looks like one is asked about`() throws {
        for host in ["www.prod.other.f.nchr.io", "www.prod.bestpants.com", "prod.bestpants.com"] {
            let plan = try moved(lookingUp: host, at: "203.0.113.10").cleanup()
            #expect(plan.rules(s) == [.trafficOffSource], "\(host)")
        }
    }

    @Test func `one that is declared to be the shop's is to be switched`() throws {
        let history = try moved(
            lookingUp: endpoint, at: "prod", declared: ["www.bestpants.com", endpoint])
        #expect(try history.cleanup().rules(s) == [.trafficOffSource])
    }

    @Test func `a destination that was only reached by its endpoint is let go in an abort`() throws
    {
        var history = Runbook.abandoned()
        var shown = EnvironmentDescription(environment: "prod2", isComplete: true)
        shown.status = "RUNNING"
        shown.endpoints = ["www": "www.prod2.bestpants.f.nchr.io"]
        history.see(.environment(shown))
        let before = try history.cleanup()
        history.see(
            .dns(
                DNSAnswer(
                    host: "www.prod2.bestpants.f.nchr.io", target: "prod2", environment: "prod2",
                    ttl: 60)))
        let after = try history.cleanup()
        #expect(after.rules("environment/prod2") == before.rules("environment/prod2"))
    }
}
