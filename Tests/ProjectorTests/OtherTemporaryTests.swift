import Ledger
import Projector
import Testing

/// A temporary environment that was made under another name than was declared.
@Suite struct OtherTemporaryTests {
    private let t = "environment/temp"

    /// DUMP through a temporary environment, declared by a name.
    private func moved(declared name: String) throws -> CaseHistory {
        let book = DumpRunbook(throughTemporary: true, isTemporaryDeclared: true)
        var history = CaseHistory()
        for event in try book.dumpMethod().events {
            guard var payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            history.wait(event.time - history.clock)
            if case .decision(.migrationOpened(var roles)) = payload {
                roles.temporary = name
                payload = .decision(.migrationOpened(roles))
            }
            history.add(payload)
        }
        return history
    }

    @Test(arguments: ["temp", "tmpdump"])
    func `what was made from a snapshot, dumped and loaded is the temporary one`(name: String)
        throws
    {
        let plan = try moved(declared: name).cleanup()
        #expect(plan.verdict(t) == .safe, "\(plan.rules(t))")
    }

    @Test func `one that may be there under the declared name is`() throws {
        var history = try moved(declared: "tmpdump")
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "tmpdump", source: .named("prod"), snapshot: .named("early"))),
            .unknown)
        #expect(try history.cleanup().verdict(t) != .safe)
    }
}
