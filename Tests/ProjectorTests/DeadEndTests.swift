import Ledger
import Projector
import Testing

/// Questions that nobody can answer any more, and answers that lead nowhere.
@Suite struct DeadEndTests {
    private let s = "environment/prod"
    private let pm = "snapshot/database/pm"

    @Test func `a source that is gone need not be seen in maintenance any more`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        let taken = try #require(
            history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time)
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        let gone = history.clock
        history.wait(.hours(36))
        history.list([("prod2", "RUNNING", text)])
        history.snapshots([
            ("pm", "prod", "AVAILABLE", taken), ("final", "prod", "AVAILABLE", gone),
        ])
        history.describe("prod2", text, maintenance: .off)
        history.host("prod2")
        #expect(try history.cleanup().verdict(pm) == .safe)
    }

    @Test func `a snapshot that is gone is not being made any more`() throws {
        var history = Runbook().snapshotMethod()
        history.snapshots([("1493", "prod", "CREATING", history.clock)])
        #expect(try history.cleanup().rules(s) == [.inFlight])
        history.wait(.minutes(26))
        history.snapshots([])
        history.wait(.minutes(6))
        history.snapshots([])
        #expect(try !history.cleanup().rules(s).contains(.inFlight))
    }

    @Test func `what a destroy of unknown outcome may have left is kept until somebody says so`()
        throws
    {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envProtected(environment: "prod", state: .off))
        let tried = history.clock
        history.act(.envDestroy(environment: "prod"), .unknown)
        let created = history.clock
        history.wait(.minutes(30))
        // Nobody has looked whether prod is there.
        history.snapshots([("final", "prod", "AVAILABLE", created)])
        #expect(try history.cleanup().rules("snapshot/database/final") == [.finalSnapshotKept])
        history.list([("prod2", "RUNNING", text)])
        history.wait(.minutes(10))
        history.list([("prod2", "RUNNING", text)])
        history.snapshots([("final", "prod", "AVAILABLE", created)])
        #expect(try history.cleanup().rules("snapshot/database/final") == [.finalSnapshotKept])
        let plan = try history.next()
        #expect(plan.commands.first?.hasPrefix("ledger-cli record command --outcome") == true)
        history.wait(tried - history.clock)
        history.act(.envDestroy(environment: "prod"))
        history.wait(.hours(1))
        #expect(try history.next().extra["phase"] == .string("done"))
        #expect(try !history.cleanup().rules(pm).contains(.lastRecoveryPoint))
    }

    @Test func `a snapshot is of the try that made it and not of the one that was refused after`()
        throws
    {
        var history = Runbook().start()
        try Runbook().retell(in: &history, after: Runbook().start().events.count) {
            payload, history in
            guard case .action(.snapshotCreate, .accepted, _) = payload else {
                history.add(payload)
                return
            }
            let create = Action.snapshotCreate(environment: "prod", name: "pm")
            history.act(create, .unknown)
            history.wait(.seconds(40))
            history.act(create, .refused)
        }
        #expect(try !history.cleanup().rules(pm).contains(.copyProvenance))
    }

    @Test func `what is not known is looked at and not changed`() throws {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        let verdict = try history.planner(after: .hours(30)).cleanup(migration: nil)
            .resources.first { $0.resource.description == "environment/prod2" }
        let reasons = try #require(verdict).reasons.filter { $0.rule == .sourceServing }
        #expect(!reasons.isEmpty)
        #expect(reasons.allSatisfy { $0.unblock == "look: fleet env describe prod" })
    }

    @Test func `a list of scripts that may have been cut off says how to tell that it is empty`()
        throws
    {
        var history = Runbook(scripts: nil).start()
        history.see(.sqlScripts(Listing(rows: [], isComplete: false)))
        try Runbook(scripts: nil).retell(
            in: &history, after: Runbook(scripts: nil).start().events.count)
        let reasons = try history.cleanup().resources
            .first { $0.resource.description == s }?.reasons.filter { $0.rule == .sqlScripts }
        #expect(reasons?.first?.message.contains("# no output") == true)
        #expect(reasons?.first?.evidence.isEmpty == false)
    }

    @Test func `a name that is none of the shop's may be taken back`() throws {
        var history = Runbook().snapshotMethod()
        history.see(.dns(DNSAnswer(host: "blog.bestpants.com", target: "x.tumblr.com", ttl: 300)))
        let reason = try history.cleanup().resources
            .first { $0.resource.description == s }?.reasons.first
        let void = "ledger-cli record void \(history.events.count)"
        #expect(reason?.unblock.hasSuffix(void) == true)
    }
}
