import Fleet
import Ledger
import Testing

/// A pipe shows prompt and echo on one line, since nobody sees the answer that was typed.
@Suite struct SameLineEchoTests {
    private static let echo = "Environment prod is now being destroyed"

    @Test(arguments: [
        "Type the name of the environment to go on: ", "> ", "Are you sure? ",
        "This will PERMANENTLY destroy environment prod. Type prod to destroy environment prod: ",
        "This cannot be undone.\nEnter its name: ",
    ])
    func `an echo behind a prompt counts`(_ prompt: String) {
        let action = Action.envDestroy(environment: "prod")
        #expect(
            OutcomeRule.classify(action, output: prompt + Self.echo + "\n", exitStatus: 0)
                == (.accepted, "echo"))
        #expect(
            OutcomeRule.classify(
                .envDestroy(environment: "prod2"), output: prompt + Self.echo, exitStatus: 0)
                == (.unknown, "echo-differs"))
    }

    @Test(arguments: [
        "Error: ", "Cannot continue: ", "Success: ", "Error, type again: ",
        "Error: unknown name, enter a valid name\n",
    ])
    func `an echo behind other words does not`(_ words: String) {
        let found = OutcomeRule.classify(
            .envDestroy(environment: "prod"), output: words + Self.echo, exitStatus: 0)
        #expect(found.outcome == .unknown)
    }

    @Test func `snapshots and releases are destroyed behind a prompt, too`() {
        #expect(
            OutcomeRule.classify(
                .snapshotDestroy(name: "pm"),
                output: "Are you sure? Snapshot pm is now being destroyed", exitStatus: 0)
                == (.accepted, "echo"))
        #expect(
            OutcomeRule.classify(
                .envMaintenance(environment: "prod", state: .on),
                output:
                    "Are you sure? Maintenance Mode for Environment prod is now being turned ON",
                exitStatus: 0) == (.unknown, "no-echo"))
    }
}
