import Fleet
import Ledger
import Testing

@testable import ledger_cli

/// What is typed when the platform asks before it destroys.
@Suite struct ConfirmationTests {
    private let confirmation = Confirmation(environment: "prod")

    private func question(_ announced: String, _ row: String) -> String {
        """
        This will PERMANENTLY DESTROY environment \(announced)!
        Please review the details below:
        ---------------  -------------------------
        name             \(row)
        status           RUNNING
        ---------------  -------------------------
        Enter the environment's name to destroy it, or anything else to
        abort

        """
    }

    @Test func `the name is typed when the question is about it alone`() {
        #expect(confirmation.answer(to: question("prod", "prod")) == "prod")
    }

    @Test(arguments: [("prod2", "prod2"), ("prod2", "prod"), ("prod", "prod2"), ("Prod", "Prod")])
    func `any other question is answered with nothing`(_ announced: String, _ row: String) {
        #expect(confirmation.answer(to: question(announced, row)) == "")
    }

    @Test func `a question that names nothing is answered with nothing`() {
        let bare = "Enter the environment's name to destroy it, or anything else to abort\n"
        #expect(confirmation.answer(to: bare) == "")
    }

    @Test func `nothing is typed before the question is complete`() {
        let whole = Array(question("prod", "prod"))
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        for count in 0..<(lines.count - 3) {
            let printed = lines.prefix(count).map { String($0) }.joined(separator: "\n")
            #expect(confirmation.answer(to: printed) == nil)
        }
    }
}

/// What is waited for, as it is written.
@Suite struct ConditionTests {
    @Test(arguments: [
        "environment/prod2 is RUNNING", "snapshot/database/plan-migration is AVAILABLE",
        "environment/prod is gone", "release/c341606 is ACTIVE on environment/prod2",
        "environment/prod maintenance ON", "www.bestpants.com at prod2",
        "maintenance of prod effective",
    ])
    func `a condition reads as it is written`(_ text: String) throws {
        #expect(try Condition(text).description == text)
    }

    @Test(arguments: [
        ("maintenance of prod is off", "environment/prod maintenance OFF"),
        ("prod maintenance is on", "environment/prod maintenance ON"),
        ("environment/prod2 is running", "environment/prod2 is RUNNING"),
        ("c341606 is running on prod2", "release/c341606 is RUNNING on environment/prod2"),
        ("dns/www.bestpants.com at environment/prod2", "www.bestpants.com at prod2"),
    ])
    func `other words for the same are understood`(_ text: String, _ meant: String) throws {
        #expect(try Condition(text).description == meant)
    }

    @Test(arguments: ["", "prod", "prod2 is RUNNING", "dns/x is RUNNING", "x at", "maintenance of"])
    func `what is no condition is refused`(_ text: String) {
        #expect(throws: CLIError.self) { try Condition(text) }
    }

    @Test func `a list that was cut off shows nothing gone`() throws {
        let gone = try Condition("environment/prod is gone")
        func look(_ isComplete: Bool) -> Look {
            Look(
                target: .platform(.envList), time: Timestamp(milliseconds: 0),
                observation: .environments(Listing(rows: [], isComplete: isComplete)))
        }
        #expect(gone.standing(look(true)) == .absent)
        #expect(gone.standing(look(false)) != .absent)
    }
}
