import Ledger
import Projector

/// What was true at a time, with a slider over the moments at which something happened.
///
/// Without a script the slider is a field of a form; the script sends the same form as it moves.
struct TimelinePage: Sendable {
    /// Where the slider stands.
    struct Place: Sendable {
        /// The moments of the ledger.
        let moments: Moments
        /// The number of the moment; nil before the first.
        let index: Int?
        /// The time that is shown.
        let time: Timestamp

        /// The place that a request asks for: a number from the slider, a time, or the last moment.
        ///
        /// - Throws: `Refusal`.
        init(_ inquiry: Inquiry, _ moments: Moments, clock: Timestamp) throws(Refusal) {
            self.moments = moments
            if let number = try inquiry.number("moment", in: 0...Int.max), !moments.times.isEmpty {
                let index = min(number, moments.times.count - 1)
                self.index = index
                time = moments.times[index]
            } else if let at = try Place.time(inquiry) {
                index = moments.index(atOrBefore: at)
                time = at
            } else {
                index = moments.times.isEmpty ? nil : moments.times.count - 1
                time = moments.times.last ?? clock
            }
        }

        /// The time that is asked for; a browser's field for times knows no zone and leaves
        /// seconds out that are none, and here every time is UTC.
        private static func time(_ inquiry: Inquiry) throws(Refusal) -> Timestamp? {
            if let text = inquiry.value("at"), text.utf8.count == 16 || text.utf8.count == 19,
                let time = Timestamp(text + (text.utf8.count == 16 ? ":00Z" : "Z"))
            {
                return time
            }
            return try inquiry.time("at")
        }

        /// The time of a neighbouring moment.
        func neighbour(_ by: Int) -> Timestamp? {
            let index = (index ?? -1) + by
            return moments.times.indices.contains(index) ? moments.times[index] : nil
        }
    }

    /// Where the slider stands.
    let place: Place
    /// What was known then, if not all.
    let knownAt: Int?
    /// The facts.
    let facts: FactTables
    /// What happened around the time, in order.
    let events: [Event]
    /// Those of them that do not count.
    let voided: Set<SequenceNumber>
    /// In how many events each slice of the whole time has.
    let density: [Int]

    /// The page.
    func markup(_ frame: Layout.Frame) -> Markup {
        Layout.page("Timeline", .timeline, frame) {
            if place.moments.times.isEmpty { Phrase.beginning }
            form(size: frame.size)
            element("div", .id("view"), Attribute("aria-live", "polite")) {
                element("p", .class("lead")) {
                    "True at "
                    Phrase.time(place.time)
                    knownAt.map { ", as known at event \($0)" } ?? ", with all that is known now"
                }
                neighbours
                if !events.isEmpty { around }
                facts.markup(limit: 100)
            }
        }
    }

    @MarkupBuilder private func form(size: Int) -> Markup {
        element(
            "form", .id("slider"), .class("slider"), Attribute("method", "get"),
            .action(.path("timeline"))
        ) {
            if !density.isEmpty { strip }
            element("label", Attribute("for", "moment")) { "True at" }
            element(
                "input", .id("moment"), Attribute("type", "range"), Attribute("name", "moment"),
                Attribute("min", 0), Attribute("max", max(0, place.moments.times.count - 1)),
                Attribute("step", 1), Attribute("value", place.index ?? 0),
                Attribute("aria-valuetext", place.time.short))
            element("output", .id("moment-time"), Attribute("for", "moment")) { place.time.short }
            element("div", .class("switch")) {
                element("label") {
                    element(
                        "input", .id("known"), Attribute("type", "checkbox"),
                        Attribute("name", "known"), Attribute("value", "on"),
                        .flag("checked", if: knownAt != nil))
                    " As known at event"
                }
                " "
                element(
                    "input", .id("known-at"), Attribute("type", "number"),
                    Attribute("name", "known-at"), Attribute("min", 1), Attribute("max", size),
                    Attribute("value", knownAt ?? size),
                    Attribute("aria-label", "What was known at this event"))
                " "
                element("button") { "Show" }
            }
        }
        // Not of the same form: there the slider's number would speak against the time.
        element(
            "form", .class("filter"), Attribute("method", "get"), .action(.path("timeline"))
        ) {
            if let knownAt {
                for (name, value) in [("known", "on"), ("known-at", "\(knownAt)")] {
                    element(
                        "input", Attribute("type", "hidden"), Attribute("name", name),
                        Attribute("value", value))
                }
            }
            element("label") {
                element("span") { "Go to a time (UTC)" }
                element(
                    "input", Attribute("type", "datetime-local"), Attribute("name", "at"),
                    Attribute("step", 1),
                    Attribute("value", String(place.time.description.prefix(19))))
            }
            element("button") { "Go" }
        }
    }

    /// How much happened when, over the whole time; the slider says it in words.
    @MarkupBuilder private var strip: Markup {
        let most = Double(max(1, density.max() ?? 1))
        element(
            "svg", .class("strip"), Attribute("viewBox", "0 0 1000 40"),
            Attribute("preserveAspectRatio", "none"), Attribute("aria-hidden", "true")
        ) {
            for (index, count) in density.enumerated() where count > 0 {
                let width = 1000 / Double(max(1, density.count))
                // The square root keeps a lone event visible beside a crowd.
                let height = 4 + 34 * (Double(count) / most).squareRoot()
                element(
                    "rect", Attribute("x", Double(index) * width),
                    Attribute("y", 40 - height), Attribute("width", max(1, width - 1)),
                    Attribute("height", height))
            }
            if let mark = markPosition {
                element(
                    "rect", .class("mark"), Attribute("x", mark * 1000 - 1.5),
                    Attribute("y", 0), Attribute("width", 3), Attribute("height", 40))
            }
        }
        element("p", .class("ends")) {
            place.moments.times.first.map { Phrase.time($0) }
            element("span") { "how much happened when" }
            place.moments.times.last.map { Phrase.time($0) }
        }
    }

    private var markPosition: Double? {
        guard let first = place.moments.times.first, let last = place.moments.times.last,
            first < last
        else { return nil }
        let share =
            Double((place.time - first).milliseconds) / Double((last - first).milliseconds)
        return min(max(share, 0), 1)
    }

    private var neighbours: Markup {
        element("nav", .class("pager"), Attribute("aria-label", "Neighbouring moments")) {
            for (text, by, rel) in [
                ("Previous moment", -1, "prev" as StaticString), ("Next moment", 1, "next"),
            ] {
                if let time = place.neighbour(by) {
                    element(
                        "a", Attribute("rel", "\(rel)"),
                        .href(
                            .path(
                                "timeline",
                                query: [
                                    ("at", time.description),
                                    ("known", knownAt == nil ? nil : "on"),
                                    ("known-at", knownAt.map(String.init)),
                                ]))
                    ) { text }
                    " "
                }
            }
        }
    }

    private var around: Markup {
        Phrase.table(
            "What happened around then", ["Event", "Happened", "Actor", "Type", "Subject"]
        ) {
            for event in events {
                let isThen = event.time == place.time
                let isLater = event.time > place.time
                element(
                    "tr",
                    .class(
                        isThen ? "then" : isLater ? "later" : "",
                        voided.contains(event.sequence) ? "void" : ""),
                    isThen ? Attribute("aria-current", "time") : nil
                ) {
                    element("th", Attribute("scope", "row")) { Phrase.event(event.sequence) }
                    Phrase.cell("Happened") { Phrase.time(event.time) }
                    Phrase.cell("Actor") { event.actor.id }
                    Phrase.cell("Type") {
                        event.type.description
                        if voided.contains(event.sequence) { " (voided)" }
                        if isLater { " (later)" }
                    }
                    Phrase.cell("Subject") { Phrase.subject(event.subject) }
                }
            }
        }
    }
}
