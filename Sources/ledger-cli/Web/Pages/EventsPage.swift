import HTTPTypes
import Ledger
import Projector

/// The list of events: filtered, newest first, a page at a time from the index.
struct EventsPage: Sendable {
    /// How many events a page shows.
    static let length = 100

    /// What is asked for.
    let filter: EventFilter
    /// The events, the newest first.
    let events: [Event]
    /// Those that do not count.
    let voided: Set<SequenceNumber>
    /// The first event of the older page; nil when this is the oldest.
    let older: SequenceNumber?

    /// The page of a filter.
    ///
    /// - Throws: `StoreError`.
    init(_ filter: EventFilter, in snapshot: LedgerSnapshot) throws {
        self.filter = filter
        var query = filter.query
        query.isNewestFirst = true
        query.limit = EventsPage.length + 1
        let found = try snapshot.events(matching: query)
        events = Array(found.prefix(EventsPage.length))
        older = found.count > EventsPage.length ? events.last?.sequence : nil
        voided = try Voided.among(events, in: snapshot)
    }

    /// The page.
    func markup(_ frame: Layout.Frame) -> Markup {
        Layout.page("Events", .events, frame) {
            form
            if events.isEmpty {
                element("p") { "No event is like that." }
            } else {
                Phrase.events(
                    events, voided: voided,
                    caption: filter.isEmpty
                        ? "All events, newest first" : "These events, newest first")
            }
            element("nav", .class("pager"), Attribute("aria-label", "Pages of the list")) {
                if filter.before != nil {
                    element("a", .href(filter.link(before: nil))) { "Newest" }
                    " "
                }
                if let older {
                    element("a", Attribute("rel", "next"), .href(filter.link(before: older))) {
                        "Older"
                    }
                }
            }
        }
    }

    private var form: Markup {
        element(
            "form", .class("filter"), Attribute("method", "get"), .action(.path("events")),
            Attribute("role", "search"), Attribute("aria-label", "Events")
        ) {
            for field in EventFilter.fields {
                element("label") {
                    element("span") { field.label }
                    element(
                        "input", Attribute("name", field.name),
                        Attribute("value", filter.values[field.name] ?? ""),
                        Attribute("placeholder", field.sample), Attribute("autocomplete", "off"))
                }
            }
            element("button") { "Show" }
            if !filter.isEmpty { element("a", .href(.path("events"))) { "Show all" } }
        }
    }
}

/// Which events are asked for, by the fields of a form or of the API.
struct EventFilter: Sendable {
    /// A field.
    struct Field: Sendable {
        let name: String
        let label: String
        let sample: String
    }

    /// The fields of the form.
    static let fields = [
        Field(name: "subject", label: "Subject", sample: "environment/prod or snapshot/"),
        Field(name: "type", label: "Type", sample: "env.destroy"),
        Field(name: "actor", label: "Actor", sample: "alice"),
        Field(name: "migration", label: "Migration", sample: "plan-move"),
        Field(name: "since", label: "Since", sample: "2017-05-01T10:00:00Z"),
        Field(name: "until", label: "Until", sample: "2017-05-01T12:00:00Z"),
    ]

    /// The fields that are filled in.
    private(set) var values: [String: String] = [:]
    /// The query.
    private(set) var query: HistoryQuery
    /// Only events before this one.
    private(set) var before: SequenceNumber?

    /// The filter of a request.
    ///
    /// - Throws: `Refusal` for a field that cannot be read.
    init(_ inquiry: Inquiry) throws(Refusal) {
        query = HistoryQuery()
        for field in EventFilter.fields { values[field.name] = inquiry.value(field.name) }
        query.subject = values["subject"].map { EventFilter.match($0, ends: "/") }
        query.type = try values["type"].map { text throws(Refusal) in try EventFilter.type(text) }
        query.actor = values["actor"]
        query.migration = values["migration"]
        query.since = try inquiry.time("since")
        query.until = try inquiry.time("until")
        query.after = try inquiry.number("after", in: 0...Int.max).map { SequenceNumber($0) }
        before = try inquiry.number("before", in: 1...Int.max).map { SequenceNumber($0) }
        query.before = before
    }

    /// True when every event is asked for.
    var isEmpty: Bool { values.isEmpty }

    /// The list of the same events before another one.
    func link(before: SequenceNumber?) -> Link {
        .path(
            "events",
            query: EventFilter.fields.map { ($0.name, values[$0.name]) }
                + [("before", before.map { "\($0)" })])
    }

    /// A text that ends in a mark is the beginning of what is meant.
    private static func match(_ text: String, ends mark: String) -> HistoryQuery.Match {
        text.hasSuffix(mark) ? .prefix(text) : .exact(text)
    }

    /// A type, or the beginning of one: `env.destroy` means every outcome of it.
    private static func type(_ text: String) throws(Refusal) -> HistoryQuery.Match {
        guard case .other = EventType(text) else { return .exact(text) }
        let stem = text.hasSuffix(".") ? text : text + "."
        guard EventType.all.contains(where: { $0.description.hasPrefix(stem) }) else {
            throw Refusal(
                .badRequest, "type: unknown type \"\(text)\"",
                hint: "a type is such as env.destroy.accepted or env.destroy")
        }
        return .prefix(stem)
    }
}

/// Which of some events do not count.
enum Voided {
    /// The voided ones.
    ///
    /// - Throws: `StoreError`.
    static func among(_ events: [Event], in snapshot: LedgerSnapshot) throws -> Set<SequenceNumber>
    {
        let voids = Voids(
            of: try snapshot.events(
                matching: HistoryQuery(type: .exact(DecisionName.eventVoided.rawValue))))
        return Set(events.map(\.sequence).filter { voids.contains($0) })
    }
}
