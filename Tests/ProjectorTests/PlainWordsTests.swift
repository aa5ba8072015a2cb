import Ledger
import Projector
import Testing

/// Answers that were right in their verdict say what is so.
@Suite struct PlainWordsTests {
    @Test func `a release of what cannot be restored is not said to be needed for that`() throws {
        for isLost in [false, true] {
            var history = Runbook().snapshotMethod()
            let text = Runbook().created(history)
            history.act(.envProtected(environment: "prod", state: .off))
            history.act(.envDestroy(environment: "prod"))
            history.wait(.minutes(70))
            history.list([("prod2", "RUNNING", text)])
            if isLost {
                history.snapshots([])
                history.wait(.minutes(30))
                history.snapshots([])
            }
            let reasons = try history.cleanup().resources
                .first { $0.resource.description == "release/r" }?.reasons
                .filter { $0.rule == .releaseNeeded }
            #expect(reasons?.count == 1)
            #expect(
                reasons?.first?.message.hasPrefix("a restore or rollback of prod") == !isLost)
        }
    }

    @Test func `a command to what is not there yet makes no environment`() throws {
        var history = Runbook().start()
        history.act(.envMaintenance(environment: "prod2", state: .on), .refused)
        history.wait(.minutes(5))
        let made = history.clock.description
        history.act(
            .envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod"))))
        history.wait(.minutes(20))
        history.describe("prod2", made, maintenance: .off)
        let names = try history.cleanup().resources.map(\.resource.description)
        #expect(names.filter { $0.hasPrefix("environment/prod2") } == ["environment/prod2"])
    }

    @Test func `a hostname that was left behind is missed once the default environment has moved`()
        throws
    {
        func evening(_ name: String) -> Evening {
            Evening.snapshotMethod.through("default").before(name) {
                $0.see(
                    .dns(
                        DNSAnswer(
                            host: "admin.bestpants.com", target: "prod", environment: "prod",
                            ttl: 300)))
            }
        }
        let conformance = try evening("close prod").history().conformance(after: .seconds(0))
        #expect(conformance.found.contains("no-hostname-missed"))
        #expect(conformance.downtime?.to == nil)
        #expect(conformance.downtime?.derivation.contains("admin.bestpants.com") == true)
        let whole = try Evening.snapshotMethod.history().conformance(after: .seconds(0))
        #expect(whole.downtime?.to != nil)
    }
}
