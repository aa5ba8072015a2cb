import Ledger
import Projector
import Testing

/// A hostname that the shop gives up during a migration: what settles it is named.
@Suite struct RetiredHostTests {
    private let s = "environment/prod"
    private let host = "promo.bestpants.com"

    private func answer(
        _ target: String?, in environment: String? = nil, ttl: Int? = 300, isFailed: Bool = false
    ) -> Observation {
        .dns(
            DNSAnswer(
                host: host, target: target, environment: environment, ttl: ttl,
                isFailed: isFailed))
    }

    /// SNAP with one more hostname that was seen at the source before it began.
    private func moved() throws -> CaseHistory {
        var history = Runbook().start()
        let first = history.events.count
        history.see(answer("www.prod.bestpants.f.nchr.io", in: "prod"))
        try Runbook().retell(in: &history, after: first)
        return history
    }

    private func advice(_ history: CaseHistory) throws -> String {
        let reasons = try history.cleanup().resources.first { $0.resource.description == s }?
            .reasons.filter { $0.rule == .trafficOffSource }
        return try #require(reasons?.first).unblock
    }

    /// Does what an advice says about voiding.
    private func follow(_ advice: String, in history: inout CaseHistory) throws {
        let numbers = advice.matches(of: /record void (\d+)/).compactMap { Int($0.output.1) }
        #expect(!numbers.isEmpty)
        for number in numbers { history.decide(.eventVoided(SequenceNumber(number))) }
    }

    @Test func `a name that only was not switched yet is to be switched`() throws {
        let history = try moved()
        #expect(try history.cleanup().verdict(s) == .blocked)
        #expect(try advice(history) == "switch \(host) to prod2 and observe it")
    }

    @Test func `a name that answers no more settles by a word, once what was cached has run out`()
        throws
    {
        var history = try moved()
        history.see(answer(nil, ttl: nil, isFailed: true))
        let end = history.clock + .seconds(299)
        #expect(try history.cleanup().verdict(s) == .blocked)
        #expect(try advice(history).contains("from \(end.short) on, when it is the shop's no more"))
        history.wait(.minutes(6))
        let settling = try advice(history)
        #expect(settling.contains("; when it is the shop's no more: ledger-cli record void"))
        try follow(settling, in: &history)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a name that was given to somebody else settles by a word`() throws {
        var history = try moved()
        history.act(
            .dnsSwitch(DNSSwitch(host: host, target: "parking.example.net", ttl: 300, oldTTL: 300)))
        history.wait(.minutes(10))
        history.see(answer("parking.example.net"))
        #expect(try history.cleanup().verdict(s) == .blocked)
        try follow(try advice(history), in: &history)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `of many names each advice speaks of its own`() throws {
        var history = Runbook().start()
        let first = history.events.count
        let names = (0..<40).map { "promo\($0).bestpants.com" }
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: ["www.bestpants.com"] + names)))
        for name in names {
            history.see(.dns(DNSAnswer(host: name, target: nil, ttl: nil, isFailed: true)))
        }
        try Runbook().retell(in: &history, after: first)
        let advices =
            try history.cleanup().resources.first { $0.resource.description == s }?
            .reasons.map(\.unblock) ?? []
        for name in names {
            let own = advices.filter { $0.contains("--hostname \(name)") }
            #expect(own.count == 1, "\(name): \(advices)")
            #expect(own.allSatisfy { $0.contains("without --hostname \(name)") && $0.count < 500 })
        }
    }
}
