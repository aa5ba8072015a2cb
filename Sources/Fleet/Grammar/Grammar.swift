import Ledger

/// The command language of Fleet: words to commands, and commands back to words.
///
/// All forms that the platform's documentation has ever shown are accepted, the retired ones with
/// a remark. What is not known is an error and never a guess, so that no option is lost.
public enum Grammar {
    /// The command of the words after `fleet`.
    ///
    /// - Parameters:
    ///   - arguments: the words after `fleet`, redirections taken out.
    ///   - input: the file of `< FILE`.
    ///   - output: the file of `> FILE`.
    ///   - inputIsTerminal: false when the command is fed from elsewhere without `< FILE`, which
    ///     makes `database connect` a load from no known path.
    /// - Returns: the command as an action, a reading or a note.
    /// - Throws: `GrammarError` naming the word and what was expected there.
    public static func parse(
        _ arguments: [String], input: String? = nil, output: String? = nil,
        inputIsTerminal: Bool = true
    ) throws(GrammarError) -> FleetCommand {
        let command = try command(arguments, input, output, inputIsTerminal)
        if input != nil {
            switch command {
            case .action(.databaseLoad, _), .action(.configSqlScript, _), .other: break
            default:
                throw .expected(
                    "no \"< FILE\": only \"database connect\" is fed a file",
                    word: arguments.count + 1, found: "<")
            }
        }
        if output != nil {
            switch command {
            case .action(.databaseDump, _), .other: break
            default:
                throw .expected(
                    "no \"> FILE\": what the command prints is its outcome",
                    word: arguments.count + 1, found: ">")
            }
        }
        return command
    }

    private static func command(
        _ words: [String], _ input: String?, _ output: String?, _ inputIsTerminal: Bool
    ) throws(GrammarError) -> FleetCommand {
        guard let area = words.first else {
            throw .expected("a command such as \"env\" or \"snapshot\"", word: 1, found: nil)
        }
        if words.count <= 3, let last = words.last, last == "--help" || last == "-h" {
            return .other(words)
        }
        switch area {
        case "env": return try environment(words)
        case "snapshot": return try snapshot(words)
        case "release": return try release(words)
        case "database": return try database(words, input, output, inputIsTerminal)
        case "config": return try config(words)
        case "log": return try log(words)
        case "report", "whitelist", "cert", "key", "notifications", "--version":
            return .other(words)
        default:
            throw .expected(
                "env, snapshot, release, database, config, log, report, whitelist, cert, key, "
                    + "notifications or --version", word: 1, found: area)
        }
    }

    private static func snapshot(_ words: [String]) throws(GrammarError) -> FleetCommand {
        switch try verb(words, of: ["create", "destroy", "list"]) {
        case "create":
            let line = try CommandLine(
                words, verb: 2, flags: ["--force"], valued: ["--name", "--type"])
            let kind = try kind(line, words)
            if let name = line.value("--name") {
                let operands = try line.exactly("an environment")
                return .action(
                    .snapshotCreate(
                        environment: operands[0], name: name, kind: kind,
                        force: line.has("--force")), remarks: [])
            }
            let operands = try line.exactly("an environment", "--name and the snapshot's name")
            return .action(
                .snapshotCreate(
                    environment: operands[0], name: operands[1], kind: kind,
                    force: line.has("--force")), remarks: ["positional-name"])
        case "destroy":
            let line = try CommandLine(words, verb: 2, valued: ["--type"])
            let operands = try line.exactly("a snapshot")
            return .action(
                .snapshotDestroy(name: operands[0], kind: try kind(line, words)), remarks: [])
        default:
            let line = try CommandLine(words, verb: 2, valued: ["--type"])
            _ = try line.exactly()
            return .read(.snapshotList(try kind(line, words)))
        }
    }

    private static func release(_ words: [String]) throws(GrammarError) -> FleetCommand {
        switch try verb(words, of: ["create", "destroy", "list"]) {
        case "create":
            let line = try CommandLine(words, verb: 2, valued: ["--url"])
            let operands = try line.exactly("a git object")
            // The documentation advises to put a password into the address.
            let url = line.value("--url").map { Redaction.redact($0) }
            return .action(.releaseCreate(object: operands[0], url: url), remarks: [])
        case "destroy":
            let operands = try CommandLine(words, verb: 2).exactly("a release")
            return .action(.releaseDestroy(release: operands[0]), remarks: [])
        default:
            _ = try CommandLine(words, verb: 2).exactly()
            return .read(.releaseList)
        }
    }

    private static func database(
        _ words: [String], _ input: String?, _ output: String?, _ inputIsTerminal: Bool
    ) throws(GrammarError) -> FleetCommand {
        let verb = try verb(words, of: ["dump", "connect", "reboot"])
        let line = try CommandLine(words, verb: 2)
        if verb == "reboot" {
            let operands = try line.exactly("an environment")
            return .action(.databaseReboot(environment: operands[0]), remarks: [])
        }
        let operands = try line.between(1, ["an environment", "a database"])
        let environment = operands[0]
        let database = operands.count == 2 ? operands[1] : nil
        if verb == "dump" {
            return .action(
                .databaseDump(environment: environment, database: database, path: output),
                remarks: [])
        }
        if input == nil, inputIsTerminal {
            return .action(
                .databaseShell(environment: environment, database: database), remarks: [])
        }
        return .action(
            .databaseLoad(environment: environment, database: database, path: input), remarks: [])
    }

    private static func config(_ words: [String]) throws(GrammarError) -> FleetCommand {
        switch try verb(words, of: ["default-env", "sql", "repo", "publickey", "billing-alarm"]) {
        case "default-env":
            let operands = try CommandLine(words, verb: 2).between(0, ["an environment"])
            guard let environment = operands.first else { return .read(.defaultEnvironment) }
            return .action(.configDefaultEnv(environment: environment), remarks: [])
        case "sql":
            switch try verb(words, at: 2, of: ["list", "show", "add", "remove"]) {
            case "list":
                _ = try CommandLine(words, verb: 3).exactly()
                return .read(.sqlScripts)
            case "add":
                let operands = try CommandLine(words, verb: 3).between(1, ["a script", "a URL"])
                return .action(.configSqlScript(change: .add, script: operands[0]), remarks: [])
            case "remove":
                let operands = try CommandLine(words, verb: 3).exactly("a script")
                return .action(.configSqlScript(change: .remove, script: operands[0]), remarks: [])
            default: return .other(words)
            }
        default: return .other(words)
        }
    }

    private static func log(_ words: [String]) throws(GrammarError) -> FleetCommand {
        guard try verb(words, of: ["list", "view", "delete"]) == "delete" else {
            return .other(words)
        }
        let line = try CommandLine(
            words, verb: 2, valued: ["--environment", "--release", "--group"])
        _ = try line.exactly()
        return .action(
            .logDelete(
                environment: line.value("--environment"), release: line.value("--release"),
                group: line.value("--group")), remarks: [])
    }

    /// The word at an index, which must be one of a few.
    static func verb(
        _ words: [String], at index: Int = 1, of verbs: [String]
    ) throws(GrammarError) -> String {
        let found = index < words.count ? words[index] : nil
        if let found, verbs.contains(found) { return found }
        throw .expected(
            "one of \(verbs.joined(separator: " "))", word: index + 1, found: found)
    }

    private static func kind(
        _ line: CommandLine, _ words: [String]
    ) throws(GrammarError) -> SnapshotKind? {
        guard let text = line.value("--type") else { return nil }
        if let kind = SnapshotKind(rawValue: text) { return kind }
        let index = words.firstIndex { $0 == text || $0 == "--type=\(text)" } ?? 0
        throw .expected("database or nfs", word: index + 1, found: text)
    }
}
