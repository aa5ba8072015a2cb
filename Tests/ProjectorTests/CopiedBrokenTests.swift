import Ledger
import Projector
import Testing

/// A source of which a load has made something else is not copied onward: it is loaded in full first,
/// or somebody compares it.
@Suite struct CopiedBrokenTests {
    private let s = "environment/prod"
    private let pm = "snapshot/database/pm"

    private func load(_ path: String, into name: String = "prod") -> Action {
        .databaseLoad(environment: name, path: path)
    }

    /// Both ends closed, and the source dumped.
    private func dumped() throws -> CaseHistory {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod", path: "prod.sql"))
        history.wait(.minutes(2))
        return history
    }

    private func copied(_ path: String, _ history: inout CaseHistory) {
        history.act(.databaseDump(environment: "prod", path: path))
        history.wait(.minutes(2))
        history.act(load(path, into: "prod2"))
        history.wait(.minutes(2))
        DumpRunbook().finish(&history)
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `a source that is half loaded is loaded in full before it is dumped`(outcome: Outcome)
        throws
    {
        var history = try dumped()
        history.act(load("prod.sql"), outcome)
        history.wait(.minutes(1))
        let next = try history.next()
        #expect(next.steps.map(\.command) == [.action(load("prod.sql"))])
        #expect(next.warnings.contains { $0.contains("acknowledge source-writes") })
        #expect((try history.planner().premature(load("prod.sql"))).isEmpty)
        history.act(load("prod.sql"))
        history.wait(.minutes(1))
        #expect(try history.next().commands == ["database.dump environment/prod"])
        copied("prod-2.sql", &history)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a copy of a source that is half loaded is none until somebody compared it`() throws
    {
        var history = try dumped()
        history.act(load("prod.sql"), .refused)
        history.wait(.minutes(1))
        copied("prod-2.sql", &history)
        #expect(try history.cleanup().verdict(s) == .blocked)
        #expect(try history.cleanup().rules(s) == [.copyVerified])
        history.decide(.gapAcknowledged(.sourceWrites))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a source that was loaded with what the destination held is no better`() throws {
        var history = try dumped()
        history.act(.databaseDump(environment: "prod2", path: "stale.sql"))
        history.wait(.minutes(1))
        history.act(load("stale.sql"))
        history.wait(.minutes(1))
        #expect(try history.next().steps.map(\.command) == [.action(load("prod.sql"))])
        copied("prod-2.sql", &history)
        #expect(try history.cleanup().rules(s).contains(.copyVerified))
    }

    /// The book with a load into the source before a step.
    private func loaded(_ outcome: Outcome, before step: ActionName) throws -> CaseHistory {
        var history = Runbook().start()
        try Runbook().retell(in: &history, after: history.events.count) { payload, history in
            if case .action(let action, _, _) = payload, action.name == step,
                action.subject.description.hasSuffix("prod") || step == .snapshotCreate
            {
                history.wait(.seconds(-10))
                history.act(load("old.sql"), outcome)
                history.wait(.seconds(9))
            }
            history.add(payload)
        }
        return history
    }

    @Test(arguments: [Outcome.accepted, .refused, .unknown])
    func `a snapshot of a source that a load has made something else is no copy`(outcome: Outcome)
        throws
    {
        var history = try loaded(outcome, before: .snapshotCreate)
        #expect(try history.cleanup().verdict(s) == .blocked)
        #expect(try history.cleanup().rules(s).contains(.copyVerified))
        #expect(try history.cleanup().verdict(pm) == .blocked)
        history.decide(.gapAcknowledged(.sourceWrites))
        #expect(try !history.cleanup().rules(s).contains(.copyVerified))
        #expect(try history.cleanup().verdict(pm) == .safe)
    }

    @Test func `what is loaded into a shop that is open is what the shop holds`() throws {
        #expect(try loaded(.accepted, before: .envMaintenance).cleanup().verdict(s) == .safe)
    }
}
