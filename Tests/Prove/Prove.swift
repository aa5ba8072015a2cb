import ArgumentParser
import FleetProof

@main struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Hold the planner's promises against a model.")

    func run() throws {}
}
