import Ledger
import Projector
import Testing

/// A name that somebody looks up by hand gives an address, and nobody says whose it is.
@Suite struct AddressByHandTests {
    private let s = "environment/prod"
    private let apex = "bestpants.com"

    private func see(
        _ address: String, of environment: String? = nil, _ history: inout CaseHistory
    ) {
        history.see(
            .dns(
                DNSAnswer(
                    host: apex, target: environment ?? address, environment: environment, ttl: 300,
                    addresses: [address])))
    }

    /// SNAP with an apex that is switched together with the other name.
    private func moved() throws -> CaseHistory {
        var history = Runbook().start()
        let first = history.events.count
        see("203.0.113.7", &history)
        try Runbook().retell(in: &history, after: first) { payload, history in
            history.add(payload)
            guard case .action(.dnsSwitch, _, _) = payload else { return }
            history.act(
                .dnsSwitch(
                    DNSSwitch(
                        host: apex, target: "prod2", environment: "prod2", ttl: 300, oldTTL: 300)))
        }
        return history
    }

    @Test
    func `another address than before is not known to be anybody's, however often it is seen`()
        throws
    {
        var history = try moved()
        for _ in 0..<4 {
            see("203.0.113.99", &history)
            let plan = try history.cleanup()
            #expect(plan.verdict(s) == .unknown)
            #expect(plan.rules(s) == [.trafficOffSource])
            #expect(plan.needs.contains { $0.command == ["ledger-cli", "observe"] })
            #expect(try !history.next().commands.contains { $0.hasPrefix("dns.switch") })
            history.wait(.minutes(7))
        }
        see("203.0.113.99", of: "prod2", &history)
        let told = try history.cleanup()
        #expect(told.verdict(s) == .safe, "\(told.rules(s))")
    }

    @Test func `one that is told without its address is waited for once`() throws {
        var history = try moved()
        see("203.0.113.99", &history)
        history.wait(.minutes(10))
        func tell(_ history: inout CaseHistory) {
            history.see(
                .dns(DNSAnswer(host: apex, target: "prod2", environment: "prod2", ttl: 300)))
        }
        tell(&history)
        #expect(try history.cleanup().rules(s) == [.drained])
        history.wait(.minutes(6))
        tell(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .safe, "\(plan.rules(s))")
    }

    @Test func `the address of before was not switched`() throws {
        var history = try moved()
        see("203.0.113.7", &history)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.trafficOffSource))
    }

    @Test func `an answer that a look of our own gave is at somebody else's`() throws {
        var history = try moved()
        history.add(
            .observation(
                .dns(
                    DNSAnswer(
                        host: apex, target: "203.0.113.99", ttl: 300,
                        addresses: ["203.0.113.99"]))), basis: .observed)
        #expect(try history.cleanup().verdict(s) == .blocked)
    }
}
