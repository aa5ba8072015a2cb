import FleetModel
import FleetProof
import Ledger
import Projector
import Testing

/// Whatever operators do, there is an answer, and it cites events that are there.
@Suite struct RandomConductTests {
    @Test(arguments: 1...12) func `random histories have an answer that cites what is there`(
        seed: Int
    ) throws {
        let scenario = Scenario(seed: UInt64(seed), without: nil)
        var history = History(scenario.setup)
        for (index, move) in scenario.moves.enumerated() {
            try history.play(move)
            guard index % 20 == 0 else { continue }
            try examine(history)
        }
        try examine(history)
    }

    private func examine(_ history: History) throws {
        let planner = try history.planner()
        for migration in planner.migrations {
            let conformance = try planner.conformance(migration: migration.name)
            let again = try planner.conformance(migration: migration.name)
            let isSame = conformance.json == again.json
            #expect(isSame)
            #expect(conformance.satisfied <= conformance.activated)
            let cited = (conformance.findings + conformance.undecided + conformance.held)
                .flatMap(\.evidence)
            #expect(cited.allSatisfy { 1...history.events.count ~= $0.number })
            #expect(conformance.findings.allSatisfy { !$0.message.isEmpty && !$0.evidence.isEmpty })
            for phase in conformance.phases {
                #expect(phase.to.map { $0 >= phase.from } ?? true)
            }
        }
    }
}
