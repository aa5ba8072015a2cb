import Ledger
import Projector
import Testing

/// What no look shows is asked of somebody, for the time at which it was done.
@Suite struct ToldOutcomeTests {
    private let s = "environment/prod"

    /// The dump method by the book, with something done before everything.
    private func evening(_ first: (inout CaseHistory) -> Void) throws -> CaseHistory {
        var history = CaseHistory()
        let book = try DumpRunbook().dumpMethod()
        for (index, event) in book.events.enumerated() {
            guard let payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            if event.time > history.clock { history.wait(event.time - history.clock) }
            history.add(payload)
            if index == 8 { first(&history) }
        }
        history.describe("prod2", Runbook().created(history), maintenance: .off)
        return history
    }

    @Test func `a shell before the copy is settled by a word for its time`() throws {
        var lost = Timestamp(milliseconds: 0)
        var history = try evening {
            lost = $0.clock
            $0.act(.databaseShell(environment: "prod"), .unknown)
        }
        let plan = try history.cleanup()
        #expect(plan.rules(s) == [.inFlight])
        #expect(
            plan.needs.map(\.command) == [
                [
                    "ledger-cli", "record", "command", "--outcome", "accepted", "--at", lost.short,
                    "--", "fleet", "database", "connect", "prod",
                ]
            ])
        #expect(try history.next().needs.map(\.command).contains(plan.needs[0].command))
        let now = history.clock
        history.wait(lost - now)
        history.act(.databaseShell(environment: "prod"))
        history.wait(now - history.clock)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test
    func `a shell that nobody saw the end of is settled by its start and the time of its end`()
        throws
    {
        let history = try evening { _ = $0.begin(.databaseShell(environment: "prod")) }
        let words = try history.cleanup().needs.map { $0.command.joined(separator: " ") }
        #expect(words.contains { $0.contains("--settles ") && $0.contains("--at TIME") })
    }

    // That it worked proves a copy, and that it did not, that nothing was replaced.
    @Test(arguments: ["prod", "prod2"])
    func `no outcome of a load is put into anybody's mouth`(environment: String) throws {
        var history = try DumpRunbook().loaded()
        history.act(.databaseLoad(environment: environment, path: "a.sql"), .unknown)
        let words = try history.cleanup().needs.map { $0.command.joined(separator: " ") }
        #expect(words.contains { $0.contains("--outcome OUTCOME --input a.sql --at ") })
        #expect(!words.contains { $0.contains("--outcome accepted") })
        #expect(!words.contains { $0.contains("--outcome refused") })
    }

    @Test func `what would prove something is asked to be refused`() throws {
        var history = try DumpRunbook().loaded()
        history.act(.databaseDump(environment: "prod", path: "b.sql"), .unknown)
        let words = try history.cleanup().needs.map { $0.command.joined(separator: " ") }
        #expect(words.contains { $0.contains("--outcome refused --output b.sql --at ") })
    }
}
