extension Observation {
    /// The members of `data` that describe the observation.
    public var json: JSONObject {
        switch self {
        case .environment(let description): description.json
        case .environments(let listing):
            listing.json("environments", spare: ["certificate"]) { .object($0.json) }
        case .snapshots(let kind, let listing):
            listing.json("snapshots", kind: kind, spare: ["size"]) { .object($0.json) }
        case .releases(let listing): listing.json("releases") { .object($0.json) }
        case .defaultEnvironment(let name):
            JSONObject([
                ("environment", name.map { .string($0) }), ("complete", .bool(name != nil)),
            ])
        case .sqlScripts(let listing): listing.json("scripts") { .string($0) }
        case .dns(let answer): answer.json
        case .file(let file): file.json
        }
    }

    /// The observation that the members of `data` describe.
    ///
    /// - Throws: `EventError.malformed` naming the member that is missing or of the wrong kind.
    public init(name: ObservationName, json: JSONObject) throws(EventError) {
        let data = DataReader(json, type: name.rawValue)
        let isComplete = try data.flag("complete")
        switch name {
        case .environment: self = .environment(try EnvironmentDescription(data))
        case .environments:
            var rows: [EnvironmentRow] = []
            for row in try ListingRows.read("environments", of: data) {
                rows.append(try EnvironmentRow(row))
            }
            self = .environments(Listing(rows: rows, isComplete: isComplete))
        case .snapshots:
            var rows: [SnapshotRow] = []
            for row in try ListingRows.read("snapshots", of: data) {
                rows.append(try SnapshotRow(row))
            }
            self = .snapshots(
                try data.word("kind"), Listing(rows: rows, isComplete: isComplete))
        case .releases:
            var rows: [ReleaseRow] = []
            for row in try ListingRows.read("releases", of: data) {
                rows.append(try ReleaseRow(row))
            }
            self = .releases(Listing(rows: rows, isComplete: isComplete))
        case .defaultEnvironment:
            self = .defaultEnvironment(try data.optionalString("environment"))
        case .sqlScripts:
            self = .sqlScripts(Listing(rows: try data.strings("scripts"), isComplete: isComplete))
        case .dns: self = .dns(try DNSAnswer(data))
        case .file: self = .file(try FileEvidence(data))
        }
    }
}

extension Listing {
    fileprivate func json(
        _ name: String, kind: SnapshotKind? = nil, spare: Set<String> = [],
        row: (Row) -> JSONValue
    ) -> JSONObject {
        let written = ListingRows(rows.map(row), spare: spare)
        return JSONObject([
            (name, .array(written.rows)), ("common", written.common.map { .object($0) }),
            ("complete", .bool(isComplete)), ("kind", kind.map { .string($0.rawValue) }),
        ])
    }
}

extension JSONValue {
    fileprivate static func text(_ value: String?) -> JSONValue? { value.map { .string($0) } }
    fileprivate static func time(_ value: Timestamp?) -> JSONValue? {
        value.map { .string($0.description) }
    }
    fileprivate static func state(_ value: Switch?) -> JSONValue? {
        value.map { .string($0.rawValue) }
    }
    fileprivate static func texts(_ values: [String: String]) -> JSONValue? {
        values.isEmpty
            ? nil : .object(JSONObject(values.map { ($0.key, JSONValue.string($0.value)) }))
    }
}

extension EnvironmentRow {
    fileprivate var json: JSONObject {
        JSONObject([
            ("environment", .string(environment)), ("status", .string(status)),
            ("release", .text(release)), ("created", .time(created)),
            ("certificate", .text(certificate)),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            environment: try data.string("environment"), status: try data.string("status"),
            release: try data.optionalString("release"), created: try data.optionalTime("created"),
            certificate: try data.optionalString("certificate"))
    }
}

extension SnapshotRow {
    fileprivate var json: JSONObject {
        JSONObject([
            ("snapshot", .string(snapshot)), ("environment", .string(environment)),
            ("status", .string(status)), ("size", .text(size)), ("type", .text(type)),
            ("created", .time(created)),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            snapshot: try data.string("snapshot"), environment: try data.string("environment"),
            status: try data.string("status"), size: try data.optionalString("size"),
            type: try data.optionalString("type"), created: try data.optionalTime("created"))
    }
}

extension ReleaseRow {
    fileprivate var json: JSONObject {
        JSONObject([
            ("release", .string(release)), ("status", .string(status)),
            ("modified", .time(modified)),
            ("environments", environments.map { .array($0.map { .string($0) }) }),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            release: try data.string("release"), status: try data.string("status"),
            modified: try data.optionalTime("modified"),
            environments: data.object["environments"] == nil
                ? nil : try data.strings("environments"))
    }
}

extension EnvironmentDescription {
    fileprivate var json: JSONObject {
        JSONObject([
            ("environment", .string(environment)), ("complete", .bool(isComplete)),
            ("status", .text(status)), ("created", .time(created)), ("size", .text(size)),
            ("ha", .state(highAvailability)), ("maintenance", .state(maintenance)),
            ("protected", .state(protected)), ("nfs", .state(nfs)), ("solr", .state(solr)),
            ("previousRelease", .text(previousRelease)),
            (
                "releases",
                releases.map { loads in
                    .array(
                        loads.map {
                            .object([
                                "release": .string($0.release), "status": .string($0.status),
                            ])
                        })
                }
            ),
            ("settings", .texts(settings)), ("endpoints", .texts(endpoints)),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            environment: try data.string("environment"), isComplete: try data.flag("complete"))
        status = try data.optionalString("status")
        created = try data.optionalTime("created")
        size = try data.optionalString("size")
        highAvailability = try data.optionalWord("ha")
        maintenance = try data.optionalWord("maintenance")
        protected = try data.optionalWord("protected")
        nfs = try data.optionalWord("nfs")
        solr = try data.optionalWord("solr")
        previousRelease = try data.optionalString("previousRelease")
        if data.object["releases"] != nil {
            var loads: [Load] = []
            for load in try data.objects("releases") {
                loads.append(
                    Load(release: try load.string("release"), status: try load.string("status")))
            }
            releases = loads
        }
        settings = try data.texts("settings")
        endpoints = try data.texts("endpoints")
    }
}

extension DataReader {
    fileprivate func texts(_ name: String) throws(EventError) -> [String: String] {
        guard let value = object[name] else { return [:] }
        guard let members = value.object?.members else { throw wrong(name, "an object") }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else { throw wrong(name, "an object of strings") }
            texts[member.name] = text
        }
        return texts
    }
}

extension DNSAnswer {
    fileprivate var json: JSONObject {
        JSONObject([
            ("host", .string(host)), ("target", .text(target)), ("environment", .text(environment)),
            ("ttl", ttl.map { .integer($0) }), ("cached", isCached ? true : nil),
            ("failed", isFailed ? true : nil),
            ("chain", chain.isEmpty ? nil : .array(chain.map { .string($0) })),
            ("addresses", addresses.isEmpty ? nil : .array(addresses.map { .string($0) })),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            host: try data.string("host"), target: try data.optionalString("target"),
            environment: try data.optionalString("environment"),
            ttl: try data.optionalInteger("ttl"), isCached: try data.flag("cached"),
            isFailed: try data.flag("failed"), chain: try data.strings("chain"),
            addresses: try data.strings("addresses"))
    }
}

extension FileEvidence {
    fileprivate var json: JSONObject {
        JSONObject([
            ("path", .string(path)), ("role", .string(role.rawValue)), ("bytes", .integer(bytes)),
            ("sha256", .string(sha256)), ("trailer", hasTrailer.map { .bool($0) }),
            ("carriageReturns", hasCarriageReturns.map { .bool($0) }),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            path: try data.string("path"), role: try data.word("role"),
            bytes: try data.integer("bytes"), sha256: try data.string("sha256"),
            hasTrailer: try data.optionalFlag("trailer"),
            hasCarriageReturns: try data.optionalFlag("carriageReturns"))
    }
}
