extension Action {
    /// The members of `data` that describe the action.
    public var json: JSONObject {
        switch self {
        case .envCreate(let creation): return creation.json
        case .envDestroy(let environment, let deleteLogs, let noConfirm):
            return [
                "environment": .string(environment), "deleteLogs": .bool(deleteLogs),
                "noConfirm": .bool(noConfirm),
            ]
        case .envLoad(let environment, let release), .envActivate(let environment, let release):
            return ["environment": .string(environment), "release": .string(release)]
        case .envUnload(let environment, let release, let deleteLogs):
            return [
                "environment": .string(environment), "release": .string(release),
                "deleteLogs": .bool(deleteLogs),
            ]
        case .envDeactivate(let environment), .envCacheFlush(let environment),
            .databaseReboot(let environment), .configDefaultEnv(let environment):
            return ["environment": .string(environment)]
        case .envMaintenance(let environment, let state), .envProtected(let environment, let state):
            return ["environment": .string(environment), "state": .string(state.rawValue)]
        case .envSetting(let environment, let setting, let value):
            return [
                "environment": .string(environment), "setting": .string(setting),
                "value": .string(value),
            ]
        case .snapshotCreate(let environment, let name, let kind, let force):
            return JSONObject([
                ("environment", .string(environment)), ("snapshot", .string(name)),
                ("kind", kind.map { .string($0.rawValue) }), ("force", .bool(force)),
            ])
        case .snapshotDestroy(let name, let kind):
            return JSONObject([
                ("snapshot", .string(name)), ("kind", kind.map { .string($0.rawValue) }),
            ])
        case .databaseDump(let environment, let database, let path),
            .databaseLoad(let environment, let database, let path):
            return JSONObject([
                ("environment", .string(environment)), ("database", database.map { .string($0) }),
                ("path", path.map { .string($0) }),
            ])
        case .databaseShell(let environment, let database):
            return JSONObject([
                ("environment", .string(environment)), ("database", database.map { .string($0) }),
            ])
        case .releaseCreate(let object, let url):
            return JSONObject([("object", .string(object)), ("url", url.map { .string($0) })])
        case .releaseDestroy(let release): return ["release": .string(release)]
        case .configSqlScript(let change, let script):
            return ["change": .string(change.rawValue), "script": .string(script)]
        case .logDelete(let environment, let release, let group):
            return JSONObject([
                ("environment", environment.map { .string($0) }),
                ("release", release.map { .string($0) }), ("group", group.map { .string($0) }),
            ])
        case .dnsSwitch(let change):
            return JSONObject([
                ("host", .string(change.host)), ("target", .string(change.target)),
                ("environment", change.environment.map { .string($0) }),
                ("ttl", change.ttl.map { .integer($0) }),
                ("oldTtl", change.oldTTL.map { .integer($0) }),
            ])
        }
    }

    /// The action that the members of `data` describe.
    ///
    /// - Throws: `EventError.malformed` naming the member that is missing or of the wrong kind.
    public init(name: ActionName, json: JSONObject) throws(EventError) {
        let data = DataReader(json, type: name.rawValue)
        switch name {
        case .envCreate: self = .envCreate(try EnvironmentCreation(data))
        case .envDestroy:
            self = .envDestroy(
                environment: try data.string("environment"),
                deleteLogs: try data.flag("deleteLogs"),
                noConfirm: try data.flag("noConfirm"))
        case .envLoad:
            self = .envLoad(
                environment: try data.string("environment"), release: try data.string("release"))
        case .envActivate:
            self = .envActivate(
                environment: try data.string("environment"), release: try data.string("release"))
        case .envDeactivate: self = .envDeactivate(environment: try data.string("environment"))
        case .envUnload:
            self = .envUnload(
                environment: try data.string("environment"), release: try data.string("release"),
                deleteLogs: try data.flag("deleteLogs"))
        case .envMaintenance:
            self = .envMaintenance(
                environment: try data.string("environment"), state: try data.word("state"))
        case .envProtected:
            self = .envProtected(
                environment: try data.string("environment"), state: try data.word("state"))
        case .envCacheFlush: self = .envCacheFlush(environment: try data.string("environment"))
        case .envSetting:
            let (setting, value) = Action.spelled(
                try data.string("setting"), try data.string("value"))
            self = .envSetting(
                environment: try data.string("environment"), setting: setting, value: value)
        case .snapshotCreate:
            self = .snapshotCreate(
                environment: try data.string("environment"), name: try data.string("snapshot"),
                kind: try data.optionalWord("kind"), force: try data.flag("force"))
        case .snapshotDestroy:
            self = .snapshotDestroy(
                name: try data.string("snapshot"), kind: try data.optionalWord("kind"))
        case .databaseDump:
            self = .databaseDump(
                environment: try data.string("environment"),
                database: try data.optionalString("database"), path: try data.optionalString("path")
            )
        case .databaseLoad:
            self = .databaseLoad(
                environment: try data.string("environment"),
                database: try data.optionalString("database"), path: try data.optionalString("path")
            )
        case .databaseShell:
            self = .databaseShell(
                environment: try data.string("environment"),
                database: try data.optionalString("database"))
        case .databaseReboot: self = .databaseReboot(environment: try data.string("environment"))
        case .releaseCreate:
            self = .releaseCreate(
                object: try data.string("object"), url: try data.optionalString("url"))
        case .releaseDestroy: self = .releaseDestroy(release: try data.string("release"))
        case .configDefaultEnv:
            self = .configDefaultEnv(environment: try data.string("environment"))
        case .configSqlScript:
            self = .configSqlScript(
                change: try data.word("change"), script: try data.string("script"))
        case .logDelete:
            self = .logDelete(
                environment: try data.optionalString("environment"),
                release: try data.optionalString("release"),
                group: try data.optionalString("group"))
        case .dnsSwitch:
            self = .dnsSwitch(
                DNSSwitch(
                    host: try data.string("host"), target: try data.string("target"),
                    environment: try data.optionalString("environment"),
                    ttl: try data.optionalInteger("ttl"),
                    oldTTL: try data.optionalInteger("oldTtl")))
        }
    }

    /// A setting in the platform's spelling: other producers write `NFS` or `on`, and mean the same.
    private static func spelled(_ setting: String, _ value: String) -> (String, String) {
        let name = setting.lowercased()
        guard ["nfs", "solr", "varnish", "recycling"].contains(name) else {
            return (setting, value)
        }
        return (name, Switch(word: value)?.rawValue ?? value)
    }
}

extension EnvironmentCreation {
    fileprivate var json: JSONObject {
        JSONObject([
            ("environment", .string(environment)), ("source", source.json),
            ("snapshot", snapshot.json), ("nfsSnapshot", nfsSnapshot.json),
            ("size", size.map { .string($0) }), ("ha", highAvailability.map { .bool($0) }),
            ("protected", .bool(isProtected)), ("certificate", certificate.map { .string($0) }),
            ("whitelist", whitelist.map { .string($0) }),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            environment: try data.string("environment"), source: try data.choice("source"),
            snapshot: try data.choice("snapshot"), nfsSnapshot: try data.choice("nfsSnapshot"),
            size: try data.optionalString("size"),
            highAvailability: try data.optionalFlag("ha"), isProtected: try data.flag("protected"),
            certificate: try data.optionalString("certificate"),
            whitelist: try data.optionalString("whitelist"))
    }
}

extension EnvironmentCreation.Choice {
    fileprivate var json: JSONValue? {
        switch self {
        case .unsaid: nil
        case .none: .null
        case .named(let name): .string(name)
        }
    }
}

extension DataReader {
    fileprivate func choice(_ name: String) throws(EventError) -> EnvironmentCreation.Choice {
        if case .null? = object[name] { return .none }
        return try optionalString(name).map { .named($0) } ?? .unsaid
    }
}
