import Ledger
import Projector
import Testing

/// A recreated source of which nothing comes is destroyed and made once more.
@Suite struct FailedRestoreTests {
    private let s = "environment/prod"

    /// The source gone, its final snapshot AVAILABLE, and made again from it, seen in a status.
    private func remade(_ status: String, _ change: (inout CaseHistory) -> Void = { _ in })
        -> CaseHistory
    {
        var history = Runbook().snapshotMethod()
        let created = Runbook().created(history)
        history.act(.snapshotDestroy(name: "pm"))
        history.act(.envProtected(environment: "prod", state: .off))
        let asked = history.clock
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(10))
        history.list([("prod2", "RUNNING", created)])
        history.snapshots([("last", "prod", "AVAILABLE", asked)])
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod", source: .named("prod2"), snapshot: .named("last"),
                    size: "f1-large")))
        history.wait(.minutes(20))
        change(&history)
        history.describe("prod", made, maintenance: .off, active: nil, status: status)
        return history
    }

    @Test func `one that failed is destroyed and created again, and its status is said`() throws {
        #expect(try remade("CREATING").next().needs.map(\.fact) == ["description of \(s)"])
        var history = remade("FAILED")
        let back = try history.rollback()
        #expect(back.way == "restore")
        #expect(back.summary.contains("FAILED"))
        #expect(Array(back.commands.prefix(2)) == ["env.destroy \(s)", "env.create \(s)"])
        #expect(back.needs.isEmpty)
        let old = try history.rollback(after: .hours(25))
        #expect(!old.commands.contains("env.destroy \(s)"))
        #expect(old.needs.map(\.fact).contains("description of \(s)"))
        let next = try history.next()
        #expect(next.commands == ["env.destroy \(s)"])
        #expect(next.warnings.contains { $0.contains("FAILED") })
        #expect(
            try history.planner().admission(of: .envDestroy(environment: "prod"))
                == .admitted(.environment("prod")))
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(5))
        #expect(try history.next().steps.isEmpty)
        #expect(try history.next().needs.map(\.fact).contains("list of environments"))
        history.list([("prod2", "RUNNING", Runbook().created(history, "prod2"))])
        #expect(try history.next().commands == ["env.create \(s)"])
        #expect(try history.rollback().commands.first == "env.create \(s)")
        // The final snapshot stays what all of it is made from.
        #expect(try history.cleanup().verdict("snapshot/database/last") != .safe)
    }

    @Test func `one that customers were led to, or that somebody holds, is for people to judge`()
        throws
    {
        let led = remade("FAILED") {
            $0.act(
                .dnsSwitch(
                    DNSSwitch(
                        host: "www.bestpants.com", target: "prod", environment: "prod", ttl: 300,
                        oldTTL: 300)))
        }
        let held = remade("FAILED") { $0.decide(.holdPlaced(.environment("prod"), until: nil)) }
        for history in [led, held] {
            #expect(try !history.rollback().commands.contains("env.destroy \(s)"))
            #expect(try history.next().steps.count == 1)
            #expect(
                try history.planner().admission(of: .envDestroy(environment: "prod"))
                    != .admitted(.environment("prod")))
        }
    }
}
