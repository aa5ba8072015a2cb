public import Ledger

extension Grammar {
    /// The words of an action, from `fleet` on; `parse` gives the same action back.
    ///
    /// Redirections are left out: see `renderShell`. A DNS switch is no command of the platform and
    /// renders as the `ledger-cli` command that records it.
    public static func render(_ action: Action) -> [String] {
        switch action {
        case .envCreate(let creation): return ["fleet", "env", "create"] + render(creation)
        case .envDestroy(let environment, let deleteLogs, let noConfirm):
            return ["fleet", "env", "destroy", environment]
                + (deleteLogs ? ["--delete-logs"] : []) + (noConfirm ? ["--no-confirm"] : [])
        case .envLoad(let environment, let release):
            return ["fleet", "env", "load", environment, release]
        case .envActivate(let environment, let release):
            return ["fleet", "env", "activate", environment, release]
        case .envDeactivate(let environment): return ["fleet", "env", "deactivate", environment]
        case .envUnload(let environment, let release, let deleteLogs):
            return ["fleet", "env", "unload", environment, release]
                + (deleteLogs ? ["--delete-logs"] : [])
        case .envMaintenance(let environment, let state):
            return ["fleet", "env", "maintenance", environment, state.rawValue]
        case .envProtected(let environment, let state):
            return ["fleet", "env", "protected", environment, state.rawValue]
        case .envCacheFlush(let environment):
            return ["fleet", "env", "cache", "flush", environment]
        case .envSetting(let environment, let setting, let value):
            return ["fleet", "env"] + render(setting, value, of: environment)
        case .snapshotCreate(let environment, let name, let kind, let force):
            return ["fleet", "snapshot", "create", environment] + option("--name", name)
                + option("--type", kind?.rawValue) + (force ? ["--force"] : [])
        case .snapshotDestroy(let name, let kind):
            return ["fleet", "snapshot", "destroy", name] + option("--type", kind?.rawValue)
        case .databaseDump(let environment, let database, _):
            return ["fleet", "database", "dump", environment] + (database.map { [$0] } ?? [])
        case .databaseLoad(let environment, let database, _),
            .databaseShell(let environment, let database):
            return ["fleet", "database", "connect", environment] + (database.map { [$0] } ?? [])
        case .databaseReboot(let environment): return ["fleet", "database", "reboot", environment]
        case .releaseCreate(let object, let url):
            return ["fleet", "release", "create"] + option("--url", url) + [object]
        case .releaseDestroy(let release): return ["fleet", "release", "destroy", release]
        case .configDefaultEnv(let environment):
            return ["fleet", "config", "default-env", environment]
        case .configSqlScript(let change, let script):
            return ["fleet", "config", "sql", change.rawValue, script]
        case .logDelete(let environment, let release, let group):
            return ["fleet", "log", "delete"] + option("--environment", environment)
                + option("--release", release) + option("--group", group)
        case .dnsSwitch(let change):
            return ["ledger-cli", "record", "dns", change.host, "--to", change.target]
                + option("--ttl", change.ttl.map { String($0) })
                + option("--old-ttl", change.oldTTL.map { String($0) })
        }
    }

    /// The words of a read command, from `fleet` on.
    public static func render(_ read: ReadCommand) -> [String] {
        switch read {
        case .envList: ["fleet", "env", "list"]
        case .envDescribe(let environment): ["fleet", "env", "describe", environment]
        case .snapshotList(let kind):
            ["fleet", "snapshot", "list"] + option("--type", kind?.rawValue)
        case .releaseList: ["fleet", "release", "list"]
        case .defaultEnvironment: ["fleet", "config", "default-env"]
        case .sqlScripts: ["fleet", "config", "sql", "list"]
        }
    }

    /// The action as one line for a shell, quoted, with its redirection.
    public static func renderShell(_ action: Action) -> String {
        let line = Shell.quote(render(action))
        switch action {
        case .databaseDump(_, _, let path?): return line + " > " + Shell.quote([path])
        case .databaseLoad(_, _, let path?): return line + " < " + Shell.quote([path])
        default: return line
        }
    }

    private static func option(_ name: String, _ value: String?) -> [String] {
        guard let value else { return [] }
        // As a word of its own it would be the next option.
        return CommandLine.isOption(value) ? ["\(name)=\(value)"] : [name, value]
    }

    private static func render(_ creation: EnvironmentCreation) -> [String] {
        func choice(_ name: String, _ choice: EnvironmentCreation.Choice) -> [String] {
            switch choice {
            case .unsaid: []
            case .none: ["--no-\(name)"]
            case .named(let value): option("--\(name)", value)
            }
        }
        var words = option("--size", creation.size)
        words += creation.highAvailability.map { [$0 ? "--ha" : "--no-ha"] } ?? []
        words += choice("source-environment", creation.source)
        words += choice("snapshot", creation.snapshot)
        words += choice("nfs-snapshot", creation.nfsSnapshot)
        words += option("--ssl-certificate", creation.certificate)
        words += option("--whitelist", creation.whitelist)
        words += creation.isProtected ? ["--protected"] : []
        return words + [creation.environment]
    }

    private static func render(
        _ setting: String, _ value: String, of environment: String
    ) -> [String] {
        switch (setting, value) {
        case ("newrelic", "clear"): return ["newrelic", environment, "--clear-newrelic-licence"]
        case ("newrelic", _):
            return ["newrelic", environment, "--newrelic-licence", Redaction.mark]
        case ("sectionio", "clear"): return ["sectionio", environment, "--clear"]
        case ("sectionio", _):
            return ["sectionio", environment, Redaction.mark, Redaction.mark, Redaction.mark]
        default:
            guard setting.hasPrefix("autoscaling ") else { return [setting, environment, value] }
            // Byte by byte: with an accent behind it, a space is no space to Swift.
            return setting.split(separator: " ").map { String($0) } + [environment]
                + value.utf8.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
