extension Decision {
    /// The members of `data` that describe the decision.
    public var json: JSONObject {
        switch self {
        case .migrationOpened(let roles): return roles.json
        case .migrationClosed(let abandoned): return ["abandoned": .bool(abandoned)]
        case .testPassed(let environment), .testFailed(let environment):
            return ["environment": .string(environment)]
        case .go, .noGo, .lossAccepted, .writesReconciled: return [:]
        case .gapAcknowledged(let gap): return ["gap": .string(gap.rawValue)]
        case .holdPlaced(let resource, let until):
            return JSONObject([
                ("resource", .string(resource.description)),
                ("until", until.map { .string($0.description) }),
            ])
        case .holdReleased(let resource): return ["resource": .string(resource.description)]
        case .policySet(let key, let value): return ["key": .string(key), "value": .string(value)]
        case .planIssued(let issue):
            return JSONObject([
                ("plan", .string(issue.plan)), ("digest", .string(issue.digest)),
                ("size", .integer(issue.size)), ("now", .string(issue.now.description)),
                ("migration", issue.migration.map { .string($0) }),
            ])
        case .planApproved(let digest): return ["digest": .string(digest)]
        case .planFinished(let digest, let completed):
            return ["digest": .string(digest), "completed": .bool(completed)]
        case .eventVoided(let sequence): return ["sequence": .integer(sequence.number)]
        case .attachmentErased(let sequence, let attachment):
            return ["sequence": .integer(sequence.number), "attachment": .string(attachment)]
        case .keyAdded(let vkey), .keyRetired(let vkey): return ["vkey": .string(vkey)]
        case .ledgerCreated(let origin): return ["origin": .string(origin)]
        case .noteAdded(let note):
            return JSONObject([
                ("command", note.command.map { .string($0) }),
                ("outcome", note.outcome.map { .string($0.rawValue) }),
                ("exit", note.exitStatus.map { .integer($0) }),
            ])
        }
    }

    /// The decision that the members of `data` describe.
    ///
    /// - Throws: `EventError.malformed` naming the member that is missing or of the wrong kind.
    public init(name: DecisionName, json: JSONObject) throws(EventError) {
        let data = DataReader(json, type: name.rawValue)
        switch name {
        case .migrationOpened: self = .migrationOpened(try MigrationRoles(data))
        case .migrationClosed: self = .migrationClosed(abandoned: try data.flag("abandoned"))
        case .testPassed: self = .testPassed(environment: try data.string("environment"))
        case .testFailed: self = .testFailed(environment: try data.string("environment"))
        case .go: self = .go
        case .noGo: self = .noGo
        case .lossAccepted: self = .lossAccepted
        case .writesReconciled: self = .writesReconciled
        case .gapAcknowledged: self = .gapAcknowledged(try data.word("gap"))
        case .holdPlaced:
            self = .holdPlaced(
                try data.resource("resource"), until: try data.optionalTime("until"))
        case .holdReleased: self = .holdReleased(try data.resource("resource"))
        case .policySet:
            self = .policySet(key: try data.string("key"), value: try data.string("value"))
        case .planIssued:
            guard let now = try data.optionalTime("now") else {
                throw data.wrong("now", "an RFC 3339 time")
            }
            self = .planIssued(
                PlanIssue(
                    plan: try data.string("plan"), digest: try data.string("digest"),
                    size: try data.integer("size"), now: now,
                    migration: try data.optionalString("migration")))
        case .planApproved: self = .planApproved(digest: try data.string("digest"))
        case .planFinished:
            self = .planFinished(
                digest: try data.string("digest"), completed: try data.flag("completed"))
        case .eventVoided:
            self = .eventVoided(try data.sequence("sequence"))
        case .attachmentErased:
            self = .attachmentErased(
                try data.sequence("sequence"),
                attachment: try data.string("attachment"))
        case .keyAdded: self = .keyAdded(vkey: try data.string("vkey"))
        case .keyRetired: self = .keyRetired(vkey: try data.string("vkey"))
        case .ledgerCreated: self = .ledgerCreated(origin: try data.string("origin"))
        case .noteAdded:
            self = .noteAdded(
                Note(
                    command: try data.optionalString("command"),
                    outcome: try data.optionalWord("outcome"),
                    exitStatus: try data.optionalInteger("exit")))
        }
    }
}

extension MigrationRoles {
    fileprivate var json: JSONObject {
        JSONObject([
            ("migration", .string(migration)), ("source", .string(source)),
            ("destination", .string(destination)), ("method", .string(method.rawValue)),
            ("temporary", temporary.map { .string($0) }),
            ("hostnames", .array(hostnames.map { .string($0) })),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            migration: try data.string("migration"), source: try data.string("source"),
            destination: try data.string("destination"), method: try data.word("method"),
            temporary: try data.optionalString("temporary"),
            hostnames: try data.strings("hostnames"))
    }
}

extension DataReader {
    fileprivate func sequence(_ name: String) throws(EventError) -> SequenceNumber {
        let number = try integer(name)
        guard number > 0 else { throw wrong(name, "a sequence from 1") }
        return SequenceNumber(number)
    }

    fileprivate func resource(_ name: String) throws(EventError) -> Resource {
        guard let resource = Resource(try string(name)) else { throw wrong(name, "a resource") }
        return resource
    }
}
