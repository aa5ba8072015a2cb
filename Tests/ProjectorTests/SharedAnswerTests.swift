import Ledger
import Projector
import Testing

/// Answers that lead to nobody's address, or to more than one environment's, are cached like others.
@Suite struct SharedAnswerTests {
    private let s = "environment/prod"
    private let www = "www.bestpants.com"
    private let apex = "bestpants.com"

    private func see(
        _ addresses: [String], at place: String? = nil, ttl: Int = 3600, isCached: Bool = false,
        of host: String? = nil, _ history: inout CaseHistory
    ) {
        history.see(
            .dns(
                DNSAnswer(
                    host: host ?? www, target: place ?? addresses[0], environment: place, ttl: ttl,
                    isCached: isCached, addresses: addresses)))
    }

    /// SNAP by the book, and a hostname seen at something after it and at the destination again.
    private func after(_ look: (inout CaseHistory) -> Void) -> CaseHistory {
        var history = Runbook().snapshotMethod()
        history.wait(.minutes(1))
        look(&history)
        history.wait(.seconds(30))
        history.host("prod2")
        return history
    }

    @Test func `an answer that holds addresses of nobody known is served for its time to live`()
        throws
    {
        var history = after { see(["203.0.113.7"], &$0) }
        #expect(try history.cleanup().rules(s) == [.drained])
        history.wait(.minutes(59))
        #expect(try history.cleanup().rules(s) == [.drained])
        history.wait(.minutes(2))
        history.host("prod2")
        #expect(try history.cleanup().verdict(s) == .safe)
        // A rest that a cache has left is served for no less.
        let cached = after { see(["203.0.113.7"], ttl: 600, isCached: true, &$0) }
        #expect(try cached.cleanup().rules(s) == [.drained])
        #expect(try cached.cleanup(after: .minutes(11)).rules(s) == [.drained])
    }

    @Test func `an answer that holds an address of the source, too, leads customers there`() throws
    {
        func history(_ addresses: [String]) -> CaseHistory {
            after {
                see(["203.0.113.1"], at: "prod2", ttl: 60, &$0)
                see(addresses, &$0)
            }
        }
        #expect(try history(["203.0.113.1", "203.0.113.2"]).cleanup().rules(s) == [.drained])
        #expect(try history(["203.0.113.1", "2001:db8::2"]).cleanup().rules(s) == [.drained])
    }

    @Test func `addresses that were seen to be the destination's lead nobody elsewhere`() throws {
        let history = after {
            see(["203.0.113.1", "203.0.113.3"], at: "prod2", ttl: 60, &$0)
            see(["203.0.113.3"], &$0)
        }
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a name seen at a stranger's just before the switch is drained of it, too`() throws {
        func history(_ ttl: Int?) throws -> CaseHistory {
            var history = Runbook(oldTTL: 300).start()
            try Runbook(drainWait: .minutes(10), oldTTL: 300).retell(
                in: &history, after: history.events.count
            ) { payload, history in
                if case .action(.dnsSwitch, _, _) = payload, let ttl {
                    history.wait(.seconds(-30))
                    history.see(.dns(DNSAnswer(host: www, target: "lb.example.net", ttl: ttl)))
                    history.wait(.seconds(29))
                }
                history.add(payload)
            }
            return history
        }
        #expect(try history(nil).cleanup().verdict(s) == .safe)
        #expect(try history(300).cleanup().verdict(s) == .safe)
        #expect(try history(3600).cleanup().rules(s) == [.drained])
    }

    @Test func `a value that a name had before an environment was made does not lead to that`()
        throws
    {
        func rules(_ address: String) throws -> Set<RuleName> {
            var history = Runbook().start()
            see(["203.0.113.7"], &history)
            history.host("prod")
            try Runbook().retell(in: &history, after: 7)
            history.act(.envMaintenance(environment: "prod2", state: .on))
            history.wait(.minutes(2))
            history.describe("prod2", Runbook().created(history), maintenance: .on)
            history.decide(.lossAccepted)
            history.decide(.migrationClosed(abandoned: true))
            see([address], &history)
            history.act(
                .dnsSwitch(
                    DNSSwitch(
                        host: www, target: "prod", environment: "prod", ttl: 300, oldTTL: 300)))
            history.wait(.minutes(10))
            history.host("prod")
            history.act(.envMaintenance(environment: "prod", state: .off))
            history.wait(.minutes(2))
            history.describe("prod", Runbook.prodCreated, maintenance: .off)
            history.act(.configDefaultEnv(environment: "prod"))
            return try history.cleanup().rules("environment/prod2")
        }
        #expect(try rules("203.0.113.7") == [])
        #expect(try rules("203.0.113.99") == [.trafficOffDestination])
    }
}
