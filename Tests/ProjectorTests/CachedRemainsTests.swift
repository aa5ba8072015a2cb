import Ledger
import Projector
import Testing

/// What a cache still gives of where a hostname led before, when it led there more than once.
@Suite struct CachedRemainsTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let www = "www.bestpants.com"

    private func point(
        _ history: inout CaseHistory, to name: String, ttl: Int, _ outcome: Outcome = .accepted
    ) {
        history.act(
            .dnsSwitch(
                DNSSwitch(host: www, target: name, environment: name, ttl: ttl, oldTTL: nil)),
            outcome)
    }

    private func look(
        _ history: inout CaseHistory, at name: String, ttl: Int, isCached: Bool = true
    ) {
        history.see(
            .dns(
                DNSAnswer(
                    host: www, target: name, environment: name, ttl: ttl, isCached: isCached)))
    }

    /// By the book up to the switch, then there, back, and there again by a switch of some outcome.
    private func thereAgain(_ outcome: Outcome) -> CaseHistory {
        var book = Runbook()
        book.moves = false
        book.oldTTL = 60
        var history = book.snapshotMethod()
        point(&history, to: "prod2", ttl: 3600)
        look(&history, at: "prod2", ttl: 3600, isCached: false)
        history.wait(.minutes(2))
        point(&history, to: "prod", ttl: 60)
        look(&history, at: "prod", ttl: 60, isCached: false)
        history.wait(.minutes(20))
        point(&history, to: "prod2", ttl: 60, outcome)
        history.act(.configDefaultEnv(environment: "prod2"))
        history.describe("prod2", book.created(history), maintenance: .off)
        history.wait(.minutes(4))
        return history
    }

    @Test(arguments: [Outcome.unknown, .refused, .accepted])
    func `an answer from before the name was switched back shows nothing of the next switch`(
        _ outcome: Outcome
    ) throws {
        var history = thereAgain(outcome)
        look(&history, at: "prod2", ttl: 2000)
        #expect(try history.cleanup().rules(s).contains(.trafficOffSource))
        #expect(try history.cleanup().verdict(s) != .safe)
        history.wait(.minutes(3))
        look(&history, at: "prod2", ttl: 1790)
        #expect(try history.cleanup().rules(s).contains(.trafficOffSource))
        // So much is left of it that it cannot be from before.
        var fresh = thereAgain(outcome)
        look(&fresh, at: "prod2", ttl: 3500)
        #expect(try !fresh.cleanup().rules(s).contains(.trafficOffSource))
    }

    @Test func `an old answer that leads to the source does not say that the name is back`() throws
    {
        var book = Runbook()
        book.moves = false
        var history = book.snapshotMethod()
        point(&history, to: "prod2", ttl: 300)
        look(&history, at: "prod2", ttl: 300, isCached: false)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(90))
        history.describe("prod2", book.created(history), maintenance: .on)
        point(&history, to: "prod", ttl: 300, .unknown)
        history.wait(.minutes(2))
        look(&history, at: "prod", ttl: 3052)
        history.decide(.testFailed(environment: "prod2"))
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        look(&history, at: "prod", ttl: 2800)
        #expect(try history.cleanup(after: .minutes(10)).rules(d).contains(.trafficOffDestination))
        #expect(try history.rollback().way != "nothing")
    }

    @Test(arguments: [true, false])
    func `customers may have come since the last answer of the name server, whatever a cache gave`(
        _ isSeenByCache: Bool
    ) throws {
        var history = Runbook().snapshotCopied()
        history.host("prod", ttl: 3600)
        history.wait(.minutes(5))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        if isSeenByCache { look(&history, at: "prod", ttl: 2959) }
        history.wait(.minutes(1))
        history.host("prod2")
        let plan = try history.rollback()
        #expect(plan.way == "lossy", "\(plan.summary)")
    }
}
