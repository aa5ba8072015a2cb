import Ledger
import Testing

@testable import Fleet

/// The command of a line, `fleet` and redirections included.
func command(_ line: String) throws -> FleetCommand {
    let parts = try Shell.split(line)
    return try Grammar.parse(
        parts.words.dropFirst().map(\.text), input: parts.input, output: parts.output)
}

/// The action of a line.
func action(_ line: String) throws -> Action? {
    guard case .action(let action, _) = try command(line) else { return nil }
    return action
}

@Suite struct GrammarTests {
    struct Form: Sendable {
        let line: String
        let command: FleetCommand

        init(_ line: String, _ action: Action, _ remarks: String...) {
            self.line = line
            command = .action(action, remarks: remarks)
        }

        init(_ line: String, read: ReadCommand) {
            self.line = line
            command = .read(read)
        }
    }

    static let forms: [Form] = [
        Form("fleet env create prod2", .envCreate(EnvironmentCreation(environment: "prod2"))),
        Form(
            "fleet env create --size f1-xlarge --ha --source-environment prod "
                + "--snapshot plan-migration prod2",
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"),
                    snapshot: .named("plan-migration"), size: "f1-xlarge", highAvailability: true))),
        Form(
            "fleet env create staging --source-environment=prod --whitelist office --no-ha",
            .envCreate(
                EnvironmentCreation(
                    environment: "staging", source: .named("prod"), highAvailability: false,
                    whitelist: "office"))),
        Form(
            "fleet env create --no-snapshot --no-nfs-snapshot x --no-source-environment "
                + "--ssl-certificate c --protected",
            .envCreate(
                EnvironmentCreation(
                    environment: "x", source: .none, snapshot: .none, nfsSnapshot: .none,
                    isProtected: true, certificate: "c"))),
        Form("fleet env destroy prod", .envDestroy(environment: "prod")),
        Form(
            "fleet env destroy --no-confirm tmp --delete-logs",
            .envDestroy(environment: "tmp", deleteLogs: true, noConfirm: true)),
        Form("fleet env load prod c341606", .envLoad(environment: "prod", release: "c341606")),
        Form(
            "fleet env prod load c341606", .envLoad(environment: "prod", release: "c341606"),
            "swapped-operands"),
        Form(
            "fleet env prod activate c341606",
            .envActivate(environment: "prod", release: "c341606"), "swapped-operands"),
        Form("fleet env load load 1", .envLoad(environment: "load", release: "1")),
        Form("fleet env load activate 1", .envLoad(environment: "activate", release: "1")),
        Form("fleet env deactivate prod", .envDeactivate(environment: "prod")),
        Form(
            "fleet env unload prod f7ac77a --delete-logs",
            .envUnload(environment: "prod", release: "f7ac77a", deleteLogs: true)),
        Form("fleet env maintenance prod on", .envMaintenance(environment: "prod", state: .on)),
        Form("fleet env maintenance prod Off", .envMaintenance(environment: "prod", state: .off)),
        Form("fleet env protected prod OFF", .envProtected(environment: "prod", state: .off)),
        Form(
            "fleet env nfs prod off",
            .envSetting(environment: "prod", setting: "nfs", value: "OFF")),
        Form("fleet env cache flush prod2", .envCacheFlush(environment: "prod2")),
        Form(
            "fleet env cert prod wildcard-15-jan",
            .envSetting(environment: "prod", setting: "cert", value: "wildcard-15-jan")),
        Form(
            "fleet env workers prod auto",
            .envSetting(environment: "prod", setting: "workers", value: "AUTO")),
        Form(
            "fleet env autoscaling limits prod 2 10",
            .envSetting(environment: "prod", setting: "autoscaling limits", value: "2 10")),
        Form(
            "fleet env autoscaling rates prod -1 10",
            .envSetting(environment: "prod", setting: "autoscaling rates", value: "-1 10")),
        Form(
            "fleet env autoscaling desired prod c341606 4",
            .envSetting(environment: "prod", setting: "autoscaling desired", value: "c341606 4")),
        Form(
            "fleet env autoscaling desired prod 6",
            .envSetting(environment: "prod", setting: "autoscaling desired", value: "6")),
        Form(
            "fleet env newrelic prod --newrelic-licence abcdef",
            .envSetting(environment: "prod", setting: "newrelic", value: "set")),
        Form(
            "fleet snapshot create prod --name pm",
            .snapshotCreate(environment: "prod", name: "pm")),
        Form(
            "fleet snapshot create --type=nfs --force --name pm prod",
            .snapshotCreate(environment: "prod", name: "pm", kind: .nfs, force: true)),
        Form(
            "fleet snapshot create prod plan-migration",
            .snapshotCreate(environment: "prod", name: "plan-migration"), "positional-name"),
        Form("fleet snapshot destroy pm --type nfs", .snapshotDestroy(name: "pm", kind: .nfs)),
        Form(
            "fleet database dump t shop > dump.sql",
            .databaseDump(environment: "t", database: "shop", path: "dump.sql")),
        Form(
            "fleet database connect d shop < 'my dump.sql'",
            .databaseLoad(environment: "d", database: "shop", path: "my dump.sql")),
        Form("fleet database connect d", .databaseShell(environment: "d")),
        Form("fleet database reboot d", .databaseReboot(environment: "d")),
        Form(
            "fleet release create --url https://u:p@example.com/a.tar.gz v1.0",
            .releaseCreate(object: "v1.0", url: "https://u:[redacted]@example.com/a.tar.gz")),
        Form("fleet release destroy 33516fa", .releaseDestroy(release: "33516fa")),
        Form("fleet config default-env prod2", .configDefaultEnv(environment: "prod2")),
        Form(
            "fleet config sql add 00-x http://my.host/script.sql",
            .configSqlScript(change: .add, script: "00-x")),
        Form("fleet config sql remove 00-x", .configSqlScript(change: .remove, script: "00-x")),
        Form(
            "fleet log delete --environment prod --group g",
            .logDelete(environment: "prod", group: "g")),
        Form("fleet env list", read: .envList),
        Form("fleet env describe prod", read: .envDescribe("prod")),
        Form("fleet snapshot list", read: .snapshotList(nil)),
        Form("fleet snapshot list --type nfs", read: .snapshotList(.nfs)),
        Form("fleet release list", read: .releaseList),
        Form("fleet config default-env", read: .defaultEnvironment),
        Form("fleet config sql list", read: .sqlScripts),
    ]

    @Test(arguments: forms) func `every documented form is understood`(_ form: Form) throws {
        #expect(try command(form.line) == form.command)
    }

    @Test(arguments: [
        "fleet --version", "fleet report usage", "fleet report billing --output_mode notification",
        "fleet whitelist revoke w 10.0.0.0/8", "fleet cert add c", "fleet key list",
        "fleet notifications add --type email a@b.c", "fleet log list prod",
        "fleet log view prod 5d5350b apache --start-time 2015", "fleet config sql show x",
        "fleet config repo", "fleet env destroy --help",
    ])
    func `what the vocabulary has no action for is other`(_ line: String) throws {
        guard case .other = try command(line) else {
            Issue.record("\(line) is not other")
            return
        }
    }

    struct Mistake: Sendable {
        let line: String
        let word: Int
        let expected: String
    }

    static let mistakes: [Mistake] = [
        Mistake(line: "fleet", word: 1, expected: "env"),
        Mistake(line: "fleet destroy prod", word: 1, expected: "env"),
        Mistake(line: "fleet env", word: 2, expected: "create"),
        Mistake(line: "fleet env prod", word: 2, expected: "create"),
        Mistake(line: "fleet env destroy", word: 3, expected: "an environment"),
        Mistake(line: "fleet env destroy prod prod2", word: 4, expected: "the end"),
        Mistake(line: "fleet env destroy prod --yes", word: 4, expected: "--no-confirm"),
        Mistake(line: "fleet env destroy ''", word: 3, expected: "a name"),
        Mistake(line: "fleet env destroy -f prod", word: 3, expected: "--no-confirm"),
        Mistake(line: "fleet env load prod", word: 4, expected: "a release"),
        Mistake(line: "fleet env prod load", word: 4, expected: "a release"),
        Mistake(line: "fleet env maintenance prod", word: 4, expected: "ON or OFF"),
        Mistake(line: "fleet env maintenance prod maybe", word: 4, expected: "ON or OFF"),
        Mistake(line: "fleet env maintenance ON prod", word: 4, expected: "ON or OFF"),
        Mistake(line: "fleet env create", word: 3, expected: "the name"),
        Mistake(line: "fleet env create --size", word: 4, expected: "a value of --size"),
        Mistake(line: "fleet env create --size --ha x", word: 4, expected: "a value of --size"),
        Mistake(line: "fleet env create --size= x", word: 3, expected: "a value of --size"),
        Mistake(line: "fleet env create --ha=yes x", word: 3, expected: "--ha without"),
        Mistake(line: "fleet env create --ha --no-ha x", word: 5, expected: "exclude"),
        Mistake(line: "fleet env create --size a --size b x", word: 5, expected: "twice"),
        Mistake(
            line: "fleet env create --snapshot a --no-snapshot x", word: 6, expected: "exclude"),
        Mistake(
            line: "fleet env autoscaling desired prod c341606", word: 6,
            expected: "a number of frontends"),
        Mistake(line: "fleet env autoscaling limits prod 2", word: 6, expected: "a maximum"),
        Mistake(line: "fleet env autoscaling limits prod '1 2' 3", word: 5, expected: "a minimum"),
        Mistake(line: "fleet env cache prod", word: 3, expected: "flush"),
        Mistake(line: "fleet snapshot create prod", word: 4, expected: "--name"),
        Mistake(line: "fleet snapshot create prod x --name y", word: 4, expected: "the end"),
        Mistake(line: "fleet snapshot destroy x --type blob", word: 5, expected: "database or nfs"),
        Mistake(line: "fleet env destroy prod < x", word: 4, expected: "database connect"),
        Mistake(line: "fleet env list > x", word: 3, expected: "> FILE"),
        Mistake(line: "fleet database connect d a b < x", word: 5, expected: "the end"),
        Mistake(line: "fleet config sql", word: 3, expected: "list"),
        Mistake(line: "fleet log delete prod", word: 3, expected: "the end"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named with its word and what was expected`(_ mistake: Mistake) throws {
        let error = #expect(throws: GrammarError.self) { try command(mistake.line) }
        #expect(error?.word == mistake.word)
        let text = error?.description ?? ""
        #expect(text.contains(mistake.expected), "\(text)")
    }

    @Test func `input that is no terminal and no file makes a load from no known path`() throws {
        let command = try Grammar.parse(["database", "connect", "d"], inputIsTerminal: false)
        #expect(command == .action(.databaseLoad(environment: "d"), remarks: []))
    }

    @Test func `parsing what was rendered gives the action back`() throws {
        var random = SeededGenerator(7)
        for _ in 0..<4000 {
            let action = random.action()
            let line = Grammar.renderShell(action)
            #expect(try command(line) == .action(action, remarks: []), "\(line)")
        }
    }

    @Test func `a space is a space, whatever accent follows`() throws {
        let action = Action.envSetting(
            environment: "prod", setting: "autoscaling limits", value: "1 \u{301}2")
        #expect(
            Grammar.render(action) == [
                "fleet", "env", "autoscaling", "limits", "prod", "1", "\u{301}2",
            ])
        #expect(try command(Grammar.renderShell(action)) == .action(action, remarks: []))
    }

    @Test(arguments: [
        "release create --url=-x object", "snapshot create prod --name=-x",
        "env create --source-environment=-a --ssl-certificate=--b prod",
        "log delete --environment=-a --release=-b --group=-c",
    ])
    func `a value that looks like an option stays with its own`(line: String) throws {
        let parsed = try command("fleet " + line)
        guard case .action(let action, _) = parsed else {
            Issue.record("no action: \(line)")
            return
        }
        #expect(try command(Grammar.renderShell(action)) == parsed)
    }

    @Test func `parsing a rendered reading gives it back`() throws {
        let reads: [ReadCommand] = [
            .envList, .envDescribe("load"), .snapshotList(nil), .snapshotList(.nfs), .releaseList,
            .defaultEnvironment, .sqlScripts,
        ]
        for read in reads {
            #expect(
                try Grammar.parse(Array(Grammar.render(read).dropFirst())) == .read(read))
        }
    }

    @Test func `no words make the parser crash`() {
        var random = SeededGenerator(11)
        let words = [
            "env", "snapshot", "database", "config", "sql", "create", "destroy", "load", "list",
            "--name", "--type", "--size", "--ha", "prod", "ON", "", "-", "--", "=", "--=", "-1",
            "--name=", "autoscaling", "limits", "cache", "flush", "log", "delete", "ü", "\u{0}",
        ]
        var understood = 0
        for _ in 0..<20_000 {
            let line = (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(words) }
            if (try? Grammar.parse(line)) != nil { understood += 1 }
        }
        #expect(understood > 0)
    }
}
