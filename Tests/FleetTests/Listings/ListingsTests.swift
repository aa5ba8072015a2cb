import Ledger
import Testing

@testable import Fleet

/// Listings as the platform's documentation shows them.
enum Sample {
    static let environments = """
        name     status    release      releases  certificate    created                    updated
        -------  --------  ---------  ----------  -------------  -------------------------  -------------------------
        staging  RUNNING                       0  self-signed    2015-06-09 00:34:51+00:00  2015-06-09 00:35:27+00:00
        prod     RUNNING   037205f             1  prod           2015-03-24 23:06:21+00:00  2015-06-03 05:35:30+00:00

        """

    static let shortEnvironments = """
        name     status      release
        -------  ----------  -----------
        prod     RUNNING     d9dcdd7
        staging  DESTROYING  d9dcdd7

        """

    static let snapshots = """
        name                      environment    status     size    type       created
        ------------------------  -------------  ---------  ------  ---------  -------------------------
        1421200800                prod           AVAILABLE  100GB   AUTOMATED  2015-01-14 23:58:43+11:00
        comtpldzc4mj              test           AVAILABLE  100GB   MANUAL     2015-01-14 12:49:01+11:00
        prod-before-schema-update prod           AVAILABLE  100GB   MANUAL     2015-01-05 13:51:26+11:00

        """

    static let releases = """
        name     status     modified                   message
        -------  ---------  -------------------------  --------------------------------
        5d5350b  CREATING   2015-01-15 06:14:40+00:00  Added tags to product descrip...
        7ea2c5e  AVAILABLE  2015-01-14 06:14:40+00:00

        """
}

extension Observation {
    /// The rows of a list of environments.
    var environmentRows: Listing<EnvironmentRow>? {
        guard case .environments(let listing) = self else { return nil }
        return listing
    }

    /// The rows of a list of snapshots.
    var snapshotRows: Listing<SnapshotRow>? {
        guard case .snapshots(_, let listing) = self else { return nil }
        return listing
    }

    /// The rows of a list of releases.
    var releaseRows: Listing<ReleaseRow>? {
        guard case .releases(let listing) = self else { return nil }
        return listing
    }

    /// The names of SQL scripts.
    var scriptNames: Listing<String>? {
        guard case .sqlScripts(let listing) = self else { return nil }
        return listing
    }

    /// One environment.
    var describedEnvironment: EnvironmentDescription? {
        guard case .environment(let description) = self else { return nil }
        return description
    }
}

/// The observation of a command that ended well.
func look(_ read: ReadCommand, _ output: String, exit: Int? = 0) -> Observation {
    Listings.observation(read, output: output, exitStatus: exit)
}

@Suite struct ListingsTests {
    @Test func `the full list of environments is read with its empty cells`() throws {
        let listing = try #require(look(.envList, Sample.environments).environmentRows)
        #expect(listing.isComplete)
        #expect(
            listing.rows == [
                EnvironmentRow(
                    environment: "staging", status: "RUNNING",
                    created: Timestamp("2015-06-09T00:34:51Z"), certificate: "self-signed"),
                EnvironmentRow(
                    environment: "prod", status: "RUNNING", release: "037205f",
                    created: Timestamp("2015-03-24T23:06:21Z"), certificate: "prod"),
            ])
    }

    @Test func `the short list of environments is read`() throws {
        let listing = try #require(look(.envList, Sample.shortEnvironments).environmentRows)
        #expect(listing.isComplete)
        #expect(listing.rows.map(\.environment) == ["prod", "staging"])
        #expect(listing.rows.map(\.status) == ["RUNNING", "DESTROYING"])
        #expect(listing.rows.map(\.release) == ["d9dcdd7", "d9dcdd7"])
    }

    @Test(arguments: [
        Sample.environments, Sample.shortEnvironments,
    ])
    func `terminals and documentation change nothing`(_ output: String) throws {
        let plain = look(.envList, output)
        let lines = output.split(separator: "\n")
        for text in [
            output.replacing("\n", with: "\r\n"), output.replacing("\n", with: "\r\r\n"),
            lines.map { "# \($0)\n" }.joined(), lines.map { "\u{1B}[1m\($0)\u{1B}[0m\n" }.joined(),
            "\n\n" + output + "\n\n",
            output + "Connection to aux.example.f.nchr.io closed.\r\n",
            "Warning: Permanently added 'aux' (ECDSA) to the list of known hosts.\n" + output,
        ] {
            #expect(look(.envList, text) == plain, "\(text)")
        }
    }

    @Test func `a snapshot name may overflow into the gap`() throws {
        let listing = try #require(look(.snapshotList(nil), Sample.snapshots).snapshotRows)
        #expect(listing.isComplete)
        #expect(listing.rows.map(\.snapshot).last == "prod-before-schema-update")
        #expect(listing.rows.map(\.environment) == ["prod", "test", "prod"])
        #expect(listing.rows.map(\.type) == ["AUTOMATED", "MANUAL", "MANUAL"])
        #expect(listing.rows[0].created == Timestamp("2015-01-14T12:58:43Z"))
        #expect(listing.rows[0].size == "100GB")
    }

    @Test func `a name that reaches the next column makes the list incomplete`() throws {
        let long = "prod-before-the-schema-update-of-2015"
        for row in [
            "\(long) prod           AVAILABLE  100GB   MANUAL     2015-01-05 13:51:26+11:00",
            "\(long)  prod  AVAILABLE  100GB   MANUAL     2015-01-05 13:51:26+11:00",
            "prod-before-schema-updatesprod           AVAILABLE  100GB   MANUAL     2015-01-05 13:51:26+11:00",
        ] {
            let listing = try #require(
                look(.snapshotList(nil), Sample.snapshots + row + "\n").snapshotRows)
            #expect(!listing.isComplete, "\(row)")
            #expect(listing.rows.count == 3, "\(row)")
        }
    }

    @Test func `a listing says of which kind its snapshots are`() {
        guard case .snapshots(.nfs, _) = look(.snapshotList(.nfs), Sample.snapshots),
            case .snapshots(.database, _) = look(.snapshotList(nil), Sample.snapshots)
        else {
            Issue.record("the kind differs")
            return
        }
    }

    @Test func `releases are read in both forms and with columns to come`() throws {
        let full = try #require(look(.releaseList, Sample.releases).releaseRows)
        #expect(full.isComplete)
        #expect(full.rows.map(\.release) == ["5d5350b", "7ea2c5e"])
        #expect(full.rows.map(\.environments) == [nil, nil])
        let short = """
            # name     status
            # -------  ---------
            # 7ea2c5e  AVAILABLE

            """
        #expect(
            look(.releaseList, short).releaseRows
                == Listing(
                    rows: [ReleaseRow(release: "7ea2c5e", status: "AVAILABLE")], isComplete: true))
        let extra = """
            name     status     environments    colour
            -------  ---------  --------------  --------
            7ea2c5e  AVAILABLE  prod, staging   blue
            d9dcdd7  AVAILABLE

            """
        let listing = try #require(look(.releaseList, extra).releaseRows)
        #expect(listing.isComplete)
        #expect(listing.rows.map(\.environments) == [["prod", "staging"], []])
    }

    @Test func `an unknown status is kept as it is`() throws {
        let output = Sample.shortEnvironments.replacing("DESTROYING", with: "MELTING   ")
        let listing = try #require(look(.envList, output).environmentRows)
        #expect(listing.isComplete)
        #expect(listing.rows.map(\.status) == ["RUNNING", "MELTING"])
    }

    @Test func `the ruler wins over a header that is not aligned with it`() throws {
        let output = """
            name    status    release   releases   certificate   created    updated
            ------  --------  --------- ---------- ------------- ------------------------- -------------------------
            prod    RUNNING   037205f   1           prod         2015-03-24 23:06:21+00:00 2015-06-03 05:35:30+00:00

            """
        let listing = try #require(look(.envList, output).environmentRows)
        #expect(listing.isComplete)
        #expect(listing.rows.first?.release == "037205f")
        #expect(listing.rows.first?.certificate == "prod")
        #expect(listing.rows.first?.created == Timestamp("2015-03-24T23:06:21Z"))
    }

    @Test func `a table without rows is complete and empty`() {
        let output = """
            name    environment    status    size    type    created
            ------  -------------  --------  ------  ------  ---------

            """
        #expect(
            look(.snapshotList(.nfs), output).snapshotRows == Listing(rows: [], isComplete: true))
    }

    @Test(arguments: [
        "", "\n", "Error: try again\n", "name  status\n",
        "name    status    release\n------  --------  ----\n",
        "----  ----\nprod  RUNNING\n", "prod  RUNNING\n",
        Sample.shortEnvironments + "Error: the list was cut short\n",
        Sample.shortEnvironments + "...\n", Sample.shortEnvironments + "and 3 more\n",
        "Error: one shard did not answer\n" + Sample.shortEnvironments,
        Sample.shortEnvironments + "dev\n", Sample.shortEnvironments + Sample.shortEnvironments,
        Sample.shortEnvironments + "dev      RUNN\n",
        Sample.shortEnvironments + "client_loop: send disconnect: Broken pipe\n",
    ])
    func `what was not read whole is incomplete`(_ output: String) throws {
        let listing = try #require(look(.envList, output).environmentRows)
        #expect(!listing.isComplete)
    }

    @Test(arguments: [1, 255, nil])
    func `a listing of a command that failed is incomplete`(_ exit: Int?) throws {
        let listing = try #require(look(.envList, Sample.environments, exit: exit).environmentRows)
        #expect(!listing.isComplete)
        #expect(listing.rows.count == 2)
        let late = Listings.observation(
            .envList, output: Sample.environments, exitStatus: 0, timedOut: true)
        #expect(late.environmentRows?.isComplete == false)
    }

    @Test(arguments: [Sample.environments, Sample.shortEnvironments])
    func `a list of environments cut inside a line is never complete`(_ output: String) throws {
        let whole = try #require(look(.envList, output).environmentRows)
        let bytes = Array(output.utf8)
        for count in 0..<(bytes.count - 1) {
            let text = String(decoding: bytes[..<count], as: UTF8.self)
            let listing = try #require(look(.envList, text).environmentRows)
            guard listing.isComplete else { continue }
            #expect(
                bytes[count - 1] == 0x0A || bytes[count] == 0x0A, "cut after byte \(count)")
            #expect(listing.rows == Array(whole.rows.prefix(listing.rows.count)))
        }
    }

    @Test(arguments: [Sample.environments, Sample.snapshots])
    func `a last row that was cut off is seen even when a line feed follows`(_ output: String) {
        // Up to the last column of the last row, which is a time.
        let body = output.dropLast()
        for count in 1..<26 {
            let text = String(body.dropLast(count)) + "\n"
            let isComplete =
                output == Sample.environments
                ? look(.envList, text).environmentRows?.isComplete
                : look(.snapshotList(nil), text).snapshotRows?.isComplete
            // A row without any `updated` is one that was never updated.
            if output == Sample.environments, count == 25 { continue }
            #expect(isComplete == false, "\(count)")
        }
    }

    @Test func `the default environment is the one in quotes`() {
        #expect(
            look(.defaultEnvironment, "Default environment is 'prod2'\r\n")
                == .defaultEnvironment("prod2"))
        for output in [
            "", "Default environment is 'pro", "Default environment is prod\n",
            "Set default environment to 'prod'\n", "Default environment is ''\n",
            "Default environment is 'a'\nDefault environment is 'b'\n", "Error\n",
        ] {
            #expect(look(.defaultEnvironment, output) == .defaultEnvironment(nil), "\(output)")
        }
        #expect(
            look(.defaultEnvironment, "Default environment is 'prod2'\n", exit: 255)
                == .defaultEnvironment(nil))
    }

    @Test func `SQL scripts are bare names, and none is believed only when it was said`() {
        #expect(
            look(.sqlScripts, "00-disable-payment\n10-clear\n").scriptNames
                == Listing(rows: ["00-disable-payment", "10-clear"], isComplete: true))
        #expect(look(.sqlScripts, "").scriptNames == Listing(rows: [], isComplete: false))
        let none = Listings.observation(
            .sqlScripts, output: "\n", exitStatus: 0, saidNoOutput: true)
        #expect(none.scriptNames == Listing(rows: [], isComplete: true))
        let failed = Listings.observation(
            .sqlScripts, output: "", exitStatus: 1, saidNoOutput: true)
        #expect(failed.scriptNames == Listing(rows: [], isComplete: false))
        #expect(look(.sqlScripts, "00-x\n10-cl").scriptNames?.isComplete == false)
        #expect(look(.sqlScripts, "Error: no answer\n").scriptNames?.isComplete == false)
    }
}
