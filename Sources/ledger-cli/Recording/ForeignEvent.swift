import Fleet
import Ledger
import Projector

/// What is asked of an event that another program wrote, before it comes in.
enum ForeignEvent {
    /// A type that comes in another way only.
    struct RefusedType: Error, CustomStringConvertible {
        let type: EventType
        let why: String
        var description: String { "\(type): \(why)" }
    }

    /// Refuses the types that may not come in as lines of events.
    ///
    /// - Throws: `RefusedType`.
    static func check(_ type: EventType) throws(RefusedType) {
        switch type {
        case .decision(.ledgerCreated):
            throw RefusedType(type: type, why: "belongs to another ledger")
        case .decision(.policySet), .decision(.planIssued), .decision(.planApproved),
            .decision(.planFinished), .decision(.holdReleased), .decision(.keyAdded),
            .decision(.keyRetired), .decision(.eventVoided), .decision(.attachmentErased):
            throw RefusedType(
                type: type, why: "steers decisions; only a bundle restores it")
        default: return
        }
    }

    /// An event with what the ledger itself has to give where another producer leaves it out: its place,
    /// when it was recorded, how it is known; and with its time in milliseconds of UTC.
    static func completed(
        _ object: JSONObject, at clock: Timestamp, by actor: Actor
    ) -> JSONObject {
        var object = object
        let given: [(String, JSONValue)] = [
            ("sequence", .string(SequenceNumber(1).padded)),
            ("recordedtime", .string(clock.description)),
            ("basis", .string(Basis.imported.rawValue)), ("authtype", "user"),
            ("authid", .string(actor.id)), ("datacontenttype", "application/json"),
        ]
        for (name, value) in given where object[name] == nil { object[name] = value }
        if let time = object["time"]?.string.flatMap({ Timestamp($0) }) {
            object["time"] = .string(time.description)
        }
        return object
    }

    /// Refuses what can be read and would count for nothing.
    ///
    /// - Throws: `EventError.malformed`.
    static func check(_ payload: EventPayload) throws(EventError) {
        guard case .action(let action, _, _) = payload,
            case .envSetting(_, let setting, let value) = action,
            ["nfs", "solr"].contains(setting), Switch(word: value) == nil
        else { return }
        throw .malformed(
            type: payload.type.description, member: "value",
            expected: "ON or OFF, which \(setting) is")
    }

    /// The migration that a decision belongs to: the one given, else the one that its subject names,
    /// else the only one that is open then.
    ///
    /// - Throws: `CLIError` when that is none or several, or two are named.
    static func migration(
        of decision: Decision, given: String?, subject: String?, at time: Timestamp,
        _ register: MigrationRegister
    ) throws(CLIError) -> String? {
        if case .migrationOpened(let roles) = decision { return given ?? roles.migration }
        guard decision.countsForMigration else { return given }
        let named = name(in: subject)
        if let given, let named, !given.utf8.elementsEqual(named.utf8) {
            throw .usage(
                "subject migration/\(named) and correlationid \(given) name two migrations")
        }
        if let name = given ?? named { return name }
        let open = register.open(at: time)
        if let only = open.first, open.count == 1 { return only.migration }
        throw open.isEmpty ? .noOpenMigration : .severalOpenMigrations(open.map(\.migration))
    }

    /// The migration of a subject `migration/NAME`.
    static func name(in subject: String?) -> String? {
        guard case .migration(let name)? = subject.flatMap({ Resource($0) }) else { return nil }
        return name
    }
}

extension Decision {
    /// True for what counts for one migration, and without it for nothing.
    var countsForMigration: Bool {
        switch self {
        case .testPassed, .testFailed, .go, .noGo, .lossAccepted, .writesReconciled,
            .gapAcknowledged, .migrationClosed:
            true
        default: false
        }
    }
}
