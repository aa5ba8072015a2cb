import Ledger
import Projector
import Testing

/// NFS and Solr of the source, of which no copy of its database knows.
@Suite struct ServicesTests {
    private let s = "environment/prod"

    /// SNAP up to a destination that is RUNNING.
    private func created(nfs: Switch, solr: Switch = .off) -> CaseHistory {
        var book = Runbook()
        book.nfs = nfs
        var history = book.snapshotTaken()
        if solr == .on {
            var shown = EnvironmentDescription(environment: "prod", isComplete: false)
            shown.solr = .on
            history.see(.environment(shown))
        }
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                    size: "f1-xlarge")))
        history.wait(.minutes(20))
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", made)])
        return history
    }

    @Test func `what the source has is turned ON before the release is loaded`() throws {
        #expect(try created(nfs: .off).next().commands.first == "env.load environment/prod2")
        for (setting, history) in [
            ("nfs", created(nfs: .on)), ("solr", created(nfs: .off, solr: .on)),
        ] {
            var history = history
            let turning = Action.envSetting(environment: "prod2", setting: setting, value: "ON")
            let plan = try history.next()
            #expect(plan.steps.map(\.action) == [turning])
            history.act(turning, .refused)
            #expect(try history.next().steps.isEmpty)
            history.act(turning)
            #expect(try history.next().commands.first == "env.load environment/prod2")
        }
        var known = created(nfs: .off, solr: .on)
        known.decide(.gapAcknowledged(.solr))
        #expect(try known.next().commands.first == "env.load environment/prod2")
    }

    @Test func `the files are kept and moved before the test`() throws {
        var book = Runbook()
        book.nfs = .on
        var history = book.snapshotCopied()
        let plan = try history.next()
        let action = try #require(plan.steps.first?.action)
        #expect(
            action
                == .snapshotCreate(
                    environment: "prod", name: "plan-migration-files", kind: .nfs))
        let taken = history.clock
        history.act(action)
        #expect(try history.next().needs.first?.command.suffix(2) == ["--type", "nfs"])
        history.files("plan-migration-files", taken: taken)
        #expect(
            try history.next().steps.map(\.command) == [
                .ledger(["ledger-cli", "record", "acknowledge", "nfs"])
            ])
        history.decide(.gapAcknowledged(.nfs))
        #expect(try history.next().extra["phase"] == .string("test"))
    }

    @Test func `where a snapshot of the files is kept only the moving is left`() throws {
        var book = Runbook()
        book.nfs = .on
        var history = book.start()
        try book.retell(in: &history, after: history.events.count) { payload, history in
            history.add(payload)
            guard case .action(.snapshotCreate, _, _) = payload else { return }
            history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
            history.files(taken: history.clock)
        }
        let reasons = try history.cleanup().resources.first { $0.resource.description == s }?
            .reasons.filter { $0.rule == .nfsPreserved }
        let unblock = try #require(reasons?.first).unblock
        #expect(!unblock.contains("snapshot create"))
        let next = try history.next()
        #expect(next.steps.map(\.command).contains(.manual(unblock)))
        history.decide(.gapAcknowledged(.nfs))
        #expect(try history.cleanup().verdict(s) == .safe)
    }
}
