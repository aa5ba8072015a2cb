import Ledger
import Projector
import Testing

/// Files that were saved before anybody declared the migration.
@Suite struct EarlyFilesTests {
    private let files = "snapshot/nfs/files"

    /// SNAP of a migration that is declared last, whose destination was made with files of before.
    private func evening(given: Bool) throws -> CaseHistory {
        var book = Runbook(nfs: .on)
        book.isDeclared = false
        var history = book.start()
        history.migration = nil
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
        history.files(taken: taken)
        try book.retell(in: &history, after: book.start().events.count) { payload, history in
            guard given, case .action(.envCreate(var creation), _, _) = payload else {
                history.add(payload)
                return
            }
            creation.nfsSnapshot = .named("files")
            history.act(.envCreate(creation))
        }
        history.migration = "plan-move"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: ["www.bestpants.com"])))
        return history
    }

    @Test func `files that the destination was made with are of its migration`() throws {
        let rules = try evening(given: true).cleanup().rules(files)
        #expect(rules.contains(.lastRecoveryPoint))
        #expect(!rules.contains(.copyProvenance))
        #expect(try evening(given: false).cleanup().verdict(files) == .notOurs)
    }
}
