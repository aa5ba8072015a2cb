import Ledger
import Testing

@testable import Fleet

@Suite struct OutcomeRuleTests {
    static let destroy = "fleet env destroy prod"
    static let echo = "Environment prod is now being destroyed\n"

    struct Case: Sendable {
        let line: String
        let output: String
        let exit: Int?
        let outcome: Outcome
        let detail: String

        init(
            _ line: String, _ output: String, _ exit: Int?, _ outcome: Outcome, _ detail: String
        ) {
            self.line = line
            self.output = output
            self.exit = exit
            self.outcome = outcome
            self.detail = detail
        }

        init(_ line: String, _ output: String, _ outcome: Outcome, _ detail: String) {
            self.init(line, output, 0, outcome, detail)
        }
    }

    static let echoes: [Case] = [
        ("fleet env create prod2", "Environment prod2 is now being created"),
        (destroy, "Environment prod is now being destroyed"),
        ("fleet snapshot create prod --name pm", "Snapshot pm is now being created"),
        ("fleet snapshot destroy pm", "Snapshot pm is now being destroyed"),
        ("fleet env load prod r1", "Release r1 is now being loaded into environment prod"),
        ("fleet env activate prod r1", "Release r1 is now being activated for environment prod"),
        ("fleet env activate prod r1", "#Release r1 is now being activated"),
        ("fleet env unload prod r1", "# Release r1 is now being unloaded from environment prod"),
        ("fleet release destroy r1", "Release 'r1' is being destroyed"),
        (
            "fleet env maintenance prod on",
            "Maintenance Mode for Environment prod is now being turned ON"
        ),
        (
            "fleet env protected prod OFF",
            "The protected state for Environment prod is now being set to OFF"
        ),
        ("fleet config default-env prod2", "Set default environment to 'prod2'"),
        ("fleet env cache flush prod", "Caches flushed for environment prod"),
        ("fleet env nfs prod ON", "NFS for Environment prod is now being turned ON"),
        ("fleet env solr prod OFF", "Solr for Environment prod is now being turned OFF"),
        ("fleet env varnish prod ON", "Varnish for environment prod is now being turned ON"),
        (
            "fleet env workers prod 20",
            "Workers per instance for Environment prod is set to 20\n"
                + "This affects newly loaded releases only."
        ),
        ("fleet database reboot prod", "Rebooting database for prod environment"),
        ("fleet config sql add s", "Saved script as s"),
        ("fleet config sql remove s", "Deleted script s"),
    ].map { Case($0.0, $0.1 + "\n", .accepted, "echo") }

    static let others: [Case] = [
        // Another object, another state, another action; names that begin or end alike.
        Case(destroy, "Environment prod2 is now being destroyed\n", .unknown, "echo-differs"),
        Case(destroy, "Environment pro is now being destroyed\n", .unknown, "echo-differs"),
        Case(destroy, "Environment xprod is now being destroyed\n", .unknown, "echo-differs"),
        Case(destroy, "Environment PROD is now being destroyed\n", .unknown, "echo-differs"),
        Case(destroy, "Environment prod is now being created\n", .unknown, "echo-differs"),
        Case(destroy, "Snapshot prod is now being destroyed\n", .unknown, "echo-differs"),
        Case(
            destroy, echo + "Environment staging is now being destroyed\n", .unknown,
            "echo-differs"),
        Case(
            "fleet snapshot destroy pm", "Snapshot pm2 is now being destroyed\n", .unknown,
            "echo-differs"),
        Case(
            "fleet env unload production 7ea2c5e",
            "# Release d9dcdd7 is now being unloaded from environment prod\n", .unknown,
            "echo-differs"),
        Case(
            "fleet env maintenance prod ON",
            "Maintenance Mode for Environment prod is now being turned OFF\n", .unknown,
            "echo-differs"),
        Case(
            "fleet config default-env prod2", "Default environment is 'prod'\n", .unknown,
            "echo-differs"),
        Case(
            destroy, "Environment prod2 is now being destroyed\n", 1, .unknown, "echo-differs"),
        // Beside the right echo.
        Case(destroy, echo + "Error: could not reach the scheduler\n", .unknown, "error-text"),
        Case(destroy, echo + "ssh: connection timed out\n", .unknown, "connection-lost"),
        Case(destroy, echo, 1, .unknown, "exit-status"),
        Case(destroy, echo, 255, .unknown, "connection-lost"),
        Case(destroy, echo + "Environment prod is now being destroyed.\n", .accepted, "echo"),
        Case(
            destroy, echo + "Connection to aux.bestpants.f.nchr.io closed.\n", .accepted, "echo"),
        Case(
            destroy, echo + "Connection to aux.bestpants.f.nchr.io closed by remote host.\n",
            .unknown, "connection-lost"),
        Case(destroy, echo + "We will be destroying it soon\n", .accepted, "echo"),
        // An echo in a sentence is none.
        Case(destroy, "If Environment prod is now being destroyed\n", .unknown, "no-echo"),
        Case(destroy, "Environment prod is now being destroyed, not\n", .unknown, "no-echo"),
        // Without it.
        Case(destroy, "Bye\n", .unknown, "no-echo"),
        Case(destroy, "Error: environment prod is protected\n", .unknown, "error-text"),
        Case(destroy, "Error: environment prod is protected\n", 1, .refused, "exit-status"),
        Case(destroy, "no\n", 254, .refused, "exit-status"),
        Case(destroy, "no\n", 255, .unknown, "connection-lost"),
        Case(destroy, "Terminated\n", 143, .unknown, "exit-status"),
        Case(destroy, "no\n", nil, .unknown, "exit-status"),
        Case(destroy, "", 1, .unknown, "exit-status"),
        Case(destroy, " \r\n\n", 1, .unknown, "exit-status"),
        Case(
            destroy, "Connection to aux.x.f.nchr.io closed.\r\n", 1, .unknown, "exit-status"),
        Case(destroy, "Connection to aux.x.f.nchr.io closed.\r\n", 0, .unknown, "no-echo"),
        Case(destroy, "ssh: Could not resolve hostname aux\n", 1, .unknown, "connection-lost"),
        Case(destroy, "Request timed out\n", 0, .unknown, "connection-lost"),
        Case(destroy, "", 0, .accepted, "silence"),
        // Commands without a documented echo.
        Case("fleet env deactivate prod", "done\n", .accepted, "exit-status"),
        Case("fleet env deactivate prod", "", .accepted, "silence"),
        Case("fleet env deactivate prod", "Cannot: prod is protected\n", .unknown, "error-text"),
        Case("fleet release create master", "Queued.\n", .accepted, "exit-status"),
        Case("fleet database dump t > d.sql", "", .accepted, "silence"),
        Case(
            "fleet database dump t > d.sql", "mysqldump: Got error: 1045: Access denied\n",
            .unknown, "error-text"),
        Case(
            "fleet database dump t", "-- errors and timeouts\nINSERT 'Error: failed';\n",
            .accepted, "exit-status"),
        Case(
            "fleet database dump t", "-- x\nmysqldump: Error 2013: Lost connection to MySQL\n",
            .unknown, "connection-lost"),
        Case("fleet database connect d < d.sql", "", .accepted, "silence"),
        Case(
            "fleet database connect d < d.sql",
            "mysql: [Warning] Using a password on the command line interface can be insecure.\n",
            .accepted, "exit-status"),
        Case(
            "fleet database connect d < d.sql",
            "ERROR 1227 (42000) at line 18: Access denied; you need the SUPER privilege\n", 0,
            .refused, "error-text"),
        Case(
            "fleet database connect d < d.sql",
            "ERROR 1227 (42000) at line 18: Access denied\n", 1, .refused, "error-text"),
        Case(
            "fleet database connect d < d.sql",
            "ERROR 1227 (42000) at line 18: Access denied\n", 255, .refused, "error-text"),
        Case(
            "fleet database connect d < d.sql",
            "ERROR 2013 (HY000) at line 9: Lost connection to MySQL server during query\n", 1,
            .unknown, "connection-lost"),
    ]

    @Test(arguments: echoes + others) func `the outcome follows the rule`(_ item: Case) throws {
        let asked = try #require(try action(item.line))
        let (outcome, detail) = OutcomeRule.classify(
            asked, output: item.output, exitStatus: item.exit)
        #expect(outcome == item.outcome, "\(item.line): \(item.output)")
        #expect(detail == item.detail, "\(item.line): \(item.output)")
    }

    /// What a terminal shows beside a dump or a load that did not go through, without its exit status.
    static let complaints = [
        "mysqldump: Got errno 28 on write", "zsh: file exists: d.sql", "^C", "  ^C",
        "Enter password: ^C", "Terminated", "Terminated: 15", "Hangup", "Quit (core dumped)",
        "[1]+  Stopped                 fleet database dump t", "[2]  - suspended  fleet database",
        "-bash: d.sql: Read-only file system", "bash: d.sql: Is a directory",
        "mysqldump: Got packet bigger than 'max_allowed_packet' bytes",
        "mysqldump: Deadlock found when trying to get lock",
        "mysql: Lock wait timeout exceeded; try restarting transaction",
        "sh: 1: cannot create d.sql: Directory nonexistent", "zsh: no space left on device: d.sql",
        "mariadb-dump: Couldn't execute 'SHOW TRIGGERS'", "the dump was interrupted",
    ]

    @Test(arguments: complaints) func `a dump or a load beside a complaint is not accepted`(
        _ text: String
    ) throws {
        for line in ["fleet database dump t > d.sql", "fleet database connect d < d.sql"] {
            let asked = try #require(try action(line))
            for output in ["\(text)\n", "\(text)\r\n", "Connection to aux closed.\n\(text)\n"] {
                let (outcome, _) = OutcomeRule.classify(asked, output: output, exitStatus: 0)
                #expect(outcome == .unknown, "\(line): \(output)")
            }
        }
    }

    @Test(arguments: [
        "mysqldump: [Warning] Using a password on the command line interface can be insecure.",
        "Warning: Using a password on the command line interface can be insecure.",
        "mysqldump: [Note] one table only", "Connection to aux.x.f.nchr.io closed.",
        "Dumping database of t", "12.4 GB written",
    ]) func `a dump or a load beside a warning is accepted`(_ text: String) throws {
        for line in ["fleet database dump t > d.sql", "fleet database connect d < d.sql"] {
            let asked = try #require(try action(line))
            let (outcome, _) = OutcomeRule.classify(asked, output: "\(text)\n", exitStatus: 0)
            #expect(outcome == .accepted, "\(line): \(text)")
        }
    }

    @Test(arguments: echoes) func `an echo survives terminals`(_ item: Case) throws {
        let asked = try #require(try action(item.line))
        let lines = item.output.split(separator: "\n")
        for output in [
            lines.map { "\($0)\r\n" }.joined(), lines.map { "\u{1B}[32m\($0)\u{1B}[0m\n" }.joined(),
            lines.map { "# \($0)\n" }.joined(), lines.map { "  \($0)  \r\r\n" }.joined(),
            lines.joined(separator: "\n"),
        ] {
            #expect(
                OutcomeRule.classify(asked, output: output, exitStatus: 0).outcome == .accepted,
                "\(output)")
        }
    }

    @Test(arguments: echoes) func `a time-out is unknown whatever was printed`(_ item: Case) throws
    {
        let asked = try #require(try action(item.line))
        #expect(
            OutcomeRule.classify(asked, output: item.output, exitStatus: 0, timedOut: true)
                == (.unknown, "timeout"))
    }

    @Test(arguments: echoes)
    func `silence under run is unknown where an echo is documented`(_ item: Case) throws {
        let asked = try #require(try action(item.line))
        #expect(
            OutcomeRule.classify(asked, output: "", exitStatus: 0, isExecuted: true)
                == (.unknown, "silence"))
        #expect(OutcomeRule.classify(asked, output: "", exitStatus: 0) == (.accepted, "silence"))
    }

    @Test func `silence under run is accepted where no echo is documented`() {
        #expect(
            OutcomeRule.classify(
                .databaseLoad(environment: "d", path: "f"), output: "", exitStatus: 0,
                isExecuted: true) == (.accepted, "silence"))
    }

    @Test func `names that are words of errors do not make an error`() {
        for name in ["error", "failed", "timeout", "invalid.", "denied"] {
            let action = Action.envCreate(EnvironmentCreation(environment: name))
            #expect(
                OutcomeRule.classify(
                    action, output: "Environment \(name) is now being created\n", exitStatus: 0)
                    == (.accepted, "echo"), "\(name)")
        }
    }

    @Test func `every exit status with text is a refusal, but for those of ssh and signals`() {
        for status in 1...254 {
            let (outcome, _) = OutcomeRule.classify(
                .envDeactivate(environment: "prod"), output: "no\n", exitStatus: status)
            #expect(outcome == (129...159 ~= status ? .unknown : .refused), "\(status)")
        }
    }

    @Test func `only the echo of the very action is accepted among random ones`() throws {
        var random = SeededGenerator(23)
        for _ in 0..<3000 {
            let asked = random.action()
            let told = random.action()
            guard let echo = Echo.expected(told), Echo.expected(asked) != nil else { continue }
            let (outcome, _) = OutcomeRule.classify(asked, output: echo + "\n", exitStatus: 0)
            let isSame = Echo.expected(asked) == echo
            // A name with a space cannot be told from the words around it.
            if isSame, !echo.contains("a b") { #expect(outcome == .accepted, "\(echo)") }
            if !isSame { #expect(outcome != .accepted, "\(echo)") }
        }
    }

    @Test func `an echo of something else is an action on what it names`() {
        let destroy = Action.envDestroy(environment: "stg")
        #expect(
            OutcomeRule.others(than: destroy, in: "Environment prod is now being destroyed\n")
                == [.envDestroy(environment: "prod")])
        #expect(
            OutcomeRule.others(
                than: .envMaintenance(environment: "stg", state: .off),
                in: "Maintenance Mode for Environment prod is now being turned OFF\n")
                == [.envMaintenance(environment: "prod", state: .off)])
        #expect(
            OutcomeRule.others(
                than: .snapshotDestroy(name: "x", kind: .nfs),
                in: "Snapshot pm is now being destroyed\n")
                == [.snapshotDestroy(name: "pm", kind: .nfs)])
        #expect(
            OutcomeRule.others(than: destroy, in: "Environment stg is now being destroyed\n")
                .isEmpty)
        #expect(OutcomeRule.others(than: destroy, in: "no such environment\n").isEmpty)
    }
}
