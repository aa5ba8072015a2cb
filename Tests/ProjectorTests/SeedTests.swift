import Ledger
import Projector
import Testing

/// The snapshot that a copy is made from: a try that was not accepted leaves an older one of the
/// same name in its place, and what is made from that one is no copy of the closed source.
@Suite struct SeedTests {
    /// The dump method through a temporary environment, of a snapshot that the platform says was
    /// created so long before it was asked for; nil when nobody lists it.
    private func throughTemporary(_ outcome: Outcome, age: Span?) throws -> CaseHistory {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        let asked = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "seed"), outcome)
        history.wait(.minutes(10))
        if let age { history.snapshots([("seed", "prod", "AVAILABLE", asked - age)]) }
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "temp", source: .named("prod"), snapshot: .named("seed"))))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history)), ("temp", "RUNNING", made),
        ])
        history.act(.databaseDump(environment: "temp", path: "prod.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        history.wait(.minutes(5))
        DumpRunbook().finish(&history)
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", Runbook().created(history), maintenance: .off)
        return history
    }

    @Test(arguments: [Outcome.accepted, .unknown, .refused])
    func `a dump of what an old snapshot became is no copy, whatever was said of a new one`(
        outcome: Outcome
    ) throws {
        let plan = try throughTemporary(outcome, age: .hours(2)).cleanup()
        #expect(plan.verdict("environment/prod") == .blocked)
        #expect(plan.rules("environment/prod").contains(.copyQuiesced))
    }

    @Test(arguments: [Outcome.unknown, .refused])
    func `a snapshot that was not accepted and never listed proves no copy`(outcome: Outcome) throws
    {
        let plan = try throughTemporary(outcome, age: nil).cleanup()
        #expect(plan.verdict("environment/prod") != .safe)
        #expect(plan.rules("environment/prod").contains(.copyVerified))
    }

    @Test(arguments: [Outcome.accepted, .unknown, .refused])
    func `a snapshot that was listed as made then is a copy, whatever was said`(
        outcome: Outcome
    ) throws {
        let plan = try throughTemporary(outcome, age: .seconds(0)).cleanup()
        #expect(plan.rules("environment/prod").isEmpty)
        #expect(plan.verdict("environment/prod") == .safe)
    }

    @Test func `an accepted snapshot needs no list when what was made from it was dumped`() throws {
        let rules = try throughTemporary(.accepted, age: nil).cleanup().rules("environment/prod")
        // That it was never seen whole is another rule's question.
        #expect(rules == [.inFlight])
    }

    @Test func `a snapshot of the name that was made later proves nothing of the earlier one`()
        throws
    {
        var history = try throughTemporary(.refused, age: nil)
        let later = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "seed"))
        history.wait(.minutes(10))
        history.snapshots([("seed", "prod", "AVAILABLE", later)])
        let plan = try history.cleanup()
        #expect(plan.verdict("environment/prod") != .safe)
        #expect(plan.rules("environment/prod").contains(.copyVerified))
    }
}
