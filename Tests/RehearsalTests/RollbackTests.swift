import Ledger
import Testing

/// Ways back that are carried out as plans.
@Suite(.serialized, .timeLimit(.minutes(60))) struct RollbackTests {
    @Test func `a way back stops for what people do and goes on when it is seen`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save("rollback")
        let first = try await shop.ledger("apply \(plan)")
        #expect(first.status == 5)
        #expect(first.errors.contains("accept-loss"))
        #expect(try shop.effects.last == "env maintenance prod2 ON")
        try await shop.must("record accept-loss")
        for host in Rehearsal.hosts.sorted() {
            let stopped = try await shop.ledger("apply \(plan)")
            #expect(stopped.status == 5)
            #expect(stopped.errors.contains("point \(host) at prod"), "\(stopped.errors)")
            #expect(try !shop.effects.contains("env maintenance prod OFF"))
            try await shop.beside("point \(host) --to prod")
        }
        let last = try await shop.ledger("apply \(plan)")
        #expect(last.status == 0, "\(last.errors)")
        let effects = try shop.effects
        #expect(effects.contains("env maintenance prod OFF"))
        #expect(effects.contains("config default-env prod"))
        #expect(try await shop.types.last == "plan.finished")
    }

    @Test func `a test that fails is taken back to where the evening began`() async throws {
        let shop = try await Rehearsal.evening("snapshot", until: .released)
        try await shop.must("record test prod2 failed")
        let plan = try await shop.save("rollback")
        let result = try await shop.ledger("apply \(plan)")
        #expect(result.status == 0, "\(result.errors)")
        let effects = try shop.effects
        let order = [
            "env maintenance prod OFF", "env destroy prod2", "snapshot destroy plan-migration",
        ]
        #expect(effects.suffix(3) == order[...])
        #expect(try await shop.standing(of: "environment/prod2") == "gone")
    }
}
