import Ledger

extension Grammar {
    private static let environmentVerbs = [
        "create", "destroy", "describe", "list", "load", "activate", "deactivate", "unload",
        "maintenance", "protected", "solr", "nfs", "varnish", "recycling", "cache", "cert",
        "whitelist", "workers", "autoscaling", "newrelic", "sectionio",
    ]

    /// The operands of each `env autoscaling` form, the environment aside.
    private static let autoscaling = [
        "limits": ["a minimum", "a maximum"],
        "thresholds": ["a threshold to scale down", "a threshold to scale up"],
        "rates": ["a rate to scale down", "a rate to scale up"],
        "grace-period": ["a grace period"],
        "desired": ["a release", "a number of frontends"],
    ]

    /// The command of `env …`.
    ///
    /// The documented order wins: `env load load 1` loads into an environment called "load". Only a
    /// word that is no verb is taken for an environment in the swapped form `env E load R`.
    static func environment(_ words: [String]) throws(GrammarError) -> FleetCommand {
        if words.count >= 3, !environmentVerbs.contains(words[1]),
            words[2] == "load" || words[2] == "activate"
        {
            return try swapped(words)
        }
        let verb = try verb(words, of: environmentVerbs)
        switch verb {
        case "create": return try creation(words)
        case "destroy":
            let line = try CommandLine(words, verb: 2, flags: ["--delete-logs", "--no-confirm"])
            let operands = try line.exactly("an environment")
            return .action(
                .envDestroy(
                    environment: operands[0], deleteLogs: line.has("--delete-logs"),
                    noConfirm: line.has("--no-confirm")), remarks: [])
        case "unload":
            let line = try CommandLine(words, verb: 2, flags: ["--delete-logs"])
            let operands = try line.exactly("an environment", "a release")
            return .action(
                .envUnload(
                    environment: operands[0], release: operands[1],
                    deleteLogs: line.has("--delete-logs")), remarks: [])
        case "load", "activate":
            let operands = try CommandLine(words, verb: 2).exactly("an environment", "a release")
            return .action(
                verb == "load"
                    ? .envLoad(environment: operands[0], release: operands[1])
                    : .envActivate(environment: operands[0], release: operands[1]), remarks: [])
        case "newrelic", "sectionio": return try integration(words, verb)
        default: return try simple(words, verb)
        }
    }

    private static func simple(
        _ words: [String], _ verb: String
    ) throws(GrammarError) -> FleetCommand {
        switch verb {
        case "list":
            _ = try CommandLine(words, verb: 2).exactly()
            return .read(.envList)
        case "describe":
            return .read(
                .envDescribe(try CommandLine(words, verb: 2).exactly("an environment")[0]))
        case "deactivate":
            let operands = try CommandLine(words, verb: 2).exactly("an environment")
            return .action(.envDeactivate(environment: operands[0]), remarks: [])
        case "cache":
            _ = try self.verb(words, at: 2, of: ["flush"])
            let operands = try CommandLine(words, verb: 3).exactly("an environment")
            return .action(.envCacheFlush(environment: operands[0]), remarks: [])
        case "autoscaling":
            let form = try self.verb(words, at: 2, of: autoscaling.keys.sorted())
            var names = ["an environment"] + (autoscaling[form] ?? [])
            let line = try CommandLine(words, verb: 3)
            // Older documentation has no release there: the number alone.
            if form == "desired", line.operands.count == 2, Int(line.operands[1].text) != nil {
                names = ["an environment", "a number of frontends"]
            }
            let operands = try line.between(names.count, names)
            // They are kept as one text with spaces between them.
            if let index = operands.indices.dropFirst().first(where: {
                operands[$0].utf8.contains(0x20)
            }) {
                throw .expected(
                    names[index], word: line.operands[index].word, found: operands[index])
            }
            return .action(
                .envSetting(
                    environment: operands[0], setting: "autoscaling \(form)",
                    value: operands.dropFirst().joined(separator: " ")), remarks: [])
        case "cert", "whitelist", "workers":
            let line = try CommandLine(words, verb: 2)
            let name = ["cert": "a certificate", "whitelist": "a whitelist"][verb]
            let operands = try line.exactly("an environment", name ?? "a number or AUTO")
            var value = operands[1]
            if verb == "workers", value.uppercased() == "AUTO" { value = "AUTO" }
            return .action(
                .envSetting(environment: operands[0], setting: verb, value: value), remarks: [])
        default: return try toggle(words, verb)
        }
    }

    private static func toggle(
        _ words: [String], _ verb: String
    ) throws(GrammarError) -> FleetCommand {
        // The name of the option that takes a snapshot is not documented (Fleet, nfs); whichever it
        // is, it stays in the command that is kept.
        let option =
            verb == "nfs" ? words.dropFirst(2).firstIndex(where: CommandLine.isOption) : nil
        let name = option.map { String(words[$0].prefix { $0 != "=" }) }
        let line = try CommandLine(words, verb: 2, valued: name.map { [$0] } ?? [])
        let operands = try line.exactly("an environment", "ON or OFF")
        guard let state = Switch(word: operands[1]) else {
            throw .expected("ON or OFF", word: line.operands[1].word, found: operands[1])
        }
        if let option, let name, state == .off {
            throw .unknownOption(name, word: option + 1, known: [])
        }
        let environment = operands[0]
        switch verb {
        case "maintenance":
            return .action(.envMaintenance(environment: environment, state: state), remarks: [])
        case "protected":
            return .action(.envProtected(environment: environment, state: state), remarks: [])
        default:
            return .action(
                .envSetting(environment: environment, setting: verb, value: state.rawValue),
                remarks: [])
        }
    }

    private static func creation(_ words: [String]) throws(GrammarError) -> FleetCommand {
        let line = try CommandLine(
            words, verb: 2,
            flags: [
                "--no-snapshot", "--no-nfs-snapshot", "--no-source-environment", "--ha", "--no-ha",
                "--protected",
            ],
            valued: [
                "--snapshot", "--nfs-snapshot", "--source-environment", "--ssl-certificate",
                "--whitelist", "--size",
            ])
        func choice(_ option: String) throws(GrammarError) -> EnvironmentCreation.Choice {
            try line.refuse("--\(option)", with: "--no-\(option)")
            if let name = line.value("--\(option)") { return .named(name) }
            return line.has("--no-\(option)") ? .none : .unsaid
        }
        try line.refuse("--ha", with: "--no-ha")
        return .action(
            .envCreate(
                EnvironmentCreation(
                    environment: try line.exactly("the name of the new environment")[0],
                    source: try choice("source-environment"), snapshot: try choice("snapshot"),
                    nfsSnapshot: try choice("nfs-snapshot"), size: line.value("--size"),
                    highAvailability: line.has("--ha") ? true : line.has("--no-ha") ? false : nil,
                    isProtected: line.has("--protected"),
                    certificate: line.value("--ssl-certificate"),
                    whitelist: line.value("--whitelist"))), remarks: [])
    }

    /// `env newrelic` and `env sectionio`: their keys are secrets, so the value only says whether
    /// the integration was set or cleared.
    private static func integration(
        _ words: [String], _ verb: String
    ) throws(GrammarError) -> FleetCommand {
        let environment: String
        let isClear: Bool
        if verb == "newrelic" {
            let line = try CommandLine(
                words, verb: 2, flags: ["--clear-newrelic-licence"],
                valued: ["--newrelic-licence"])
            try line.refuse("--newrelic-licence", with: "--clear-newrelic-licence")
            environment = try line.exactly("an environment")[0]
            isClear = line.has("--clear-newrelic-licence")
            if !isClear, !line.has("--newrelic-licence") {
                throw .expected("--newrelic-licence", word: words.count + 1, found: nil)
            }
        } else {
            let line = try CommandLine(words, verb: 2, flags: ["--clear"])
            isClear = line.has("--clear")
            environment =
                try isClear
                ? line.exactly("an environment")[0]
                : line.exactly("an environment", "an endpoint", "a user name", "a password")[0]
        }
        return .action(
            .envSetting(
                environment: environment, setting: verb, value: isClear ? "clear" : "set"),
            remarks: [])
    }

    private static func swapped(_ words: [String]) throws(GrammarError) -> FleetCommand {
        guard !words[1].isEmpty, !words[1].hasPrefix("-") else {
            throw .expected(
                "one of \(environmentVerbs.joined(separator: " "))", word: 2, found: words[1])
        }
        let release = try CommandLine(words, verb: 3).exactly("a release")[0]
        return .action(
            words[2] == "load"
                ? .envLoad(environment: words[1], release: release)
                : .envActivate(environment: words[1], release: release),
            remarks: ["swapped-operands"])
    }
}
