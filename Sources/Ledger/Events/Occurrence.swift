/// What happened, when and how it is known: an event without what only its record needs.
///
/// What was said is shared by all occurrences that say the very same, since most of a long log is
/// looks that show what was seen before.
public struct Occurrence: Sendable {
    /// Where it stands in the log.
    public let sequence: SequenceNumber
    /// The event's id.
    public let id: EventID
    /// When it happened.
    public let time: Timestamp
    /// When the ledger learned of it.
    public let recordedTime: Timestamp
    /// How the ledger knows.
    public let basis: Basis
    /// The id of the event that it follows from.
    public let cause: EventID?
    /// Who did it, and for which migration.
    public let author: Author
    /// What the event says.
    public let content: EventContent

    init(
        sequence: SequenceNumber, id: EventID, time: Timestamp, recordedTime: Timestamp,
        basis: Basis, cause: EventID?, author: Author, content: EventContent
    ) {
        self.sequence = sequence
        self.id = id
        self.time = time
        self.recordedTime = recordedTime
        self.basis = basis
        self.cause = cause
        self.author = author
        self.content = content
    }

    /// The occurrence of an event.
    public init(_ event: Event) {
        self.init(event, EventContent(type: event.type, data: event.data))
    }

    init(_ event: Event, _ content: EventContent) {
        self.init(
            sequence: event.sequence, id: event.id, time: event.time,
            recordedTime: event.recordedTime, basis: event.basis, cause: event.cause,
            author: Author(actor: event.actor, migration: event.migration), content: content)
    }

    /// The CloudEvents type.
    public var type: EventType { content.type }
}

/// Who did something and for which migration, shared by the events that agree in both.
public final class Author: Sendable {
    /// Who.
    public let actor: Actor
    /// The name of the migration that the events belong to.
    public let migration: String?

    /// An actor at work on a migration.
    public init(actor: Actor, migration: String?) {
        self.actor = actor
        self.migration = migration
    }
}

/// What an event says, read once for all events that say it.
public final class EventContent: Sendable {
    /// The CloudEvents type.
    public let type: EventType
    /// What it says; nil for a type that this version does not know; an error when its data does
    /// not fit its type, which only matters to whoever has to understand it.
    public let payload: Result<EventPayload?, EventError>
    /// True unless its data does not fit its type.
    public let isReadable: Bool
    /// The command and how it was carried out, of an action.
    public let deed: Undertaking?
    /// The environments that it shows, those of a list as descriptions of little.
    public let environments: [EnvironmentDescription]
    /// The snapshots that it lists.
    public let snapshots: [SnapshotRow]
    /// The releases that it lists.
    public let releases: [ReleaseRow]
    /// The answer of a look-up, of a look-up.
    public let answers: [DNSAnswer]

    /// The content of a type and its data.
    public init(type: EventType, data: JSONObject) {
        self.type = type
        let payload = EventContent.payload(type, data)
        self.payload = payload
        let said = try? payload.get()
        if case .success = payload { isReadable = true } else { isReadable = false }
        if case .action(let action, _, let report)? = said {
            deed = Undertaking(action: action, report: report)
        } else {
            deed = nil
        }
        var observation: Observation?
        if case .observation(let seen)? = said { observation = seen }
        switch observation {
        case .environment(let shown)?: environments = [shown]
        case .environments(let listing)?:
            let showsReleases = listing.rows.contains { $0.release != nil }
            environments = listing.rows.map {
                EnvironmentDescription($0, showsReleases: showsReleases)
            }
        default: environments = []
        }
        if case .snapshots(_, let listing)? = observation {
            snapshots = listing.rows
        } else {
            snapshots = []
        }
        if case .releases(let listing)? = observation {
            releases = listing.rows
        } else {
            releases = []
        }
        if case .dns(let answer)? = observation { answers = [answer] } else { answers = [] }
    }

    private static func payload(
        _ type: EventType, _ data: JSONObject
    ) -> Result<EventPayload?, EventError> {
        do throws(EventError) {
            return .success(try EventPayload(type: type, data: data))
        } catch {
            return .failure(error)
        }
    }
}

/// A command as it was carried out.
public final class Undertaking: Sendable {
    /// What was done, or tried.
    public let action: Action
    /// How it was carried out.
    public let report: ActionReport

    /// A command and how it was carried out.
    public init(action: Action, report: ActionReport) {
        self.action = action
        self.report = report
    }
}

extension EnvironmentDescription {
    /// What a row of the list shows of an environment.
    init(_ row: EnvironmentRow, showsReleases: Bool) {
        self.init(environment: row.environment, isComplete: false)
        status = row.status
        created = row.created
        if let certificate = row.certificate { settings["ssl certificate"] = certificate }
        // That no row shows one may be a list that has no such column.
        if showsReleases { settings["active release"] = row.release ?? "None" }
    }
}
