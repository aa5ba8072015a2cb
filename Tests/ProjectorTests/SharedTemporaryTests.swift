import Ledger
import Projector
import Testing

/// A temporary environment that more than one migration was declared with.
@Suite struct SharedTemporaryTests {
    private let t = "environment/temp"
    private let early = "snapshot/database/early"

    /// Dumped and loaded for one migration, and declared to be that of another one as well.
    private func shared() throws -> CaseHistory {
        var history = try DumpRunbook(throughTemporary: true, isTemporaryDeclared: true).loaded()
        #expect(try history.cleanup().verdict(t) == .safe)
        history.migration = "other"
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "other", source: "stage", destination: "prod3", method: .dump,
                    temporary: "temp")))
        return history
    }

    @Test func `a temporary environment is kept while another open migration has no copy of it`()
        throws
    {
        let plan = try shared().cleanup()
        #expect(plan.verdict(t) == .blocked)
        #expect(plan.rules(t).contains(.tempRole))
        #expect(plan.verdict(early) != .safe)
        var history = try shared()
        history.migration = "plan-move"
        #expect(try !history.rollback().commands.contains("env.destroy environment/temp"))
    }

    @Test func `it goes once the other migration has dumped it or is closed`() throws {
        var dumped = try shared()
        dumped.act(.databaseDump(environment: "temp", path: "other.sql"))
        #expect(try !dumped.cleanup().rules(t).contains(.tempRole))
        var closed = try shared()
        closed.decide(.migrationClosed(abandoned: true))
        #expect(try closed.cleanup().verdict(t) == .safe)
    }
}
