import Ledger
import Testing

@testable import Fleet

/// How the last line of a file ends is no part of what it says.
@Suite struct LineEndTests {
    private static let clock = "# at 2017-05-01T10:00:00Z\n# actor alice\n"
    private static let whole = "Default environment is 'prod'\n"

    @Test(arguments: [
        "$ fleet snapshot create prod plan-migration\nSnapshot plan-migration is now being created\n",
        "$ fleet env destroy prod\nType the name: prod\n\nEnvironment prod is now being destroyed\n",
        "$ fleet env destroy prod\n", "$ fleet env destroy prod\n# exit 255\n",
        "$ uptime\n10:00 up\n",
        "$ fleet config default-env\n" + whole, "$ ledger-cli record note x\n41  note.added\n",
        "$ fleet env list\n" + Sample.environments,
    ])
    func `the events are the same with and without a line feed at the end`(
        _ text: String
    ) throws {
        let drafts = try read(Self.clock + text).drafts
        let lines = String(text.dropLast())
        let forms = [
            lines, lines + "\r\n", lines + "\n\n \n", lines + "\n# +10m\n$ fleet env list\n",
            lines.replacing("\n", with: "\r\n"),
        ]
        for form in forms {
            let again = try read(Self.clock + form).drafts
            #expect(again.first == drafts.first, "\(form.debugDescription)")
        }
    }

    @Test func `a listing that may be cut off is another event than the whole one`() throws {
        let list = Self.clock + "$ fleet env list\n" + Sample.shortEnvironments
        let cut = try read(String(list.dropLast())).drafts[0]
        let whole = try read(list).drafts[0]
        #expect(cut.data["complete"] == false)
        #expect(whole.data["complete"] == true)
        #expect(cut.id != whole.id)
    }
}
