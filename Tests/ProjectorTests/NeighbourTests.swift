import Ledger
import Projector
import Testing

/// Databases of two sources that go into one destination.
@Suite struct NeighbourTests {
    private let s = "environment/prod"

    /// The dump method of one database, after which another shop's is loaded beside it.
    private func joined(
        _ loaded: String?, dumped: String?, isDeclared: Bool = true, own: String? = "shop"
    ) throws -> CaseHistory {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod", database: own, path: "a.sql"))
        history.wait(.minutes(2))
        history.act(.databaseLoad(environment: "prod2", database: own, path: "a.sql"))
        history.wait(.minutes(2))
        history.act(.envCacheFlush(environment: "prod2"))
        history.migration = "other"
        if isDeclared {
            history.decide(
                .migrationOpened(
                    MigrationRoles(
                        migration: "other", source: "site", destination: "prod2", method: .dump,
                        hostnames: [])))
        }
        history.act(.databaseDump(environment: "site", database: dumped, path: "b.sql"))
        history.wait(.minutes(2))
        history.act(.databaseLoad(environment: "prod2", database: loaded, path: "b.sql"))
        history.wait(.minutes(2))
        history.migration = "plan-move"
        DumpRunbook().finish(&history)
        return history
    }

    @Test func `a database of another shop is loaded beside the copy`() throws {
        #expect(try joined("blog", dumped: "blog").cleanup().verdict(s) == .safe)
    }

    @Test func `a load that nobody declared, or of what this source may hold, is no neighbour`()
        throws
    {
        for history in [
            try joined("blog", dumped: "blog", isDeclared: false),
            try joined("shop", dumped: "shop"), try joined(nil, dumped: nil),
            try joined("blog", dumped: "shop"), try joined("blog", dumped: "blog", own: nil),
        ] {
            #expect(try history.cleanup().rules(s).contains(.copyVerified))
        }
    }

    @Test func `a neighbour alone is no copy`() throws {
        var history = try joined("blog", dumped: "blog")
        history.act(.databaseDump(environment: "prod", database: "blog", path: "c.sql"))
        #expect(try history.cleanup().rules(s) == [.copyVerified])
    }
}
