/// What an event says, read from its type and its data.
public enum EventPayload: Sendable, Hashable {
    /// A command and what came of it.
    case action(Action, Outcome, ActionReport)
    /// What was seen.
    case observation(Observation)
    /// What was decided.
    case decision(Decision)

    /// The CloudEvents type.
    public var type: EventType {
        switch self {
        case .action(let action, let outcome, _): .action(action.name, outcome)
        case .observation(let observation): .observation(observation.name)
        case .decision(let decision): .decision(decision.name)
        }
    }

    /// The members of `data`, attachments aside.
    public var json: JSONObject {
        switch self {
        case .action(let action, _, let report):
            var data = action.json
            data.merge(report.json)
            return data
        case .observation(let observation): return observation.json
        case .decision(let decision): return decision.json
        }
    }

    /// The payload of a type and data; nil for a type that this version does not know.
    ///
    /// - Throws: `EventError.malformed` naming the member that is missing or of the wrong kind.
    public init?(type: EventType, data: JSONObject) throws(EventError) {
        switch type {
        case .action(let name, let outcome):
            self = .action(
                try Action(name: name, json: data), outcome,
                try ActionReport(DataReader(data, type: type.description)))
        case .observation(let name):
            self = .observation(try Observation(name: name, json: data))
        case .decision(let name): self = .decision(try Decision(name: name, json: data))
        case .other: return nil
        }
    }

    /// The resource that the event is about.
    public func subject(migration: String?) -> Resource {
        switch self {
        case .action(let action, _, _): action.subject
        case .observation(let observation): observation.subject
        case .decision(let decision): decision.subject(migration: migration)
        }
    }
}

/// How a command was carried out.
public struct ActionReport: Sendable, Hashable {
    /// The command as it was typed, secrets redacted.
    public var command: String?
    /// Its exit status.
    public var exitStatus: Int?
    /// Why the outcome is what it is, in one of a few fixed words: `echo`, `silence`, `timeout`,
    /// `connection-lost`, `echo-differs`, `no-echo`, `error-text`, `exit-status`.
    public var detail: String?
    /// What the platform said that it is doing instead of, or beside, what it was asked for: it may
    /// do it, so it counts as tried with an unknown outcome.
    public var echoed: [Action]
    /// What the grammar noticed: `swapped-operands`, `positional-name`.
    public var remarks: [String]
    /// True when the guard was overridden; the reason is the attachment `override`.
    public var isOverride: Bool
    /// The digest of the plan that the command is a step of.
    public var plan: String?

    /// A report of a command.
    public init(
        command: String? = nil, exitStatus: Int? = nil, detail: String? = nil,
        echoed: [Action] = [], remarks: [String] = [], isOverride: Bool = false,
        plan: String? = nil
    ) {
        self.command = command
        self.exitStatus = exitStatus
        self.detail = detail
        self.echoed = echoed
        self.remarks = remarks
        self.isOverride = isOverride
        self.plan = plan
    }

    fileprivate var json: JSONObject {
        JSONObject([
            // In order, so that each goes behind the one before.
            ("command", command.map { .string($0) }), ("detail", detail.map { .string($0) }),
            (
                "echoed",
                echoed.isEmpty
                    ? nil
                    : .array(
                        echoed.map { action in
                            var said = action.json
                            said["action"] = .string(action.name.rawValue)
                            return .object(said)
                        })
            ),
            ("exit", exitStatus.map { .integer($0) }), ("overridden", isOverride ? true : nil),
            ("plan", plan.map { .string($0) }),
            ("remarks", remarks.isEmpty ? nil : .array(remarks.map { .string($0) })),
        ])
    }

    fileprivate init(_ data: DataReader) throws(EventError) {
        self.init(
            command: try data.optionalString("command"),
            exitStatus: try data.optionalInteger("exit"),
            detail: try data.optionalString("detail"),
            echoed: try ActionReport.echoed(data), remarks: try data.strings("remarks"),
            isOverride: try data.flag("overridden"), plan: try data.optionalString("plan"))
    }

    private static func echoed(_ data: DataReader) throws(EventError) -> [Action] {
        var actions: [Action] = []
        for said in try data.objects("echoed") {
            let name: ActionName = try said.word("action")
            actions.append(try Action(name: name, json: said.object))
        }
        return actions
    }
}

extension Decision {
    fileprivate func subject(migration: String?) -> Resource {
        let owner = migration.map { Resource.migration($0) } ?? .ledger
        switch self {
        case .migrationOpened(let roles): return .migration(roles.migration)
        case .testPassed(let environment), .testFailed(let environment):
            return .environment(environment)
        case .migrationClosed, .go, .noGo, .lossAccepted, .writesReconciled, .gapAcknowledged,
            .noteAdded:
            return owner
        case .holdPlaced(let resource, _), .holdReleased(let resource): return resource
        case .planIssued(let issue): return .plan(String(issue.digest.prefix(12)))
        case .planApproved(let digest), .planFinished(let digest, _):
            return .plan(String(digest.prefix(12)))
        case .eventVoided(let sequence), .attachmentErased(let sequence, _):
            return .event(sequence)
        case .policySet, .keyAdded, .keyRetired, .ledgerCreated: return .ledger
        }
    }
}
