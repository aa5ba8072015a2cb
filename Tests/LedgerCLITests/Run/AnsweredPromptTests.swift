import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// What a program asks is answered whenever the question is whole, however it arrives.
@Suite struct AnsweredPromptTests {
    private static let heading = "This will PERMANENTLY DESTROY environment prod!\\n"
    private static let details = "name              prod\\nstatus            RUNNING\\n"
    private static let question =
        "Enter the environments name to proceed or anything else to abort\\n"

    /// Runs a script that asks, and gives what it printed; the answer is that of a step on prod.
    private func answered(_ asking: String) throws -> ProgramResult {
        var program = try Program([
            "sh", "-c", asking + "; read answer; echo \"got [$answer]\"",
        ])
        let confirmation = Confirmation(environment: "prod")
        program.input = .answers { confirmation.answer(to: $0, $1) }
        program.output = .nowhere
        program.errors = .nowhere
        program.limit = 10_000
        return try RunningProgram.run(program)
    }

    @Test(arguments: [
        "printf '\(heading)\(details)\(question)> '",
        "printf '\(heading)'; sleep 0.3; printf '\(details)'; sleep 0.3; printf '\(question)> '",
        "printf '\(heading)\(details)\(question)'; sleep 0.3; printf '> '",
        "printf '\(heading)\(details)Enter the environments na'; sleep 0.2; printf 'me to proceed or anything else to ab'; sleep 0.2; printf 'ort\\n> '",
        "echo 'Pseudo-terminal will not be allocated.' >&2; sleep 0.2; printf '\(heading)\(question)> '",
        "printf '\\n'; sleep 0.2; printf '\(heading)\(question)> '; echo 'still here' >&2",
        "sleep 1; printf '\(heading)'; sleep 1.5; printf 'Enter its name: '",
        "printf 'Type prod to destroy environment prod: '",
        "printf 'This will PERMANENTLY destroy environment prod. Type the name of the environment to go on: '",
        "printf '\\033[31m\(heading)\\033[0m\(question)> '",
    ])
    func `a question that comes in pieces is answered with the name`(_ asking: String) throws {
        let result = try answered(asking)
        #expect(result.printed.contains("got [prod]"), "\(result.printed)")
        #expect(result.status == 0)
    }

    @Test(arguments: [
        "printf 'Type prod2 to destroy environment prod: '",
        "printf 'Type yes to destroy environment prod: '",
        "printf 'This will DESTROY environment prod2! Enter its name: '",
        "printf 'Enter the name of the environment: '",
    ])
    func `a question about anything else is not answered with the name`(_ asking: String) throws {
        #expect(try answered(asking).printed.contains("got []"))
    }

    @Test func `who asks nothing keeps its input until it ends`() throws {
        let result = try answered("echo working; sleep 0.3; echo done; exec </dev/null")
        #expect(result.printed.contains("got []"))
        #expect(!result.isTimedOut)
    }
}
