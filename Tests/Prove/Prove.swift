import ArgumentParser
import FleetProof
import Foundation
import Projector

/// The command `prove`.
@main struct Prove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Hold the planner's promises against a model.",
        discussion: """
            Plays random histories of a model of the platform, makes every plan of each and \
            executes it on the model. A broken promise prints its seed and the shortest history \
            found, as a transcript for `ledger-cli import`. Exit status: 0 when every promise \
            held, 1 when one was broken or a rule is not missed.
            """)

    @Option(help: "How many random histories.") var histories = 10_000
    @Option(help: "The seed of the first one; the others follow.") var seed: UInt64 = 2016
    @Option(help: "How many at a time.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "Leave out each rule in turn and see what notices.") var mutants = false
    @Option(
        name: .customLong("case-results"),
        help: "With --mutants: lines of a rule and a test that noticed its absence.")
    var caseResults: String?
    @Flag(help: "Name the rules.") var rules = false
    @Flag(help: "Plan for fleets of growing size.") var scale = false

    func run() async throws {
        if rules { return RuleName.allCases.forEach { print($0.rawValue) } }
        if scale { return try Scale.run() }
        if mutants {
            let survivors = try await Mutants(
                histories: histories, seed: seed, jobs: jobs, caseResults: caseResults
            ).run()
            throw ExitCode(survivors.isEmpty ? 0 : 1)
        }
        let campaign = Campaign(histories: histories, seed: seed, jobs: jobs)
        let outcome = try await campaign.run()
        print(outcome.text)
        throw ExitCode(outcome.tally.violations == 0 ? 0 : 1)
    }
}
