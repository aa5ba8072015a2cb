import Ledger
import Testing

@testable import Fleet

@Suite struct MigrationOwnerTests {
    static let open =
        "$ ledger-cli migration open move --from prod --to prod2 --method dump --temp tmp"
        + " --hostname www.bestpants.com\n"

    private func owners(_ text: String, open: [MigrationRoles] = []) throws -> [String?] {
        try read(clock + text, open: open).drafts.map(\.migration)
    }

    @Test(arguments: [
        "$ fleet env maintenance prod ON\n", "$ fleet env describe prod2\n",
        "$ fleet env create --snapshot x tmp\n", "$ fleet env create --source-environment prod x\n",
        "$ fleet snapshot create prod --name pm\n", "$ fleet database connect prod2 < d\n",
        "$ fleet config default-env prod2\n",
        "$ ledger-cli record dns www.bestpants.com --to elsewhere\n",
        "$ ledger-cli record observation dns www.bestpants.com --target x\n",
        "$ ledger-cli record observation environment prod --nfs off\n",
        "$ ledger-cli record decision go\n",
    ])
    func `what touches an environment or hostname of the open migration is its own`(
        _ line: String
    ) throws {
        #expect(try owners(Self.open + line) == ["move", "move"])
    }

    @Test(arguments: [
        "$ fleet env maintenance staging ON\n", "$ fleet env list\n",
        "$ fleet snapshot create staging --name pm\n", "$ fleet snapshot destroy pm\n",
        "$ ledger-cli record dns other.example --to elsewhere\n", "$ date\n",
    ])
    func `what touches none of them is not`(_ line: String) throws {
        #expect(try owners(Self.open + line) == ["move", nil])
    }

    @Test func `a snapshot that was taken for a migration stays its own`() throws {
        let create = "$ fleet snapshot create prod --name pm\n"
        #expect(
            try owners(
                Self.open + create + "$ fleet snapshot destroy pm --type nfs\n"
                    + "$ fleet snapshot destroy pm\n") == ["move", "move", nil, "move"])
    }

    @Test func `a migration that was open before counts and one that was closed does not`() throws {
        let roles = MigrationRoles(
            migration: "old", source: "prod", destination: "prod2", method: .snapshot)
        let line = "$ fleet env describe prod\n"
        #expect(try owners(line, open: [roles]) == ["old"])
        #expect(
            try owners(line + "$ ledger-cli migration close old\n" + line, open: [roles])
                == ["old", "old", nil])
        // With two open ones nobody knows which is meant.
        #expect(try owners(Self.open + line, open: [roles]) == ["move", nil])
    }
}
