import Ledger
import Projector
import Testing

/// What is told more than once, or in an order that tells nothing.
@Suite struct ToldTwiceTests {
    private let s = "environment/prod"

    /// The book, with the creation of the destination told again after a while, perhaps otherwise.
    private func again(after span: Span, _ change: (inout EnvironmentCreation) -> Void = { _ in })
        throws -> CaseHistory
    {
        var history = Runbook().start()
        try Runbook().retell(in: &history, after: history.events.count) { payload, history in
            history.add(payload)
            guard case .action(.envCreate(var creation), _, _) = payload else { return }
            change(&creation)
            history.wait(span)
            history.wait(.seconds(-1))
            history.act(.envCreate(creation))
        }
        return history
    }

    @Test func `a creation that two people told of is one`() throws {
        for seconds in [1, 5, 20, 60] {
            #expect(try again(after: .seconds(seconds)).cleanup().verdict(s) == .safe)
        }
        #expect(try again(after: .minutes(3)).cleanup().verdict(s) == .blocked)
        let other = try again(after: .seconds(5)) { $0.snapshot = .named("stale") }
        #expect(try other.cleanup().verdict(s) == .blocked)
    }

    @Test func `an outcome settles its start whichever comes first at one instant`() throws {
        let flush: Action = .envCacheFlush(environment: "prod")
        for isOutcomeFirst in [true, false] {
            var history = Runbook().snapshotMethod()
            history.act(flush, isOutcomeFirst ? .refused : .started)
            history.wait(.seconds(-1))
            history.act(flush, isOutcomeFirst ? .started : .refused)
            #expect(try history.planner().overview().inDoubt.isEmpty)
            #expect(try history.cleanup().verdict(s) == .safe)
        }
        // What comes later is another try.
        var history = Runbook().snapshotMethod()
        history.act(flush, .refused)
        history.act(flush, .started)
        #expect(try history.cleanup().rules(s).contains(.inFlight))
    }

    @Test func `a file that is empty holds no dump, whatever it is said to be`() throws {
        for role in [FileRole.dump, .other, .report] {
            for bytes in [0, 10] {
                var history = try DumpRunbook().loaded()
                history.see(
                    .file(
                        FileEvidence(
                            path: "prod.sql", role: role, bytes: bytes,
                            sha256: String(repeating: "0", count: 64),
                            hasTrailer: role == .dump ? bytes > 0 : nil)))
                DumpRunbook().finish(&history)
                let rules = try history.cleanup().rules(s)
                #expect(rules.contains(.copyVerified) == (bytes == 0))
            }
        }
    }
}
