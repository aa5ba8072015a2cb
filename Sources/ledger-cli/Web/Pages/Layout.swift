import HTTPTypes
import Ledger

/// The frame of every page.
enum Layout {
    /// The pages that the navigation lists.
    enum Section: String, CaseIterable {
        case overview = "Overview"
        case timeline = "Timeline"
        case events = "Events"
        case migrations = "Migrations"
        case plans = "Plans"
        case graph = "Graph"
        case verify = "Verify"

        /// Where the section is, seen from a point.
        func link(_ point: Point) -> Link {
            switch self {
            case .overview: .path(query: point.query)
            case .timeline: .path("timeline", query: point.query)
            case .events: .path("events")
            case .migrations: .path("migrations", query: point.query)
            case .plans: .path("plans", "cleanup", query: point.query)
            case .graph: .path("graph", query: point.query)
            case .verify: .path("verify")
            }
        }
    }

    /// What the frame shows of the ledger.
    struct Frame: Sendable {
        /// The ledger's origin.
        var origin: String
        /// How many events it holds.
        var size: Int
        /// From where the page looks.
        var point = Point.now
        /// What its reader must know of the events behind it.
        var warnings: [String] = []
    }

    /// A page.
    static func page(
        _ title: String, _ section: Section?, _ frame: Frame,
        @MarkupBuilder content: () -> Markup
    ) -> Markup {
        document(title + " · " + frame.origin) {
            element("header", .class("top")) {
                element("p", .class("origin")) {
                    element("a", .href(.path())) { frame.origin }
                    " "
                    element("span", .id("size"), Attribute("data-size", frame.size)) {
                        frame.size == 1 ? "1 event" : "\(frame.size) events"
                    }
                }
                element("nav", Attribute("aria-label", "Pages")) {
                    element("ul") {
                        for item in Section.allCases {
                            element("li") {
                                element(
                                    "a", .href(item.link(frame.point)),
                                    item == section ? Attribute("aria-current", "page") : nil
                                ) { item.rawValue }
                            }
                        }
                    }
                }
                // The script says here, and only here, that the ledger has grown.
                element("p", .id("news"), Attribute("role", "status"))
            }
            element("main", .id("main"), Attribute("tabindex", "-1")) {
                element("h1") { title }
                banner(frame.point)
                for warning in frame.warnings {
                    element("p", .class("banner"), Attribute("role", "alert")) { warning }
                }
                content()
            }
            element("footer") {
                element("p") {
                    element("a", .href(.path("api"))) { "For programs" }
                    " · ledger-cli \(Version.text) · all times are UTC · tamper-evident, not tamper-proof"
                }
            }
        }
    }

    /// A document with its head.
    static func document(_ title: String, @MarkupBuilder body: () -> Markup) -> Markup {
        element("html", Attribute("lang", "en")) {
            element("head") {
                element("meta", Attribute("charset", "utf-8"))
                element(
                    "meta", Attribute("name", "viewport"),
                    Attribute("content", "width=device-width, initial-scale=1"))
                element(
                    "meta", Attribute("name", "color-scheme"), Attribute("content", "light dark"))
                element("title") { title }
                element(
                    "link", Attribute("rel", "icon"), Attribute("type", "image/svg+xml"),
                    .href(.path("assets", "icon.svg")))
                element(
                    "link", Attribute("rel", "stylesheet"), .href(.path("assets", "ledger.css")))
                element("script", .source(.path("assets", "ledger.js")), .flag("defer"))
            }
            element("body") {
                element("a", .class("skip"), .href(.fragment("main"))) { "To the content" }
                body()
            }
        }
    }

    /// Says that the page does not show the present.
    private static func banner(_ point: Point) -> Markup? {
        guard !point.isPresent else { return nil }
        return element("p", .class("banner")) {
            if let at = point.at {
                "True at "
                Phrase.time(at)
            } else {
                "True now"
            }
            if let knownAt = point.knownAt {
                ", as known at event "
                Phrase.event(SequenceNumber(knownAt))
            } else {
                ", with all that is known now"
            }
            ". "
            element("a", .href(.path())) { "Back to the present" }
        }
    }
}

/// Why there is no page.
enum RefusalPage {
    /// The page; it tells nothing of the ledger, whoever asks.
    static func markup(_ refusal: Refusal) -> Markup {
        Layout.document("\(refusal.status.code) \(refusal.status.reasonPhrase)") {
            element("main", .id("main"), .class("refusal")) {
                element("p", .class("code")) { "\(refusal.status.code)" }
                element("h1") { refusal.status.reasonPhrase }
                element("p", .class("lead")) { refusal.message }
                if let hint = refusal.hint { element("p") { hint } }
                element("nav", Attribute("aria-label", "Pages")) {
                    element("ul") {
                        for section in Layout.Section.allCases {
                            element("li") {
                                element("a", .href(section.link(.now))) { section.rawValue }
                            }
                        }
                    }
                }
            }
        }
    }
}
