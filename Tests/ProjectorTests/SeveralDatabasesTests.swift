import Ledger
import Projector
import Testing

/// Several databases in one environment: each one that somebody tried to dump must be copied.
@Suite struct SeveralDatabasesTests {
    private let s = "environment/prod"
    private let t = "environment/temp"
    private let seed = "snapshot/database/ts"

    /// How a try at dumping a database went.
    struct Try: CustomTestStringConvertible {
        var database: String?
        var outcome = Outcome.accepted
        var path: String? = "a.sql"

        var testDescription: String { "\(database ?? "unnamed") \(outcome) \(path ?? "terminal")" }
    }

    static let lost: [Try] = [
        Try(database: "shop", outcome: .refused), Try(database: "shop", outcome: .unknown),
        Try(database: "shop", outcome: .started), Try(database: "shop"),
        Try(database: "shop", path: "b.sql"), Try(database: "shop", path: nil),
        Try(database: nil, outcome: .refused), Try(database: nil, outcome: .unknown),
        Try(database: nil), Try(database: nil, path: "b.sql"),
        Try(database: nil, outcome: .refused, path: "b.sql"),
    ]

    /// The dump method with both ends closed, and a temporary environment of a snapshot of the
    /// closed source when one is named.
    private func closed(throughTemporary: Bool) throws -> CaseHistory {
        var history = try DumpRunbook(isTemporaryDeclared: throughTemporary).activated()
        try DumpRunbook().close(&history)
        guard throughTemporary else { return history }
        DumpRunbook().makeTemporary(&history)
        return history
    }

    private func dump(_ tried: Try, of name: String, _ history: inout CaseHistory) {
        history.act(
            .databaseDump(environment: name, database: tried.database, path: tried.path),
            tried.outcome)
        history.wait(.minutes(2))
    }

    private func load(_ database: String?, _ path: String, _ history: inout CaseHistory) {
        history.act(.databaseLoad(environment: "prod2", database: database, path: path))
        history.wait(.minutes(2))
    }

    /// What a plan of a clean-up says of one rule.
    private func advice(_ plan: Plan, _ resource: String, _ rule: RuleName) -> [String] {
        plan.resources.first { $0.resource.description == resource }?.reasons
            .filter { $0.rule == rule }.map(\.unblock) ?? []
    }

    @Test(arguments: [false, true], lost)
    func `a database that was to be dumped and of which nothing was loaded is not copied`(
        throughTemporary: Bool, tried: Try
    ) throws {
        var history = try closed(throughTemporary: throughTemporary)
        let place = throughTemporary ? "temp" : "prod"
        dump(tried, of: place, &history)
        dump(Try(database: "blog", path: "b.sql"), of: place, &history)
        load("blog", "b.sql", &history)
        DumpRunbook().finish(&history)
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.copyVerified))
        #expect(
            advice(plan, s, .copyVerified).allSatisfy { $0.hasSuffix("record reconciled") })
        if throughTemporary {
            let isInFile = tried.outcome == .accepted && tried.path == "a.sql"
            #expect((plan.verdict(t) == .safe) == isInFile)
            #expect((plan.verdict(seed) == .safe) == isInFile)
        }
        history.decide(.writesReconciled)
        let settled = try history.cleanup()
        #expect(!settled.rules(s).contains(.copyVerified))
        #expect(!settled.rules(t).contains(.dumpVerified))
        guard tried.outcome != .started, tried.outcome != .unknown else { return }
        #expect(settled.verdict(s) == .safe)
        #expect(!throughTemporary || settled.verdict(t) == .safe)
    }

    @Test(arguments: [false, true], lost)
    func `a database that was dumped again and loaded is copied`(
        throughTemporary: Bool, tried: Try
    ) throws {
        var history = try closed(throughTemporary: throughTemporary)
        let place = throughTemporary ? "temp" : "prod"
        dump(tried, of: place, &history)
        dump(Try(database: "blog", path: "b.sql"), of: place, &history)
        dump(Try(database: tried.database, path: "c.sql"), of: place, &history)
        load("blog", "b.sql", &history)
        load(tried.database, "c.sql", &history)
        DumpRunbook().finish(&history)
        let plan = try history.cleanup()
        #expect(plan.rules(s).isEmpty)
        #expect(plan.verdict(s) == .safe)
        #expect(!throughTemporary || plan.verdict(t) == .safe)
    }

    @Test func `a dump of an open source or of one that serves again is for the shelf`() throws {
        var book = try DumpRunbook().activated()
        book.act(.databaseDump(environment: "prod", path: "nightly.sql"))
        book.act(.databaseDump(environment: "prod", database: "logs", path: "l.sql"), .refused)
        try DumpRunbook().close(&book)
        dump(Try(database: "shop"), of: "prod", &book)
        load("shop", "a.sql", &book)
        DumpRunbook().finish(&book)
        book.act(.databaseDump(environment: "prod2", path: "after.sql"))
        book.act(.databaseDump(environment: "prod", path: "shelf.sql"))
        book.act(.databaseDump(environment: "prod", database: "logs", path: "l.sql"), .refused)
        #expect(try book.cleanup().verdict(s) == .safe)
    }

    @Test func `a dump that had not reached all nodes was meant as a copy`() throws {
        var history = try DumpRunbook().activated()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(10))
        dump(Try(database: "shop"), of: "prod", &history)
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", Runbook().created(history), maintenance: .on)
        dump(Try(database: "blog", path: "b.sql"), of: "prod", &history)
        load("blog", "b.sql", &history)
        DumpRunbook().finish(&history)
        #expect(try history.cleanup().rules(s) == [.copyVerified])
    }

    @Test func `a try on an earlier environment of the same name counts`() throws {
        var history = try closed(throughTemporary: true)
        dump(Try(database: "shop", outcome: .refused), of: "temp", &history)
        history.act(.envDestroy(environment: "temp"))
        history.wait(.minutes(20))
        let ends = [
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history)),
        ]
        history.list(ends)
        let again = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "temp", source: .named("prod"), snapshot: .named("ts"))))
        history.wait(.minutes(20))
        history.list(ends + [("temp", "RUNNING", again)])
        dump(Try(database: "blog", path: "b.sql"), of: "temp", &history)
        load("blog", "b.sql", &history)
        DumpRunbook().finish(&history)
        #expect(try history.cleanup().rules(s) == [.copyVerified])
    }

    @Test(arguments: [
        (Try(database: "shop", outcome: .refused), true),
        (Try(database: "shop", outcome: .unknown), true), (Try(database: "shop"), false),
        (Try(database: "shop", path: "b.sql"), true), (Try(database: "shop", path: nil), true),
        (Try(database: nil, outcome: .refused), true),
        (Try(database: "shop", path: "/dev/null"), true),
    ])
    func `a temporary environment is kept until each database of it is in a file`(
        tried: Try, isMissing: Bool
    ) throws {
        var history = try closed(throughTemporary: true)
        dump(tried, of: "temp", &history)
        dump(Try(database: "blog", path: "b.sql"), of: "temp", &history)
        let plan = try history.cleanup()
        #expect((plan.verdict(t) == .safe) == !isMissing, "\(advice(plan, t, .dumpVerified))")
        #expect((plan.verdict(seed) == .safe) == !isMissing)
        dump(Try(database: tried.database, path: "c.sql"), of: "temp", &history)
        #expect(try history.cleanup().verdict(t) == .safe)
    }

    @Test func `one file may hold one database after the other`() throws {
        for isLoadedBetween in [true, false] {
            var history = try closed(throughTemporary: true)
            for database in ["shop", "blog"] {
                dump(Try(database: database), of: "temp", &history)
                if isLoadedBetween { load(database, "a.sql", &history) }
            }
            if !isLoadedBetween { load("blog", "a.sql", &history) }
            DumpRunbook().finish(&history)
            let plan = try history.cleanup()
            #expect((plan.verdict(t) == .safe) == isLoadedBetween)
            #expect((plan.verdict(s) == .safe) == isLoadedBetween)
        }
    }

    @Test(arguments: ["/dev/null", "/dev/./tty"])
    func `what goes to a device is kept nowhere`(path: String) throws {
        var history = try closed(throughTemporary: true)
        dump(Try(database: nil, path: path), of: "temp", &history)
        #expect(try history.cleanup().rules(t) == [.dumpVerified])
        #expect(try history.next().commands == ["database.dump \(t)"])
        load(nil, path, &history)
        DumpRunbook().finish(&history)
        #expect(try history.cleanup().rules(s).contains(.copyVerified))
    }

    @Test(arguments: [String?.none, "shop"])
    func `what is next copies the database that was left out, and ends`(database: String?) throws {
        var history = try closed(throughTemporary: false)
        dump(Try(database: database, outcome: .refused), of: "prod", &history)
        dump(Try(database: "blog", path: "b.sql"), of: "prod", &history)
        load("blog", "b.sql", &history)
        for expected in [
            Action.databaseDump(environment: "prod", database: database, path: "prod.sql"),
            .databaseLoad(environment: "prod2", database: database, path: "prod.sql"),
            .envCacheFlush(environment: "prod2"),
        ] {
            let plan = try history.next()
            #expect(plan.steps.map(\.command) == [.action(expected)])
            history.act(expected)
            history.wait(.minutes(2))
        }
        #expect(try history.next().commands.allSatisfy { !$0.hasPrefix("database.") })
    }

    @Test func `two dumps before their loads are each loaded by name`() throws {
        var history = try closed(throughTemporary: false)
        dump(Try(database: "shop"), of: "prod", &history)
        dump(Try(database: "blog", path: "b.sql"), of: "prod", &history)
        #expect(
            try history.next().steps.map(\.command) == [
                .action(.databaseLoad(environment: "prod2", database: "blog", path: "b.sql"))
            ])
        load("shop", "a.sql", &history)
        #expect(
            try history.next().steps.map(\.command) == [
                .action(.databaseLoad(environment: "prod2", database: "blog", path: "b.sql"))
            ])
    }
}
