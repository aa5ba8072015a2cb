import Ledger
import Projector
import Testing

/// What bears the name of something that was asked for and is not what came of that: a command that
/// was not accepted never establishes what it was to do, and one after which a complete list lacks the
/// thing did not make what is created later.
@Suite struct MadeOtherwiseTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let t = "environment/temp"
    private let pm = "snapshot/database/pm"
    private let start = Runbook().start().events.count
    private let making = Action.envCreate(
        EnvironmentCreation(
            environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
            size: "f1-xlarge"))

    /// When the destination was asked for, by the book.
    private var asked: Timestamp {
        Timestamp(Runbook().created(Runbook().snapshotMethod())) ?? Timestamp(milliseconds: 0)
    }

    /// The book, in which the creation ends otherwise, the environments may be listed without what it
    /// was to make, and what has its name is created some time after it.
    private func made(
        _ outcome: Outcome, listed: Span? = nil, created: Span = .seconds(0),
        book: Runbook = Runbook()
    ) throws -> CaseHistory {
        var history = book.start()
        let text = (asked + created).description
        try book.retell(in: &history, after: start) { payload, history in
            switch payload {
            case .action(.envCreate, .accepted, _):
                history.act(making, outcome)
                if let listed {
                    history.wait(asked + listed - history.clock)
                    history.list([("prod", "RUNNING", Runbook.prodCreated)])
                }
            case .observation(.environments(var list)):
                for index in list.rows.indices where list.rows[index].environment == "prod2" {
                    list.rows[index].created = Timestamp(text)
                }
                history.see(.environments(list))
            case .observation(.environment(var shown)):
                if shown.environment == "prod2" { shown.created = Timestamp(text) }
                history.see(.environment(shown))
            default: history.add(payload)
            }
        }
        return history
    }

    private func abandoned(_ history: CaseHistory) -> CaseHistory {
        var history = history
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        return history
    }

    @Test func `after a refused creation and a list without it nothing later is what it made`()
        throws
    {
        let plan = try made(.refused, listed: .minutes(1), created: .minutes(8)).cleanup()
        #expect(plan.verdict(s) == .blocked)
        #expect(plan.rules(s).contains(.copyVerified))
        #expect(plan.verdict(pm) == .blocked)
        var book = Runbook()
        book.testPasses = false
        let history = try made(.refused, listed: .minutes(1), created: .minutes(8), book: book)
        let left = abandoned(history)
        #expect(try left.cleanup().verdict(d) == .notOurs)
        #expect(try !left.rollback().commands.contains("env.destroy environment/prod2"))
    }

    @Test func `what a refused creation may have made is a copy once somebody compared it`() throws
    {
        var history = try made(.refused)
        #expect(try history.cleanup().verdict(s) == .unknown)
        #expect(try history.cleanup().rules(s) == [.copyVerified])
        #expect(try history.cleanup().verdict(pm) != .safe)
        history.decide(.writesReconciled)
        #expect(try history.cleanup().verdict(s) == .safe)
        #expect(try history.cleanup().verdict(pm) == .safe)
    }

    @Test func `a refused creation that somebody says was accepted is as good`() throws {
        var history = try made(.refused)
        let now = history.clock
        history.wait(asked - now)
        history.act(making)
        history.wait(now - history.clock)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `what a refused creation may have made is nobody's to destroy`() throws {
        var book = Runbook()
        book.testPasses = false
        let left = try abandoned(made(.refused, book: book))
        #expect(try left.cleanup().verdict(d) == .unknown)
        #expect(try left.cleanup().rules(d) == [.identity])
        #expect(try !left.rollback().commands.contains("env.destroy environment/prod2"))
        #expect(try abandoned(made(.accepted, book: book)).cleanup().verdict(d) == .safe)
    }

    @Test(arguments: [
        // In a list that does not show it yet it may appear a moment later.
        (Outcome.accepted, Span.seconds(20), Span.seconds(8), true),
        (.accepted, .seconds(20), .seconds(25), true),
        (.accepted, .seconds(20), .seconds(45), false),
        (.accepted, .seconds(20), .minutes(2), false), (.accepted, .minutes(2), .minutes(4), false),
        (.unknown, .seconds(20), .seconds(8), true), (.unknown, .minutes(2), .minutes(4), false),
    ])
    func `what was created after a list without it was made by nothing before that list`(
        outcome: Outcome, listed: Span, created: Span, isCopy: Bool
    ) throws {
        let plan = try made(outcome, listed: listed, created: created).cleanup()
        #expect((plan.verdict(s) == .safe) == isCopy)
        #expect(plan.rules(s).contains(.copyVerified) != isCopy)
        #expect(try made(outcome, created: created).cleanup().verdict(s) == .safe)
    }

    /// The dump method through a temporary environment of which the creation ended otherwise.
    private func throughTemporary(_ outcome: Outcome) throws -> CaseHistory {
        var history = try DumpRunbook(isTemporaryDeclared: true).activated()
        try DumpRunbook().close(&history)
        let made = Runbook().created(history)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "ts"))
        history.wait(.minutes(5))
        history.snapshots([("ts", "prod", "AVAILABLE", taken)])
        let text = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "temp", source: .named("prod"), snapshot: .named("ts"))), outcome)
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", made),
            ("temp", "RUNNING", text),
        ])
        history.act(.databaseDump(environment: "temp", path: "prod.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        history.wait(.minutes(5))
        DumpRunbook().finish(&history)
        return history
    }

    @Test func `a dump of what a refused creation may have made is a copy once it is compared`()
        throws
    {
        #expect(try throughTemporary(.accepted).cleanup().verdict(s) == .safe)
        #expect(try throughTemporary(.accepted).cleanup().verdict(t) == .safe)
        var history = try throughTemporary(.refused)
        #expect(try history.cleanup().rules(s).contains(.copyVerified))
        #expect(try history.cleanup().verdict(t) == .unknown)
        #expect(try history.cleanup().rules(t).contains(.tempRole))
        history.decide(.writesReconciled)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    /// The book up to a test that failed, in which the snapshot's creation ended otherwise.
    private func snapshot(_ outcome: Outcome, listed: Bool, created: Span) throws -> CaseHistory {
        var book = Runbook()
        book.testPasses = false
        var history = book.start()
        try book.retell(in: &history, after: start) { payload, history in
            switch payload {
            case .action(let action, _, _) where action.name == .snapshotCreate:
                history.act(action, outcome)
                history.wait(.seconds(10))
                if listed { history.snapshots([]) }
            case .observation(.snapshots(let kind, var list)):
                for index in list.rows.indices {
                    list.rows[index].created = list.rows[index].created.map { $0 + created }
                }
                history.see(.snapshots(kind, list))
            default: history.add(payload)
            }
        }
        history = abandoned(history)
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(30))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        return history
    }

    @Test(arguments: [
        (Outcome.accepted, false, Span.seconds(5), Projector.Verdict.safe),
        (.accepted, true, .seconds(20), .safe), (.unknown, true, .seconds(20), .safe),
        (.accepted, true, .seconds(90), .notOurs), (.unknown, true, .seconds(90), .notOurs),
        (.refused, false, .seconds(5), .unknown), (.refused, true, .seconds(30), .notOurs),
    ])
    func `a snapshot that a command is not known to have made is not destroyed`(
        outcome: Outcome, listed: Bool, created: Span, verdict: Projector.Verdict
    ) throws {
        let plan = try snapshot(outcome, listed: listed, created: created).cleanup()
        #expect(plan.verdict(pm) == verdict)
    }
}
