import Fleet
import Ledger
import Testing

/// The question that the platform asks before it destroys an environment, in both of its wordings.
@Suite struct DestroyPromptTests {
    static let prompts: [String] = [
        """
        This will PERMANENTLY DESTROY environment prod!
        Please review the details below:
        ---------------  -------------------------
        name             prod
        status           RUNNING
        health check     failed
        ---------------  -------------------------
        Enter the environment's name to destroy it, or anything else to
        abort
        prod
        Environment prod is now being destroyed
        """,
        """
        Releases:
        Enter the environments name to proceed or anything else to abort
        > prod
        Environment prod is now being destroyed
        """,
        """
        Releases:
        Enter the environments name to proceed or anything else to abort
        > Environment prod is now being destroyed
        """,
        """
        Enter the environment's name to destroy it, or anything else to abort: prod
        Environment prod is now being destroyed
        """,
        """
        Enter the environment's name to destroy it, or anything else to abort: \
        Environment prod is now being destroyed
        """,
    ]

    @Test(arguments: prompts) func `the prompt of env destroy hides no echo`(_ output: String) {
        let action = Action.envDestroy(environment: "prod")
        for text in [
            output, output.replacing("\n", with: "\r\n"),
            "# " + output.replacing("\n", with: "\n# "),
        ] {
            #expect(
                OutcomeRule.classify(action, output: text, exitStatus: 0) == (.accepted, "echo"))
        }
        #expect(
            OutcomeRule.classify(
                .envDestroy(environment: "prod2"), output: output, exitStatus: 0
            ).outcome
                == .unknown)
    }

    @Test func `a prompt that was not answered is no acceptance`() {
        let output = "Enter the environment's name to destroy it, or anything else to abort: no\n"
        #expect(
            OutcomeRule.classify(
                .envDestroy(environment: "prod"), output: output, exitStatus: 0)
                == (.unknown, "no-echo"))
    }
}
