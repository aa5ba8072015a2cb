import Ledger
import Projector
import Testing

/// Two tries at the same fact whose ends come in another order than their beginnings.
@Suite struct OvertakenTests {
    private let s = "environment/prod"
    private let open = Action.envMaintenance(environment: "prod2", state: .off)
    private let close = Action.envMaintenance(environment: "prod2", state: .on)

    @Test func `a late report settles the start that nothing came after`() throws {
        var history = Runbook().snapshotMethod()
        let action = Action.snapshotCreate(environment: "prod", name: "late")
        _ = history.begin(action)
        #expect(try history.cleanup().rules(s).contains(.inFlight))
        history.act(action, .refused)
        history.snapshots([])
        #expect(try !history.cleanup().rules(s).contains(.inFlight))
    }

    @Test func `a report of an opening is not taken for one from before the closing`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        _ = history.begin(open)
        history.act(close)
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        history.act(open)
        let plan = try history.rollback()
        #expect(
            plan.steps.contains { $0.command == .action(close) },
            "the destination was opened after it was last seen closed")
        #expect(try history.cleanup().verdict(s) == .unknown)
    }

    @Test func `an opening that ends after a closing began may have opened again`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        let start = history.begin(open)
        history.act(close)
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        history.end(start, open)
        #expect(try history.rollback().steps.contains { $0.command == .action(close) })
    }

    @Test
    func `a switch back that was under way before a switch there may have been overtaken by it`()
        throws
    {
        func to(_ name: String) -> Action {
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: name, environment: name, ttl: 7200,
                    oldTTL: 7200))
        }
        var history = Runbook().snapshotCopied()
        history.decide(.testFailed(environment: "prod2"))
        history.decide(.noGo)
        let start = history.begin(to("prod"))
        history.act(to("prod2"))
        history.end(start, to("prod"))
        history.wait(.hours(1))
        history.act(to("prod"))
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(80))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod", ttl: 7200)
        // Two hours after the first one, not after the last one.
        #expect(
            try history.cleanup().rules("environment/prod2").contains(.trafficOffDestination))
        history.wait(.minutes(45))
        history.host("prod", ttl: 7200)
        #expect(
            try !history.cleanup().rules("environment/prod2").contains(.trafficOffDestination))
    }

    @Test func `a hostname is not known while a switch from before its look may yet have worked`()
        throws
    {
        func to(_ name: String) -> Action {
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: name, environment: name, oldTTL: 300))
        }
        var history = Runbook().snapshotMethod()
        let start = history.begin(to("prod"))
        history.act(to("prod2"))
        history.host("prod2")
        history.end(start, to("prod"))
        #expect(try history.cleanup().verdict(s) == .unknown)
        #expect(try history.cleanup().rules(s) == [.trafficOffSource])
    }

    /// The book with something under way when one of its actions is taken.
    private func history(
        _ book: Runbook = Runbook(), with action: Action, underWayAt name: ActionName,
        _ then: (inout CaseHistory, EventID) -> Void
    ) throws -> CaseHistory {
        var history = book.start()
        try Runbook().retell(in: &history, after: Runbook().start().events.count) {
            payload, history in
            guard case .action(let taken, .accepted, _) = payload, taken.name == name else {
                history.add(payload)
                return
            }
            let time = history.clock
            history.wait(.seconds(-9))
            let start = history.begin(action)
            history.wait(time - history.clock)
            history.add(payload)
            then(&history, start)
        }
        return history
    }

    @Test func `a shell that was open while the copy was taken may have written after it`() throws {
        let shell = Action.databaseShell(environment: "prod")
        let history = try history(with: shell, underWayAt: .snapshotCreate) { $0.end($1, shell) }
        #expect(try history.cleanup().rules(s) == [.sourceWrites])
    }

    @Test func `a shell of which nobody said the end may have written after the copy`() throws {
        let shell = Action.databaseShell(environment: "prod")
        var history = Runbook().start()
        _ = history.begin(shell)
        // The end of another one says nothing of it.
        let other = history.begin(shell)
        history.end(other, shell)
        try Runbook().retell(in: &history, after: Runbook().start().events.count)
        #expect(try history.cleanup().rules(s) == [.sourceWrites])
        history.decide(.gapAcknowledged(.sourceWrites))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test(arguments: [true, false])
    func `a script that was being removed while a clone was made may have run on it`(
        isReported: Bool
    ) throws {
        let removal = Action.configSqlScript(change: .remove, script: "wipe")
        let history = try history(
            Runbook(scripts: nil), with: removal, underWayAt: .envCreate
        ) { history, start in
            if isReported { history.end(start, removal) }
            history.see(.sqlScripts(Listing(rows: [], isComplete: true)))
        }
        let plan = try history.cleanup()
        #expect(plan.verdict(s) != .safe)
        #expect(plan.rules(s) == [.sqlScripts])
    }

    @Test func `a test that passed while a release was being loaded is no test of it`() throws {
        var history = Runbook().snapshotMethod()
        let load = Action.envLoad(environment: "prod2", release: "r")
        let start = history.begin(load)
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        history.end(start, load)
        history.wait(.minutes(5))
        history.describe("prod2", Runbook().created(history), maintenance: .off)
        #expect(try history.cleanup().rules(s) == [.decisionMade])
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a default environment set twice at once is not known`() throws {
        var history = Runbook().snapshotMethod()
        let back = Action.configDefaultEnv(environment: "prod")
        let start = history.begin(back)
        history.act(.configDefaultEnv(environment: "prod2"))
        history.end(start, back)
        #expect(try history.cleanup().rules(s).contains(.notDefault))
    }
}
