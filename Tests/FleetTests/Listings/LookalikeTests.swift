import Fleet
import Ledger
import Testing

/// Names that differ in bytes and not to the eye.
@Suite struct LookalikeTests {
    @Test func `of names that only look the same nothing is read`() {
        let output = """
            name   status      release
            -----  ----------  -------
            caf\u{E9}   RUNNING     aaaaaaa
            cafe\u{301}  DESTROYING  bbbbbbb
            prod   RUNNING     ccccccc

            """
        guard
            case .environments(let listing) = Listings.observation(
                .envList, output: output, exitStatus: 0)
        else {
            Issue.record("not a list of environments")
            return
        }
        #expect(listing.rows.map(\.environment) == ["prod"])
        #expect(!listing.isComplete)
    }
}
