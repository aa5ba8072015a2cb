import Fleet
import Ledger
import Projector

/// Small pieces that pages are made of.
enum Phrase {
    /// A time, for people and programs.
    static func time(_ time: Timestamp) -> Markup {
        element("time", Attribute("datetime", time.description)) {
            String(time.short.map { $0 == "T" ? " " : $0 })
        }
    }

    /// The number of an event, leading to it.
    static func event(_ sequence: SequenceNumber) -> Markup {
        element(
            "a", .class("event"), .href(.path("events", "\(sequence)")),
            Attribute("aria-label", "event \(sequence)")
        ) { "\(sequence)" }
    }

    /// The events that prove something; nothing when there is none.
    static func evidence(_ sequences: [SequenceNumber], limit: Int = 12) -> Markup {
        let all = Set(sequences).sorted()
        guard !all.isEmpty else { return .empty }
        return element("span", .class("evidence")) {
            " ["
            for (index, sequence) in all.suffix(limit).enumerated() {
                if index > 0 { " " }
                event(sequence)
            }
            if all.count > limit { " and \(all.count - limit) earlier" }
            "]"
        }
    }

    /// A resource, leading to what happened to it; a migration has a page of its own.
    static func resource(_ resource: Resource) -> Markup {
        guard case .migration(let name) = resource else { return subject(resource.description) }
        return element("a", .href(.path("migrations", name))) { resource.description }
    }

    /// A subject, leading to what happened to it.
    static func subject(_ subject: String) -> Markup {
        element("a", .href(.path("events", query: [("subject", subject)]))) { subject }
    }

    /// A verdict; the word says it, the colour only repeats it.
    static func verdict(_ verdict: Projector.Verdict) -> Markup {
        element("strong", .class("verdict", verdict.rawValue)) { verdict.rawValue }
    }

    /// A table with a caption; it scrolls sideways on its own where the page is narrow.
    static func table(
        _ caption: String, _ headings: [String], isCaptionShown: Bool = true,
        @MarkupBuilder rows: () -> Markup
    ) -> Markup {
        element(
            "div", .class("scroll"), Attribute("role", "region"),
            Attribute("aria-label", caption), Attribute("tabindex", "0")
        ) {
            element("table") {
                element("caption", isCaptionShown ? nil : .class("hidden")) { caption }
                element("thead") {
                    element("tr") {
                        for heading in headings {
                            element("th", Attribute("scope", "col")) { heading }
                        }
                    }
                }
                element("tbody") { rows() }
            }
        }
    }

    /// A cell under a heading, which a phone repeats beside it.
    static func cell(
        _ heading: String, _ attributes: Attribute?..., @MarkupBuilder content: () -> Markup
    ) -> Markup {
        element(
            "td", attributes: [Attribute("data-label", heading)] + attributes, content: content)
    }

    /// A number to see at once, within a list of them.
    static func figure(
        _ label: String, _ value: String, tone: String, @MarkupBuilder note: () -> Markup
    ) -> Markup {
        element("div", .class(tone)) {
            element("dt") { label }
            element("dd", .class("value")) { value }
            element("dd", .class("note")) { note() }
        }
    }

    /// What to do with a ledger that knows of nothing.
    static var beginning: Markup {
        element("section", .class("due"), Attribute("aria-labelledby", "begin")) {
            element("h2", .id("begin")) { "Nothing is recorded yet" }
            element("p") { "Any one of these is a beginning:" }
            element("ul") {
                element("li") {
                    command("ledger-cli import evening.transcript")
                    " takes what a terminal showed; "
                    command("ledger-cli migration template")
                    " prints one to fill in"
                }
                element("li") {
                    command("ledger-cli observe")
                    " looks at the platform and writes down what it sees"
                }
                element("li") {
                    command("ledger-cli run -- fleet env list")
                    " carries a command out and records it"
                }
            }
        }
    }

    /// Terms and what they mean here.
    static func facts(_ pairs: [(String, Markup)]) -> Markup {
        element("dl", .class("facts")) {
            for (term, value) in pairs {
                element("div") {
                    element("dt") { term }
                    element("dd") { value }
                }
            }
        }
    }

    /// A step: a command to paste, or words for what has none.
    static func step(_ step: Step, in plan: Plan) -> Markup {
        if case .manual(let words) = step.command {
            return element("span", .class("manual")) { "By hand: \(words)" }
        }
        return command(PlanPrinter.command(of: step, in: plan))
    }

    /// A command to paste.
    static func command(_ text: String) -> Markup {
        element("code", .class("command")) { text }
    }

    /// The rows of events.
    static func events(_ events: [Event], voided: Set<SequenceNumber>, caption: String) -> Markup {
        table(caption, ["Event", "Happened", "Actor", "Type", "Subject", "What"]) {
            for event in events {
                let isVoid = voided.contains(event.sequence)
                element("tr", isVoid ? .class("void") : nil) {
                    element("th", Attribute("scope", "row")) { Phrase.event(event.sequence) }
                    cell("Happened") { time(event.time) }
                    cell("Actor") { event.actor.id }
                    cell("Type", .class("type", kind(of: event.type))) {
                        event.type.description
                        if isVoid { " (voided)" }
                    }
                    cell("Subject") { subject(event.subject) }
                    cell("What", .class("what")) { EventSummary.text(of: event) }
                }
            }
        }
    }

    /// What colours a type: its outcome, or its family.
    private static func kind(of type: EventType) -> String {
        switch type {
        case .action(_, let outcome): outcome.rawValue
        case .observation: "observed"
        case .decision: "decided"
        case .other: "unknown"
        }
    }
}
