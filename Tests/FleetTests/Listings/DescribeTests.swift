import Ledger
import Testing

@testable import Fleet

extension Sample {
    static let description = """
        ----------------                  -------------------------
        name                              prod
        status                            RUNNING
        whitelist                         allow-all
        ssl certificate                   self-signed
        created                           2015-04-30 14:34:55+10:00
        updated                           2015-05-13 20:36:18+10:00
        recycling                         ON
        size                              f1-large
        solr                              OFF
        maintenance mode                  OFF
        previous release                  f7ac77a
        autoscaling min                   1
        autoscaling scale down threshold  20%
        autoscaling scale down rate       -1/period
        ha                                ON
        workers/instance                  100
        newrelic                          0123456789abcdef
        ----------------                  -------------------------

        Releases:
        name     status      loaded                     updated                      frontends
        -------  ----------  -------------------------  -------------------------  -----------
        c341606  * ACTIVE *  2015-05-07 16:54:34+10:00  2015-05-12 16:25:58+10:00            1
        f7ac77a  RUNNING     2015-05-01 16:54:34+10:00  2015-05-02 16:25:58+10:00           10

        Endpoints:
        --------       ---------------------------------
        admin          admin.prod.example.f.nchr.io
        www            www.prod.example.f.nchr.io
        --------       ---------------------------------

        """

    static let oldDescription = """
        ------------------  -------------------------
        name                prod
        status              RUNNING
        active release      d9dcdd7
        activating release
        whitelist           sg-0b740f6e
        ssl certificate     9h87jcx1
        created             2014-12-17 10:21:51+11:00
        updated             2014-12-17 11:21:27+11:00
        ------------------  -------------------------

        Releases:
        -------------  -----------------------------------------------------------------------
        7ea2c5e        LOADING
        d9dcdd7        RUNNING
        -------------  -----------------------------------------------------------------------

        """

    static let bareDescription = """

        ----------------  -------------------------
        name              staging
        status            RUNNING
        created           2015-06-09 00:34:51+00:00
        health check      OFF
        previous release
        autoscaling min   2
        ----------------  -------------------------

        """
}

@Suite struct DescribeTests {
    @Test func `an old description without its releases names the active one`() throws {
        let end = try #require(Sample.oldDescription.firstRange(of: "Releases:"))
        let text = String(Sample.oldDescription[..<end.lowerBound])
        let shown = try describe("prod", text)
        #expect(shown.releases == nil)
        #expect(shown.activeRelease == .some("d9dcdd7"))
        let other = try describe("prod", text.replacing("d9dcdd7", with: "None"))
        #expect(other.activeRelease == .some(nil))
    }

    @Test func `the releases of an old description stand between rulers of one run too`() throws {
        let ruler = String(repeating: "-", count: 40)
        let lines = Sample.oldDescription.split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated().map {
            $0.offset > 9 && $0.element.hasPrefix("----") ? ruler[...] : $0.element
        }
        let shown = try describe("prod", lines.joined(separator: "\n"))
        #expect(shown.isComplete)
        #expect(shown.releases?.map(\.status) == ["LOADING", "ACTIVE"])
    }

    private func describe(_ name: String, _ output: String, exit: Int? = 0) throws
        -> EnvironmentDescription
    {
        try #require(look(.envDescribe(name), output, exit: exit).describedEnvironment)
    }

    @Test func `a full description is read`() throws {
        let prod = try describe("prod", Sample.description)
        #expect(prod.isComplete)
        #expect(prod.environment == "prod")
        #expect(prod.status == "RUNNING")
        #expect(prod.created == Timestamp("2015-04-30T04:34:55Z"))
        #expect(prod.size == "f1-large")
        #expect(prod.highAvailability == .on)
        #expect(prod.maintenance == .off)
        #expect(prod.solr == .off)
        #expect(prod.nfs == nil)
        #expect(prod.protected == nil)
        #expect(prod.previousRelease == "f7ac77a")
        #expect(
            prod.releases == [
                .init(release: "c341606", status: "ACTIVE"),
                .init(release: "f7ac77a", status: "RUNNING"),
            ])
        #expect(prod.activeRelease == .some("c341606"))
        #expect(prod.settings["autoscaling scale down threshold"] == "20%")
        #expect(prod.settings["workers/instance"] == "100")
        #expect(prod.settings["newrelic"] == "[redacted]")
        #expect(prod.endpoints["www"] == "www.prod.example.f.nchr.io")
    }

    @Test func `the old form marks its active release`() throws {
        let prod = try describe("prod", Sample.oldDescription)
        #expect(prod.isComplete)
        #expect(
            prod.releases == [
                .init(release: "7ea2c5e", status: "LOADING"),
                .init(release: "d9dcdd7", status: "ACTIVE"),
            ])
    }

    @Test func `missing sections are not shown, not empty`() throws {
        let staging = try describe("staging", Sample.bareDescription)
        #expect(staging.isComplete)
        #expect(staging.releases == nil)
        #expect(staging.endpoints.isEmpty)
        #expect(staging.previousRelease == nil)
        #expect(staging.maintenance == nil)
        #expect(staging.settings["health check"] == "OFF")
    }

    @Test(arguments: ["", "None"]) func `no previous release is none`(_ word: String) throws {
        let output = Sample.description.replacing(
            "previous release                  f7ac77a",
            with: "previous release                  \(word)")
        let prod = try describe("prod", output)
        #expect(prod.isComplete)
        #expect(prod.previousRelease == nil)
    }

    @Test func `a section with header and ruler and no rows has no releases`() throws {
        let lines = Sample.description.split(separator: "\n", omittingEmptySubsequences: false)
        let output = lines.filter { !$0.contains("10:00  2015") }.joined(separator: "\n")
        let prod = try describe("prod", output)
        #expect(prod.isComplete)
        #expect(prod.releases == [])
        #expect(prod.activeRelease == .some(nil))
    }

    @Test func `terminals change nothing`() throws {
        for sample in [Sample.description, Sample.oldDescription] {
            let plain = try describe("prod", sample)
            let lines = sample.split(separator: "\n", omittingEmptySubsequences: false)
            for text in [
                sample.replacing("\n", with: "\r\n"),
                lines.map { "# \($0)\n" }.joined(),
                "\n" + sample + "Connection to aux.example.f.nchr.io closed.\n",
            ] {
                #expect(try describe("prod", text) == plain)
            }
        }
    }

    @Test func `another environment than the requested one is evidence for the one it names`()
        throws
    {
        let other = try describe("prod2", Sample.description)
        #expect(other.environment == "prod")
        #expect(!other.isComplete)
        #expect(other.maintenance == .off)
        let similar = try describe("pro", Sample.description)
        #expect(similar.environment == "prod")
        #expect(!similar.isComplete)
    }

    @Test(arguments: ["", "Error: no such environment\n", "----  ----\nstatus  RUNNING\n"])
    func `without a name nothing is evidence`(_ output: String) throws {
        #expect(
            try describe("prod", output)
                == EnvironmentDescription(environment: "prod", isComplete: false))
    }

    @Test func `what is missing, doubled or not understood makes it incomplete`() throws {
        let lines = Sample.description.split(separator: "\n", omittingEmptySubsequences: false)
        func without(_ index: Int) -> String {
            var lines = lines
            lines.remove(at: index)
            return lines.joined(separator: "\n")
        }
        #expect(try !describe("prod", without(0)).isComplete)
        #expect(try !describe("prod", without(1)).isComplete)
        #expect(try !describe("prod", without(2)).isComplete)
        let closing = try #require(lines.lastIndex { $0.hasPrefix("newrelic") }) + 1
        #expect(try !describe("prod", without(closing)).isComplete)
        for text in [
            Sample.description + "Error: cut short\n",
            Sample.description.replacing("created    ", with: "status     "),
            Sample.description.replacing("2015-04-30 14:34:55+10:00", with: "2015-04-30"),
            Sample.description.replacing("\nReleases:\n", with: "\nWorkers:\n"),
            Sample.description.replacing("* ACTIVE *", with: "          "),
        ] {
            #expect(try !describe("prod", text).isComplete, "\(text)")
        }
        #expect(try !describe("prod", Sample.description, exit: 255).isComplete)
    }

    @Test func `an odd maintenance mode is not a switch`() throws {
        let odd = try describe(
            "prod",
            Sample.description.replacing(
                "maintenance mode                  OFF",
                with: "maintenance mode                  TURNING OFF"))
        #expect(odd.isComplete)
        #expect(odd.maintenance == nil)
        #expect(odd.settings["maintenance mode"] == "TURNING OFF")
    }

    @Test(arguments: [Sample.description, Sample.oldDescription])
    func `a description cut anywhere shows nothing that was not there`(_ output: String) throws {
        let whole = try describe("prod", output)
        let bytes = Array(output.utf8)
        for count in 0..<bytes.count {
            for end in ["", "\n"] {
                let text = String(decoding: bytes[..<count], as: UTF8.self) + end
                let cut = try describe("prod", text)
                let place = "byte \(count)"
                #expect(["prod", "pro", "pr", "p"].contains(cut.environment), "\(place)")
                if cut.environment != "prod" { #expect(!cut.isComplete, "\(place)") }
                #expect(cut.status == nil || cut.status == whole.status, "\(place)")
                #expect(cut.maintenance == nil || cut.maintenance == whole.maintenance, "\(place)")
                #expect(cut.size == nil || cut.size == whole.size, "\(place)")
                for (key, value) in cut.settings {
                    #expect(whole.settings[key] == value, "\(place)")
                }
                if let active = cut.activeRelease { #expect(active != nil, "\(place)") }
                if cut.isComplete {
                    // Only whole sections may be missing.
                    #expect(cut.releases == nil || cut.activeRelease == whole.activeRelease)
                    #expect(cut.endpoints.isEmpty || cut.endpoints == whole.endpoints)
                    #expect(cut.settings == whole.settings, "\(place)")
                }
            }
        }
    }
}
