import Ledger
import Projector
import Testing

/// Automatic SQL scripts that are seen while a clone is being made.
@Suite struct ScriptsMeanwhileTests {
    private let s = "environment/prod"
    private let pm = "snapshot/database/pm"

    /// The book, with something done some time after the destination was asked for.
    private func made(
        after span: Span, scripts: [String] = [], _ play: (inout CaseHistory) -> Void
    ) throws -> CaseHistory {
        var history = Runbook(scripts: scripts).start()
        try Runbook().retell(in: &history, after: history.events.count) { payload, history in
            history.add(payload)
            if case .action(.envCreate, _, _) = payload {
                history.wait(span)
                play(&history)
            }
        }
        return history
    }

    private func see(_ scripts: [String], _ history: inout CaseHistory) {
        history.see(.sqlScripts(Listing(rows: scripts, isComplete: true)))
    }

    @Test func `scripts that are seen while a clone is being made may have run on it`() throws {
        var history = try made(after: .minutes(10)) { see(["anonymise.sql"], &$0) }
        #expect(try history.cleanup().verdict(s) == .unknown)
        #expect(try history.cleanup().rules(s) == [.sqlScripts])
        #expect(try history.cleanup().verdict(pm) == .unknown)
        history.decide(.gapAcknowledged(.sqlScripts))
        #expect(try history.cleanup().verdict(s) == .safe)
        #expect(try history.cleanup().verdict(pm) == .safe)
    }

    @Test func `a word covers no scripts that are seen after it`() throws {
        let before = try made(after: .minutes(5)) { history in
            history.decide(.gapAcknowledged(.sqlScripts))
            history.wait(.minutes(5))
            see(["anonymise.sql"], &history)
        }
        #expect(try before.cleanup().rules(s) == [.sqlScripts])
        let known = try made(after: .minutes(5), scripts: ["urls.sql"]) { history in
            history.decide(.gapAcknowledged(.sqlScripts))
            history.wait(.minutes(5))
            see(["urls.sql"], &history)
        }
        #expect(try known.cleanup().verdict(s) == .safe)
    }

    @Test func `scripts that are seen once a clone is there say nothing of it`() throws {
        var history = try made(after: .minutes(10)) { see([], &$0) }
        #expect(try history.cleanup().verdict(s) == .safe)
        see(["anonymise.sql"], &history)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `scripts that are seen while what is dumped is being made may have run on it`()
        throws
    {
        var history = try DumpRunbook(isTemporaryDeclared: true).activated()
        try DumpRunbook().close(&history)
        let made = DumpRunbook().askForTemporary(&history)
        history.wait(.minutes(10))
        see(["anonymise.sql"], &history)
        history.wait(.minutes(10))
        DumpRunbook().seeTemporary(&history, made)
        history.act(.databaseDump(environment: "temp", path: "prod.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        history.wait(.minutes(5))
        DumpRunbook().finish(&history)
        #expect(try history.cleanup().rules(s) == [.sqlScripts])
    }
}
