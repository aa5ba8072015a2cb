import Ledger
import Projector
import Testing

/// The way back of a migration that was under way before the ledger began: what nobody looked at
/// may be there, and may serve.
@Suite struct LateLedgerTests {
    private static let found = "2017-05-01T08:00:00Z"

    private func opened() -> CaseHistory {
        var history = CaseHistory()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        return history
    }

    private func foundBoth() -> CaseHistory {
        var history = opened()
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", Self.found),
        ])
        return history
    }

    @Test func `a source that was found closed may have a destination that nobody looked for`()
        throws
    {
        var history = opened()
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(
            plan.needs.map(\.command).contains([
                "fleet", "env", "describe", "prod2",
            ]))
        // One of the day before does not tell what is there now.
        history.wait(.hours(-25))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.wait(.hours(25))
        #expect(try history.rollback().way == "unknown")
        // A list that lacks the destination answers it.
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        #expect(try history.rollback().way == "clean")
    }

    @Test func `a source that was closed by a recorded command is opened again`() throws {
        var history = opened()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        #expect(try history.rollback().way == "clean")
    }

    @Test func `a destination that was found may serve unless the hostnames say otherwise`() throws
    {
        var history = foundBoth()
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(plan.assumes.contains { $0.hasPrefix("prod2 is older than the ledger") })
        history.host("prod")
        #expect(try history.rollback().way != "unknown")
    }

    @Test func `a destination that was found without an active release took nothing`() throws {
        var history = foundBoth()
        history.describe("prod2", Self.found, maintenance: .off, active: nil)
        #expect(try history.rollback().way != "unknown")
    }

    @Test func `a hostname that was switched back before anybody looked may have led anywhere`()
        throws
    {
        for switchedFirst in [false, true] {
            var history = switchedFirst ? opened() : foundBoth()
            history.act(
                .dnsSwitch(
                    DNSSwitch(
                        host: "www.bestpants.com", target: "prod", environment: "prod",
                        oldTTL: 3600)))
            if switchedFirst {
                history.list([
                    ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", Self.found),
                ])
            }
            history.wait(.hours(3))
            history.host("prod")
            let plan = try history.rollback()
            #expect(plan.way == "unknown")
            #expect(plan.needs.contains { $0.fact.hasPrefix("where www.bestpants.com pointed") })
            // Somebody remembers a look of before.
            history.wait(.hours(-4))
            history.host("prod")
            history.wait(.hours(4))
            #expect(try history.rollback().way != "unknown")
        }
    }

    @Test func `a destination that nobody saw is closed first when customers are sent there`()
        throws
    {
        var history = opened()
        history.act(
            .dnsSwitch(
                DNSSwitch(host: "www.bestpants.com", target: "prod2", environment: "prod2")))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(plan.commands.first == "env.maintenance environment/prod2")
        let opening = plan.steps.first {
            $0.command == .action(.envMaintenance(environment: "prod", state: .off))
        }
        #expect(opening?.requires.contains("maintenance of prod2 effective") == true)
    }

    @Test func `a found destination whose release was deactivated had one before`() throws {
        var history = foundBoth()
        history.lead(to: "prod2", oldTTL: 3600)
        history.wait(.seconds(40))
        history.act(.envDeactivate(environment: "prod2"))
        history.describe("prod2", Self.found, maintenance: .off, active: nil)
        #expect(try history.rollback().way != "clean")
    }

    @Test(arguments: [true, false])
    func `a blank in a list does not tell that a found destination served nobody`(
        isDescribed: Bool
    ) throws {
        var history = opened()
        let rows = [("prod", "r", Runbook.prodCreated), ("prod2", nil, Self.found)]
        history.see(
            .environments(
                Listing(
                    rows: rows.map {
                        EnvironmentRow(
                            environment: $0, status: "RUNNING", release: $1, created: Timestamp($2))
                    }, isComplete: true)))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        if isDescribed { history.describe("prod2", Self.found, maintenance: .off, active: nil) }
        history.host("prod")
        history.lead(to: "prod2", oldTTL: 3600)
        history.wait(.minutes(5))
        // One that was described so before customers were sent there is looked at again.
        #expect(try history.rollback().way == (isDescribed ? "unknown" : "lossy"))
        history.describe("prod2", Self.found, maintenance: .off, active: nil)
        #expect(try history.rollback().way == "clean")
    }
}
