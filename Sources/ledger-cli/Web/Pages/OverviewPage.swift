import Fleet
import Ledger
import Projector

/// The first page: what is in doubt, what is due, what is true and what it costs.
struct OverviewPage: Sendable {
    /// The facts.
    let facts: FactTables
    /// What may be in flight or lost.
    let inDoubt: [Attempt]
    /// Commands without an action of their own of which nobody knows how they ended.
    let unfinished: [UnfinishedNote]
    /// The sources that are closed, against the documented hour.
    let closed: [ClosedShop]
    /// What is due.
    let due: DueNext
    /// The environments that are paid for.
    let upkeep: [Chronicle.Upkeep]
    /// What may be destroyed; nil when that cannot be said.
    let cleanup: Plan?
    /// The migrations that are open, by name.
    let open: [String]
    /// The present of the page.
    let now: Timestamp

    /// The overview of an evaluation.
    ///
    /// - Throws: `PlanError` when the ledger cannot be planned with.
    init(_ evaluation: Evaluation) throws {
        let planner = try evaluation.reader()
        let (overview, past) = try evaluation.overviews(planner)
        facts = FactTables(overview, past: past, evaluation.bases)
        inDoubt = overview.inDoubt
        unfinished = overview.unfinishedNotes
        now = evaluation.now
        closed = ClosedShop.all(overview, past: past, now: evaluation.now)
        due = DueNext(planner)
        upkeep = planner.upkeep()
        cleanup = try? evaluation.cleanup()
        open = planner.migrations.filter { $0.closed == nil && $0.isDeclared }.map(\.name)
    }

    /// The page.
    func markup(_ frame: Layout.Frame, newest: [Event], voided: Set<SequenceNumber>) -> Markup {
        Layout.page("Overview", .overview, frame) {
            if facts.isEmpty { Phrase.beginning } else { figures(frame.point) }
            if !inDoubt.isEmpty || !unfinished.isEmpty { doubts }
            for (index, shop) in closed.enumerated() { clock(shop, id: "hour-\(index + 1)") }
            next(frame.point)
            facts.markup(limit: 200)
            costs(limit: 200)
            Phrase.events(
                newest, voided: voided,
                caption: frame.point.isPresent ? "Newest events" : "Newest events then")
            element("p") { element("a", .href(.path("events"))) { "All events" } }
            element("p", .class("note")) {
                "As of "
                Phrase.time(now)
                ". A value with a question mark was seen too long ago to lean on; the small numbers are the events behind a value."
            }
        }
    }

    /// What whoever pays, whoever waits and whoever is on duty ask first.
    private func figures(_ point: Point) -> Markup {
        let idle = upkeep.filter { $0.idleSince != nil && $0.until == nil }
        let doubtful = inDoubt.count + unfinished.count
        return element("dl", .class("figures")) {
            if let cleanup {
                let safe = cleanup.resources.filter { $0.verdict == .safe }.count
                let live = cleanup.resources.filter { $0.verdict != .gone }.count
                Phrase.figure(
                    "May be destroyed now", safe == 0 ? "nothing" : "\(safe)",
                    tone: safe == 0 ? "" : "safe"
                ) {
                    "of \(live) resources; "
                    element("a", .href(.path("plans", "cleanup", query: point.query))) { "why" }
                }
            }
            Phrase.figure(
                "Paid for and idle", idle.isEmpty ? "nothing" : "\(idle.count)",
                tone: idle.isEmpty ? "safe" : "unknown"
            ) {
                idle.first.map { "\($0.name) \($0.idleness(now) ?? "")" }
                    ?? "as far as the ledger knows"
            }
            Phrase.figure(
                "In doubt", doubtful == 0 ? "nothing" : "\(doubtful)",
                tone: doubtful == 0 ? "safe" : "blocked"
            ) {
                doubtful == 0 ? "every command has an outcome" : "commands without a known outcome"
            }
            Phrase.figure(
                "Open migrations", open.isEmpty ? "none" : "\(open.count)", tone: ""
            ) {
                if let name = open.last {
                    element("a", .href(.path("migrations", name, query: point.query))) { name }
                    open.count > 1 ? " and \(open.count - 1) more" : ""
                } else {
                    element("a", .href(.path("migrations", query: point.query))) { "all" }
                }
            }
        }
    }

    private var doubts: Markup {
        element("section", .class("alert"), Attribute("aria-labelledby", "doubt")) {
            element("h2", .id("doubt")) { "In doubt" }
            element("ul") {
                for attempt in inDoubt {
                    element("li") {
                        Phrase.command(
                            attempt.report.command ?? Grammar.renderShell(attempt.action))
                        attempt.isInDoubt
                            ? " was started and has no outcome" : " has an unknown outcome"
                        Phrase.evidence(attempt.evidence)
                    }
                }
                for note in unfinished {
                    element("li") {
                        Phrase.command(note.command)
                        " was started and has no outcome"
                        Phrase.evidence([note.started.sequence])
                    }
                }
            }
            element("p") {
                "Settle it: look with "
                Phrase.command("ledger-cli observe")
                ", or report what came of it with "
                Phrase.command(
                    "ledger-cli record command --outcome accepted|refused|unknown --settles EVENT -- COMMAND"
                )
            }
        }
    }

    private func clock(_ shop: ClosedShop, id: String) -> Markup {
        element("p", .class("clock", shop.isOver ? "over" : "")) {
            element("label", Attribute("for", id)) {
                shop.isOver
                    ? "\(shop.environment) is in maintenance for \(Duration.text(shop.span)), longer than the documented hour, since "
                    : "\(shop.environment) is in maintenance for \(shop.minutes) min of the documented hour, since "
                Phrase.time(shop.since)
            }
            " "
            element(
                "meter", .id(id), Attribute("min", 0), Attribute("max", 61),
                Attribute("low", 45), Attribute("high", 60), Attribute("optimum", 0),
                Attribute("value", min(shop.minutes, 61))
            ) { "\(shop.minutes) min" }
        }
    }

    private func next(_ point: Point) -> Markup {
        element("section", .class("due"), Attribute("aria-labelledby", "due")) {
            element("h2", .id("due")) { "Due next" }
            for plan in due.plans {
                element("p") {
                    if due.isEach, let name = plan.migration {
                        element("a", .href(.path("migrations", name, query: point.query))) { name }
                        ": "
                    }
                    plan.summary
                }
                PlanPage.first(plan)
                element("p") {
                    element(
                        "a",
                        .href(
                            .path(
                                "plans", "next",
                                query: point.query
                                    + [("migration", due.isEach ? plan.migration : nil)]))
                    ) {
                        due.isEach ? "The whole plan of \(plan.migration ?? "")" : "The whole plan"
                    }
                }
            }
            if due.omitted > 0 {
                element("p") {
                    element("a", .href(.path("migrations", query: point.query))) {
                        "\(due.omitted) more migrations are open"
                    }
                }
            }
            if let obstacle = due.obstacle { element("p") { obstacle } }
        }
    }

    /// What is paid for, what is idle first.
    private func costs(limit: Int) -> Markup? {
        let known = upkeep.filter { $0.plan != nil || $0.idleSince != nil }
        guard !known.isEmpty else { return nil }
        let idle = known.filter { $0.idleSince != nil }
        let rows = idle + known.filter { $0.idleSince == nil }
        return element("div") {
            Phrase.table("What is paid for", ["Name", "Size", "Part", "There since", "Idle"]) {
                for item in rows.prefix(limit) {
                    element("tr") {
                        element("th", Attribute("scope", "row")) { Phrase.resource(item.resource) }
                        Phrase.cell("Size", .class("fact")) {
                            item.plan ?? "not seen"
                            Phrase.evidence(item.evidence, limit: 3)
                        }
                        Phrase.cell("Part") { item.role }
                        Phrase.cell("There since") { item.since.map { Phrase.time($0) } }
                        Phrase.cell("Idle", item.idleSince == nil ? nil : .class("unsure")) {
                            item.idleness(now) ?? "–"
                        }
                    }
                }
            }
            if rows.count > limit {
                element("p", .class("note")) {
                    "\(rows.count - limit) more are left out here; "
                    element("a", .href(.path("api", "v1", "state"))) { "all as JSON" }
                }
            }
        }
    }
}
