import Ledger

/// Renders a document as one HTML page that stands alone: style within, nothing loaded, no script.
struct HTMLReport {
    private let document: Document
    /// The events that the page shows, which others can lead to.
    private let anchors: Set<SequenceNumber>

    /// The page of a document.
    init(_ document: Document) {
        self.document = document
        var anchors: Set<SequenceNumber> = []
        for block in document.sections.flatMap(\.blocks) {
            if case .table(let grid) = block { anchors.formUnion(grid.rows.compactMap(\.anchor)) }
        }
        self.anchors = anchors
    }

    /// The bytes of the page.
    var bytes: [UInt8] {
        element("html", Attribute("lang", "en")) {
            element("head") {
                element("meta", Attribute("charset", "utf-8"))
                element(
                    "meta", Attribute("name", "viewport"),
                    Attribute("content", "width=device-width, initial-scale=1"))
                // Belt and braces: even if a text became markup, nothing would run or be loaded.
                element(
                    "meta", Attribute("http-equiv", "Content-Security-Policy"),
                    Attribute("content", "default-src 'none'; style-src 'unsafe-inline'"))
                element("title") { document.title }
                Markup.stylesheet(ReportSheet.rules)
            }
            element("body") {
                element("a", .class("skip"), .href(.fragment("content"))) { "Skip to the report" }
                head
                element("main", .id("content")) {
                    for section in document.sections { part(section) }
                }
                element("footer") { element("p") { inline(document.footer) } }
            }
        }.document
    }

    private var head: Markup {
        element("header") {
            element("h1") { document.title }
            element("p", .class("subtitle")) { inline(document.subtitle) }
            if !document.figures.isEmpty {
                element("dl", .class("figures")) {
                    for figure in document.figures {
                        element("div", .class(figure.tone.rawValue)) {
                            element("dt") { figure.label }
                            element("dd", .class("value")) { figure.value }
                            element("dd", .class("note")) { figure.note }
                        }
                    }
                }
            }
            element("nav", Attribute("aria-label", "Contents")) {
                element("ul") {
                    for section in document.sections {
                        element("li") {
                            element("a", .href(.fragment(section.id))) { section.title }
                        }
                    }
                }
            }
        }
    }

    private func part(_ section: Document.Section) -> Markup {
        element(
            "section", .id(section.id), Attribute("aria-labelledby", "\(section.id)-heading"),
            section.isWide ? .class("wide") : nil
        ) {
            element("h2", .id("\(section.id)-heading")) { section.title }
            for block in section.blocks { self.block(block, in: section) }
        }
    }

    private func block(_ block: Document.Block, in section: Document.Section) -> Markup {
        switch block {
        case .paragraph(let text): element("p") { inline(text) }
        case .heading(let text): element("h3") { text }
        case .facts(let facts):
            element("dl", .class("facts")) {
                for fact in facts {
                    element("dt") { fact.name }
                    element("dd") { inline(fact.text) }
                }
            }
        case .list(let items):
            element("ul", .class("points")) {
                for item in items { element("li") { inline(item) } }
            }
        case .remark(let tone, let text):
            element("p", .class("remark", tone.rawValue)) { inline(text) }
        case .verbatim(let text, let label):
            Markup([
                element("p", .class("label")) { label }, element("pre") { text },
            ])
        case .table(let grid): table(grid)
        case .timeline(let timeline):
            if let drawing = TimelineDrawing(timeline, id: "drawing") {
                // Wider than a phone: it scrolls, and the keyboard can reach it to do so.
                element(
                    "div", .class("drawing"), Attribute("tabindex", 0), Attribute("role", "group"),
                    Attribute("aria-label", "Timeline, scrolls sideways")
                ) { drawing.markup }
            } else {
                .empty
            }
        }
    }

    /// A table; its roles are spelled out because the phone's style would take them away.
    private func table(_ grid: Document.Grid) -> Markup {
        element("table", Attribute("role", "table")) {
            element("caption") { grid.caption }
            element("thead", Attribute("role", "rowgroup")) {
                element("tr", Attribute("role", "row")) {
                    for column in grid.columns {
                        element(
                            "th", Attribute("scope", "col"), Attribute("role", "columnheader"),
                            column.isNumber ? .class("number") : nil
                        ) { column.heading }
                    }
                }
            }
            element("tbody", Attribute("role", "rowgroup")) {
                for row in grid.rows {
                    element(
                        "tr", Attribute("role", "row"), row.anchor.map { .id("event-\($0)") }
                    ) {
                        for (column, cell) in zip(grid.columns, row.cells) {
                            element(
                                "td", Attribute("role", "cell"),
                                Attribute("data-label", column.heading),
                                column.isNumber ? .class("number") : nil
                            ) { inline(cell) }
                        }
                    }
                }
            }
        }
    }

    private func inline(_ text: [Document.Inline]) -> Markup { Markup(text.map(inline)) }

    private func inline(_ piece: Document.Inline) -> Markup {
        switch piece {
        case .text(let text): Markup(text)
        case .strong(let text): element("strong") { text }
        case .faint(let text): element("span", .class("faint")) { text }
        case .code(let text): element("code") { broken(text) }
        case .quote(let text): element("span", .class("quote")) { text }
        case .word(let text, let tone): element("span", .class("word", tone.rawValue)) { text }
        case .part(let id, let title): element("a", .href(.fragment(id))) { title }
        case .time(let time):
            element("time", Attribute("datetime", time.description)) {
                time.short.split(separator: "T").joined(separator: " ")
            }
        case .events(let evidence): events(evidence)
        case .file(let name, let label, let bytes):
            element(
                "a", Attribute("download", name),
                .href(.data(mediaType: "application/octet-stream", bytes))
            ) { label }
        }
    }

    /// A name that may be broken after its slashes when a column is narrow.
    private func broken(_ text: String) -> Markup {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return Markup(
            parts.enumerated().flatMap { index, part -> [Markup] in
                index + 1 < parts.count ? [Markup("\(part)/"), element("wbr")] : [Markup(part)]
            })
    }

    private func events(_ evidence: [SequenceNumber]) -> Markup {
        let numbers = Set(evidence).sorted()
        guard !numbers.isEmpty else { return element("span", .class("faint")) { "–" } }
        return element("span", .class("events")) {
            "["
            for (index, number) in numbers.enumerated() {
                if index > 0 { " " }
                if anchors.contains(number) {
                    element("a", .href(.fragment("event-\(number)"))) { number.description }
                } else {
                    number.description
                }
            }
            "]"
        }
    }
}
