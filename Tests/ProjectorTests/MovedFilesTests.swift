import Ledger
import Projector
import Testing

/// Files that were moved to the destination with an nfs snapshot must still be there.
@Suite struct MovedFilesTests {
    private let s = "environment/prod"
    private let off = Action.envSetting(environment: "prod2", setting: "nfs", value: "OFF")
    private let on = Action.envSetting(environment: "prod2", setting: "nfs", value: "ON")

    /// SNAP of a shop with files, which go to the destination with its creation.
    private func moved() throws -> CaseHistory {
        var history = Runbook(nfs: .on).start()
        let first = history.events.count
        try Runbook(nfs: .on).retell(in: &history, after: first) { payload, history in
            switch payload {
            case .action(.snapshotCreate, _, _):
                history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
                history.files(taken: history.clock)
                history.add(payload)
            case .action(.envCreate(var creation), let outcome, let report):
                creation.nfsSnapshot = .named("files")
                history.add(.action(.envCreate(creation), outcome, report))
            default: history.add(payload)
            }
        }
        return history
    }

    private func see(_ state: Switch, _ history: inout CaseHistory) {
        var shown = EnvironmentDescription(environment: "prod2", isComplete: false)
        shown.nfs = state
        history.see(.environment(shown))
    }

    @Test(arguments: [Outcome.accepted, .refused, .unknown])
    func `files of a destination whose NFS was turned OFF are not preserved by it`(
        outcome: Outcome
    ) throws {
        var history = try moved()
        #expect(try history.cleanup().verdict(s) == .safe)
        history.act(off, outcome)
        #expect(try history.cleanup().rules(s).contains(.nfsPreserved))
        #expect(try history.cleanup().verdict(s) == .blocked)
        // Turned ON again it is an empty one until somebody says that the files are there.
        history.act(on)
        see(.on, &history)
        #expect(try history.cleanup().rules(s) == [.nfsPreserved])
        history.decide(.gapAcknowledged(.nfs))
        #expect(try history.cleanup().verdict(s) == .safe)
        history.act(off)
        #expect(try history.cleanup().rules(s).contains(.nfsPreserved))
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `an OFF that did not work took nothing`(outcome: Outcome) throws {
        var history = try moved()
        history.act(off, outcome)
        see(.on, &history)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `NFS of the destination that is seen OFF holds nothing`() throws {
        var history = try moved()
        see(.off, &history)
        #expect(try history.cleanup().rules(s) == [.nfsPreserved])
        see(.on, &history)
        #expect(try history.cleanup().rules(s) == [.nfsPreserved])
    }

    @Test func `an nfs snapshot is kept when the files were lost after somebody gave it up`()
        throws
    {
        let files = "snapshot/nfs/files"
        var history = try moved()
        history.act(.envProtected(environment: "prod", state: .off))
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(20))
        history.list([("prod2", "RUNNING", Runbook().created(history))])
        history.decide(.gapAcknowledged(.nfs))
        #expect(try !history.cleanup().rules(files).contains(.lastRecoveryPoint))
        history.act(off)
        #expect(try history.cleanup().rules(files).contains(.lastRecoveryPoint))
    }
}
